"""Promise 4: a missed step follows its policy, and nothing goes out in quiet hours or after its window."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from groupbot.core.policies import LateThen, Policies, QuietHours
from groupbot.delivery.decide import Go, decide
from groupbot.delivery.values import Ask, Drop, Wait
from tests.contract.ledger.conftest import at
from tests.unit.delivery.candidates import candidate

GRACE = timedelta(minutes=10)
BERLIN = ZoneInfo("Europe/Berlin")
SHANGHAI = ZoneInfo("Asia/Shanghai")
NIGHT = QuietHours(start_minute=22 * 60, end_minute=7 * 60, timezone="Asia/Shanghai")
NOON_BREAK = QuietHours(start_minute=12 * 60, end_minute=13 * 60 + 30, timezone="Asia/Shanghai")


def policies(late: LateThen = LateThen.SKIP, quiet: QuietHours | None = None, grace: timedelta = GRACE) -> Policies:
    return Policies(grace=grace, late=late, quiet=quiet)


def china(hour: int, minute: int = 0, *, day: int = 18) -> datetime:
    return datetime(2026, 5, day, hour, minute, tzinfo=SHANGHAI).astimezone(UTC)


@pytest.mark.parametrize("late", list(LateThen))
@pytest.mark.parametrize("minutes", [0, 5, 10])
def test_up_to_its_grace_a_step_goes_whatever_its_policy(late: LateThen, minutes: float) -> None:
    assert decide(candidate(policies=policies(late)), at(minutes)) == Go()


@pytest.mark.parametrize(("late", "verdict"), [(LateThen.SKIP, Drop), (LateThen.ASK, Ask), (LateThen.SEND, Go)])
@pytest.mark.parametrize("minutes", [10.1, 60, 60 * 24 * 3])
def test_after_its_grace_the_late_policy_decides(late: LateThen, verdict: type, minutes: float) -> None:
    assert isinstance(decide(candidate(policies=policies(late)), at(minutes)), verdict)


@pytest.mark.parametrize("late", list(LateThen))
@pytest.mark.parametrize("approved", [True, False])
def test_the_end_of_a_window_is_absolute(late: LateThen, approved: bool) -> None:
    row = candidate(until=at(5), approved=approved, policies=policies(late))
    assert decide(row, at(5)) == Go()
    assert isinstance(decide(row, at(5.1)), Drop)


def test_inside_a_window_nothing_is_late() -> None:
    assert decide(candidate(until=at(90), policies=policies()), at(89)) == Go()


def test_a_later_part_counts_from_when_it_was_to_follow() -> None:
    row = candidate(next_part=1, not_before=at(60), policies=policies())
    assert decide(row, at(70)) == Go()
    assert isinstance(decide(row, at(70.1)), Drop)


def test_a_persons_approval_passes_lateness_and_quiet_hours() -> None:
    row = candidate(due=china(23), approved=True, policies=policies(quiet=NIGHT))
    assert decide(row, china(23, 30)) == Go()


@pytest.mark.parametrize(
    ("quiet", "now", "end"),
    [
        (NIGHT, china(22), china(7, day=19)),
        (NIGHT, china(23, 59), china(7, day=19)),
        (NIGHT, china(0, day=19), china(7, day=19)),
        (NIGHT, china(6, 59), china(7)),
        (NOON_BREAK, china(12), china(13, 30)),
        (NOON_BREAK, china(13, 29), china(13, 30)),
    ],
)
def test_quiet_hours_put_a_patient_step_off_to_their_end(quiet: QuietHours, now: datetime, end: datetime) -> None:
    row = candidate(due=now, policies=policies(quiet=quiet, grace=timedelta(hours=12)))
    verdict = decide(row, now)
    assert isinstance(verdict, Wait)
    assert verdict.until == end
    assert decide(row, end) == Go()


@pytest.mark.parametrize(("quiet", "now"), [(NIGHT, china(21, 59)), (NIGHT, china(7)), (NOON_BREAK, china(13, 30))])
def test_outside_quiet_hours_a_step_goes(quiet: QuietHours, now: datetime) -> None:
    assert decide(candidate(due=now, policies=policies(quiet=quiet)), now) == Go()


@pytest.mark.parametrize(("late", "verdict"), [(LateThen.SKIP, Drop), (LateThen.ASK, Ask), (LateThen.SEND, Wait)])
def test_quiet_hours_longer_than_the_grace_meet_the_late_policy_at_once(late: LateThen, verdict: type) -> None:
    row = candidate(due=china(23), policies=policies(late, NIGHT))
    assert isinstance(decide(row, china(23)), verdict)


@pytest.mark.parametrize("late", [LateThen.SKIP, LateThen.ASK])
def test_quiet_hours_past_the_end_of_the_window_are_told_at_once(late: LateThen) -> None:
    row = candidate(due=china(22), until=china(23), policies=policies(late, NIGHT))
    assert not isinstance(decide(row, china(22)), Go | Wait)


@pytest.mark.parametrize(
    ("now", "end_wall"),
    [
        (datetime(2026, 3, 29, 1, 0, tzinfo=BERLIN), (6, 0)),  # 02:00 becomes 03:00 in this night
        (datetime(2026, 10, 25, 1, 0, tzinfo=BERLIN), (6, 0)),  # 03:00 becomes 02:00 in this night
        (datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=BERLIN), (6, 0)),
    ],
)
def test_quiet_hours_end_by_the_wall_clock_in_nights_of_a_clock_change(
    now: datetime, end_wall: tuple[int, int]
) -> None:
    night = QuietHours(start_minute=22 * 60, end_minute=6 * 60, timezone="Europe/Berlin")
    end = night.until(now.astimezone(UTC))
    assert end is not None
    local = end.astimezone(BERLIN)
    assert (local.hour, local.minute) == end_wall
    assert local.date() == now.date()


def minutes_of(first: datetime, hours: int) -> st.SearchStrategy[datetime]:
    return st.integers(0, hours * 60).map(lambda minutes: first + timedelta(minutes=minutes))


instants = st.one_of(
    minutes_of(datetime(2026, 10, 24, 18, tzinfo=UTC), 18),
    minutes_of(datetime(2026, 3, 28, 18, tzinfo=UTC), 18),
    minutes_of(datetime(2026, 1, 1, tzinfo=UTC), 2 * 365 * 24),
)
quiets = st.builds(
    QuietHours,
    start_minute=st.integers(0, 1439),
    end_minute=st.integers(0, 1439),
    timezone=st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe"]),
)


TWICE = datetime(2026, 10, 25, 2, 10, fold=1, tzinfo=BERLIN).astimezone(UTC)
ENDS_IN_IT = QuietHours(start_minute=22 * 60, end_minute=2 * 60 + 30, timezone="Europe/Berlin")


@given(instants, quiets)
@example(TWICE, ENDS_IN_IT)
def test_the_end_of_quiet_hours_always_lies_ahead_within_a_day(now: datetime, quiet: QuietHours) -> None:
    end = quiet.until(now)
    if end is not None:
        assert now < end <= now + timedelta(hours=25)


@given(instants, quiets, st.sampled_from(list(LateThen)))
@example(TWICE, ENDS_IN_IT, LateThen.SKIP)
def test_a_step_that_is_put_off_is_put_off_to_a_later_instant(now: datetime, quiet: QuietHours, late: LateThen) -> None:
    verdict = decide(candidate(due=now, policies=policies(late, quiet, timedelta(days=2))), now)
    assert isinstance(verdict, Go) == (quiet.until(now) is None)
    if isinstance(verdict, Wait):
        assert verdict.until > now
