"""Weekdays and official days off of steps. The dates are those that the State Council declared for 2026."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import pytest

from groupbot.sop.calendar import Calendar
from groupbot.sop.days_off import ChineseDaysOff, DayKind
from groupbot.sop.document import Step
from groupbot.sop.notes import Notes
from groupbot.sop.planner import calendar_of
from groupbot.sop.timetable import timetable
from tests.unit.sop.plan_words import A, codes, planned, sop, step, times

MAY_DAY = date(2026, 4, 30)
"""A Thursday; 1 to 5 May are off, Saturday 9 May is worked."""
EVERY_DAY = "daily 09:00 until D12"


def days(made: Step, *more: Step, start: date = MAY_DAY) -> list[str]:
    return [due[5:10] for due in times(planned(sop(made, *more), A, start=start), made.id)]


def test_what_days_are_officially() -> None:
    china = ChineseDaysOff()
    assert [china.kind(date(2026, 5, day)) for day in (1, 2, 5, 6, 9, 10)] == [
        DayKind.HOLIDAY, DayKind.HOLIDAY, DayKind.HOLIDAY, DayKind.WORK, DayKind.MAKE_UP, DayKind.REST,
    ]  # fmt: skip
    assert china.kind(date(2090, 1, 1)) is None


def test_a_step_that_says_nothing_of_holidays_goes_by_the_weekday_alone() -> None:
    made = step("s", "weekly Mon,Tue,Wed,Thu,Fri 09:00 until D12")
    assert days(made) == ["04-30", "05-01", "05-04", "05-05", "05-06", "05-07", "05-08", "05-11"]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("skip", ["04-30", "05-06", "05-07", "05-08", "05-09", "05-10", "05-11"]),
        ("only", ["05-01", "05-02", "05-03", "05-04", "05-05"]),
        ("shift", ["04-30", "05-06", "05-07", "05-08", "05-09", "05-10", "05-11"]),
    ],
)
def test_on_official_days_off(rule: str, expected: list[str]) -> None:
    assert days(replace(step("s", EVERY_DAY), holidays=rule)) == expected


def test_days_of_work_follow_the_official_ones_where_the_step_speaks_of_holidays() -> None:
    workdays = replace(step("s", "weekly Mon,Tue,Wed,Thu,Fri 09:00 until D12"), holidays="skip")
    assert days(workdays) == ["04-30", "05-06", "05-07", "05-08", "05-09", "05-11"]
    weekend = replace(step("s", "weekly Sat,Sun 09:00 until D12"), holidays="skip")
    assert days(weekend) == ["05-10"]
    filtered = replace(step("s", EVERY_DAY), weekdays=frozenset(range(5)), holidays="skip")
    assert days(filtered) == days(workdays)


def test_a_post_on_a_day_off_moves_to_the_next_day_of_work_with_its_window_and_its_key() -> None:
    made = planned(sop(replace(step("s", "D2 09:00-10:30"), holidays="shift")), A, start=MAY_DAY)
    (row,) = made.deliveries
    assert (row.due.isoformat(), row.key) == ("2026-05-06T09:00:00+08:00", "s/2026-05-06.0/A")
    assert row.until is not None
    assert row.until.isoformat() == "2026-05-06T10:30:00+08:00"
    assert "2026-05-01" in row.assumptions[0]


def test_the_next_day_of_work_may_be_a_sunday() -> None:
    made = replace(step("s", "D1 09:00"), holidays="shift")
    assert days(made, start=date(2026, 1, 2)) == ["01-04"]


def test_chosen_weekdays() -> None:
    made = replace(step("s", EVERY_DAY), weekdays=frozenset({0, 4}))
    assert days(made) == ["05-01", "05-04", "05-08", "05-11"]
    made = planned(sop(made), A, start=MAY_DAY)
    assert "2026-04-30" in made.deliveries[0].assumptions[-1]


def test_a_step_that_is_left_no_day_is_told_and_so_is_one_that_follows_it() -> None:
    made = planned(
        sop(replace(step("s", "D1 09:00"), holidays="only"), step("next", "after s +10m"), step("t", "D1 10:00")), A,
        start=MAY_DAY,
    )  # fmt: skip
    assert [row.step for row in made.deliveries] == ["t"]
    assert codes(made) == [("warning", "no-day-left"), ("warning", "no-day-left")]


def test_a_year_without_declared_days_is_told_once_and_counts_by_weekday() -> None:
    first, second = (replace(step(name, "D1 09:00"), holidays="skip") for name in "ab")
    made = planned(sop(first, second), A, start=date(2090, 10, 2))
    assert len(made.deliveries) == 2
    assert codes(made) == [("warning", "holidays-unknown")]
    assert "2090" in made.problems[0].message


@dataclass
class Friday:
    """Every Friday is off, and every Saturday is worked."""

    def kind(self, day: date) -> DayKind:
        return {4: DayKind.HOLIDAY, 5: DayKind.MAKE_UP, 6: DayKind.REST}.get(day.weekday(), DayKind.WORK)


def test_another_countrys_days_can_be_given() -> None:
    made = sop(replace(step("s", EVERY_DAY), weekdays=frozenset(range(5)), holidays="skip"))
    calendar: Calendar = replace(calendar_of(made, MAY_DAY, None, Notes()), days_off=Friday())
    found = [f"{one.moment.due:%a}" for one in timetable(made, calendar, Notes())["s"]]
    assert found == ["Thu", "Sat", "Mon", "Tue", "Wed", "Thu", "Sat", "Mon"]


def test_the_keys_of_a_file(load_text) -> None:
    text = """\
name: s
title: s
holidays: skip
phases:
  - name: p
    steps:
      - {id: a, at: D1 09:00, text: x}
      - {id: b, at: D1 10:00, text: x, holidays: any, weekdays: [mon, 周三, Fri]}
      - {id: c, at: D1 11:00, text: x, holidays: shift, weekdays: workdays}
"""
    read = load_text(text)
    assert [one.holidays for one in read.steps] == ["skip", "any", "shift"]
    assert [one.weekdays for one in read.steps] == [None, {0, 2, 4}, {0, 1, 2, 3, 4}]


@pytest.mark.parametrize("days_", ["[mo]", "someday", "[周八]", "周"])
def test_an_unknown_weekday_is_refused(problems_of, days_: str) -> None:
    text = f"name: s\ntitle: s\nphases: [{{name: p, steps: [{{id: a, at: D1 09:00, text: x, weekdays: {days_}}}]}}]\n"
    assert [(one.level, one.code) for one in problems_of(text)] == [("error", "bad-value")]
