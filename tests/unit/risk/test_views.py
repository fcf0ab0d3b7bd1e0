"""The same words, however they are written, are seen the same; and what was found is shown where it was written."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from groupbot.risk.evasions import EVASIONS, traditional
from groupbot.risk.features import buckets
from groupbot.risk.views import LIMIT, places, span, views
from tests.unit.risk.everyday import everyday

PLAIN = "加微信领红包"


@pytest.mark.parametrize(
    "written",
    [
        "加\u200b微\u2060信领红包",
        "加微信領紅包",
        "➕薇芯领红包",
        "加.微-信 领*红/包",
        "力口彳山一几攵人言领红包",
        "加 微 亻言 领 纟工 包",
        "加\u3164微\u2800信|领│红ˇ包",
        "加\n微\u3000信\u1680领\u0336红包",
    ],
)
def test_a_disguise_has_the_skeleton_of_what_is_meant(written):
    assert views(written).skeleton == PLAIN


@pytest.mark.parametrize("written", ["佳威欣另洪苞", "jia微信领红包", "加weixin领红包", "jiā wēi信领红bao"])
def test_what_sounds_the_same_is_read_the_same(written):
    assert views(written).sound == views(PLAIN).sound


def test_wide_letters_and_circled_digits_are_plain():
    assert views("ＶＸ：Ａｂ①２③").norm == "vx:ab123"


@pytest.mark.parametrize("written", ["🅥🅧abc", "🇻🇽àbç", "ѵⅹавс", "ВХ"])
def test_letters_of_other_kinds_look_like_plain_ones(written):
    assert views(written).skeleton in {"vxabc", "bx"}


def test_letters_are_syllables_when_all_of_them_are():
    assert views("xinge").sound == views("心个").sound
    assert views("hello").sound == "hello"


def test_digits_are_one_sound_however_many_there_are():
    assert views("13800138000").sound == views("15912345678").sound == "0" * 11


@pytest.mark.parametrize("text", list(everyday(40, seed=5)))
def test_traditional_script_changes_nothing_for_honest_writers(text):
    other = OpenCC("s2t").convert(text)
    assert buckets(views(other)).tolist() == buckets(views(text)).tolist()
    assert buckets(views(traditional(text, Random(1)))).tolist() == buckets(views(text)).tolist()


@pytest.mark.parametrize("name", EVASIONS)
def test_every_evasion_changes_a_text(name):
    assert EVASIONS[name]("加微信abc领红包", Random(3)) != "加微信abc领红包"


@given(st.text(max_size=60))
def test_every_character_of_a_view_has_its_place_in_the_text(text):
    seen = views(text)
    where = places(seen)
    assert (len(where.norm), len(where.skeleton)) == (len(seen.norm), len(seen.skeleton))
    for origin in (where.norm, where.skeleton):
        assert list(origin) == sorted(origin)
        for at in range(len(origin)):
            start, end = span(origin, at, at + 1)
            assert 0 <= start <= end <= len(text)


def test_a_place_is_shown_as_it_was_written():
    text = "来 力口薇\u200b芯 吧"
    seen = views(text)
    start = seen.skeleton.index("加微信")
    assert text[slice(*span(places(seen).skeleton, start, start + 3))].strip() == "力口薇\u200b芯"


def test_a_text_of_any_length_costs_no_more_than_the_limit():
    assert len(views("加" * 100_000).norm) == LIMIT


@given(st.text())
def test_any_text_falls_into_buckets_without_doubles(text):
    found = buckets(views(text)).tolist()
    assert found == sorted(set(found)) != []


def test_hiding_is_seen_where_letters_are_not():
    assert set(buckets(views("加\u200b微\u200b信"))) != set(buckets(views("加微信")))
