"""What else a cell says: script, materials, stage, place; triggers, deadlines and tasks; true dates; blocks of text."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from groupbot.sop.timecell.block import read_block
from groupbot.sop.timecell.cell import read_time, read_weekdays
from groupbot.sop.timecell.values import (
    Checklist,
    PlaceholderLeft,
    Scheduled,
    TimeContext,
    UnknownTime,
    Waiting,
    Within,
)
from groupbot.sop.timenode import TimeNodeError

from .test_time_cells import DAY_4, meaning

BESIDE = {
    "9:20群内：大家好": ("D4 09:20", {"script": "大家好", "place": "group"}),
    "9:20 私聊：在吗": ("D4 09:20", {"script": "在吗", "place": "member"}),
    "9:20（1v1）：在吗": ("D4 09:20", {"script": "在吗", "place": "member"}),
    "【群内】9：20：大家好": ("D4 09:20", {"script": "大家好", "place": "group"}),
    "朋友圈 9:20：今天的花开了": ("D4 09:20", {"script": "今天的花开了", "place": "moments"}),
    "晚7点：下课啦~（配一张合影图）": ("D4 19:00", {"script": "下课啦~", "materials": ("配一张合影图",)}),
    "晚7点（发海报）：快来（第一批）": ("D4 19:00", {"script": "快来（第一批）", "materials": ("发海报",)}),
    "D2（破冰期）晚7点：大家介绍一下自己": ("D2 19:00", {"script": "大家介绍一下自己", "stage": "破冰期"}),
    "【破冰期】D2 19:00": ("D2 19:00", {"stage": "破冰期"}),
    "D2 19:00 破冰": ("D2 19:00", {"label": "破冰"}),
    "D2 19:00 王老师：我是小王": ("D2 19:00", {"label": "王老师", "script": "我是小王"}),
    "D2 19:00\n第一行\n第二行": ("D2 19:00", {"script": "第一行\n第二行"}),
    "D2 19:00 今天的作业是：写三行日记！": ("D2 19:00", {"script": "今天的作业是：写三行日记！"}),
    "D2\n晚7点": ("D2 19:00", {}),
    "早9点—10点：自由发言": ("D4 09:00-10:00", {"script": "自由发言"}),
    "D2 8:30：30个名额": ("D2 08:30", {"script": "30个名额"}),
    "预热期 D-3 20:00": ("D-3 20:00", {"stage": "预热期"}),
    "D1（开营日）上午9:00": ("D1 09:00", {"stage": "开营日"}),
    "D2 20:00（1.5小时）": ("D2 20:00", {"label": "1.5小时"}),
    "活动开始时：来啦": ("T", {"script": "来啦"}),
    "D2早安打卡": ("D2 10:00", {"label": "早安打卡"}),
}


@pytest.mark.parametrize(("cell", "expected"), BESIDE.items(), ids=BESIDE.keys())
def test_what_stands_beside_the_time_is_kept_apart(cell: str, expected: tuple[str, dict[str, object]]) -> None:
    reading = read_time(cell, DAY_4)
    kept = {name: getattr(reading, name) for name in ("script", "materials", "stage", "label", "place")}

    assert meaning(reading) == expected[0]
    assert {name: value for name, value in kept.items() if value} == expected[1]


WAITING = {
    "满80人": ("members", 80, 0),
    "群人数达到 300 人": ("members", 300, 0),
    "人数≥一百人": ("members", 100, 0),
    "群满员后": ("members", None, 0),
    "邀请2人": ("invites", 2, 0),
    "入群后": ("join", None, 0),
    "新人进群时": ("join", None, 0),
    "进群后3分钟": ("join", None, 3),
    "入群约10分钟后": ("join", None, 10),
    "添加好友后立即": ("friend", None, 0),
    "好友通过后半小时": ("friend", None, 30),
    "约8分钟后": ("row", None, 8),
    "两个小时后": ("row", None, 120),
    "10分钟左右自动发": ("row", None, 10),
    "当天未签到": ("no_action", None, 0),
    "48小时未回复": ("no_action", None, 2880),
    "付款成功后15分钟": ("action", None, 15),
    "报名后": ("action", None, 0),
    "回复“报名”": ("keyword", None, 0),
    "关键词：优惠": ("keyword", None, 0),
    "直播结束后": ("event_end", None, 0),
    "课后20分钟": ("event_end", None, 20),
    "结束后1小时": ("event_end", None, 60),
}


@pytest.mark.parametrize(("cell", "expected"), WAITING.items(), ids=WAITING.keys())
def test_a_trigger_is_no_time(cell: str, expected: tuple[str, int | None, int]) -> None:
    when = read_time(cell, DAY_4).when

    assert isinstance(when, Waiting)
    assert (when.kind, when.count, when.days * 1440 + when.minutes) == expected
    assert when.words


def test_a_clock_beside_a_trigger_is_not_dropped_silently() -> None:
    reading = read_time("进群第二天早8点", DAY_4)

    assert isinstance(reading.when, Waiting)
    assert reading.when.days == 1
    assert "`早8点`" in reading.assumptions[0]


def test_the_event_s_day_heads_the_lines_below_it() -> None:
    readings = read_block("活动前一天\n晚8点：预告\n活动当天\n9:00：来啦\n开播前15分钟：上线了")

    assert [(meaning(reading), reading.script) for reading in readings] == [
        ("T-1d 20:00", "预告"),
        ("T+0d 09:00", "来啦"),
        ("T-15m", "上线了"),
    ]


def test_a_stage_with_a_time_behind_it_is_no_task() -> None:
    assert meaning(read_time("蓄水期：晚8点", DAY_4)) == "D4 20:00"
    assert isinstance(read_time("蓄水期：8点起床的人请回复", DAY_4).when, Checklist)


def test_a_delay_may_be_about_and_keeps_its_script() -> None:
    reading = read_time("约8分钟后：收到了吗（截图）")

    assert isinstance(reading.when, Waiting)
    assert reading.when.approximate
    assert (reading.script, reading.materials) == ("收到了吗", ("截图",))


@pytest.mark.parametrize(
    ("cell", "minutes"), {"12小时内": 720, "2 天内": 2880, "半小时内": 30, "收到后24小时内": 1440}.items()
)
def test_a_length_within_which_is_a_deadline(cell: str, minutes: int) -> None:
    assert read_time(cell).when == Within(minutes=minutes)


FREE = ("", None, " ", "\n", "不定时", "随时", "日常", "日常互动", "不固定", "按需", "—", "无", "每天不定时", "转化期")


@pytest.mark.parametrize("cell", FREE)
def test_a_cell_without_a_time_is_a_task(cell: str | None) -> None:
    assert isinstance(read_time(cell).when, Checklist)


def stored(day: date, clock: time = time()) -> datetime:
    """Return what a workbook's reader gives for a date cell: no zone."""
    return datetime.combine(day, clock)


def test_true_dates_and_times_are_what_they_are() -> None:
    assert meaning(read_time(stored(date(2027, 3, 4), time(19, 30)))) == "2027-03-04 19:30"
    assert meaning(read_time(date(2027, 3, 4))) == meaning(read_time(stored(date(2027, 3, 4)))) == "2027-03-04 10:00"
    assert meaning(read_time(time(19, 30), DAY_4)) == "D4 19:30"
    assert meaning(read_time(timedelta(hours=24), DAY_4)) == "D4 24:00"
    assert meaning(read_time(stored(date(1899, 12, 30), time(7, 5)), DAY_4)) == "D4 07:05"
    assert meaning(read_time(stored(date(1899, 12, 31)), DAY_4)) == "D4 24:00"


def test_stored_seconds_are_never_early() -> None:
    nearly = stored(date(2027, 3, 4), time(7, 59, 59, 999_999))
    late = read_time(time(8, 0, 20), DAY_4)

    assert meaning(read_time(nearly)) == "2027-03-04 08:00"
    assert meaning(late) == "D4 08:01"
    assert "08:01" in late.assumptions[0]


def test_a_true_time_after_a_date_below_another() -> None:
    above = read_time("6月3日晚8点")

    assert meaning(read_time(time(9, 0), TimeContext(above=above))) == "06-03 09:00"


def test_headings_of_a_weekday_matrix() -> None:
    assert read_weekdays("周三") == {2}
    assert read_weekdays("星期日") == {6}
    assert read_weekdays("周一至周五") == {0, 1, 2, 3, 4}
    assert read_weekdays("周末") == {5, 6}
    assert read_weekdays("Wed") == {2}
    assert read_weekdays("时间") is None
    assert read_weekdays("周三 20:00") is None


BLOCK = """\
发圈清单
6月3日（预热）
上午9点：早上好（配窗外的图）
今天有新消息
8点见
1、中午12点：吃饭了吗
⏰ 下午4点：下午茶时间
晚上9点：晚安

6月4日
上午9点：又见面了
入群后：欢迎你
"""


def test_a_block_of_text_is_one_step_for_each_line_with_a_time() -> None:
    read = read_block(BLOCK)

    assert [meaning(one) for one in read[:-1]] == [
        "06-03 09:00", "06-03 12:00", "06-03 16:00", "06-03 21:00", "06-04 09:00",
    ]  # fmt: skip
    assert [one.script for one in read] == [
        "早上好\n今天有新消息\n8点见", "吃饭了吗", "下午茶时间", "晚安", "又见面了", "欢迎你",
    ]  # fmt: skip
    assert read[0].materials == ("配窗外的图",)
    assert read[0].label == "发圈清单"
    assert [one.stage for one in read] == ["预热"] * 4 + ["", ""]
    assert isinstance(read[-1].when, Waiting)


def test_a_block_below_a_day_and_with_spaces_for_colons() -> None:
    read = read_block("8:10 早安\n12:10 午安\n21:10 晚安", DAY_4)

    assert [(meaning(one), one.script) for one in read] == [
        ("D4 08:10", "早安"), ("D4 12:10", "午安"), ("D4 21:10", "晚安"),
    ]  # fmt: skip


def test_a_day_with_words_and_no_clock_is_a_step() -> None:
    (only,) = read_block("D3：\n今天休息")

    assert isinstance(only.when, Scheduled)
    assert not only.when.has_clock
    assert (meaning(only), only.script) == ("D3 10:00", "今天休息")


MISPLACED = {
    "没有时间的一段话": UnknownTime,
    "D3\nX点：早安": PlaceholderLeft,
    "D3\n25:00：早安": TimeNodeError,
    "9:00：早安": UnknownTime,
}


@pytest.mark.parametrize(("text", "error"), MISPLACED.items())
def test_a_block_that_can_not_be_placed_is_refused(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        read_block(text)
