"""Columns that choose groups and days, labels of the front sheet, pictures of answers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from groupbot.sop.document import ALL_GROUPS, Selector
from groupbot.sop.planned import PlanGroup
from groupbot.sop.planner import plan
from tests.unit.sop.workbook.build import KeepingFiles, book, books, loaded, problems
from tests.unit.sop.workbook.test_pictures import wps

CAMP = PlanGroup(name="一群", tags=frozenset({"训练营"}), squad="华东")
OTHER = PlanGroup(name="二群")


def step(heading: str, cell: str, **more: str):
    (only,) = loaded(book(["时间", "话术", heading, *more], ["第1天 20:00", "大家好", cell, *more.values()])).steps
    return only


@pytest.mark.parametrize(
    ("heading", "cell", "chosen"),
    [
        ("适用群", "一群、二群", [("names", "一群"), ("names", "二群")]),
        ("群名", "标签：训练营，分组:华东", [("tag", "训练营"), ("squad", "华东")]),
        ("群标签", "训练营", [("tag", "训练营")]),
        ("群分组", "华东", [("squad", "华东")]),
        ("目标受众", "标签:训练营", [("tag", "训练营")]),
    ],
)
def test_a_column_chooses_groups(heading: str, cell: str, chosen: list[tuple[str, str]]) -> None:
    found = step(heading, cell)

    assert found.groups == tuple(Selector(by=by, values=(value,)) for by, value in chosen)  # type: ignore[arg-type]
    assert found.audience == ""


@pytest.mark.parametrize(
    ("heading", "cell"), [("适用群", "全部群"), ("群名", "所有"), ("适用群", "群内"), ("群名", "各群")]
)
def test_all_groups_are_no_choice(heading: str, cell: str) -> None:
    assert step(heading, cell).groups is None


def test_an_audience_in_words_stays_words() -> None:
    found = step("目标受众", "没付款的老客户")

    assert (found.groups, found.audience) == (None, "没付款的老客户")


def test_only_the_chosen_groups_get_it() -> None:
    rows = (["时间", "话术", "适用群"], ["第1天 20:00", "大家好", "标签:训练营"], ["第1天 21:00", "都看", ""])
    made = plan(loaded(book(*rows)), groups=[CAMP, OTHER], start=date(2027, 5, 17))

    assert [(row.group, f"{row.due:%H}") for row in made.deliveries] == [("一群", "20"), ("一群", "21"), ("二群", "21")]


@pytest.mark.parametrize(
    ("cell", "days"),
    [
        ("周一三五", {0, 2, 4}),
        ("周一到周五", {0, 1, 2, 3, 4}),
        ("周六、周日", {5, 6}),
        ("周五至周一", {4, 5, 6, 0}),
        ("工作日", {0, 1, 2, 3, 4}),
        ("每天", None),
    ],
)
def test_a_column_of_weekdays(cell: str, days: set[int] | None) -> None:
    assert step("星期限制", cell).weekdays == days


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("照发", "any"),
        ("不发", "skip"),
        ("跳过", "skip"),
        ("只在节假日发", "only"),
        ("顺延", "shift"),
        ("顺延到工作日发", "shift"),
    ],
)
def test_a_column_of_holidays(cell: str, rule: str) -> None:
    assert step("节假日", cell).holidays == rule


def test_rules_move_and_leave_out_days() -> None:
    rows = (
        ["时间", "话术", "星期限制", "节假日"],
        ["每天 09:00 到第7天", "早", "周一到周五", ""],
        ["第1天 20:00", "晚", "", "顺延"],
    )
    made = plan(loaded(book(*rows)), groups=[CAMP], start=date(2026, 5, 1))  # 1 to 5 May are days off

    assert [f"{row.due:%d}" for row in made.deliveries if row.parts[0].content.text == "晚"] == ["06"]
    assert [f"{row.due:%d}" for row in made.deliveries if row.parts[0].content.text == "早"] == [
        "01",
        "04",
        "05",
        "06",
        "07",
    ]


def test_what_is_not_understood_is_told_at_its_cell() -> None:
    rows = (["时间", "话术", "星期限制", "节假日"], ["第1天 20:00", "大家好", "月圆", "看天"])

    assert [one for one in problems(loaded(book(*rows))) if one[0] == "error"] == [
        ("error", "bad-value", "C2"),
        ("error", "bad-value", "D2"),
    ]


def test_the_front_sheet_names_lock_window_and_holidays() -> None:
    steps = [["时间", "话术", "节假日"], ["第1天 20:00", "大家好", ""], ["第2天 20:00", "再见", "照发"]]
    front = [["活动名称", "共读"], ["锁定窗口", "30分钟"], ["节假日", "不发"], ["目标群", "标签:训练营、一群"]]
    sop = loaded(books({"封面": front, "排期": steps}))

    assert sop.lock_window == timedelta(minutes=30)
    assert [one.holidays for one in sop.steps] == ["skip", "any"]
    assert sop.groups == (Selector(by="tag", values=("训练营",)), Selector(by="names", values=("一群",)))
    assert sop.warnings == ()


def test_a_front_sheet_that_names_none() -> None:
    sop = loaded(
        books(
            {"封面": [["活动名称", "共读"], ["锁定窗口", "一会儿"]], "排期": [["时间", "话术"], ["第1天 20:00", "好"]]}
        )
    )

    assert (sop.lock_window, sop.groups) == (None, ALL_GROUPS)
    assert ("error", "bad-duration", "B2") in problems(sop)


def test_the_picture_of_an_answer_is_kept_with_it() -> None:
    files = KeepingFiles()
    sop = loaded(
        wps(("怎么打卡", "看这张图", '=_xlfn.DISPIMG("ID_ABC",1)'), head=["问题", "回复", "配图"], name="FAQ"),
        files=files,
    )

    (reply,) = sop.replies
    assert (reply.keywords, reply.text.text) == (("怎么打卡",), "看这张图")
    assert sop.materials[reply.picture].path in files.kept
    assert not [one for one in sop.warnings if one.code in {"row-not-read", "unused-material"}]
