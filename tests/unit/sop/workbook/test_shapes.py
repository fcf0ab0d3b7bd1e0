"""Sheets that are no list: matrices, two columns, blocks of text, tables on top of each other."""

from __future__ import annotations

from datetime import date

import pytest

from .build import book, books, loaded, planned, posts, problems, said

WEEK = ("时间", "周一", "周二", "周三", "周四", "周五", "周六", "周日")


def test_a_week_of_bands_posts_where_a_cell_is_filled() -> None:
    made = planned(
        book(
            ("每周话题表",),
            WEEK,
            ("上午8-10点", "问好", None, "问好三", None, None, None, None),
            ("晚上9-11点", None, "游戏", None, None, None, None, "总结"),
        )
    )

    assert posts(made) == [
        ("05-18 08:00", "问好"),
        ("05-19 21:00", "游戏"),
        ("05-20 08:00", "问好三"),
        ("05-24 21:00", "总结"),
    ]
    assert [f"{row.source.column}{row.source.row}" for row in made.deliveries] == ["B3", "C4", "D3", "H4"]
    assert f"{made.deliveries[0].until:%H:%M}" == "10:00"


def test_a_cell_merged_over_days_holds_for_each_of_them() -> None:
    made = planned(book(WEEK, ("12:00", "午间问答", None, None, None, None, "休息", None), merged=["B2:F2"]))

    assert [when for when, words in posts(made) if words == "午间问答"] == [f"05-{day} 12:00" for day in range(18, 23)]
    assert (
        len(loaded(book(WEEK, ("12:00", "午间问答", None, None, None, None, "休息", None), merged=["B2:F2"])).steps)
        == 2
    )


@pytest.mark.parametrize(
    "days",
    [
        ("第1天", "第2天", "第3天"),
        ("Day1", "Day2", "Day3"),
        ("5月18日", "5月19日", "5月20日"),
        (date(2026, 5, 18), date(2026, 5, 19), date(2026, 5, 20)),
    ],
)
def test_the_days_on_top_may_be_those_of_the_campaign(days: tuple[object, ...]) -> None:
    made = planned(book(("时段", *days), ("早上8点", "一", "二", "三"), ("晚上8点", None, "四", None)))

    assert posts(made) == [("05-18 08:00", "一"), ("05-19 08:00", "二"), ("05-19 20:00", "四"), ("05-20 08:00", "三")]


def test_a_matrix_may_be_turned_around() -> None:
    made = planned(
        book(("日期", "早上8:30", "中午12:00", "晚上8:00"), ("第1天", "早", None, "晚"), ("第2天", None, "午", None))
    )

    assert posts(made) == [("05-18 08:30", "早"), ("05-18 20:00", "晚"), ("05-19 12:00", "午")]


def test_two_columns_need_no_headings_and_dates_may_be_merged() -> None:
    data = book(
        ("5月18日晚上8点", "第一句"),
        (None, "第二句"),
        ("5月19日上午9点", "第三句"),
        ("晚10点", "第四句"),
        merged=["A1:A2"],
    )

    assert posts(planned(data)) == [
        ("05-18 20:00", "第一句"), ("05-18 20:00", "第二句"), ("05-19 09:00", "第三句"), ("05-19 22:00", "第四句"),
    ]  # fmt: skip


def test_blocks_of_text_hold_a_day_and_lines_with_clocks() -> None:
    data = book(
        ("5月18日\n上午10点：早安\n中午12点：午间福利\n下午4点：看图（发做好的图）",), ("5月19日\n晚上9点：晚安",)
    )

    assert posts(planned(data)) == [
        ("05-18 10:00", "早安"), ("05-18 12:00", "午间福利"), ("05-18 16:00", "看图"), ("05-19 21:00", "晚安"),
    ]  # fmt: skip


def test_blocks_on_a_sheet_of_moments_are_tasks() -> None:
    made = planned(books({"朋友圈": [["5月18日"], ["上午10点：早安"], ["晚上9点：晚安"]]}))

    assert made.deliveries == ()
    assert [(f"{task.due:%m-%d %H:%M}", task.text) for task in made.tasks] == [
        ("05-18 10:00", "早安"),
        ("05-18 21:00", "晚安"),
    ]


def test_tables_may_stand_on_top_of_each_other() -> None:
    made = planned(
        book(
            ("时间", "内容", "备注"),
            ("第1天 9:00", "一", "好"),
            (),
            ("日期", "话术", "素材"),
            ("第2天 10:00", "二", None),
        )
    )

    assert posts(made) == [("05-18 09:00", "一"), ("05-19 10:00", "二")]


def test_a_row_across_the_table_is_the_stage_of_the_rows_below() -> None:
    made = loaded(
        book(
            ("时间", "内容", "备注"),
            ("一、预热期", None, None),
            ("第1天 9:00", "一", None),
            ("二、转化期", None, None),
            ("第2天 9:00", "二", None),
            merged=["A2:C2", "A4:C4"],
        )
    )

    assert [step.phase for step in made.steps] == ["一、预热期", "二、转化期"]


def test_a_day_may_stand_above_its_clocks() -> None:
    made = planned(
        book(
            ("时间", "内容", "备注"),
            ("第一天 破冰", None, None),
            ("9:00", "一", None),
            ("20:00", "二", None),
            ("第二天 作业", None, None),
            ("9:00", "三", None),
            merged=["A2:C2", "A5:C5"],
        )
    )

    assert posts(made) == [("05-18 09:00", "一"), ("05-18 20:00", "二"), ("05-19 09:00", "三")]


def test_merged_words_go_out_once_with_the_materials_of_their_rows() -> None:
    data = book(
        ("时间", "内容", "链接"),
        ("第1天 9:00", "两个链接", "https://example.com/a"),
        (None, None, "https://example.com/b"),
        ("第1天 10:00", "完", None),
        merged=["A2:A3", "B2:B3"],
    )

    assert [said(row) for row in planned(data).deliveries] == [
        ["两个链接", "link https://example.com/a", "link https://example.com/b"], ["完"],
    ]  # fmt: skip


def test_a_sheet_of_which_nothing_is_understood_is_named_row_by_row() -> None:
    made = loaded(books({"排期": [("时间", "内容"), ("第1天 9:00", "一")], "成本": [("租金", 3000), ("水电", 200)]}))

    rows = [(one.where.sheet, one.where.row) for one in made.warnings if one.code == "row-not-read"]
    assert set(rows) == {("成本", 1), ("成本", 2)}
    assert problems(made)


def test_a_hidden_sheet_is_not_planned_and_hidden_rows_are() -> None:
    import openpyxl  # noqa: PLC0415

    from .build import saved  # noqa: PLC0415

    made = openpyxl.Workbook()
    first, second = made.active, made.create_sheet("旧版")
    for sheet, words in ((first, "新"), (second, "旧")):
        sheet.append(("时间", "内容"))
        sheet.append(("第1天 9:00", words))
    second.sheet_state = "hidden"
    first.row_dimensions[2].hidden = True
    sop = loaded(saved(made))

    assert posts(planned(sop)) == [("05-18 09:00", "新")]
    assert [code for _level, code, _cell in problems(sop)] == ["rows-hidden", "sheet-hidden"]
