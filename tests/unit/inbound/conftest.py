"""A pipeline over a real recorder and facts in memory, fed by hand."""

import asyncio

import pytest

from groupbot.chat.directory import Directory, Group
from groupbot.inbound.pipeline import Pipeline
from groupbot.testing.events import NOON
from groupbot.testing.facts import MemoryFacts
from groupbot.tracking.recorder import Limits, Recorder

GROUPS = Directory(
    [
        Group(name="camp-1", account="main", ids={"main": "r1", "second": "s1"}),
        Group(name="camp-2", account="main", ids={"main": "r2"}),
    ]
)
DEADLINE_S = 5.0


class StoppedClock:
    def now(self):
        return NOON


class NoAlerts:
    async def send(self, alert):
        raise AssertionError(alert)


class Notes:
    """A stage that notes what it sees, and does with each event what `act` says."""

    def __init__(self, name="notes", *, act=None, limit_s=DEADLINE_S):
        self.name = name
        self.limit_s = limit_s
        self.events = []
        self._act = act

    async def handle(self, event):
        self.events.append(event)
        if self._act:
            await self._act(event)

    @property
    def ids(self):
        return [event.event_id for event in self.events]


async def stream(*events):
    for event in events:
        yield event


class Intake:
    """The way in, whole: `take` gives one account's events and returns when they are through."""

    def __init__(self, recorder, facts):
        self.recorder = recorder
        self.facts = facts
        self.directory = GROUPS
        self.pipeline = Pipeline(recorder=recorder)

    def restart(self):
        """Forget what is only in memory, keep the stages' store."""
        self.pipeline = Pipeline(recorder=self.recorder)

    async def take(self, *events):
        async with asyncio.timeout(DEADLINE_S):
            await self.pipeline.consume(stream(*events))


@pytest.fixture
async def intake():
    facts = MemoryFacts()
    recorder = Recorder(
        store=facts,
        directory=GROUPS,
        clock=StoppedClock(),
        alerts=NoAlerts(),
        ours=frozenset({"bot"}),
        limits=Limits(window_s=0.0),
    )
    task = asyncio.create_task(recorder.run())
    yield Intake(recorder, facts)
    await recorder.close()
    await task


@pytest.fixture
def notes():
    return Notes


@pytest.fixture
def stream_of():
    return stream
