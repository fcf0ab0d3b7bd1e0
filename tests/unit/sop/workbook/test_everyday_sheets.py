"""Everyday sheets: clocks glued to their words, named bands, sheets called by their day, columns beside each other."""

from __future__ import annotations

import pytest

from tests.unit.sop.workbook.build import START, book, books, planned, posts, private


@pytest.mark.parametrize(
    ("words", "post"),
    [
        ("20:00露营晚会开始，带上外套", ("05-19 20:00", "露营晚会开始，带上外套")),
        ("早上7点半起床广播", ("05-19 07:30", "起床广播")),
        ("下午3:00合影发群里了", ("05-19 15:00", "合影发群里了")),
    ],
)
def test_words_that_begin_with_a_clock_set_the_time_of_a_row_with_a_day_only(words: str, post: tuple[str, str]) -> None:
    made = planned(book(("日期", "内容"), ("5月19日", words)))

    assert posts(made) == [post]
    assert any(words[:4] in said for said in made.deliveries[0].assumptions)


@pytest.mark.parametrize("words", ["8点前交作业", "20:00截止报名", "3点建议送给大家", "18:00之前到场"])
def test_a_deadline_or_a_count_in_front_of_the_words_is_no_clock_of_the_row(words: str) -> None:
    made = planned(book(("日期", "内容"), ("5月19日", words)))

    assert posts(made) == [("05-19 10:00", words)]


def test_a_clock_of_the_row_goes_before_one_in_its_words() -> None:
    made = planned(book(("时间", "内容"), ("5月19日 9:00", "20:00露营晚会，别忘了")))

    assert posts(made) == [("05-19 09:00", "20:00露营晚会，别忘了")]


def test_the_name_of_a_band_is_no_part_of_its_clock() -> None:
    made = planned(
        book(
            ("时段", "周一", "周二", "周三"),
            ("早练 6:30", "拉伸", None, "慢跑"),
            ("夜谈 21:00-21:30", None, "聊聊", None),
        )
    )

    assert posts(made)[:3] == [("05-18 06:30", "拉伸"), ("05-19 21:00", "聊聊"), ("05-20 06:30", "慢跑")]


@pytest.mark.parametrize("name", ["Day2", "②开园（5.19）", "5月19日"])
def test_a_sheet_called_by_its_day_gives_it_to_its_clocks(name: str) -> None:
    made = planned(books({name: [("时间", "文案"), ("8:00", "开园啦"), ("18:00", "闭园啦")]}))

    assert posts(made) == [("05-19 08:00", "开园啦"), ("05-19 18:00", "闭园啦")]


def test_a_topic_beside_the_groups_action_is_not_posted() -> None:
    made = planned(book(("天数", "当日主题", "群内动作"), ("第1天", "破冰", "9:00：大家好"), ("第2天", "休息", None)))

    assert posts(made) == [("05-18 09:00", "大家好")]
    assert [task.text for task in made.tasks] == ["休息"]


def test_scripts_that_are_counted_are_messages_of_one_step() -> None:
    made = planned(book(("时间", "话术一", "话术二"), ("第1天 9:00", "预告来了", "地址在这")))

    assert [len(row.parts) for row in made.deliveries] == [2]


def test_words_go_before_what_they_are_about() -> None:
    made = planned(book(("时间", "内容", "话术"), ("第1天 9:00", "开营", "欢迎来到夏令营")))

    assert posts(made) == [("05-18 09:00", "欢迎来到夏令营")]


def test_clocks_below_a_heading_of_places_are_bands_of_these() -> None:
    rows = [
        ("天数", "主题", "社群", None, "私聊"),
        (None, None, "早8:00", "晚20:00", "晚21:30"),
        ("第1天", "测", "早", "练", "嗨"),
    ]
    made = planned(book(*rows, ("第2天", "控", "早呀", None, None)))

    assert posts(made) == [("05-18 08:00", "早"), ("05-18 20:00", "练"), ("05-19 08:00", "早呀")]
    assert private(made) == [("05-18 21:30", "嗨")]


def test_a_days_column_is_known_by_its_cells() -> None:
    made = planned(book(("活动日子", "几点发", "文案"), (START, "9:00", "开始"), (START, "20:00", "收尾")))

    assert posts(made) == [("05-18 09:00", "开始"), ("05-18 20:00", "收尾")]


def test_words_for_a_place_are_headed_by_both() -> None:
    made = planned(book(("时间", "私信文案"), ("第1天 9:00", "收到货了吗")))

    assert private(made) == [("05-18 09:00", "收到货了吗")]
    assert not posts(made)


def test_names_beside_a_column_of_times_are_no_times() -> None:
    made = planned(
        book(("关键节点", "提醒时间", "内容"), ("首日问候", "第1天 9:00", "早"), ("当天提醒", "第2天 9:00", "见"))
    )

    assert posts(made) == [("05-18 09:00", "早"), ("05-19 09:00", "见")]
