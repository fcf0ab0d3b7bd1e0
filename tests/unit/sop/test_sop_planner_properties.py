"""Never early, never twice: whatever the zone, the day and the clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from groupbot.sop.calendar import first_on_or_after, localise
from groupbot.sop.timetext import clock_text

from .plan_words import A, B, planned, sop, step, times

ZONES = (
    "Asia/Shanghai", "America/New_York", "Europe/London", "Australia/Lord_Howe", "America/Santiago", "Asia/Kathmandu",
    "Pacific/Apia", "Africa/Casablanca",
)  # fmt: skip
zones = st.sampled_from(ZONES)
starts = st.dates(date(2011, 1, 1), date(2035, 12, 31))
clocks = st.lists(st.integers(0, 1440), min_size=1, max_size=4, unique=True)
DST_STARTS = st.sampled_from((date(2026, 3, 8), date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 1),
                              date(2011, 12, 29), date(2026, 9, 5), date(2026, 4, 4), date(2026, 10, 3)))  # fmt: skip
any_start = st.one_of(starts, DST_STARTS)


def wall_of(due: datetime) -> datetime:
    return due.replace(tzinfo=None)


@given(zones, any_start, st.integers(-10, 30), clocks)
def test_one_day_is_never_early_and_never_twice(zone: str, start: date, day: int, minutes: list[int]) -> None:
    text = f"D{day} " + ",".join(clock_text(minute) for minute in minutes)
    made = planned(sop(step("s", text), zone=zone), A, B, start=start)
    shift = day - 1 if day > 0 else min(day, 0) - (1 if day == 0 else 0)
    midnight = datetime.combine(start, time()) + timedelta(days=shift)
    wanted = {localise(midnight + timedelta(minutes=minute), ZoneInfo(zone))[0].astimezone(UTC) for minute in minutes}

    for group in ("A", "B"):
        mine = [delivery.due.astimezone(UTC) for delivery in made.deliveries if delivery.group == group]
        assert sorted(mine) == mine
        assert set(mine) == wanted
        assert len(mine) == len(wanted)
    assert len({delivery.key for delivery in made.deliveries}) == len(made.deliveries)
    assert all(wall_of(delivery.due) >= midnight for delivery in made.deliveries)


@given(zones, any_start, st.integers(1, 15), clocks)
def test_daily_posts_are_never_early_and_never_twice(zone: str, start: date, last: int, minutes: list[int]) -> None:
    text = "daily " + ",".join(clock_text(minute) for minute in minutes) + f" until D{last}"
    made = planned(sop(step("s", text), step("f", "after s +37m"), zone=zone), start=start)
    instants = [delivery.due.astimezone(UTC) for delivery in made.deliveries if delivery.step == "s"]
    following = [delivery.due.astimezone(UTC) for delivery in made.deliveries if delivery.step == "f"]

    assert len(set(instants)) == len(instants)
    assert len({delivery.key for delivery in made.deliveries}) == len(made.deliveries)
    assert 0 < len(instants) <= last * len(minutes)
    assert following == [instant + timedelta(minutes=37) for instant in instants]
    first = datetime.combine(start, time())
    assert all(wall_of(delivery.due) >= first for delivery in made.deliveries)


@given(zones, any_start, st.integers(0, 1440), st.integers(1, 1440))
def test_a_window_never_ends_before_it_starts(zone: str, start: date, begin: int, length: int) -> None:
    end = (begin + length) % 1440
    if end == begin % 1440:
        return
    text = f"D1 {clock_text(begin)}-{clock_text(end)}"
    (delivery,) = planned(sop(step("s", text), zone=zone), start=start).deliveries

    assert delivery.until is not None
    assert delivery.due.astimezone(UTC) < delivery.until.astimezone(UTC)


@given(zones, any_start, st.integers(-20_000, 20_000), st.integers(0, 1439))
def test_minutes_from_the_event_are_real_minutes(zone: str, start: date, minutes: int, clock: int) -> None:
    text = f"T{'-' if minutes < 0 else '+'}{abs(minutes)}m"
    made = planned(sop(step("s", text), step("t", "T"), zone=zone, event=f"D3 {clock_text(clock)}"), start=start)
    due = {delivery.step: delivery.due.astimezone(UTC) for delivery in made.deliveries}

    assert due["s"] - due["t"] == timedelta(minutes=minutes)


@given(st.datetimes(datetime.combine(date(2005, 1, 1), time()), datetime.combine(date(2036, 1, 1), time())), zones)
def test_a_local_time_becomes_the_first_instant_not_before_it(wall: datetime, zone: str) -> None:
    wall = wall.replace(second=0, microsecond=0)
    due, said = localise(wall, ZoneInfo(zone))
    shown = wall_of(due.astimezone(UTC).astimezone(ZoneInfo(zone)))

    assert shown >= wall
    assert said or shown == wall
    if shown == wall:
        an_hour_ago = (due.astimezone(UTC) - timedelta(hours=1)).astimezone(ZoneInfo(zone))
        assert wall_of(an_hour_ago) != wall
    else:
        a_second_ago = (due.astimezone(UTC) - timedelta(seconds=1)).astimezone(ZoneInfo(zone))
        assert wall_of(a_second_ago) < wall


@given(st.dates(date(1, 1, 1), date(9980, 1, 1)), st.dates(date(2000, 1, 1), date(2000, 12, 31)))
def test_a_date_without_year_is_the_first_on_or_after_the_start(start: date, day: date) -> None:
    found = first_on_or_after(start, day.month, day.day)

    assert found >= start
    assert (found.month, found.day) == (day.month, day.day)
    assert found.year - start.year <= 8
    if (day.month, day.day) != (2, 29):
        assert found <= start + timedelta(days=366)


def test_skipped_and_doubled_clocks_are_told() -> None:
    zone = "America/New_York"
    forward = planned(sop(step("s", "D1 02:30"), zone=zone), start=date(2026, 3, 8))
    back = planned(sop(step("s", "D1 01:30"), zone=zone), start=date(2026, 11, 1))

    assert times(forward, "s") == ["2026-03-08T03:00-04:00"]
    assert "does not exist" in forward.deliveries[0].assumptions[0]
    assert times(back, "s") == ["2026-11-01T01:30-04:00"]
    assert "happens twice" in back.deliveries[0].assumptions[0]


def test_two_clocks_that_fall_together_are_sent_once() -> None:
    skipped = planned(sop(step("s", "D1 02:15,02:45,03:00"), zone="America/New_York"), start=date(2026, 3, 8))
    midnight = planned(sop(step("s", "daily 00:00,24:00 until D3")))

    assert times(skipped, "s") == ["2026-03-08T03:00-04:00"]
    assert "sent once" in " ".join(skipped.deliveries[0].assumptions)
    assert times(midnight, "s") == [f"2026-05-{day}T00:00+08:00" for day in (18, 19, 20, 21)]


def test_a_day_that_a_zone_skipped_moves_to_the_next() -> None:
    made = planned(sop(step("s", "daily 10:00 until D3"), zone="Pacific/Apia"), start=date(2011, 12, 29))

    assert times(made, "s") == ["2011-12-29T10:00-10:00", "2011-12-31T00:00+14:00", "2011-12-31T10:00+14:00"]
    assert len({delivery.key for delivery in made.deliveries}) == 3


def test_leap_days_and_the_turn_of_the_year_are_days_like_others() -> None:
    leap = planned(sop(step("s", "daily 09:00 until D3")), start=date(2028, 2, 28))
    turn = planned(sop(step("s", "D1 24:00"), step("t", "D2 09:00")), start=date(2026, 12, 31))

    assert [row[:10] for row in times(leap, "s")] == ["2028-02-28", "2028-02-29", "2028-03-01"]
    assert times(turn, "s") == ["2027-01-01T00:00+08:00"]
    assert times(turn, "t") == ["2027-01-01T09:00+08:00"]
