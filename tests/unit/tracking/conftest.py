"""A recorder over facts in memory that fail as a test says."""

import asyncio
from collections import deque
from contextlib import asynccontextmanager

import pytest

from groupbot.chat.directory import Directory, Group
from groupbot.errors import StoreError
from groupbot.testing.events import NOON
from groupbot.testing.facts import MemoryFacts
from groupbot.tracking.recorder import Limits, Recorder


class StoppedClock:
    def now(self):
        return NOON


class Inbox:
    """Alerts as they were sent."""

    def __init__(self):
        self.sent = []

    async def send(self, alert):
        self.sent.append(alert)

    @property
    def codes(self):
        return [alert.code for alert in self.sent]


class TroubledFacts(MemoryFacts):
    """Fails with `troubles` first, then refuses facts of `poison`, and remembers each batch that it took."""

    def __init__(self):
        super().__init__()
        self.troubles = deque()
        self.poison = None
        self.batches = []
        self.tries = 0

    async def append(self, facts, *, recorded_at):
        self.tries += 1
        if self.troubles:
            raise self.troubles.popleft()
        if any(fact.event_id == self.poison for fact in facts):
            raise ValueError(self.poison)
        self.batches.append([fact.event_id for fact in facts])
        return await super().append(facts, recorded_at=recorded_at)


class Desk:
    """One recorder with its surroundings. `rests`: the seconds that it wanted to wait between tries."""

    def __init__(self):
        self.facts = TroubledFacts()
        self.alerts = Inbox()
        self.rests = []
        self.rested = asyncio.Event()
        self.tired = False

    def recorder(self, **limits):
        return Recorder(
            store=self.facts,
            directory=Directory([Group(name="camp-1", account="main", ids={"main": "r1"})]),
            clock=StoppedClock(),
            alerts=self.alerts,
            ours=frozenset({"bot"}),
            wait=self._wait,
            limits=Limits(**({"window_s": 0.0} | limits)),
        )

    @asynccontextmanager
    async def running(self, **limits):
        recorder = self.recorder(**limits)
        task = asyncio.create_task(recorder.run())
        yield recorder
        await recorder.close()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def _wait(self, seconds):
        self.rests.append(seconds)
        self.rested.set()
        if self.tired:
            await asyncio.Event().wait()
        await asyncio.sleep(0)


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def locked():
    return lambda: StoreError("locked")
