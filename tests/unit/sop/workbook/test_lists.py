"""A long list of steps: stages carried down, title cells, headings in many words, every row accounted for."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from .build import book, loaded, planned, posts, private, problems

HEAD = ("阶段", "动作", "时间", "话术", "备注")


def test_a_stage_holds_for_the_rows_below_it_blank_or_merged() -> None:
    data = book(
        HEAD,
        ("开营", "问好", "第1天 8:00", "早上好", None),
        (None, "作业", "第1天 20:00", "今天的作业在群公告", None),
        ("共读", "问好", "第2天 8:00", "第二天啦", None),
        (None, "复习", "第2天 20:00", "一起复习", None),
        merged=["A4:A5"],
    )
    made = planned(data)

    assert [(row.phase, row.source.row, row.source.column) for row in made.deliveries] == [
        ("开营", 2, "D"), ("开营", 3, "D"), ("共读", 4, "D"), ("共读", 5, "D"),
    ]  # fmt: skip
    assert problems(made) == []


def test_titles_and_notes_may_stand_above_the_headings() -> None:
    data = book(
        ("春日共读营排期表",),
        (),
        ("制表：运营组",),
        HEAD,
        ("开营", "问好", "第1天 8:00", "早上好", None),
        merged=["A1:E1"],
    )
    sop = loaded(data)

    assert sop.title == "春日共读营排期表"
    assert posts(planned(sop)) == [("05-18 08:00", "早上好")]


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("时间", "话术"),
        (" 推送 时间 ", "触达内容"),
        ("发布时间（北京时间）", "话术正文"),
        ("【提醒时间】", "模板正文"),
        ("*时间节点*", "示例内容"),
        ("排期时间:", "具体内容说明"),
        ("１、时间", "２、文案"),
        ("具体执行时间", "群发话术文案"),
        ("TIME", "Content"),
    ],
)
def test_headings_are_known_by_many_words(when: str, words: str) -> None:
    made = planned(book((when, words), ("第1天 9:00", "你好"), ("第2天 9:00", "再见")))

    assert posts(made) == [("05-18 09:00", "你好"), ("05-19 09:00", "再见")]
    assert problems(made) == []


def test_a_column_that_is_not_understood_is_named() -> None:
    made = loaded(book(("时间", "话术", "星座运势"), ("第1天 9:00", "你好", "白羊")))

    assert problems(made) == [("warning", "unknown-column", "C1")]
    assert "星座运势" in made.warnings[0].message


def test_days_and_clocks_may_stand_in_columns_of_their_own() -> None:
    made = planned(
        book(
            ("天数", "时间", "内容"),
            (1, "早上8点", "一"),
            (None, "晚8点", "二"),
            ("2", time(9, 30), "三"),
            (date(2026, 5, 21), "12:00-13:00", "四"),
        )
    )

    assert posts(made) == [("05-18 08:00", "一"), ("05-18 20:00", "二"), ("05-19 09:30", "三"), ("05-21 12:00", "四")]
    assert f"{made.deliveries[-1].until:%H:%M}" == "13:00"


def test_true_dates_and_clocks_of_cells_are_what_they_are() -> None:
    made = planned(
        book(
            ("时间", "内容"),
            (datetime(2026, 5, 19, 20, 30), "一"),  # noqa: DTZ001  # wall clock, as cells are
            (date(2026, 5, 20), "二"),
        )
    )

    assert posts(made) == [("05-19 20:30", "一"), ("05-20 10:00", "二")]


def test_begin_and_end_columns_make_a_window() -> None:
    made = planned(book(("日期", "推送开始时间", "推送结束时间", "推送内容"), ("第1天", "9:00", "11:00", "你好")))

    (only,) = made.deliveries
    assert (f"{only.due:%H:%M}", f"{only.until:%H:%M}") == ("09:00", "11:00")


def test_clocks_alone_are_daily_where_no_row_names_a_day() -> None:
    made = planned(book(("时间", "内容"), ("早上8：30", "早"), ("11:00-12:00", "午")))

    assert len(made.deliveries) == 14
    assert any("every day" in said for said in made.deliveries[0].assumptions)


def test_one_row_with_two_actions_makes_two_steps() -> None:
    made = planned(
        book(
            ("天数", "阶段", "当天目标", "群内动作", "私聊动作"),
            ("Day1", "破冰", "都打招呼", "8:30群内：今天先认识一下", "你好，我是你的助教"),
            ("Day2", None, None, "作业在这里", None),
        )
    )

    assert posts(made) == [("05-18 08:30", "今天先认识一下"), ("05-19 10:00", "作业在这里")]
    assert private(made) == [("05-18 10:00", "你好，我是你的助教")]
    assert all(row.member is None for row in made.deliveries)


def test_several_timed_lines_of_an_action_are_posts_of_their_own() -> None:
    made = planned(
        book(("天数", "群内动作"), ("第2天", "8:30群内：早安\n12:00：午间问答\n下午3点：看视频"), ("第3天", "休息"))
    )

    assert posts(made)[:3] == [("05-19 08:30", "早安"), ("05-19 12:00", "午间问答"), ("05-19 15:00", "看视频")]


@pytest.mark.parametrize(
    ("channel", "groups", "members", "tasks"),
    [
        ("群内", 1, 0, 0),
        ("1v1私聊", 0, 1, 0),
        ("朋友圈", 0, 0, 1),
        ("群内+私聊+朋友圈", 1, 1, 1),
        ("社群、朋友圈", 1, 0, 1),
        ("电话", 0, 0, 1),
        ("", 1, 0, 0),
    ],
)
def test_the_channel_says_where(channel: str, groups: int, members: int, tasks: int) -> None:
    made = planned(book(("时间", "渠道", "内容"), ("第1天 9:00", channel, "周三有活动"), ("第1天 9:30", "群内", "见")))

    assert (len(posts(made)) - 1, len(private(made)), len(made.tasks)) == (groups, members, tasks)
    assert all("周三有活动" in task.text and task.due for task in made.tasks)


def test_a_remark_may_say_that_a_step_is_private() -> None:
    made = planned(book(HEAD, ("预热", "通知", "第1天 9:00", "等下拉你进群", "单独私聊")))

    assert (posts(made), private(made)) == ([], [("05-18 09:00", "等下拉你进群")])


def test_a_remark_that_wants_the_words_elsewhere_too_is_a_task() -> None:
    made = planned(book(HEAD, ("预热", "预告", "第1天 9:00", "明天见", "同步发朋友圈")))

    assert posts(made) == [("05-18 09:00", "明天见")]
    assert [task.text.split("\n")[0] for task in made.tasks] == ["【同步发朋友圈】预告"]


def test_a_window_of_true_dates_may_begin_at_midnight() -> None:
    window = (date(2026, 5, 20), datetime(2026, 5, 20, 23, 59))  # noqa: DTZ001 - a workbook's cells have no zone
    made = planned(book(("推送开始时间", "推送结束时间", "推送内容"), (*window, "全天有券")))

    (one,) = made.deliveries
    assert f"{one.due:%m-%d %H:%M}-{one.until:%m-%d %H:%M}" == "05-20 00:00-05-20 23:59"
