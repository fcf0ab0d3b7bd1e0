"""Play days of a scripted world in seconds: virtual time jumps from one due instant to the next."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol, cast

from groupbot.adapters.console.adapter import ConsoleAdapter
from groupbot.adapters.console.scene import Joined, Post, Said, Scene
from groupbot.core.content import fingerprint
from groupbot.core.events import AnyEvent

_SHORTEST_STEP = timedelta(seconds=1)  # when nothing can be done yet although something is due (a lock, a gap)


class Stage(Protocol):
    """The application, as far as a playback drives it."""

    async def tick(self) -> datetime | None:
        """Dispatch everything due now; return the next instant at which something may be due, None for never."""
        ...

    async def handle(self, event: AnyEvent) -> None:
        """Take in one event from the adapter."""
        ...


class VirtualClock:
    """A clock that stands still until it is moved."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """Return the virtual instant, in UTC."""
        return self._now

    def move_to(self, at: datetime) -> None:
        """Go forward to `at`; never back."""
        self._now = max(self._now, at.astimezone(UTC))


class Scorer:
    """Counts what appears on the console, for the closing table. Give `see` to the adapter as its watch."""

    def __init__(self) -> None:
        self.shown: Counter[tuple[str, str]] = Counter()
        """Posts by (conversation, fingerprint)."""
        self.joins: Counter[str] = Counter()
        self.replies: Counter[str] = Counter()

    def see(self, scene: Scene) -> None:
        """Count `scene`."""
        match scene:
            case Post():
                self.shown[scene.to, fingerprint(scene.content)] += 1
            case Joined():
                self.joins[scene.group] += 1
            case Said():
                self.replies[scene.group] += 1


async def play(
    *,
    stage: Stage,
    adapter: ConsoleAdapter,
    clock: VirtualClock,
    until: datetime,
    moved: Callable[[datetime], None] = lambda _now: None,
) -> None:
    """Run `stage` on `adapter` (built with `live=False`) from the clock's present to `until`.

    At each instant: what is due is dispatched, then the world's happenings are told, and every event is handled before
    time moves on, so a playback with equal parts is equal in every byte. `moved` hears each new instant.
    """
    events = cast("AsyncGenerator[AnyEvent]", adapter.events())
    try:
        await stage.handle(await anext(events))
        await _drain(stage, adapter, events)
        while True:
            due = await stage.tick()
            coming = adapter.advance()
            await _drain(stage, adapter, events)
            now = clock.now()
            if now >= until:
                return
            clock.move_to(min([until, *_later(now, due, coming)]))
            moved(clock.now())
    finally:
        await events.aclose()


async def _drain(stage: Stage, adapter: ConsoleAdapter, events: AsyncGenerator[AnyEvent]) -> None:
    """Hand over every event that waits."""
    while adapter.backlog:
        await stage.handle(await anext(events))


def _later(now: datetime, *instants: datetime | None) -> list[datetime]:
    """Return the known `instants`, none nearer than the shortest step when it has already come."""
    return [at if at > now else now + _SHORTEST_STEP for at in instants if at is not None]
