"""Sheets as people build them who know no rules: headings of their own, times in odd columns, totals, role columns."""

from __future__ import annotations

import openpyxl

from tests.unit.sop.workbook.build import book, books, planned, saved
from tests.unit.sop.workbook.build import said as words


def said(data: bytes) -> list[str]:
    """Every post and task, in order: when, where, words."""
    made = planned(data)
    posts = [f"{row.due:%m-%d %H:%M} {row.place} {words(row)[0]}" for row in made.deliveries]
    tasks = [f"{f'{task.due:%m-%d %H:%M}' if task.due else 'any time'} task {task.text}" for task in made.tasks]
    return sorted(posts) + sorted(tasks)


def test_a_heading_merged_down_beside_one_merged_across() -> None:
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    sheet.append(["节点", "时间", "要做的事"])
    sheet.append([None, None, "动作", "话术"])
    sheet.append(["预热", "D1 9:00", "问好", "早上好"])
    sheet.append([None, "D1 20:00", "问好", "晚上好"])
    for area in ("A1:A2", "B1:B2", "C1:D1"):
        sheet.merge_cells(area)

    assert said(saved(made)) == ["05-18 09:00 group 早上好", "05-18 20:00 group 晚上好"]


def test_words_below_a_heading_that_nobody_knows() -> None:
    data = book(["日期", "钟点", "要说的", "备忘"], ["5月18日", "9:30", "早，今天开张"], ["5月18日", "20:00", "明天见"])

    assert said(data) == ["05-18 09:30 group 早，今天开张", "05-18 20:00 group 明天见"]


def test_places_are_known_by_the_cells_below() -> None:
    rows = [["时间", "话术", "在哪发"], ["D1 9:00", "早上好", "学员群"], ["D1 20:00", "睡前看一眼", "小窗"]]

    assert said(book(*rows)) == ["05-18 09:00 group 早上好", "05-18 20:00 member 睡前看一眼"]


def test_ticks_below_a_group_of_ones_own() -> None:
    rows = [["时间", "话术", "一班群", "家长私聊"], ["D1 9:00", "开班啦", "√", "√"], ["D1 20:00", "问一问", None, "√"]]

    assert said(book(*rows)) == [
        "05-18 09:00 group 开班啦",
        "05-18 09:00 member 开班啦",
        "05-18 20:00 member 问一问",
    ]


def test_clocks_on_top_with_a_theme_between_them_and_the_days() -> None:
    rows = [
        ["天数", "主题", "早9:00", "晚20:00"],
        ["第1天", "认识", "早", "晚"],
        ["第2天", "学习", None, "晚"],
        ["3", "散", "再见"],
    ]

    assert said(book(*rows)) == [
        "05-18 09:00 group 早",
        "05-18 20:00 group 晚",
        "05-19 20:00 group 晚",
        "05-20 09:00 group 再见",
    ]


def test_a_row_of_weekends_is_no_header() -> None:
    rows = [["时间", "任务", "说明"], ["每天9:00", "早安", "早"], ["周六、周日 11:00", "周末场", "周末水果场"]]

    assert "05-23 11:00 group 周末水果场" in said(book(*rows))


def test_the_week_and_its_day_in_two_columns() -> None:
    rows = [
        ["周次", "星期", "时间", "内容"],
        ["第1周", "周三", "20:00", "第一场"],
        ["第2周", "周六", "10:00", "第二场"],
    ]

    assert said(book(*rows)) == ["05-20 20:00 group 第一场", "05-30 10:00 group 第二场"]


def test_a_date_in_the_brackets_of_a_banner() -> None:
    rows = [
        ["序", "时间", "话术"],
        ["一、热身（5月18日）"],
        ["1", "9:00", "早"],
        ["二、上架（5月19日）"],
        ["2", "9:00", "开卖"],
    ]

    assert said(book(*rows)) == ["05-18 09:00 group 早", "05-19 09:00 group 开卖"]


def test_every_evening_of_a_stage_of_some_days() -> None:
    rows = [["阶段", "时间", "话术"], ["第二天至第三天", "每晚九点", "睡前故事"], ["第四天", "20:00", "再见"]]

    assert said(book(*rows)) == [
        "05-19 21:00 group 睡前故事",
        "05-20 21:00 group 睡前故事",
        "05-21 20:00 group 再见",
    ]


def test_days_counted_down_to_the_event_and_its_own_day() -> None:
    front = [["活动名称", "新品会"], ["开售时间", "2026年5月22日 14:00"]]
    rows = [
        ["倒计时", "时间", "话术"],
        ["倒计时2天", "10:00", "还有两天"],
        ["倒计时1天", "19:00", "明天见"],
        ["当天", "9:00", "今天见"],
    ]

    assert said(books({"项目": front, "排期": rows})) == [
        "05-20 10:00 group 还有两天",
        "05-21 19:00 group 明天见",
        "05-22 09:00 group 今天见",
    ]


def test_a_clock_below_minutes_before_the_event_is_on_its_day() -> None:
    front = [["直播时间", "2026-05-22 20:00"], ["目的", "卖货"]]
    rows = [
        ["时间", "话术"],
        ["直播前1天 12:00", "明晚见"],
        ["开播前10分钟", "快来"],
        ["20:00", "开始"],
        ["直播次日 上午10点", "回放"],
    ]

    assert said(books({"项目": front, "排期": rows})) == [
        "05-21 12:00 group 明晚见",
        "05-22 19:50 group 快来",
        "05-22 20:00 group 开始",
        "05-23 10:00 group 回放",
    ]


def test_what_each_role_does() -> None:
    rows = [["时间", "群主动作", "助教动作"], ["5月18日 9:00", "欢迎大家来晨读", "统计打卡"]]

    assert said(book(*rows)) == ["05-18 09:00 group 欢迎大家来晨读", "05-18 09:00 task 【助教动作】\n统计打卡"]


def test_totals_and_open_rows_post_nothing() -> None:
    rows = [["时间", "频率", "动作", "话术"], ["9:00", "不定期", "抽券", "抽一位"], ["合计", None, "8"]]

    assert all(" task " in line for line in said(book(*rows)))


def test_once_and_a_dotted_clock_beside_its_day() -> None:
    rows = [["开始日期", "结束日期", "时间", "频率", "话术"], ["5月18日", "5月18日", "9.30", "单次", "早"]]

    assert said(book(*rows)) == ["05-18 09:30 group 早"]


def test_lines_with_a_spoken_clock_are_posts_of_their_own() -> None:
    rows = [["天数", "群内动作"], ["Day1", "上午10:00 看成果\n12:30 午间答疑，随便问\n晚8点 报名开始，名额不多"]]

    assert said(book(*rows)) == [
        "05-18 10:00 group 看成果",
        "05-18 12:30 group 午间答疑，随便问",
        "05-18 20:00 group 报名开始，名额不多",
    ]
