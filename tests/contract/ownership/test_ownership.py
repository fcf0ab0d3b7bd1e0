"""One daemon posts on an account; another one takes over when that one is gone, and only then."""

from __future__ import annotations

import asyncio

from groupbot.delivery.values import Sent
from tests.contract.ledger.conftest import T0
from tests.contract.ownership.conftest import PATIENCE_S


async def test_a_free_account_is_taken_at_once(rivals):
    first, _second, _third = rivals
    owned = await first.take()
    assert owned.instance == "first"
    assert await first.ownerships.holds(owned)


async def test_an_owner_that_beats_keeps_its_account_however_wrong_the_clocks_are(rivals):
    first, second, third = rivals
    await first.beat()
    owned = await first.take()
    for _ in range(12):
        await first.beat()
        assert await second.watch(PATIENCE_S / 3) is None
        assert await third.watch(PATIENCE_S / 3) is None
    assert await first.ownerships.holds(owned)


async def test_an_account_that_was_given_back_is_taken_at_once(rivals):
    first, second, _third = rivals
    await first.beat()
    owned = await first.take()
    assert await second.take() is None
    await first.ledger.release(owned, T0)
    assert (await second.take()).epoch == owned.epoch + 1
    assert await first.take() is None


async def test_the_account_of_a_daemon_that_said_goodbye_is_taken_at_once(rivals):
    first, second, _third = rivals
    await first.beat()
    await first.take()
    await first.beat("stopped")
    assert (await second.take()).instance == "second"


async def test_a_dead_owner_is_followed_after_the_patience_and_not_before(rivals):
    first, second, _third = rivals
    await first.beat()
    owned = await first.take()
    assert await second.watch(PATIENCE_S - 5) is None
    taken = await second.watch(5)
    assert (taken.instance, taken.epoch) == ("second", owned.epoch + 1)
    assert not await first.ownerships.holds(owned)


async def test_an_owner_that_no_daemon_row_tells_of_is_followed_too(rivals):
    first, second, _third = rivals
    await first.take()
    assert await second.watch(PATIENCE_S - 5) is None
    assert (await second.watch(5)).instance == "second"


async def test_a_beat_starts_the_wait_anew(rivals):
    first, second, _third = rivals
    await first.beat()
    await first.take()
    assert await second.watch(PATIENCE_S - 5) is None
    await first.beat()
    assert await second.watch(PATIENCE_S - 5) is None
    assert (await second.watch(10)).instance == "second"


async def test_a_watcher_that_was_frozen_itself_does_not_blame_the_owner(rivals):
    first, second, _third = rivals
    await first.beat()
    owned = await first.take()
    assert await second.take() is None
    second.ticks += 100 * PATIENCE_S
    assert await second.take() is None
    await first.beat()
    assert await second.watch(5) is None
    assert await first.ownerships.holds(owned)


async def test_of_two_that_wait_one_follows(rivals):
    first, second, third = rivals
    for round_ in range(20):
        account = f"a{round_}"
        await first.take(account)
        assert await second.watch(PATIENCE_S - 5, account) is None
        assert await third.watch(PATIENCE_S - 5, account) is None
        second.ticks += 5
        third.ticks += 5
        taken = await asyncio.gather(second.take(account), third.take(account))
        winners = [one for one in taken if one]
        assert len(winners) == 1
        holds = await asyncio.gather(*(r.ownerships.holds(winners[0]) for r in (second, third)))
        assert holds == [True, True]


async def test_a_frozen_owner_that_wakes_finds_its_claim_refused(rivals):
    first, second, _third = rivals
    await first.launch()
    owned = await first.take()
    [candidate] = await first.due(owned)
    heir = await second.watch(PATIENCE_S)
    assert await first.begin(owned, candidate) is None
    assert await first.due(owned) == []
    assert await second.begin(heir, candidate) is not None


async def test_what_the_frozen_owner_had_in_hand_is_unknown_until_it_tells(rivals):
    first, second, _third = rivals
    await first.launch()
    owned = await first.take()
    [candidate] = await first.due(owned)
    token = await first.begin(owned, candidate)
    await second.watch(PATIENCE_S - 5)
    second.ticks += 5
    heir, notices = await second.ownerships.try_take("main")
    assert [(notice.step, notice.state) for notice in notices] == [("s1", "unknown")]
    assert await second.due(heir) == []
    assert await first.ledger.finish(token, candidate.id, Sent(message_id="m1"), T0)
    assert [found.step for found in await second.due(heir)] == ["s2"]


async def test_an_owner_may_take_its_own_account_again(rivals):
    first, _second, _third = rivals
    owned = await first.take()
    again = await first.take()
    assert again.epoch == owned.epoch + 1
    assert not await first.ownerships.holds(owned)
