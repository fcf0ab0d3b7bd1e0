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
