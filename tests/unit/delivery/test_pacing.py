"""Pacing: intervals with jitter, and caps by the local day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from groupbot.delivery.budgets import Cost, PastPost
from groupbot.delivery.pacing import UNPACED, Pace, Pacer
from tests.contract.ledger.conftest import T0, at


def pacer(history: Sequence[PastPost] = (), *, seed: int = 1, **limits: object) -> Pacer:
    return Pacer(Pace(**limits), Random(seed), history)


def past(group: str, at: datetime, kind: str = "text", amount: int = 1) -> PastPost:
    return PastPost(at=at, group=group, cost=Cost(kind=kind, amount=amount))


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def test_unpaced_is_always_ready() -> None:
    free = Pacer(UNPACED, Random(1))
    for _ in range(1000):
        free.record("g1", T0)
    assert free.account_ready_at(T0) <= T0
    assert free.group_ready_at("g1", T0) <= T0
    assert free.group_capped_until("g1", T0) is None
    assert not free.account_cap_reached(T0)


def test_the_account_rests_between_posts_whatever_the_group() -> None:
    paced = pacer(account_interval_s=5)
    assert paced.account_ready_at(T0) <= T0
    paced.record("g1", T0)
    assert paced.account_ready_at(T0) == T0 + seconds(5)


def test_a_group_rests_by_itself() -> None:
    paced = pacer(group_interval_s=60)
    paced.record("g1", T0)
    assert paced.group_ready_at("g1", T0) == T0 + seconds(60)
    assert paced.group_ready_at("g2", T0) <= T0


@given(st.integers(0, 10_000), st.floats(0, 3))
def test_jitter_only_lengthens_and_stays_in_its_bound(seed: int, jitter: float) -> None:
    paced = pacer(seed=seed, account_interval_s=10, jitter=jitter)
    paced.record("g1", T0)
    assert T0 + seconds(10) <= paced.account_ready_at(T0) <= T0 + seconds(10 * (1 + jitter) + 0.001)


def test_jitter_is_not_the_same_every_time() -> None:
    paced = pacer(account_interval_s=10, jitter=0.5)
    waits = set()
    for _ in range(5):
        paced.record("g1", T0)
        waits.add(paced.account_ready_at(T0))
    assert len(waits) > 1


def test_caps_hold_until_local_midnight() -> None:
    paced = pacer(account_daily_cap=2, group_daily_cap=1, timezone="Asia/Shanghai")
    paced.record("g1", T0)
    assert paced.group_capped_until("g1", at(1)) == datetime(2026, 5, 18, 16, tzinfo=UTC)
    assert paced.group_capped_until("g2", at(1)) is None
    paced.record("g2", at(1))
    midnight = datetime(2026, 5, 18, 16, tzinfo=UTC)
    assert paced.account_cap_reached(at(2))
    assert paced.account_ready_at(at(2)) == midnight
    assert not paced.account_cap_reached(midnight)
    assert paced.group_capped_until("g1", midnight) is None


def test_what_was_posted_before_a_restart_counts() -> None:
    history = [past("g1", at(-1)), past("g1", at(-3)), past("", at(-2))]
    paced = pacer(history, account_interval_s=120, group_interval_s=240, group_daily_cap=2)
    assert paced.account_ready_at(T0) == at(1)
    assert paced.group_ready_at("g1", T0) == at(3)
    assert paced.group_capped_until("g1", T0) is not None


def test_yesterdays_history_does_not_count_today() -> None:
    paced = pacer([past("g1", T0 - timedelta(hours=9))], account_daily_cap=1, group_daily_cap=1)
    assert not paced.account_cap_reached(T0)
    assert paced.group_capped_until("g1", T0) is None


def test_private_messages_have_no_group_cap() -> None:
    paced = pacer(group_daily_cap=1)
    paced.record("", T0)
    assert paced.group_capped_until("", T0) is None


def test_a_chat_of_our_own_people_has_no_group_cap() -> None:
    paced = pacer(group_daily_cap=1, uncapped=frozenset({"ops"}))
    for group in ("ops", "g1"):
        paced.record(group, T0)
    assert paced.group_capped_until("ops", T0) is None
    assert paced.group_capped_until("g1", T0) is not None


@pytest.mark.parametrize("day", [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)])
def test_a_day_of_a_clock_change_is_one_local_day(day: datetime) -> None:
    zone = ZoneInfo("Europe/Berlin")
    first = datetime(day.year, day.month, day.day, 0, 10, tzinfo=zone).astimezone(UTC)
    last = datetime(day.year, day.month, day.day, 23, 50, tzinfo=zone).astimezone(UTC)
    paced = pacer(account_daily_cap=1, timezone="Europe/Berlin")
    paced.record("g1", first - timedelta(minutes=30))
    assert not paced.account_cap_reached(first)
    paced.record("g1", first)
    assert paced.account_cap_reached(last)
    assert not paced.account_cap_reached(last + timedelta(minutes=11))


def test_a_clock_set_back_costs_at_most_one_interval() -> None:
    paced = pacer(account_interval_s=10, group_interval_s=60)
    paced.record("g1", at(60 * 24))
    now = at(0)
    assert paced.account_ready_at(now) <= now + seconds(10)
    assert paced.group_ready_at("g1", now) <= now + seconds(60)
    later = at(2)
    assert paced.account_ready_at(later) <= later
    assert paced.group_ready_at("g1", later) <= later


waits = st.lists(st.tuples(st.sampled_from(["g1", "g2"]), st.integers(0, 4 * 3600)), min_size=1, max_size=40)
SPRING = datetime(2026, 3, 28, 12, tzinfo=UTC)
AUTUMN = datetime(2026, 10, 24, 12, tzinfo=UTC)


@given(waits, st.integers(1, 3), st.integers(1, 600), st.sampled_from([T0, SPRING, AUTUMN]), st.booleans())
@example([("g1", 0), ("g1", 3600 * 2)] * 12, 2, 1, AUTUMN, False)
def test_never_nearer_than_the_interval_and_never_over_the_cap(
    wanted: list[tuple[str, int]], cap: int, interval: int, start: datetime, restarts: bool
) -> None:
    pace = Pace(
        account_interval_s=interval,
        group_interval_s=interval * 2,
        jitter=0.3,
        account_daily_cap=cap * 2,
        group_daily_cap=cap,
        timezone="Europe/Berlin",
    )
    paced, now = Pacer(pace, Random(interval)), start
    posted: list[tuple[datetime, str]] = []
    for group, wait in wanted:
        now += seconds(wait)
        now = max(now, paced.account_ready_at(now), paced.group_ready_at(group, now))
        now = max(now, paced.group_capped_until(group, now) or now)
        if paced.account_ready_at(now) > now or paced.group_ready_at(group, now) > now:
            continue
        paced.record(group, now)
        posted.append((now, group))
        if restarts:
            paced = Pacer(pace, Random(interval), [past(where, instant) for instant, where in posted])
    assert posted
    zone = ZoneInfo(pace.timezone)
    for (earlier, _), (later, _) in pairwise(posted):
        assert later - earlier >= seconds(interval)
    assert max(Counter(instant.astimezone(zone).date() for instant, _ in posted).values()) <= cap * 2
    for name in ("g1", "g2"):
        mine = [instant for instant, group in posted if group == name]
        for earlier, later in pairwise(mine):
            assert later - earlier >= seconds(interval * 2)
        days = Counter(instant.astimezone(zone).date() for instant in mine)
        assert not days or max(days.values()) <= cap
