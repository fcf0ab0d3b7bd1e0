"""Which posts ask for many short answers, and for how long these are no flood."""

from datetime import timedelta

import pytest

from groupbot.core.content import Image, Text
from groupbot.risk.expected import ExpectedAnswers, asks_for_answers
from groupbot.testing.events import NOON, after


@pytest.mark.parametrize(
    "text",
    [
        "想要资料的扣1",
        "早安！今天也来打卡吧",
        "请大家接龙报名",
        "听懂的回复“学习”",
        "准备好的打个1",
        "选 A 还是选 B？",
        "大家来投票",
    ],
)
def test_posts_that_ask(text):
    assert asks_for_answers([Image(path="/x.png"), Text(text=text)])


@pytest.mark.parametrize("text", ["今晚八点直播课，不见不散", "第一课：时间管理的四个象限", "回看链接在公告里"])
def test_posts_that_only_tell(text):
    assert not asks_for_answers([Text(text=text)])


def test_a_window_of_one_group():
    asked = ExpectedAnswers(lambda: timedelta(minutes=30))
    asked.posted("camp-1", [Text(text="扣1")], NOON)
    asked.posted("camp-2", [Text(text="晚安")], NOON)
    assert asked.is_open("camp-1", after(1800))
    assert not asked.is_open("camp-1", after(1801))
    assert not asked.is_open("camp-2", after(1))


def test_no_window_when_it_is_set_to_nothing():
    asked = ExpectedAnswers(timedelta)
    asked.posted("camp-1", [Text(text="扣1")], NOON)
    assert not asked.is_open("camp-1", NOON)
