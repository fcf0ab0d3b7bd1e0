"""Clocks for which no cell names a day: every day, one day, or what a column of triggers says; cells out of order."""

from __future__ import annotations

import pytest

from groupbot.sop.load import load_what_can
from groupbot.sop.planned import Plan
from tests.unit.sop.workbook.build import KeepingFiles, book, books, planned, posts, problems, replaced


def _on(made: Plan, day: str) -> list[str]:
    return [f"{when[6:]} {words}" for when, words in posts(made) if when.startswith(day)]


def test_a_weekday_below_clocks_of_every_day_says_nothing_of_them() -> None:
    made = planned(
        book(
            ("时间", "内容"),
            ("9:15", "开门啦"),
            ("每周三", "会员日双倍积分"),
            ("下午4点", "下午茶拼单"),
            ("周末 15:00", "亲子套餐"),
        )
    )

    assert problems(made) == []
    assert _on(made, "05-18") == ["09:15 开门啦", "16:00 下午茶拼单"]
    assert _on(made, "05-20") == ["09:15 开门啦", "10:00 会员日双倍积分", "16:00 下午茶拼单"]
    assert _on(made, "05-23") == ["09:15 开门啦", "15:00 亲子套餐", "16:00 下午茶拼单"]


def test_below_a_weekday_that_comes_first_a_clock_is_of_that_day() -> None:
    made = planned(book(("时间", "内容"), ("周三 12:00", "会员日"), ("20:00", "会员日返场")))

    assert _on(made, "05-20") == ["12:00 会员日", "20:00 会员日返场"]
    assert _on(made, "05-21") == []


@pytest.mark.parametrize("end", ["解散群", "群解散"])
def test_a_group_that_is_closed_in_the_sheet_lives_for_one_day(end: str) -> None:
    made = planned(book(("时间", "内容"), ("19:50", "马上开始"), ("20:00", "第一款上架"), ("22:00", end)))

    assert posts(made) == [("05-18 19:50", "马上开始"), ("05-18 20:00", "第一款上架")]
    assert "one day" in made.deliveries[0].assumptions[0]


@pytest.mark.parametrize("words", ["本群不解散，放心聊", "群解散前，最后说一句"])
def test_a_word_of_closing_within_a_text_closes_nothing(words: str) -> None:
    made = planned(book(("时间", "内容"), ("9:00", words)))

    assert len(posts(made)) > 1


def test_a_sheet_of_a_flash_group_is_of_one_day() -> None:
    made = planned(books({"快闪群": [("时间", "内容"), ("20:00", "第一款上架"), ("21:00", "返场")]}))

    assert posts(made) == [("05-18 20:00", "第一款上架"), ("05-18 21:00", "返场")]


def test_a_time_in_the_column_of_triggers_is_the_time() -> None:
    made = planned(book(("触发条件", "话术"), ("进群", "欢迎回家"), ("每天9:00", "今日余房六间")))

    assert [trigger.kind for trigger in made.triggers] == ["join"]
    assert _on(made, "05-19") == ["09:00 今日余房六间"]


def test_a_row_that_sends_nothing_needs_no_time() -> None:
    made = planned(
        book(("时段", "6月1日", "6月2日", "6月3日"), ("8:00", "早", "早", "早"), ("整个白天", "—", "/", "—"))
    )

    assert problems(made) == []


def test_cells_and_rows_that_a_file_keeps_out_of_order_are_read_in_order() -> None:
    data = book(("时间", "内容"), ("D1 9:00", "第一条"))
    cells = '<c r="A1" t="inlineStr"><is><t>时间</t></is></c><c r="B1" t="inlineStr"><is><t>内容</t></is></c>'
    turned = '<c r="B1" t="inlineStr"><is><t>内容</t></is></c><c r="A1" t="inlineStr"><is><t>时间</t></is></c>'

    sop = load_what_can(
        replaced(data, "xl/worksheets/sheet1.xml", cells, turned), file="camp.xlsx", files=KeepingFiles()
    )

    assert [step.source.row for step in sop.steps] == [2]


def test_a_stage_of_every_day_ends_the_weekdays_of_the_stage_before() -> None:
    made = planned(
        book(
            ("阶段", "时间", "内容"),
            ("每周三", "20:00", "周三小课"),
            ("每天", "每天 8:00", "早安"),
            (None, "21:00", "晚安"),
        )
    )

    assert _on(made, "05-19") == ["08:00 早安", "21:00 晚安"]
    assert _on(made, "05-20") == ["08:00 早安", "20:00 周三小课", "21:00 晚安"]


def test_a_clock_of_another_stage_does_not_take_the_weekdays_of_the_stage_before() -> None:
    made = planned(book(("阶段", "时间", "内容"), ("每周三", "20:00", "周三小课"), ("收尾", "21:00", "晚安")))

    assert problems(made) == [("error", "bad-time", "B3")]


def test_a_week_that_only_its_first_row_names_holds_for_the_weekdays_below() -> None:
    made = planned(
        book(
            ("周次", "时间", "内容"),
            ("第1周", "周一 7:00", "定计划"),
            (None, "周三 20:00", "答疑"),
            (None, "21:00", "收题"),
            ("第2周", "周二 7:00", "再定计划"),
            (None, "周日 9:00-12:00", "模考"),
        )
    )

    assert posts(made) == [
        ("05-18 07:00", "定计划"),
        ("05-20 20:00", "答疑"),
        ("05-20 21:00", "收题"),
        ("05-26 07:00", "再定计划"),
        ("05-31 09:00", "模考"),
    ]
