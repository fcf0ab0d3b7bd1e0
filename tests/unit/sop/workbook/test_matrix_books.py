"""Matrices and calendars as operators draw them: rows about the days, places, weeks, days as numbers."""

from __future__ import annotations

import pytest

from tests.unit.sop.workbook.build import book, books, planned, posts, private, problems

WEEKDAYS = ("周一", "周二", "周三")


def test_rows_about_the_days_are_no_posts() -> None:
    rows = [("当日主题", "浇水", "换盆"), ("9:00", "看叶子", "看根"), ("负责人", "阿青", "阿木")]
    made = planned(book((None, "5月18日", "5月19日", "5月20日"), *rows))

    assert posts(made) == [("05-18 09:00", "看叶子"), ("05-19 09:00", "看根")]


def test_rows_called_by_places_take_their_clocks_from_the_words() -> None:
    heads = ("渠道", "D1", "D2", "D3")
    made = planned(book(heads, ("群内", "9:00 看叶子", None, "10:00 看花"), ("私聊", None, "15:00 花还好吗", None)))

    assert posts(made) == [("05-18 09:00", "看叶子"), ("05-20 10:00", "看花")]
    assert private(made) == [("05-19 15:00", "花还好吗")]


def test_a_row_that_names_no_clock_is_refused_unless_its_words_do() -> None:
    made = planned(book(("时间", *WEEKDAYS), ("9:00", "早", "早", "早"), ("闲聊", "随便说", "20:00 聊花", None)))

    assert [one for one in posts(made) if one[1] != "早"] == [("05-19 20:00", "聊花")]
    assert [code for level, code, _where in problems(made) if level == "error"] == ["bad-time"]


def test_weekdays_hold_in_the_week_that_a_sheet_or_a_heading_names() -> None:
    sheets = books({name: [("时间", *WEEKDAYS), ("9:00", f"{name}早", None, None)] for name in ("第1周", "第2周")})
    assert posts(planned(sheets)) == [("05-18 09:00", "第1周早"), ("05-25 09:00", "第2周早")]

    heads = [("时间", "第一周", None, "第二周", None), (None, "周一", "周二", "周一", "周二")]
    made = planned(book(*heads, ("9:00", "甲", None, None, "丁"), merged=["B1:C1", "D1:E1"]))
    assert posts(made) == [("05-18 09:00", "甲"), ("05-26 09:00", "丁")]


def test_a_wall_calendar_takes_its_month_from_the_title() -> None:
    week = ("一", "二", "三", "四", "五", "六", "日")
    rows = [week, (18, 19, 20, 21, 22, 23, 24), ("9:00 甲", *[None] * 6), (25, 26, 27, 28, 29, 30, 31)]
    made = planned(book(("2026年5月 花友日历",), *rows, (None, "20:00 乙", *[None] * 5)))
    assert posts(made) == [("05-18 09:00", "甲"), ("05-26 20:00", "乙")]

    unknown = planned(book(("花友日历",), *rows))
    assert posts(unknown) == []
    assert "bad-time" in {code for _level, code, _where in problems(unknown)}


def test_dates_with_dots_and_cells_that_say_nothing() -> None:
    made = planned(book(("时间\\日期", "5.18", "5.19", "5.20"), ("9:00", "甲", "—", "/")))
    assert posts(made) == [("05-18 09:00", "甲")]


def test_words_around_the_clock_of_a_column_are_its_name() -> None:
    made = planned(book(("天数", "早课提醒（6:30）", "夜讲\n20:10"), ("第1天", "甲", "乙"), ("第2天", None, "丙")))
    assert posts(made) == [("05-18 06:30", "甲"), ("05-18 20:10", "乙"), ("05-19 20:10", "丙")]


def test_a_part_of_the_day_gives_way_to_the_clocks_of_its_cells() -> None:
    made = planned(
        book(("时段", "D1", "D2", "D3"), ("上午", "9:10 甲\n10:40 乙", None, "丙"), ("下午", None, "3:20 丁", None))
    )
    expected = [("05-18 09:10", "甲"), ("05-18 10:40", "乙"), ("05-19 15:20", "丁"), ("05-20 10:00", "丙")]
    assert posts(made) == expected


def test_days_left_count_to_the_event() -> None:
    rows = [("5天", "9:00", "甲"), ("当天", "8:00", "乙"), ("演后1天", "9:00", "丙")]
    front = [("活动名称", "花展"), ("活动时间", "2026-05-25 19:00")]
    made = planned(books({"封面": front, "排期": [("距开幕", "时间", "话术"), *rows]}))
    assert posts(made) == [("05-20 09:00", "甲"), ("05-25 08:00", "乙"), ("05-26 09:00", "丙")]


def test_a_roster_is_not_posted() -> None:
    sheets = {
        "话术": [("时间", "话术"), ("D1 9:00", "甲")],
        "值班": [("日期", "早班", "晚班"), ("5月18日", "阿青", "阿木"), ("5月19日", "阿木", "阿青")],
    }
    assert posts(planned(books(sheets))) == [("05-18 09:00", "甲")]


@pytest.mark.parametrize("heading", ["星期/时段", "星期", ""])
def test_signs_of_weekdays_on_the_left_and_named_clocks_on_top(heading: str) -> None:
    made = planned(
        book(
            (heading, "问好 7:30", "上新 10:00", "秒杀 12:00"),
            ("一", "早上好", "水果到货", None),
            ("三", None, "零食到货", "零食九块九"),
            ("日", None, None, "下周见"),
        )
    )

    assert posts(made)[:5] == [
        ("05-18 07:30", "早上好"),
        ("05-18 10:00", "水果到货"),
        ("05-20 10:00", "零食到货"),
        ("05-20 12:00", "零食九块九"),
        ("05-24 12:00", "下周见"),
    ]


def test_clocks_merged_over_places_hold_for_each_of_them() -> None:
    rows = (
        ("日期", "上午（9:00）", None, "晚上（19:00）", None),
        (None, "群内", "私聊", "群内", "朋友圈"),
        ("5月18日", "开门了", "给您留座", "打烊啦", "拍夜景"),
        ("5月19日", "第二天", None, "晚安", None),
    )
    made = planned(book(*rows, merged=("B1:C1", "D1:E1")))

    assert [(f"{one.due:%m-%d %H:%M}", one.place) for one in made.deliveries] == [
        ("05-18 09:00", "group"), ("05-18 09:00", "member"), ("05-18 19:00", "group"),
        ("05-19 09:00", "group"), ("05-19 19:00", "group"),
    ]  # fmt: skip
    assert [f"{task.due:%m-%d %H:%M}" for task in made.tasks] == ["05-18 19:00"]


def test_a_row_below_clocks_whose_posts_begin_with_days_is_no_header() -> None:
    rows = (
        ("星期", "日期", "早 7:40", "晚 20:00", "主题"),
        ("星期一", "5月18日", "穿外套", "讲故事", "阅读"),
        ("星期二", "5月19日", "周二体测", "周末见面", "总结"),
    )  # two clocks among the headings are enough

    assert posts(planned(book(*rows))) == [
        ("05-18 07:40", "穿外套"), ("05-18 20:00", "讲故事"), ("05-19 07:40", "周二体测"), ("05-19 20:00", "周末见面"),
    ]  # fmt: skip


def test_workdays_and_weekends_on_top_may_have_someone_beside_them() -> None:
    made = planned(
        book(("时间", "工作日", "周末", "执行人"), ("8:00", "早餐", None, "小夏"), ("15:00", None, "茶点", "阿文"))
    )

    days = {text: {at[:5] for at, said in posts(made) if said == text} for text in ("早餐", "茶点")}
    week = {"05-18", "05-19", "05-20", "05-21", "05-22", "05-23", "05-24"}
    assert days["早餐"] & week == week - {"05-23", "05-24"}
    assert days["茶点"] & week == {"05-23", "05-24"}


def test_the_part_of_the_day_beside_a_clock_in_brackets_counts() -> None:
    rows = (("限时抢购（晚8点-10点）", "床品", None, "灯具"), ("夜间（晚9点半）", None, "物流", None))
    made = planned(book(("栏目", "D1", "D2", "D3"), *rows))

    assert posts(made) == [("05-18 20:00", "床品"), ("05-19 21:30", "物流"), ("05-20 20:00", "灯具")]
