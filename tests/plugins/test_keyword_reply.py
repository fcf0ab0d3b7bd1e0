"""Questions are answered however they are written, once in a while, and nothing else is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from groupbot.api import Faq, Group, PluginError
from groupbot.core.content import Text
from groupbot.testing import run_plugin
from groupbot.testing.events import NOON, message

REPLY = Path(__file__).parents[2] / "plugins" / "keyword_reply.py"
GROUPS = [Group(name=f"camp-{n}", account="main", ids={"main": f"r{n}"}) for n in (1, 2)]
ANSWERS = [
    {"keywords": ["报名", "怎么参加"], "text": "sign-up"},
    {"keywords": ["上课时间表"], "text": "times"},
    {"keywords": ["vip"], "text": "vip"},
    {"keywords": ["refund"], "text": "refund"},
    {"keywords": ["报名费用"], "text": "fee", "groups": ["camp-2"]},
]
EAGER = {"answers": ANSWERS, "member_wait_s": 0, "repeat_wait_s": 0}


def replying(**settings):
    return run_plugin(REPLY, EAGER | settings, groups=GROUPS)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("怎么 报名？", "sign-up"),
        ("怎麼參加呀", "sign-up"),
        ("请问在哪里報名", "sign-up"),
        ("上课时问表发一下", "times"),
        ("上课的时间表", "times"),
        ("上时课间表", "times"),
        ("我要上課時間表!!", "times"),
        ("ＶＩＰ有什么", "vip"),
        ("开通vip多少钱", "vip"),
        ("vipp", None),
        ("refnud please", "refund"),
        ("I want a ReFund", "refund"),
        ("funding", None),
        ("今天天气不错", None),
        ("报", None),
        ("报名" + "很" * 100, None),
        ("。。。", None),
    ],
)
async def test_a_keyword_is_found_however_it_is_written(text, answer):
    async with replying() as kit:
        await kit.say("camp-1", "ann", text)
        assert kit.texts == ([answer] if answer else [])


async def test_the_longest_keyword_wins_where_it_holds():
    async with replying() as kit:
        await kit.say("camp-2", "ann", "报名费用多少")
        await kit.say("camp-1", "ann", "报名费用多少")
        assert kit.texts == ["fee", "sign-up"]


async def test_who_asks_again_soon_and_what_was_just_said_gets_no_answer():
    async with replying(member_wait_s=30, repeat_wait_s=60) as kit:
        await kit.say("camp-1", "ann", "报名")
        await kit.say("camp-1", "ann", "vip")
        await kit.say("camp-1", "bob", "报名")
        assert kit.texts == ["sign-up"]
        await kit.say("camp-2", "bob", "报名")
        await kit.advance(31)
        await kit.say("camp-1", "ann", "vip")
        assert kit.texts == ["sign-up", "sign-up", "vip"]
        await kit.advance(30)
        await kit.say("camp-1", "bob", "报名")
        assert len(kit.posts) == 4


async def test_a_group_is_answered_so_often_within_an_hour():
    async with replying(group_per_hour=2) as kit:
        for member in ("ann", "bob", "cleo"):
            await kit.say("camp-1", member, "报名")
        assert len(kit.posts) == 2
        await kit.advance(3600)
        await kit.say("camp-1", "dan", "报名")
        assert len(kit.posts) == 3


async def test_the_faq_of_a_running_campaign_is_answered_in_its_groups():
    faq = Faq(campaign="camp", number=1, keywords=("资料", "课件"), text="here")
    async with run_plugin(REPLY, {"mention": True}, groups=GROUPS, faqs={"camp-1": [faq]}) as kit:
        await kit.say("camp-2", "ann", "課件在哪")
        assert kit.posts == []
        await kit.say("camp-1", "ann", "課件在哪")
        content = kit.posts[0].parts[0].content
        assert isinstance(content, Text)
        assert (content.text, content.mentions) == ("here", ("ann",))
        kit.faqs["camp-1"].clear()
        await kit.advance(60)
        await kit.say("camp-1", "bob", "课件")
        assert len(kit.posts) == 1


async def test_private_words_old_ones_and_pictures_get_no_answer():
    async with replying() as kit:
        await kit.say(None, "ann", "报名")
        await kit.say("camp-1", "ann", "报名", kind="image")
        kit.clock.set(NOON + timedelta(minutes=11))
        await kit.send(message(text="报名"))
        assert kit.posts == []
        kit.clock.set(NOON + timedelta(minutes=9))
        await kit.send(message(text="报名"))
        assert len(kit.posts) == 1


@pytest.mark.parametrize(
    ("bad", "named"),
    [
        ({"answers": [{"keywords": [], "text": "x"}]}, "keywords"),
        ({"answers": [{"keywords": ["x"], "text": ""}]}, "text"),
        ({"answers": [{"keywords": ["x"], "text": "x", "groups": ["camp-9"]}]}, "answers 1, groups: .*'camp-9'"),
        ({"answer": []}, "answer"),
        ({"longest": 0}, "longest"),
    ],
)
async def test_settings_that_can_not_be_meant_are_named(bad, named):
    with pytest.raises(PluginError, match=named):
        async with replying(**bad):
            pass


async def test_where_the_faq_can_not_be_read_nothing_is_said_and_people_are_told_once():
    async with run_plugin(REPLY, EAGER, groups=GROUPS, strict=False) as kit:
        kit.faqs["camp-1"] = None
        await kit.say("camp-1", "ann", "报名")
        await kit.say("camp-1", "bob", "报名")
        assert kit.posts == []
        assert [alert.code for alert in kit.alerts] == ["plugin-failed"]
        kit.faqs["camp-1"] = []
        await kit.advance(60)  # until the FAQ is looked at again
        await kit.say("camp-1", "cleo", "报名")
        assert kit.texts == ["sign-up"]


async def test_a_hundred_who_ask_the_same_get_one_answer_a_minute():
    async with run_plugin(REPLY, {"answers": ANSWERS}, groups=GROUPS) as kit:
        for n in range(100):
            await kit.say("camp-1", f"m{n}", "怎么报名")
        assert kit.texts == ["sign-up"]
