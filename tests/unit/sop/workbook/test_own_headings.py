"""Headings in operators' own words, and what the cells below tell of a column."""

from __future__ import annotations

import pytest

from tests.unit.sop.workbook.build import START, KeepingFiles, book, books, planned, posts, private, problems, said


@pytest.mark.parametrize(
    "heads",
    [
        ("步骤", "啥时候做", "干什么", "怎么说", "用到的图", "由谁来盯"),
        ("序", "推送点", "事情", "发给家长的话", "发什么图", "值班同学"),
        ("#", "Send at", "Topic", "Copy text", "Pic", "Owner"),
    ],
)
def test_headings_in_own_words_are_understood_by_their_signs(heads: tuple[str, ...]) -> None:
    rows = [("1", "5月19日 9:00", "开场", "跑团集合啦", "path.jpg", "阿木")]
    rows += [("2", "5月20日 9:00", "收尾", "明天再跑", None, "阿木")]
    files = KeepingFiles(contents={"path.jpg": b"picture"})
    made = planned(book(heads, *rows), files=files)

    assert [said(row) for row in made.deliveries] == [["跑团集合啦", "image"], ["明天再跑"]]


def test_the_longest_unknown_column_goes_before_the_names_of_steps() -> None:
    made = planned(book(("时间", "动作", "对客口径"), ("5月19日 9:00", "开场", "跑团今晚七点在东门集合")))

    assert posts(made) == [("05-19 09:00", "跑团今晚七点在东门集合")]
    assert ("warning", "unknown-column", "C1") in problems(made)


def test_what_an_online_table_keeps_by_itself_is_no_time() -> None:
    heads = ("任务", "计划时间", "文案", "创建时间", "最后更新时间")
    made = planned(book(heads, ("开场", "2026-05-19 09:00", "跑团集合啦", "2026-05-01 08:00", "2026-05-02 08:00")))

    assert posts(made) == [("05-19 09:00", "跑团集合啦")]


def test_times_below_an_unknown_heading_replace_names_below_a_known_one() -> None:
    made = planned(book(("节点", "哪会儿", "文案"), ("热身", "5月19日 9:00", "来跑"), ("冲刺", "5月20日 9:00", "快跑")))

    assert posts(made) == [("05-19 09:00", "来跑"), ("05-20 09:00", "快跑")]


def test_names_beside_a_date_are_no_clocks() -> None:
    rows = [(START, "一", "开跑节", "来跑"), (START.replace(day=20), "三", "夜跑", "夜里跑")]
    made = planned(book(("日期", "星期", "节点", "内容"), *rows))

    assert posts(made) == [("05-18 10:00", "来跑"), ("05-20 10:00", "夜里跑")]


def test_the_same_as_above_is_what_stands_above() -> None:
    made = planned(
        book(("日期", "时间", "内容", "渠道"), ("5月19日", "9:00", "在吗", "私聊"), ("同上", "9:30", "约吗", "〃"))
    )

    assert private(made) == [("05-19 09:00", "在吗"), ("05-19 09:30", "约吗")]


def test_those_who_are_reached_name_the_place() -> None:
    made = planned(book(("时间", "发送对象", "内容"), ("5月19日 9:00", "未付款客户（私聊）", "还要吗")))

    assert private(made) == [("05-19 09:00", "还要吗")]


def test_messages_in_columns_of_their_own_are_one_post() -> None:
    made = planned(book(("时间", "第一条", "第二条", "第三条"), ("5月19日 9:00", "集合", "东门", None)))

    assert [said(row) for row in made.deliveries] == [["集合", "东门"]]


def test_words_for_two_kinds_of_groups_are_refused() -> None:
    made = planned(book(("时间", "新跑友文案", "老跑友文案"), ("5月19日 9:00", "欢迎", "好久不见")))

    assert ("error", "words-twice", "C1") in problems(made)


def test_words_kept_in_reserve_are_not_posted_and_named() -> None:
    made = planned(book(("时间", "主推文案", "备用文案"), ("5月19日 9:00", "集合", "下雨改期")))

    assert posts(made) == [("05-19 09:00", "集合")]
    assert problems(made) == [("warning", "unknown-column", "C1")]


@pytest.mark.parametrize(("tick", "mentions"), [("是", True), ("否", False)])
def test_a_column_tells_which_posts_call_everybody(tick: str, mentions: bool) -> None:
    made = planned(book(("时间", "内容", "是否@所有人"), ("5月19日 9:00", "集合", tick)))

    assert [bool(part.content.mentions) for part in made.deliveries[0].parts] == [mentions]


def test_each_time_of_a_row_has_the_words_behind_it() -> None:
    heads = ("日期", "群发时间", "群发内容", "私聊时间", "私聊内容")
    made = planned(book(heads, ("5月19日", "9:00", "集合", "20:00", "累吗"), ("5月20日", "9:00", "回家", None, None)))

    assert posts(made) == [("05-19 09:00", "集合"), ("05-20 09:00", "回家")]
    assert private(made) == [("05-19 20:00", "累吗")]
    assert not problems(made)


def test_a_name_beside_words_for_members_is_not_posted() -> None:
    made = planned(book(("时间", "主题", "私聊话术"), ("5月19日 9:00", "回访", "累吗")))

    assert not posts(made)


def test_a_title_above_each_header_gives_its_day_to_the_clocks_below() -> None:
    head = ("时间", "话术")
    first, second = ("【Day2】5月19日 周二",), ("【Day3】5月20日 周三",)
    made = planned(book(first, head, ("9:00", "集合"), (), second, head, ("9:00", "回家")))

    assert posts(made) == [("05-19 09:00", "集合"), ("05-20 09:00", "回家")]


def test_the_date_of_a_title_is_that_of_its_clocks_and_the_day_it_was_made_is_not() -> None:
    rows = [("时间", "话术"), ("9:00", "集合"), ("12:00", "领奖")]

    assert posts(planned(book(("跑步节当天流程（5月19日 20:00开跑）",), *rows))) == [
        ("05-19 09:00", "集合"),
        ("05-19 12:00", "领奖"),
    ]
    assert len(posts(planned(book(("更新日期 5月19日",), *rows)))) > len(rows)


@pytest.mark.parametrize("stage", ["蓄水（5.19-5.20）", "蓄水 5月19日-5月20日"])
def test_clocks_below_a_stage_of_several_days_come_on_each(stage: str) -> None:
    made = planned(book(("阶段", "每日时间", "内容"), (stage, "9:00", "跑")))

    assert posts(made) == [("05-19 09:00", "跑"), ("05-20 09:00", "跑")]


def test_names_that_all_tell_a_day_give_it_to_bare_clocks() -> None:
    made = planned(book(("环节", "时间", "内容"), ("Day1 热身", "9:00", "走"), ("Day2 冲刺", "9:00", "跑")))

    assert posts(made) == [("05-18 09:00", "走"), ("05-19 09:00", "跑")]


def test_scripts_and_materials_are_called_by_their_codes() -> None:
    sheets = {
        "排期": [("时间", "话术编号", "配图编号"), ("5月19日 9:00", "P-1、P-2", "T-1"), ("5月20日 9:00", "P-9", None)],
        "话术库": [("话术编号", "话术"), ("P-1", "集合"), ("P-2", "东门")],
        "素材库": [("编号", "素材名称", "地址"), ("T-1", "地图", "https://map.example.com/1")],
    }
    made = planned(books(sheets))

    assert [said(row) for row in made.deliveries] == [["集合", "东门", "link https://map.example.com/1"]]
    assert ("error", "unknown-script", "B3") in problems(made)


@pytest.mark.parametrize("words", ["建跑友VIP群并把老会员拉进去", "给完赛的跑友转账", "把名单里的人拉进新群"])
def test_orders_to_the_team_are_tasks(words: str) -> None:
    made = planned(book(("时间", "内容"), ("5月19日 9:00", words)))

    assert not made.deliveries
    assert len(made.tasks) == 1


def test_what_is_done_by_hand_is_a_task() -> None:
    made = planned(book(("触发/时间", "内容", "执行方式", "渠道"), ("5月19日 9:00", "奖牌寄出啦", None, "人工")))

    assert [(f"{task.due:%m-%d %H:%M}") for task in made.tasks if task.due] == ["05-19 09:00"]


@pytest.mark.parametrize("words", ["9:15 集合", "9:15：集合", "9:15集合啦"])
def test_a_clock_in_front_of_the_words_goes_before_the_default_of_a_part_of_the_day(words: str) -> None:
    made = planned(book(("时间", "内容"), ("5月19日 上午", words), ("5月19日 晚上", "散步")))

    assert [when for when, _words in posts(made)] == ["05-19 09:15", "05-19 20:00"]


def test_a_row_of_words_that_begin_like_a_heading_is_no_header() -> None:
    heads = ("日期\\安排", "推送时点", "面向", "赛前提醒", "经手")
    rows = [
        ("5/19(二)", "07:00", "跑友群", "倒计时12天，今天慢跑", "阿木"),
        ("5/20(三)", "07:30", "跑友群", "快跑", "阿木"),
    ]
    made = planned(book(heads, *rows))

    assert posts(made) == [("05-19 07:00", "倒计时12天，今天慢跑"), ("05-20 07:30", "快跑")]


def test_cells_that_are_times_are_no_words_whatever_their_heading_resembles() -> None:
    heads = ("日程安排", "开始", "结束", "内容主旨", "群通知")
    made = planned(book(heads, ("Day 2 (5.19)", "9:00", "9:30", "慢跑", "东门集合，慢跑半小时")))

    assert posts(made) == [("05-19 09:00", "东门集合，慢跑半小时")]


def test_a_day_in_a_column_of_any_name_is_that_of_the_clocks_beside_it() -> None:
    rows = [("第二天\n5月19日", "9:00", "慢跑"), (None, "20:00", "拉伸"), ("第三天\n5月20日", "9:00", "快跑")]
    made = planned(book(("开营：2026年5月18日",), ("甲乙", "钟点", "发言稿"), *rows))

    assert posts(made) == [("05-19 09:00", "慢跑"), ("05-19 20:00", "拉伸"), ("05-20 09:00", "快跑")]


def test_a_part_of_the_day_in_a_column_of_its_own_belongs_to_the_clock_beside_it() -> None:
    rows = [("5月19日", "上午", "8:00", "东门集合慢跑"), ("5月19日", "下午", "1:30", "西门集合快跑")]
    made = planned(book(("月日", "上午/下午", "钟点", "提醒词"), *rows))

    assert posts(made) == [("05-19 08:00", "东门集合慢跑"), ("05-19 13:30", "西门集合快跑")]


def test_words_are_told_apart_by_whom_they_are_for() -> None:
    made = planned(book(("时间", "群话术", "个人话术", "发圈话术"), ("5月19日 9:00", "集合", "来吗", "跑步去")))

    assert (posts(made), private(made)) == ([("05-19 09:00", "集合")], [("05-19 09:00", "来吗")])
    assert len(made.tasks) == 1


@pytest.mark.parametrize("heading", ["话术（1v1）", "话术（私聊）", "文案【一对一】"])
def test_a_place_in_brackets_behind_a_heading_of_words_says_where_they_go(heading: str) -> None:
    made = planned(book(("时间", "群内", heading, "文案（朋友圈）"), ("第1天 9:00", "大家好", "单独问好", "晒图")))

    assert (posts(made), private(made)) == ([("05-18 09:00", "大家好")], [("05-18 09:00", "单独问好")])
    assert "晒图" in made.tasks[0].text


def test_what_is_done_in_private_stands_beside_the_groups() -> None:
    made = planned(book(("时间", "主题", "社群动作", "私域动作"), ("第1天 9:00", "问候", "大家好", "单独问好")))

    assert (posts(made), private(made)) == ([("05-18 09:00", "大家好")], [("05-18 09:00", "单独问好")])


def test_stages_that_are_times_are_the_times() -> None:
    rows = [("D1 20:00", "装好软件"), ("入群", "欢迎"), ("D3 9:00", "回放来了")]
    made = planned(book(("转化节点", "群内动作"), *rows))

    assert posts(made) == [("05-18 20:00", "装好软件"), ("05-20 09:00", "回放来了")]
    assert [(one.kind, one.text) for one in made.triggers] == [("join", "欢迎")]
