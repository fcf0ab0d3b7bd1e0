"""What a time cell leaves open is filled in by a rule, and the operator is told how."""

from __future__ import annotations

import pytest

from groupbot.sop.timecell.cell import read_time
from groupbot.sop.timecell.dayparts import DefaultClocks
from groupbot.sop.timecell.values import DAILY, By, Scheduled, TimeContext, UnknownTime
from groupbot.sop.timetext import format_time

from .test_time_cells import DAY_4, meaning

ASSUMED = {
    "D6": ("D6 10:00", "has no clock: 10:00"),
    "第六天（答疑）": ("D6 10:00", "has no clock: 10:00"),
    "6月8日": ("06-08 10:00", "has no clock: 10:00"),
    "6月8日早": ("06-08 08:00", "`早` has no clock: 08:00"),
    "6月8日上午": ("06-08 10:00", "10:00 is taken"),
    "6月8日中午": ("06-08 12:00", "12:00 is taken"),
    "6月8日下午": ("06-08 15:00", "15:00 is taken"),
    "6月8日傍晚": ("06-08 18:00", "18:00 is taken"),
    "Day 6 Morning": ("D6 08:00", "08:00 is taken"),
    "D6晚上": ("D6 20:00", "20:00 is taken"),
    "前9天": ("daily 10:00 from D1 until D9", "10:00 is taken"),
    "每天早晚": ("daily 08:00,20:00 until end", "until the campaign's last day"),
    "每天": ("daily 10:00 until end", "until the campaign's last day"),
    "每晚8点半": ("daily 20:30 until end", "until the campaign's last day"),
    "每到周五 20点": ("weekly Fri 20:00 until end", "until the campaign's last day"),
    "周二": ("weekly Tue 10:00 until end", "10:00 is taken"),
    "每天8:00（工作日）": ("weekly Mon,Tue,Wed,Thu,Fri 08:00 until end", "until the campaign's last day"),
    "工作日早8点": ("weekly Mon,Tue,Wed,Thu,Fri 08:00 until end", "until the campaign's last day"),
    "6月8日起每天早8点": ("daily 08:00 from 06-08 until end", "until the campaign's last day"),
    "T-4": ("T-4d", "says no unit: days"),
    "D6 9点": ("D6 09:00", "`9点` is read as 09:00"),
    "D6 3:00": ("D6 03:00", "`3:00` is read as 03:00"),
    "D6晚上12点": ("D6 24:00", "read as 24:00"),
    "D6晚12点半": ("D6 +1d 00:30", "read as +1d 00:30"),
    "D6晚0点": ("D6 24:00", "read as 24:00"),
    "D6午夜": ("D6 24:00", "read as 24:00"),
    "D6凌晨12点": ("D6 00:00", "read as 00:00"),
    "D6 0点": ("D6 00:00", "read as 00:00"),
    "D6上午12点": ("D6 12:00", "read as 12:00"),
    "D6下午12点": ("D6 12:00", "read as 12:00"),
    "D6上午10点、1点": ("D6 10:00,13:00", "`1点` is read as 13:00"),
    "D6上午10点-1点": ("D6 10:00-13:00", "`1点` is read as 13:00"),
    "D6晚10点-1点": ("D6 22:00-01:00", "`1点` is read as +1d 01:00"),
    "D6晚11点、凌晨1点": ("D6 23:00,+1d 01:00", "`凌晨1点` is read as +1d 01:00"),
    "D6 晚11点、0点": ("D6 23:00,24:00", "read as 24:00"),
    "D6晚8点后": ("D6 20:00", "is read as at 20:00"),
    "D6（6月8日）20:00": ("D6 20:00", "in two ways"),
    "D6（周三）20:00": ("D6 20:00", "not compared"),
    "D6 20:00 破冰": ("D6 20:00", "read as a name"),
    "D6 20:00 直播开始": ("D6 20:00", "read as a name"),
    "6月8日20:00直播当天": ("06-08 20:00", "read as a name"),
    "6月8日前": ("06-08 24:00", "before the end of that day"),
}


@pytest.mark.parametrize(("cell", "expected"), ASSUMED.items(), ids=ASSUMED.keys())
def test_what_is_left_open_is_filled_in_and_told(cell: str, expected: tuple[str, str]) -> None:
    reading = read_time(cell)

    assert meaning(reading) == expected[0]
    assert expected[1] in " ".join(reading.assumptions)


SILENT = (
    "D6 20:00",
    "6月8日晚8点",
    "D6 24:00",
    "D6 08:00-09:00",
    "D6 22:30-06:30",
    "第6天早9点、11点、晚8点",
    "D6上午8-12点",
    "D6晚9-12点",
)


@pytest.mark.parametrize("cell", SILENT)
def test_what_is_plain_needs_no_assumption(cell: str) -> None:
    assert read_time(cell).assumptions == ()


def test_the_default_clocks_can_be_set() -> None:
    clocks = DefaultClocks(noon=11 * 60 + 45, day=7 * 60)

    assert meaning(read_time("D2中午", TimeContext(clocks=clocks))) == "D2 11:45"
    assert meaning(read_time("D2", TimeContext(clocks=clocks))) == "D2 07:00"


def below(*cells: str) -> list[str]:
    """Read the cells of a column from top to bottom."""
    context, read = TimeContext(), []
    for cell in cells:
        reading = read_time(cell, context)
        read.append(meaning(reading) if isinstance(reading.when, Scheduled | By) else type(reading.when).__name__)
        context = TimeContext(above=reading)
    return read


def test_dates_and_day_parts_go_down_the_column() -> None:
    assert below("6月8日早9点", "11点", "下午2点", "4:30", "晚8点", "9点半") == [
        "06-08 09:00", "06-08 11:00", "06-08 14:00", "06-08 16:30", "06-08 20:00", "06-08 21:30",
    ]  # fmt: skip
    assert below("6月8日晚8点", "6月9日8点") == ["06-08 20:00", "06-09 08:00"]
    assert below("D3下午2点", "D3 4点") == ["D3 14:00", "D3 16:00"]


def test_what_is_no_time_lets_the_date_through() -> None:
    assert below("D3早8点", "", "满80人", "2小时内", "不定时", "晚8点") == [
        "D3 08:00", "Checklist", "Waiting", "Within", "Checklist", "D3 20:00",
    ]  # fmt: skip


def test_days_that_repeat_and_the_events_day_go_down_too() -> None:
    assert below("每天早8点 到D5", "晚8点") == ["daily 08:00 until D5", "daily 20:00 until D5"]
    assert below("活动前一天", "晚8点") == ["T-1d", "T-1d 20:00"]
    assert below("6月8日-10日早8点", "中午") == [
        "daily 08:00 from 06-08 until 06-10",
        "daily 12:00 from 06-08 until 06-10",
    ]
    assert below("6月8日晚8点", "9号早9点") == ["06-08 20:00", "06-09 09:00"]


def test_the_next_day_and_the_night_go_on_from_the_row_above() -> None:
    assert below("D3晚10点", "次日早8点", "9点", "次日早8点") == [
        "D3 22:00",
        "D3 +1d 08:00",
        "D3 +1d 09:00",
        "D3 +2d 08:00",
    ]
    assert below("D3晚10点", "凌晨1点", "早8点") == ["D3 22:00", "D3 +1d 01:00", "D3 +1d 08:00"]
    assert below("D3晚10点", "D3凌晨1点") == ["D3 22:00", "D3 01:00"]


def test_a_day_part_that_would_run_backwards_is_refused_or_told() -> None:
    assert below("D3早11点", "2点") == ["D3 11:00", "D3 14:00"]
    with pytest.raises(UnknownTime):
        below("晚8点")
    for column in (("D3晚9点", "8点"), ("D3晚9点、8点",), ("D3晚10点", "2点")):
        with pytest.raises(Exception, match="backwards"):
            below(*column)


def test_a_24_hour_clock_has_no_day_part() -> None:
    assert below("D3晚8点", "08:30") == ["D3 20:00", "D3 08:30"]
    assert below("D3 20:00", "9:30") == ["D3 20:00", "D3 09:30"]


def test_the_columns_weekday_is_the_day() -> None:
    wednesday = TimeContext(weekdays=frozenset({2}), above=DAY_4.above)

    assert meaning(read_time("上午9-10点", wednesday)) == "weekly Wed 09:00-10:00 until end"
    assert meaning(read_time("每天早9点 到D9", wednesday)) == "weekly Wed 09:00 until D9"
    assert meaning(read_time("D3 早9点", wednesday)) == "D3 09:00"


def test_a_sheet_without_days_may_be_read_as_daily() -> None:
    reading = read_time("7:00-8:00", TimeContext(otherwise=DAILY))

    assert meaning(reading) == "daily 07:00-08:00 until end"
    assert reading.assumptions


def test_the_events_own_name_counts_like_its_common_words() -> None:
    assert meaning(read_time("拼团夜前2小时", TimeContext(event="拼团夜"))) == "T-2h"
    with pytest.raises(UnknownTime):
        read_time("拼团夜前2小时")


def test_deadlines_by_the_clock_are_no_posts() -> None:
    for cell, due in {"D3中午12点前": "D3 12:00", "6月8日晚8点截止": "06-08 20:00", "D3 20:00之前": "D3 20:00"}.items():
        when = read_time(cell).when
        assert isinstance(when, By)
        assert format_time(when.node) == due
