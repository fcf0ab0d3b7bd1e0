"""Events on their way to one plugin: a queue of its own, so that one which hangs delays nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Container
from dataclasses import replace

from groupbot.core.events import AnyEvent, Event, MembersJoined, MembersLeft, MessageReceived


class Feed:
    """Hand events to `deliver`, one after the other in their order; what comes while `most` wait is left out.

    `left_out` hears of the first of a row. Whoever holds `turn` knows that no event is being delivered.
    """

    def __init__(
        self, deliver: Callable[[Event], Awaitable[None]], *, most: int, left_out: Callable[[], Awaitable[None]]
    ) -> None:
        self.turn = asyncio.Lock()
        self._deliver = deliver
        self._left_out = left_out
        self._queue: asyncio.Queue[Event] = asyncio.Queue(most)
        self._is_behind = False

    async def offer(self, event: Event) -> None:
        """Queue `event`; never waits for the plugin."""
        try:
            self._queue.put_nowait(event)
        except asyncio.QueueFull:
            if not self._is_behind:
                self._is_behind = True
                await self._left_out()

    async def run(self) -> None:
        """Deliver until cancelled."""
        while True:
            event = await self._queue.get()
            async with self.turn:
                await self._deliver(event)
            self._is_behind = self._is_behind and not self._queue.empty()
            self._queue.task_done()

    async def drained(self) -> None:
        """Return when everything that was offered is delivered."""
        await self._queue.join()


def without(ours: Container[str], event: AnyEvent) -> AnyEvent | None:
    """Return `event` as plugins hear it: own accounts don't ask, come or go. None: nothing is left of it.

    Two accounts of one project in a group would answer each other for ever.
    """
    match event:
        case MessageReceived(sender=sender):
            return None if sender.id in ours else event
        case MembersJoined(members=members) | MembersLeft(members=members):
            others = tuple(person for person in members if person.id not in ours)
            return replace(event, members=others) if others else None
    return event
