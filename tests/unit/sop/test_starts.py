"""One plan for groups that begin on different days, in waves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbot.sop.document import Selector, Sop
from groupbot.sop.planned import Plan, PlanGroup
from groupbot.sop.starts import GroupStart, plan_starts, staggered
from tests.unit.sop.plan_words import START, A, B, codes, planned, quiet_from, sop, step, task, words

LATER = date(2026, 6, 1)


def together(made: Sop, *starts: GroupStart) -> Plan:
    return plan_starts(made, starts, start=START)


def at(group: PlanGroup, start: date = START, *, event: datetime | None = None, minutes: int = 0) -> GroupStart:
    return GroupStart(group=group, start=start, event=event, shift=timedelta(minutes=minutes))


def dues(made: Plan) -> list[tuple[str, str, str]]:
    return [(row.group, row.step, f"{row.due:%m-%d %H:%M}") for row in made.deliveries]


def test_one_start_for_all_is_the_plan_as_ever() -> None:
    made = sop(step("s", "D1 09:00"), task("t", "D2 09:00", "x"))
    assert together(made, at(A), at(B)) == planned(made, A, B)


def test_each_group_is_planned_from_its_own_first_day_and_event() -> None:
    made = sop(step("s", "D1 09:00", "{{ start_date }} {{ day }}"), step("live", "T-30m"), event="D6 20:00")
    found = together(made, at(A), at(B, LATER, event=datetime.fromisoformat("2026-06-03 19:00")))
    assert dues(found) == [
        ("A", "s", "05-18 09:00"),
        ("A", "live", "05-23 19:30"),
        ("B", "s", "06-01 09:00"),
        ("B", "live", "06-03 18:30"),
    ]
    assert words(found.deliveries[2]) == "2026-06-01 1"
    keys = {row.key for row in found.deliveries}
    assert keys == {row.key for row in planned(made, A).deliveries} | {
        "s/2026-06-01.0/B",
        "live/2026-06-03.0/B",
    }


def test_a_step_that_only_the_groups_of_one_start_receive_is_no_mistake() -> None:
    vip = (Selector(by="tag", values=("vip",)),)
    nobody = (Selector(by="tag", values=("nobody",)),)
    made = sop(step("s", "D1 09:00"), step("v", "D1 10:00", groups=vip))
    assert codes(together(made, at(A), at(B, LATER))) == []
    made = sop(step("s", "D1 09:00"), step("v", "D1 10:00", groups=nobody))
    assert codes(together(made, at(A), at(B, LATER))) == [("error", "no-group")]


def test_a_task_for_all_without_a_time_is_one_task() -> None:
    made = sop(step("s", "D1 09:00"), task("watch", None, "x"), task("call", "D1 12:00", "y"))
    assert [row.key for row in together(made, at(A), at(B, LATER)).tasks] == [
        "watch/-/-",
        "call/2026-05-18.0/-",
        "call/2026-06-01.0/-",
    ]


def test_waves() -> None:
    groups = [GroupStart(group=PlanGroup(name=f"g{number}"), start=START) for number in range(5)]
    waves = staggered(groups, timedelta(minutes=5), 2)
    assert [one.shift.total_seconds() / 60 for one in waves] == [0, 0, 5, 5, 10]


def test_a_shift_moves_the_instant_and_never_the_key_nor_what_counts_from_the_event() -> None:
    made = sop(
        step("s", "D1 09:00"), step("next", "after s +10m"), step("live", "T-30m"), step("end", "after live +1h"),
        event="D1 20:00",
    )  # fmt: skip
    plain, shifted = together(made, at(A)), together(made, at(A, minutes=20))
    assert {row.key for row in plain.deliveries} == {row.key for row in shifted.deliveries}
    assert dues(shifted) == [
        ("A", "s", "05-18 09:20"),
        ("A", "next", "05-18 09:30"),
        ("A", "live", "05-18 19:30"),
        ("A", "end", "05-18 20:30"),
    ]


def test_a_shift_keeps_the_end_of_a_window_and_may_not_pass_it() -> None:
    made = sop(step("s", "D1 09:00-09:30"))
    (row,) = together(made, at(A, minutes=20)).deliveries
    assert row.until is not None
    assert (f"{row.due:%H:%M}", f"{row.until:%H:%M}") == ("09:20", "09:30")
    found = together(made, at(A, minutes=40), at(B, minutes=50))
    assert codes(found) == [("error", "stagger-too-long")]
    assert "--wave" in found.problems[0].hint


@pytest.mark.parametrize(("minutes", "told"), [(20, []), (40, [("warning", "in-quiet-hours")])])
def test_a_shift_into_the_quiet_hours_is_told(minutes: int, told: list[tuple[str, str]]) -> None:
    made = sop(step("s", "D1 22:00", policies=quiet_from(22 * 60 + 30, 7 * 60)))
    assert codes(together(made, at(A, minutes=minutes))) == told


def test_two_hundred_groups_on_ten_days_keep_their_order() -> None:
    made = sop(step("s", "D1 09:00"), step("t", "daily 20:00 until D7"))
    groups = [
        at(replace(A, name=f"g{number:03}"), START + timedelta(days=number % 10), minutes=number // 20)
        for number in range(200)
    ]
    found = together(made, *groups)
    assert len(found.deliveries) == 200 * 8
    assert len({row.key for row in found.deliveries}) == 200 * 8
    order = [(row.due, row.ordinal, row.group) for row in found.deliveries]
    assert order == sorted(order)


@given(
    offsets=st.lists(st.integers(0, 9), min_size=1, max_size=8),
    every=st.integers(0, 90),
    wave=st.integers(1, 4),
)
def test_together_is_what_each_group_would_have_alone(offsets: list[int], every: int, wave: int) -> None:
    made = sop(
        step("s", "D1 09:00", "{{ day }}"), step("t", "daily 20:00 until D4"), task("c", "D2 12:00", "{{ group }}")
    )
    alone = [at(replace(A, name=f"g{number}"), START + timedelta(days=offset)) for number, offset in enumerate(offsets)]
    waves = staggered(alone, timedelta(minutes=every), wave)
    found = together(made, *waves)
    expected = {
        row.key: (row.due + one.shift, row.parts)
        for one in waves
        for row in planned(made, one.group, start=one.start).deliveries
    }
    assert {row.key: (row.due, row.parts) for row in found.deliveries} == expected
    assert len(found.tasks) == len(offsets)
