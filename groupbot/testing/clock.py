"""Virtual time: a clock that a test sets, and a waker that never waits on its own."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import UTC, datetime, timedelta

START = datetime(2026, 5, 18, 0, 0, tzinfo=UTC)
"""Where virtual time begins unless a test says otherwise: 08:00 on a Monday in Shanghai."""


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = START) -> None:
        self._now = now

    def now(self) -> datetime:
        """Return the virtual instant."""
        return self._now

    def set(self, now: datetime) -> None:
        """Move to `now`, forwards or backwards (as clocks do)."""
        self._now = now

    def advance(self, seconds: float) -> datetime:
        """Move forward and return the new instant."""
        self._now += timedelta(seconds=seconds)
        return self._now


class FakeWaker:
    """`delivery.ports.Waker` in virtual time: a wait ends when it is poked or when `advance` passes its instant."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self._events: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._until: dict[str, datetime | None] = {}

    async def wait(self, lane: str, until: datetime | None) -> None:
        """Block until poked, or until `advance` reaches `until`."""
        if until is None or until > self._clock.now():
            self._until[lane] = until
            await self._events[lane].wait()
        self._events[lane].clear()
        self._until.pop(lane, None)

    def poke(self, lane: str | None = None) -> None:
        """End the wait of `lane`, or of all."""
        for name in [lane] if lane is not None else list(self._events):
            self._events[name].set()

    @property
    def next_wake(self) -> datetime | None:
        """The earliest instant that a lane waits for."""
        return min((until for until in self._until.values() if until is not None), default=None)

    def advance(self, seconds: float) -> None:
        """Move the clock and end the waits that are over."""
        now = self._clock.advance(seconds)
        for lane, until in list(self._until.items()):
            if until is not None and until <= now:
                self._events[lane].set()
