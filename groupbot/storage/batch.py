"""Join what happens at the same moment into one transaction, without waiting for more to come."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

QUIET_TURNS = 2
"""Turns of the event loop without a new item after which a batch is full: whoever was answered by the last commit
needs so many to hand in what follows. A turn takes some 10 microseconds, a transaction of its own a millisecond."""

MOST_TURNS = 20
"""Turns after which a batch goes, however many are still coming."""
TURNS_TO_HEAR = 2
"""Turns of the event loop after which a task that was answered has run: what it submits then, it submits knowingly."""

T = TypeVar("T")
R = TypeVar("R")


class Batcher(Generic[T, R]):
    """Run `commit` over whatever was submitted while the previous call of it was under way.

    `choose` picks which of the waiting items may share a transaction (default: all); the rest wait for the next.
    A failing commit fails every item of its batch and those that came meanwhile: what was submitted behind an item may
    build on it. Nothing of them was written. A caller that is cancelled leaves its item to be committed.
    """

    def __init__(
        self,
        commit: Callable[[Sequence[T]], Awaitable[Sequence[R]]],
        *,
        name: str,
        choose: Callable[[Sequence[T]], Sequence[T]] = lambda items: items,
    ) -> None:
        self._commit = commit
        self._choose = choose
        self._name = name
        self._waiting: dict[int, tuple[T, asyncio.Future[R]]] = {}
        self._count = 0
        self._worker: asyncio.Task[None] | None = None

    async def submit(self, item: T) -> R:
        """Return the result of `item` once its transaction is committed."""
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._count += 1
        self._waiting[self._count] = (item, future)
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._drain(), name=self._name)
        return await future

    async def close(self) -> None:
        """Wait for what was submitted."""
        if self._worker is not None:
            await self._worker

    async def _drain(self) -> None:
        while self._waiting:
            await self._settled()
            chosen = {id(item) for item in self._choose([item for item, _ in self._waiting.values()])}
            batch = {n: pair for n, pair in self._waiting.items() if id(pair[0]) in chosen}
            for n in batch:
                del self._waiting[n]
            await self._run([item for item, _ in batch.values()], [future for _, future in batch.values()])

    async def _settled(self) -> None:
        """Let tasks that can run now hand in what they have; nobody is waited for."""
        seen, quiet = 0, 0
        for _turn in range(MOST_TURNS):
            quiet = quiet + 1 if seen == len(self._waiting) else 0
            seen = len(self._waiting)
            if quiet == QUIET_TURNS:
                break
            await asyncio.sleep(0)

    async def _run(self, items: Sequence[T], futures: Sequence[asyncio.Future[R]]) -> None:
        try:
            results = await self._commit(items)
        except Exception as error:  # noqa: BLE001 - handed to every caller of the batch
            _fail(futures, error)
            for _turn in range(TURNS_TO_HEAR):
                await asyncio.sleep(0)
            behind = [future for _item, future in self._waiting.values()]
            self._waiting.clear()
            _fail(behind, error)
            return
        for future, result in zip(futures, results, strict=True):
            if not future.done():
                future.set_result(result)


def _fail(futures: Sequence[asyncio.Future[R]], error: Exception) -> None:
    for future in futures:
        if not future.done():
            future.set_exception(error)
