"""Work that takes its time, beside the way in: in its order within one chat, chats beside each other.

A command may take as long as a launch in hundreds of groups; the events of its account go on meanwhile.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from loguru import logger

MOST = 50
"""Works of one chat that may wait; nobody types so many, and what a flood brings beyond them is dropped."""

Work = Callable[[], Awaitable[None]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """One piece of work. Those with the same `key` never run beside each other. `limit_s`: it is cancelled then."""

    key: str
    work: Work
    limit_s: float


class Turns:
    """Do works in tasks of their own: one task for each key that has any."""

    def __init__(self, *, most: int = MOST) -> None:
        self._most = most
        self._waiting: dict[str, deque[Turn]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def put(self, turn: Turn) -> bool:
        """Do `turn` behind what waits for its key; False = too much waits there, and it is dropped."""
        waiting = self._waiting.get(turn.key)
        if waiting is None:
            self._waiting[turn.key] = deque([turn])
            task = asyncio.create_task(self._work_off(turn.key), name=f"turns-{turn.key}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            return True
        if len(waiting) >= self._most:
            logger.bind(action="turn-dropped", place=turn.key).warning("Too much waits there")
            return False
        waiting.append(turn)
        return True

    async def idle(self) -> None:
        """Return when nothing waits and nothing is under way."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self, within_s: float) -> None:
        """Let what is under way end, for at most `within_s` seconds; begin nothing that still waits."""
        for waiting in self._waiting.values():
            waiting.clear()
        if not self._tasks:
            return
        _done, late = await asyncio.wait(self._tasks, timeout=max(within_s, 0))
        for task in late:
            logger.bind(action="stop", task=task.get_name()).warning("cancelled: its time is over")
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=2.0)

    async def _work_off(self, key: str) -> None:
        waiting = self._waiting[key]
        try:
            while waiting:
                await _do(waiting.popleft())
        finally:
            del self._waiting[key]


async def _do(turn: Turn) -> None:
    log = logger.bind(place=turn.key)
    try:
        async with asyncio.timeout(turn.limit_s):
            await turn.work()
    except TimeoutError:
        log.bind(action="turn-hung").error("Stopped after {} s", turn.limit_s)
    except Exception as error:  # noqa: BLE001 - one piece of work never stops the next
        log.bind(action="turn-failed").opt(exception=error).error("A command failed")
