"""What is not understood, or can't be, is refused with a way out; never guessed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from groupbot.sop.timecell.cell import read_time
from groupbot.sop.timecell.values import PlaceholderLeft, TimeContext, UnknownTime
from groupbot.sop.timenode import TimeNodeError

PLACEHOLDERS = (
    "X日晚8点", "6月X日", "6月x日晚x点", "XX点", "xx:xx", "X:00", "第X天 20:00", "第N天", "DX 20:00",
    "周X晚8点", "某日早上", "几点", "D3 晚X点", "×月×日", "？点", "{time}", "{{ start }}", "待定", "D3 待定",
    "TBD", "__:__", "满X人", "○月○日", "D3（晚X点）晚_点", "6月8日（待确认）", "<时间>",
)  # fmt: skip
UNKNOWN = {
    "随便写的": "D1 20:00",
    "明天早8点": "D1 20:00",
    "下周三晚8点": "D1 20:00",
    "每隔一天 20:00": "D1 20:00",
    "每月8号": "D1 20:00",
    "每周1次": "D1 20:00",
    "单周周三": "D1 20:00",
    "节假日早9点": "D1 20:00",
    "D+1": "D1 20:00",
    "开课前": "活动前2小时",
    "提前半天": "活动前2小时",
    "14天": "D1 20:00",
    "20:00": "D1 20:00",
    "晚8点": "D1 20:00",
    "次日早8点": "D1 20:00",
    "当晚8点": "D1 20:00",
    "8号晚8点": "6月|5月18日",
    "D3中午或者下午": "colon",
    "D3 20:00 除周末": "colon",
    "D3晚8点周末不发": "colon",
    "D3 8:5": "colon",
    "D3 20:00:15": "colon",
    "6.8": "6月|5月18日",
    "9.30": "8:30",
    "D3 9.30": "8:30",
    "D3 20:00-": "both ends",
    "-20:00": "both ends",
    "D3和周三 20:00": "晚8点",
    "从 8:00": "第3-5天",
    "第1-3天、第5-7天每晚8点到D9": "第3-5天",
    "D3 20:00（提前10分钟）": "周一至周六",
    "活动当天提前2小时": "第3-5天",
    "每天9:00（周日除外）": "周一至周六",
    "每天9:00（节假日不发）": "周一至周六",
    "D3 20:00（提前5分钟预告）": "周一至周六",
    "D3 20:00（改到20:30）": "周一至周六",
    "每天9:00（1-7天）": "周一至周六",
    "D3 ：30": "D1 20:00",
    "D3 20:00（+15分钟）": "周一至周六",
    "6月8日提前1天 20:00": "colon",
    "D3后 20:00": "第3-5天",
    "6月8日/D1 20:00": "第3-5天",
    "D3 8:00、20:00任选": "colon",
    "8点至活动结束": "第3-5天",
    "D3 20:00至结束": "第3-5天",
    "D3 20:00-直播结束": "both ends",
    "D3 8:00 in the evening": "colon",
    "每周三次": "D1 20:00",
    "午休": "D1 20:00",
    "开课后第1天 9:00": "D1 20:00",
    "活动前2小时 20:00": "第3-5天",
    "6月3日20:00-D9 8:00": "次日",
    "6月8日后": "第3-5天",
}
IMPOSSIBLE = {
    "D3 25:00": "24:00",
    "D3 24:01": "24:00",
    "D3 20:60": "24:00",
    "D3晚61点": "24:00",
    "2月30日早8点": "2026-05-18",
    "2027-02-29 早8点": "2026-05-18",
    "13月1日早8点": "2026-05-18",
    "6月0日早8点": "2026-05-18",
    "D3早20点": "20:00",
    "D3下午0点": "20:00",
    "D3晚3点": "次日凌晨1点",
    "D3中午6点": "20:00",
    "D3凌晨9点": "20:00",
    "D3 20:00-20:00": "later end",
    "D3 20:00,20:00": "once",
    "D3晚8点、8点": "once",
    "D3 8:00-9:00-10:00": "apart",
    "6月3日20:00-6月5日8:00": "each day",
    "D99999 20:00": "",
    "T-999999h": "",
    "D3 8点半-9点 晚上": "in front",
}


@pytest.mark.parametrize("cell", PLACEHOLDERS)
def test_a_placeholder_is_named(cell: str) -> None:
    with pytest.raises(PlaceholderLeft) as caught:
        read_time(cell)

    assert "placeholder" in caught.value.message
    assert "5月18日晚8点" in caught.value.hint


@pytest.mark.parametrize(("cell", "hints"), UNKNOWN.items(), ids=UNKNOWN.keys())
def test_what_is_not_understood_says_what_to_write(cell: str, hints: str) -> None:
    with pytest.raises(UnknownTime) as caught:
        read_time(cell)

    assert caught.value.message
    assert any(hint in caught.value.hint for hint in hints.split("|"))


@pytest.mark.parametrize(("cell", "hint"), IMPOSSIBLE.items(), ids=IMPOSSIBLE.keys())
def test_what_does_not_exist_is_refused(cell: str, hint: str) -> None:
    with pytest.raises(TimeNodeError) as caught:
        read_time(cell)

    assert caught.value.message
    assert hint in caught.value.hint


def test_a_stored_length_of_days_is_no_clock() -> None:
    with pytest.raises(TimeNodeError, match="no clock"):
        read_time(timedelta(hours=30), TimeContext(above=read_time("D1")))
