"""Clocks behind names, clocks without a unit, and names behind clocks."""

from __future__ import annotations

import pytest

from groupbot.sop.timecell.block import read_block
from groupbot.sop.timecell.cell import read_time
from groupbot.sop.timecell.values import DAILY, Scheduled, TimeContext, TimeReading, UnknownTime
from groupbot.sop.timenode import OnDay, Repeat

EVERY = TimeContext(otherwise=DAILY)


def clocks(reading: TimeReading) -> list[str]:
    assert isinstance(reading.when, Scheduled)
    node = reading.when.node
    assert isinstance(node, OnDay | Repeat)
    return [f"{slot.start // 60:02}:{slot.start % 60:02}" for slot in node.slots]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("早读 6:50", ["06:50"]),
        ("晚自习 18:40", ["18:40"]),
        ("夜跑 9点", ["21:00"]),
        ("签到 20:15", ["20:15"]),
        ("早7", ["07:00"]),
        ("早7晚10", ["07:00", "22:00"]),
        ("早7:15", ["07:15"]),
    ],
)
def test_a_name_or_a_missing_unit_leaves_the_clock(cell: str, expected: list[str]) -> None:
    assert clocks(read_time(cell, EVERY)) == expected


@pytest.mark.parametrize("cell", ["重阳 9:00", "缴费截止 18:00", "开场", "早 7 杯"])
def test_a_holiday_a_deadline_and_a_name_alone_are_refused(cell: str) -> None:
    with pytest.raises(UnknownTime):
        read_time(cell, EVERY)


def test_a_start_behind_a_clock_is_its_name() -> None:
    reading = read_time("15点秒杀开始", EVERY)
    assert (clocks(reading), reading.label) == (["15:00"], "秒杀开始")


def test_words_behind_a_clock_and_a_space_may_speak_of_other_days() -> None:
    above = read_time("D3")
    lines = read_block("9:10 明天下午 3 点集合\n晚读 20:10：第三章", TimeContext(above=above))
    expected = [(["09:10"], "明天下午 3 点集合"), (["20:10"], "第三章")]
    assert [(clocks(line), line.script) for line in lines] == expected


def test_days_after_the_events_end_keep_their_clock() -> None:
    reading = read_time("活动结束后2天 9:30")
    assert clocks(reading) == ["09:30"]
