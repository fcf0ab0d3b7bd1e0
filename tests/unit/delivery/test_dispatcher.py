"""The dispatcher as a daemon runs it: lanes side by side, take-over, stores that fail, and stops in mid-send."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from groupbot.delivery.ownership import Unrivalled
from groupbot.delivery.values import Claim, Outcome, Ownership, State
from groupbot.errors import StoreError
from groupbot.testing import Outcome as Fate
from tests.contract.ledger.conftest import T0, at, delivery
from tests.unit.delivery.bench import DEADLINE_S, Bench, until_true

HANG = Fate(hang=True)


@asynccontextmanager
async def running(bench: Bench) -> AsyncIterator[asyncio.Task[None]]:
    """Run the dispatcher as a daemon does; stop it at the end and expect it to end."""
    task = asyncio.create_task(bench.dispatcher.run())
    try:
        yield task
        bench.dispatcher.stop()
        bench.main.release()
        async with asyncio.timeout(DEADLINE_S):
            await asyncio.gather(task, return_exceptions=True)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def settled() -> None:
    """Let everything that is ready run."""
    for _ in range(200):
        await asyncio.sleep(0)


async def test_a_daemon_sends_as_time_passes() -> None:
    bench = Bench()
    await bench.open(delivery("s1", 5, words=("a", "b")), delivery("s2", 10, words=("c",)))
    async with running(bench):
        await until_true(lambda: bench.waker.next_wake == at(5))
        bench.waker.advance(300)
        await until_true(lambda: bench.texts() == ["a"])
        await until_true(lambda: bench.waker.next_wake is not None)
        bench.waker.advance(3)
        await until_true(lambda: bench.texts() == ["a", "b"])
        await until_true(lambda: bench.waker.next_wake == at(10))
        bench.waker.advance(300)
        await until_true(lambda: bench.texts() == ["a", "b", "c"])


async def test_a_poke_makes_a_lane_look_at_once() -> None:
    bench = Bench()
    await bench.open()
    async with running(bench):
        await settled()
        await bench.launch(delivery())
        bench.dispatcher.poke("main")
        await until_true(lambda: bench.texts() == ["hello"])


async def test_an_account_that_hangs_keeps_no_other_from_posting() -> None:
    bench = Bench(accounts=("stuck", "fine"))
    bench.main.will(HANG)
    await bench.open(delivery(account="stuck", group="g1"), delivery(account="fine", group="g2", words=("ok",)))
    async with running(bench):
        await until_true(lambda: "ok" in bench.texts() and bench.main.in_flight == 1)
        await settled()
        assert (await bench.view(group="g1")).state is State.SENDING
        assert (await bench.view(group="g2")).state is State.SENT


async def test_the_next_speaker_is_woken_when_the_first_is_done() -> None:
    bench = Bench(accounts=("host", "assistant"))
    bench.main.will(HANG)
    await bench.open(delivery("s1", account="host"), delivery("s2", ordinal=1, account="assistant", words=("mine",)))
    async with running(bench):
        await until_true(lambda: bench.main.in_flight == 1)
        await settled()
        assert "mine" not in bench.texts()
        bench.main.release()
        await until_true(lambda: "mine" in bench.texts())


async def test_a_store_that_fails_when_a_post_is_done_is_tried_until_it_is_written() -> None:
    bench = Bench()
    ledger = bench.ledger
    finish, tries = ledger.finish, []

    async def failing(token: str, row: int, outcome: Outcome, now) -> bool:
        tries.append(len(bench.seen))
        if len(tries) < 6:
            raise StoreError("disk full")
        return await finish(token, row, outcome, now)

    ledger.finish = failing
    await bench.open(delivery(group="g1"), delivery(group="g2"))
    await bench.tick()
    assert tries[:6] == [1] * 6, "the lane posted although the last post was not written"
    assert [(await bench.view(group=group)).state for group in ("g1", "g2")] == [State.SENT, State.SENT]
    assert bench.inbox.codes == ["store"]
    assert "disk full" in bench.inbox.alerts[0].text


@pytest.mark.parametrize("method", ["look", "candidates", "begin", "next_look"])
async def test_a_store_that_fails_before_a_post_posts_nothing_and_is_tried_again(method: str) -> None:
    bench = Bench()
    await bench.open(delivery())
    real, failures = getattr(bench.ledger, method), [1, 2]

    async def failing(*args):
        if failures:
            failures.pop()
            raise StoreError("locked")
        return await real(*args)

    setattr(bench.ledger, method, failing)
    async with running(bench):
        for _ in range(2):
            await until_true(lambda: bench.waker.next_wake is not None)
            assert len(bench.seen) <= (method == "next_look")
            bench.waker.advance(5)
            await settled()
        await until_true(lambda: bench.texts() == ["hello"])
    assert (await bench.view()).state is State.SENT


async def test_an_unforeseen_fault_in_one_lane_keeps_no_other_from_posting() -> None:
    bench = Bench(accounts=("odd", "fine"))
    await bench.open(delivery(account="odd", group="g1"), delivery(account="fine", group="g2", words=("ok",)))
    begin = bench.ledger.begin

    async def failing(claim: Claim, ownership: Ownership, now):
        if ownership.account == "odd":
            raise KeyError("a kind from a newer version")
        return await begin(claim, ownership, now)

    bench.ledger.begin = failing
    async with running(bench):
        await until_true(lambda: bench.texts() == ["ok"])
        await until_true(lambda: bench.inbox.codes != [])
        assert {alert.fields["account"] for alert in bench.inbox.alerts} == {"odd"}


async def test_a_stop_waits_for_the_part_under_way() -> None:
    bench = Bench()
    bench.main.will(HANG)
    await bench.open(delivery(words=("one", "two")))
    async with running(bench) as task:
        await until_true(lambda: bench.main.in_flight == 1)
        bench.dispatcher.stop()
        await settled()
        assert not task.done()
    assert bench.texts() == ["one"]
    view = await bench.view()
    assert (view.state, view.part) == (State.PLANNED, 1)


async def test_cancelled_in_mid_send_the_outcome_is_written_as_unknown() -> None:
    bench = Bench()
    bench.main.will(HANG)
    await bench.open(delivery())
    task = asyncio.create_task(bench.dispatcher.run())
    await until_true(lambda: bench.main.in_flight == 1)
    task.cancel()
    await asyncio.wait([task], timeout=DEADLINE_S)
    assert task.cancelled()
    assert (await bench.view()).state is State.UNKNOWN


async def test_cancelled_in_mid_send_with_a_failing_store_it_still_ends() -> None:
    bench = Bench()
    bench.main.will(HANG)
    await bench.open(delivery())
    task = asyncio.create_task(bench.dispatcher.run())
    await until_true(lambda: bench.main.in_flight == 1)
    bench.ledger.failures = 1
    task.cancel()
    await asyncio.wait([task], timeout=DEADLINE_S)
    assert task.cancelled()
    assert (await bench.view()).state is State.SENDING


async def test_a_new_owner_names_what_the_old_one_left_in_the_send_window() -> None:
    bench = Bench()
    bench.main.will(HANG)
    await bench.open(delivery("s1", words=("one",)))
    stuck = asyncio.create_task(bench.dispatcher.run())
    await until_true(lambda: bench.main.in_flight == 1)
    heir = bench.build("heir")
    await heir.open()
    assert (await bench.view()).state is State.UNKNOWN
    [alert] = bench.inbox.alerts
    assert (alert.code, alert.fields["delivery"]) == ("delivery-unknown", "camp/s1/2026-05-18.0/g1")
    bench.clock.set(at(1))
    await heir.tick()
    assert bench.texts() == ["one"]
    bench.main.release()
    await until_true(lambda: bench.store.rows["camp", "s1/2026-05-18.0/g1"].state is State.SENT)
    stuck.cancel()
    await asyncio.wait([stuck], timeout=DEADLINE_S)


async def test_an_owner_that_was_taken_over_sends_nothing_more() -> None:
    bench = Bench()
    await bench.open(delivery("s1", 5))
    heir = bench.build("heir")
    await heir.open()
    bench.clock.set(at(5))
    await bench.tick()
    assert bench.seen == []
    await heir.tick()
    assert bench.texts() == ["hello"]


async def test_closing_gives_the_accounts_back() -> None:
    bench = Bench(accounts=("a", "b"))
    await bench.open()
    assert {held.owner for held in bench.store.accounts.values()} == {"me"}
    await bench.dispatcher.close()
    assert {held.owner for held in bench.store.accounts.values()} == {None}
    assert bench.dispatcher.lanes == ()
    assert bench.clock.now() == T0


class Rivals:
    """Ownerships that another daemon can win."""

    def __init__(self, ledger, clock) -> None:
        self.own = Unrivalled(ledger, instance="me", clock=clock)
        self.taken_by_others: set[str] = set()

    async def try_take(self, account: str):
        return None if account in self.taken_by_others else await self.own.try_take(account)

    async def holds(self, ownership) -> bool:
        return ownership.account not in self.taken_by_others


async def test_accounts_that_another_daemon_has_are_left_alone_and_taken_when_free() -> None:
    bench = Bench()
    rivals = Rivals(bench.ledger, bench.clock)
    bench.dispatcher._ownerships = rivals
    rivals.taken_by_others.add("main")
    await bench.open(delivery())
    assert bench.dispatcher.lanes == ()
    rivals.taken_by_others.clear()
    [lane] = await bench.dispatcher._mind_ownership()
    assert lane.account == "main"
    rivals.taken_by_others.add("main")
    assert await bench.dispatcher._mind_ownership() == []
    assert lane.stopping
    assert bench.dispatcher.lanes == ()
