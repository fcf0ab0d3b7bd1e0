"""A clock that was wrong and is set right again: what was posted meanwhile counts for one day, not for a year."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from groupbot.delivery.budgets import Cost, PastPost
from groupbot.delivery.pacing import Pace, Pacer
from groupbot.delivery.rations import PACE_HISTORY
from tests.contract.ledger.conftest import T0, at, delivery
from tests.unit.delivery.bench import Bench

RENAME = Cost(kind="rename")
DAY, YEAR = timedelta(days=1), timedelta(days=365)


@pytest.mark.parametrize("back", [timedelta(hours=3), timedelta(days=2), YEAR])
def test_what_a_clock_that_was_ahead_counted_ends_with_the_day_on_which_it_was_set_back(back: timedelta) -> None:
    pacer = Pacer(Pace(account_daily_cap=2, group_daily_cap=2, budgets={"rename": 2}), Random(1))
    for _ in range(2):
        pacer.record("g1", T0 + back, RENAME)
    assert pacer.account_cap_reached(T0), "set back, it must not give a second day's number"
    assert pacer.group_capped_until("g1", T0) is not None
    assert pacer.spent_until(RENAME, T0) is not None
    assert not pacer.account_cap_reached(T0 + DAY)
    assert pacer.group_capped_until("g1", T0 + DAY) is None
    assert pacer.spent_until(RENAME, T0 + DAY) is None


def test_posts_before_and_after_the_clock_was_set_back_count_together() -> None:
    pacer = Pacer(Pace(account_daily_cap=3), Random(1), [PastPost(at=T0 + YEAR, group="g1")])
    for minute in (0, 1):
        assert not pacer.account_cap_reached(at(minute))
        pacer.record("g1", at(minute))
    assert pacer.account_cap_reached(at(2))
    assert not pacer.account_cap_reached(T0 + DAY)


@pytest.mark.parametrize("by", ["restart", "new pace"])
async def test_posts_from_a_far_future_hold_nothing_up_however_often_the_daemon_starts(by: str) -> None:
    bench = Bench(pace=Pace(account_daily_cap=1))
    bench.clock.set(T0 + YEAR)
    await bench.open(delivery("s0", YEAR / timedelta(minutes=1)))
    await bench.tick()
    assert len(bench.seen) == 1
    bench.clock.set(T0 + PACE_HISTORY)
    await bench.launch(delivery("s1", PACE_HISTORY / timedelta(minutes=1), campaign="b"), campaign="b")
    if by == "restart":
        await bench.dispatcher.close()
        bench.dispatcher = bench.build("again")
        await bench.dispatcher.open()
    else:
        bench.dispatcher.set_pace("main", Pace(account_daily_cap=1, group_daily_cap=5))
    await bench.tick()
    assert len(bench.seen) == 2
