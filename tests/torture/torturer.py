"""Kill a daemon again and again while it posts, let it finish, and judge what members saw."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Protocol

from groupbot.delivery.values import State
from tests.torture.books import Books
from tests.torture.daemon import DaemonProcess, until_true
from tests.torture.judge import Expected, Judge, Post, Spot, Violation

IDLE_S = 2.5
"""No post for so long: what is left waits for a person, who then answers."""


class Eyes(Protocol):
    """What members saw, read from outside the daemon."""

    def count(self) -> int:
        """Return how many posts there are."""
        ...

    def posts(self) -> list[Post]:
        """Return every post, oldest first."""
        ...


@dataclass(kw_only=True)
class Figures:
    """What a run came to. `hits`: parts that a kill caught in the send window; `named`: those seen as `unknown`."""

    name: str
    kills: int = 0
    hits: int = 0
    killing_hits: int = 0
    named: int = 0
    settled: int = 0
    posts: int = 0
    parts: int = 0
    resent: int = 0
    broken: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def __str__(self) -> str:
        broken = ", ".join(f"{kind} {count}" for kind, count in self.broken.items()) or "none"
        return (
            f"{self.name}: {self.kills} kills, {self.killing_hits} of them in a send window ({self.hits} parts), "
            f"{self.named} unknown named, {self.settled} settled by a person, {self.parts} parts planned, "
            f"{self.posts} posted, {self.resent} doubled under resend; broken promises: {broken}; {self.seconds:.0f} s"
        )


Trouble = Callable[[int], Awaitable[None]]
"""What else happens in round n while the daemon runs: a gateway dies, freezes, thaws."""


async def _no_trouble(_round: int) -> None:
    """Leave the daemon's surroundings alone."""


@dataclass(kw_only=True)
class Torturer:
    """Drives one world. `burst`: most posts between a start and its kill; `hasten`: don't wait out echo time-outs.

    `startup_s`: how long a start may take; `calm_s`: how long a person waits before looking, so that what still lies
    in a gateway comes out; `trouble`: see `Trouble`; `never_at_start`: rounds that are not killed while starting.
    """

    daemon: DaemonProcess
    books: Books
    plan: Sequence[Expected]
    eyes: Eyes
    rng: Random
    figures: Figures
    burst: int = 14
    startup_s: float = 2.0
    calm_s: float = 0.0
    hasten: bool = False
    trouble: Trouble = _no_trouble
    never_at_start: Collection[int] = ()
    in_question: set[Spot] = field(default_factory=set)

    async def run(self, kills: int, *, finish_s: float = 120.0) -> list[Violation]:
        """Kill `kills` times, finish, and return what was broken."""
        begun = time.monotonic()
        for number in range(kills):
            if await self.books.finished():
                break
            await self._round(number)
        broken = await self._end(finish_s)
        self.figures.seconds = time.monotonic() - begun
        self.figures.parts = sum(len(expected.parts) for expected in self.plan)
        self.figures.posts = self.eyes.count()
        self.figures.resent = sum(n - 1 for n in Counter(self.eyes.posts()).values() if n > 1)
        self.figures.hits = len(self.in_question)
        self.figures.broken = Counter(violation.kind for violation in broken)
        return broken

    async def _round(self, number: int) -> None:
        """Start, let it post a little, kill it at a random instant, and note what was in the send window."""
        before = len(self.in_question)
        self.daemon.start()
        if self.rng.random() < 0.12 and number not in self.never_at_start:
            await asyncio.sleep(self.rng.random() * self.startup_s)
        else:
            await self.trouble(number)
            await self._posts_more(self.rng.randint(1, self.burst))
            await asyncio.sleep(self.rng.random() * 0.04)
        await self._note_unknown()
        self.daemon.kill()
        self.figures.kills += 1
        self.in_question |= await self.books.spots(State.SENDING)
        self.figures.killing_hits += len(self.in_question) > before
        if self.rng.random() < 0.5:
            await self._settle()

    async def _posts_more(self, wanted: int) -> None:
        target, seen, since = self.eyes.count() + wanted, -1, time.monotonic()
        while (count := self.eyes.count()) < target:
            if not self.daemon.running:
                raise AssertionError(f"the daemon ended by itself\n{self.daemon.words[-3000:]}")
            if count != seen:
                seen, since = count, time.monotonic()
            elif time.monotonic() - since > IDLE_S + self.startup_s:
                since = time.monotonic()
                await self._settle()
                if await self.books.finished() or not await self._can_move():
                    return
            await asyncio.sleep(0.001)

    async def _can_move(self) -> bool:
        return any(view.state in {State.PLANNED, State.SENDING} for view in await self.books.views())

    async def _note_unknown(self) -> None:
        unknown = await self.books.spots(State.UNKNOWN)
        self.figures.named += len(unknown - self._named)
        self._named |= unknown
        self.in_question |= unknown

    async def _settle(self, *, by_command: bool = False) -> None:
        await self._note_unknown()
        await asyncio.sleep(self.calm_s)
        self.figures.settled += await self.books.settle(self.plan, self.eyes.posts(), by_command=by_command)
        if self.hasten:
            await self.books.hasten()

    async def _end(self, finish_s: float) -> list[Violation]:
        """Let it finish; judge once with the unknown still open, once with everything settled."""
        self.daemon.start()
        await self.daemon.ready()
        await until_true(self._quiet, within_s=finish_s, what="the daemon comes to rest")
        await self._stop()
        await self._note_unknown()
        broken = self._judge().violations(self.eyes.posts(), await self.books.listed())
        self.daemon.start()
        await self.daemon.ready()

        async def done() -> bool:
            await self._settle(by_command=True)
            return await self.books.finished()

        await until_true(done, within_s=finish_s, what=f"the daemon finishes\n{self.daemon.words[-3000:]}")
        await self._stop()
        rows = await self.books.listed()
        return broken + self._judge().violations(self.eyes.posts(), rows, finished=True)

    async def _stop(self) -> None:
        self.daemon.terminate()
        assert await self.daemon.ended() == 0, self.daemon.words[-3000:]

    async def _quiet(self) -> bool:
        """Tell whether nothing is being sent and nothing was posted for a while."""
        seen = self.eyes.count()
        await asyncio.sleep(IDLE_S)
        return self.eyes.count() == seen and not await self.books.spots(State.SENDING)

    def _judge(self) -> Judge:
        return Judge(plan=self.plan, in_question=frozenset(self.in_question))

    def __post_init__(self) -> None:
        self._named: set[Spot] = set()
