"""Distances from occasions that operators lead up to, the campaign's beginning as a moment, bedtime, joined dates."""

from __future__ import annotations

import pytest

from groupbot.sop.open_end import format_at
from groupbot.sop.timecell.cell import read_time
from groupbot.sop.timecell.values import Scheduled, Waiting
from groupbot.sop.timenode import TimeNodeError


@pytest.mark.parametrize(
    ("cell", "meaning"),
    [
        ("开盘前6天 上午9点", "T-6d 09:00"),
        ("沙龙当天 7:30", "T+0d 07:30"),
        ("出发前3小时", "T-3h"),
        ("婚礼前40分钟", "T-40m"),
        ("家长会前一天 晚7点", "T-1d 19:00"),
        ("开营前半小时", "T-30m"),
        ("开营后1.5小时", "T+1h30m"),
        ("开营前4天 9:00", "D-4 09:00"),
        ("开营前一晚9点", "D-1 21:00"),
        ("D3 睡前", "D3 22:00"),
        ("20260704 9:00", "2026-07-04 09:00"),
        ("考前3天 20:00", "T-3d 20:00"),
        ("T日 12:00", "T+0d 12:00"),
    ],
)
def test_it_is_read(cell: str, meaning: str) -> None:
    when = read_time(cell).when

    assert isinstance(when, Scheduled)
    assert format_at(when.node) == meaning


def test_the_end_of_an_occasion_is_waited_for() -> None:
    when = read_time("演出结束后20分钟").when

    assert isinstance(when, Waiting)
    assert (when.kind, when.minutes) == ("event_end", 20)


@pytest.mark.parametrize("cell", ["早餐前10分钟", "午睡前", "下班前1小时", "开营", "睡前故事"])
def test_what_is_no_occasion_is_not_guessed(cell: str) -> None:
    with pytest.raises(TimeNodeError):
        read_time(cell)


@pytest.mark.parametrize("cell", ["T-X", "T-N", "T+X", "T-?", "T日-X", "T-3X", "D3 ?", "6月1日 20:00X", "第3天Y"])
def test_what_may_be_a_blank_is_never_left_out(cell: str) -> None:
    with pytest.raises(TimeNodeError):
        read_time(cell)


def test_digits_of_weekdays_are_a_list_too() -> None:
    when = read_time("周1、3、5 20:00").when

    assert isinstance(when, Scheduled)
    assert format_at(when.node) == "weekly Mon,Wed,Fri 20:00 until end"


@pytest.mark.parametrize(
    ("cell", "kind", "days"),
    [
        ("回复手账", "keyword", 0),
        ("扣1", "keyword", 0),
        ("未完成2天后", "no_action", 2),
        ("没完成任务", "no_action", 0),
    ],
)
def test_it_waits_for_an_answer_or_for_none(cell: str, kind: str, days: int) -> None:
    when = read_time(cell).when

    assert isinstance(when, Waiting)
    assert (when.kind, when.days) == (kind, days)


@pytest.mark.parametrize("cell", ["回复客户", "回复后", "回复率高时"])
def test_an_answer_of_the_staff_is_no_keyword(cell: str) -> None:
    try:
        when = read_time(cell).when
    except TimeNodeError:
        return

    assert not isinstance(when, Waiting) or when.kind != "keyword"
