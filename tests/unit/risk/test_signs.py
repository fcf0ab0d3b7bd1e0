"""Keywords, links and contacts: what is found, where, and what is no sign."""

from __future__ import annotations

import pytest

from groupbot.risk.contacts import contacts_in
from groupbot.risk.keywords import Keyword, Keywords
from groupbot.risk.links import domain, is_invite, links_in
from groupbot.risk.views import places, views

WORDS = Keywords(
    [
        Keyword(text="加微信", kind="ads", score=0.5),
        Keyword(text="刷单", kind="ads", score=0.6),
        Keyword(text="vip", kind="ads", score=0.2),
    ],
    exceptions=["严禁刷单"],
)


def told(findings, text):
    return [(one.rule, one.evidence(text).strip()) for one in findings]


def keywords(text):
    seen = views(text)
    return told(WORDS.find(seen, places(seen)), text)


def links(text, allowed=frozenset()):
    seen = views(text)
    return told(links_in(seen, places(seen), allowed), text)


def contacts(text):
    seen = views(text)
    return told(contacts_in(seen, places(seen)), text)


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("要的加微信", "加微信"),
        ("要的加.微\u200b信", "加.微\u200b信"),
        ("要的➕薇芯", "➕薇芯"),
        ("要的力口微信", "力口微信"),
    ],
)
def test_a_keyword_is_found_however_it_is_dressed(text, evidence):
    assert keywords(text) == [("keyword:加微信", evidence)]


def test_an_exception_spares_only_what_it_holds():
    assert keywords("本群严禁刷单") == []
    assert keywords("本群严禁刷单，要刷单的来") == [("keyword:刷单", "刷单")]


def test_a_latin_keyword_stands_alone():
    assert keywords("viper 和 vips") == []
    assert keywords("ＶＩＰ来了") == [("keyword:vip", "ＶＩＰ")]


def test_nothing_is_touched_in_everyday_talk():
    assert not WORDS.touches(views("大家早上好，今天几点上课"))


@pytest.mark.parametrize(
    ("text", "rule", "evidence"),
    [
        ("看 www.example.com/x?y=1 吧", "link", "www.example.com/x?y=1"),
        ("看example.com.cn吧", "link", "example.com.cn"),
        ("ｈｔｔｐ：／／ｅｘａｍｐｌｅ．ｎｅｔ／ａ", "link", "ｈｔｔｐ：／／ｅｘａｍｐｌｅ．ｎｅｔ／ａ"),
        ("example点com", "hidden-link", "example点com"),
        ("example 。 top", "hidden-link", "example 。 top"),
        ("https://weixin.qq.com/g/AbCd", "invite", "https://weixin.qq.com/g/AbCd"),
        ("http://192.0.2.7/x", "link", "http://192.0.2.7/x"),
    ],
)
def test_a_link_is_found_where_it_stands(text, rule, evidence):
    assert links(text) == [(rule, evidence)]


@pytest.mark.parametrize("text", ["作业.zip 和 readme.md", "1.5折", "下午3.30见", "好的。com口坏了", "v1.2.3"])
def test_what_only_looks_like_a_link_is_none(text):
    assert links(text) == []


def test_an_allowed_domain_holds_for_its_hosts_only():
    allowed = frozenset({"example.com"})
    assert links("a.b.example.com/x", allowed) == []
    assert links("example.com.evil.net", allowed) == [("link", "example.com.evil.net")]


def test_domains_follow_the_public_suffixes():
    assert (domain("a.b.example.com.cn"), domain("no.such.ending")) == ("example.com.cn", "")
    assert is_invite("HTTPS://U.WECHAT.COM/xyz")


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("加v: abcd_12345", {"wechat-id"}),
        ("微信号 abcdef123", {"wechat-id"}),
        ("QQ群 12345678", {"qq"}),
        ("打13800138000", {"phone"}),
        ("138-0013-8000", {"phone"}),
        ("一三八零零一三八零零零", {"phone", "hidden-digits"}),
        ("①③⑧0013八000", {"phone", "hidden-digits"}),
    ],
)
def test_ways_to_be_reached_are_found(text, rules):
    assert {rule for rule, _evidence in contacts(text)} == rules


@pytest.mark.parametrize("text", ["第12345期", "2026年5月18日20:00", "我有三个问题", "hello everybody", "收到收到"])
def test_numbers_and_words_of_every_day_reach_nobody(text):
    assert contacts(text) == []
