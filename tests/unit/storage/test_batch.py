"""Batcher: what waits joins one commit, and every caller hears of its own item."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from groupbot.storage.batch import Batcher

DEADLINE_S = 5.0


class Store:
    """Commits what it gets, when it is let; answers each number with its double."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.errors: list[Exception] = []

    async def commit(self, items: Sequence[int]) -> list[int]:
        self.batches.append(list(items))
        await self.gate.wait()
        if self.errors:
            raise self.errors.pop()
        return [item * 2 for item in items]


@pytest.fixture
def store() -> Store:
    return Store()


async def held_up(store: Store, batcher: Batcher[int, int], *items: int) -> list[asyncio.Task[int]]:
    """Submit 0, which is being committed until the gate opens, and then `items`, which wait."""
    store.gate.clear()
    tasks = [asyncio.create_task(batcher.submit(item)) for item in (0, *items)]
    while not store.batches:  # noqa: ASYNC110 - no event tells it
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    return tasks


async def test_one_item_is_committed_at_once(store: Store) -> None:
    batcher = Batcher(store.commit, name="t")
    assert await batcher.submit(4) == 8
    assert store.batches == [[4]]


async def test_what_comes_during_a_commit_shares_the_next(store: Store) -> None:
    batcher = Batcher(store.commit, name="t")
    tasks = [asyncio.create_task(batcher.submit(n)) for n in (1, 2)]
    assert await asyncio.gather(*tasks) == [2, 4]
    store.batches.clear()
    tasks = await held_up(store, batcher)
    late = [asyncio.create_task(batcher.submit(n)) for n in (5, 6, 7)]
    await asyncio.sleep(0)
    store.gate.set()
    assert await asyncio.gather(*tasks, *late) == [0, 10, 12, 14]
    assert store.batches == [[0], [5, 6, 7]]


async def test_equal_items_are_each_answered(store: Store) -> None:
    batcher = Batcher(store.commit, name="t")
    assert await asyncio.gather(*(batcher.submit(3) for _ in range(4))) == [6] * 4


async def test_a_failing_commit_fails_its_own_batch_only(store: Store) -> None:
    batcher = Batcher(store.commit, name="t")
    store.errors.append(RuntimeError("disk full"))
    results = await asyncio.gather(batcher.submit(1), batcher.submit(2), return_exceptions=True)
    assert [str(result) for result in results] == ["disk full", "disk full"]
    assert await batcher.submit(3) == 6


async def test_what_waits_behind_a_failing_commit_fails_with_it(store: Store) -> None:
    batcher = Batcher(store.commit, name="t")
    store.errors.append(RuntimeError("disk full"))
    tasks = await held_up(store, batcher, 1)
    late = asyncio.create_task(batcher.submit(2))
    await asyncio.sleep(0)
    store.gate.set()
    results = await asyncio.gather(*tasks, late, return_exceptions=True)
    assert [str(result) for result in results] == ["disk full"] * 3
    assert store.batches == [[0, 1]]


async def test_what_is_submitted_before_the_failure_was_heard_fails_too(store: Store) -> None:
    batcher = Batcher(store.commit, name="t")
    store.errors.append(RuntimeError("disk full"))
    first = asyncio.create_task(batcher.submit(1))
    refused = []
    while not first.done():
        refused.append(asyncio.create_task(batcher.submit(2)))
        await asyncio.sleep(0)
    results = await asyncio.gather(first, *refused, return_exceptions=True)
    assert {str(result) for result in results} == {"disk full"}
    assert await batcher.submit(3) == 6


async def test_a_stream_that_never_ends_keeps_no_batch_waiting(store: Store) -> None:
    batcher = Batcher(store.commit, name="t")
    first = asyncio.create_task(batcher.submit(1))
    others = []
    async with asyncio.timeout(DEADLINE_S):
        while not first.done():
            others.append(asyncio.create_task(batcher.submit(2)))
            await asyncio.sleep(0)
    assert await first == 2
    await asyncio.gather(*others)


async def test_tasks_that_are_ready_share_a_commit(store: Store) -> None:
    batcher = Batcher(store.commit, name="t")

    async def after(turns: int) -> int:
        for _turn in range(turns):
            await asyncio.sleep(0)
        return await batcher.submit(turns)

    assert await asyncio.gather(after(0), after(1), after(2)) == [0, 2, 4]
    assert len(store.batches) == 1


async def test_a_cancelled_caller_leaves_its_item_and_disturbs_nobody(store: Store) -> None:
    batcher = Batcher(store.commit, name="t")
    first = await held_up(store, batcher)
    gone, stays = asyncio.create_task(batcher.submit(1)), asyncio.create_task(batcher.submit(2))
    await asyncio.sleep(0)
    gone.cancel()
    first[0].cancel()
    await asyncio.gather(gone, *first, return_exceptions=True)
    store.gate.set()
    async with asyncio.timeout(DEADLINE_S):
        assert await stays == 4
    assert store.batches == [[0], [1, 2]]


async def test_items_that_may_not_share_a_commit_follow_in_their_own(store: Store) -> None:
    batcher = Batcher(store.commit, name="t", choose=lambda items: items[:2])
    assert await asyncio.gather(*(batcher.submit(n) for n in range(5))) == [0, 2, 4, 6, 8]
    assert [len(batch) for batch in store.batches] == [2, 2, 1]


async def test_close_waits_for_what_was_submitted(store: Store) -> None:
    batcher = Batcher(store.commit, name="t")
    await batcher.close()
    [task] = await held_up(store, batcher)
    closing = asyncio.create_task(batcher.close())
    await asyncio.sleep(0)
    assert not closing.done()
    store.gate.set()
    await closing
    assert await task == 0
