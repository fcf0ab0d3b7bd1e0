"""Events on their way to the reader of `events()`."""

from __future__ import annotations

import asyncio

from groupbot.core.events import AnyEvent

MOST_WAITING = 1_000
"""Events from the stream that wait for a slow reader before the gateway is made to wait."""


class Outbox:
    """A queue where news from the gateway may have to wait for room, and what must be told at once does not."""

    def __init__(self, limit: int = MOST_WAITING) -> None:
        self._queue: asyncio.Queue[tuple[AnyEvent | None, bool]] = asyncio.Queue()
        self._room = asyncio.Semaphore(limit)

    async def put(self, event: AnyEvent) -> None:
        """Queue `event`; wait while the reader is far behind."""
        await self._room.acquire()
        self._queue.put_nowait((event, True))

    def put_now(self, event: AnyEvent) -> None:
        """Queue `event` without waiting."""
        self._queue.put_nowait((event, False))

    def end(self) -> None:
        """Let the reader stop after what is queued."""
        self._queue.put_nowait((None, False))

    async def get(self) -> AnyEvent | None:
        """Return the next event, None at the end."""
        event, counted = await self._queue.get()
        if counted:
            self._room.release()
        return event
