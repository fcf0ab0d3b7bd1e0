"""What waits for the first posts hears when they have begun."""

from __future__ import annotations

import asyncio

import pytest

from groupbot.errors import StoreError
from groupbot.testing import Outcome as Fate
from tests.contract.ledger.conftest import delivery
from tests.unit.delivery.bench import DEADLINE_S, Bench


async def begun(bench: Bench) -> bool:
    """Run the dispatcher until it has begun, if it does."""
    assert not bench.dispatcher.begun.is_set()
    running = asyncio.create_task(bench.dispatcher.run())
    try:
        async with asyncio.timeout(DEADLINE_S):
            await bench.dispatcher.begun.wait()
    finally:
        bench.dispatcher.stop()
        bench.main.release()
        await running
    return bench.dispatcher.begun.is_set()


async def test_with_nothing_to_post_it_has_begun() -> None:
    bench = Bench()
    await bench.open()
    assert await begun(bench)
    assert bench.texts() == []


async def test_the_first_post_is_the_beginning_though_the_next_hangs() -> None:
    bench = Bench()
    bench.main.will(Fate(), Fate(hang=True))
    await bench.open(delivery("s1", 0, words=("a",)), delivery("s2", 0, words=("b",)))
    assert await begun(bench)
    assert bench.texts()[:1] == ["a"]


async def test_a_ledger_that_fails_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    await bench.open()

    async def fail(*_args: object) -> None:
        raise StoreError("gone")

    monkeypatch.setattr(bench.ledger, "look", fail)
    assert await begun(bench)
