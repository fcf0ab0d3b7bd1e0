"""What is shipped tells advertisements and complaints from everyday talk, and says what, where and how much."""

from __future__ import annotations

import pytest

from groupbot.core.findings import Finding
from groupbot.risk.features import buckets
from groupbot.risk.fusion import fused
from groupbot.risk.keywords import Keyword
from groupbot.risk.learning import learned
from groupbot.risk.model import KINDS, Correction
from groupbot.risk.scan import Scanner
from groupbot.risk.shipped import shipped_keywords, shipped_model, shipped_scanner
from groupbot.risk.views import views
from tests.unit.risk.everyday import everyday


@pytest.fixture(scope="module")
def scanner() -> Scanner:
    return shipped_scanner()


@pytest.mark.parametrize(
    ("text", "kind", "rules"),
    [
        ("力口薇芯 w1234567 日结工资，名额有限", "ads", {"keyword:日结工资", "wechat-id"}),
        ("刷单返利一单一结，扫码进群 https://weixin.qq.com/g/AbCd", "ads", {"keyword:刷单返利", "invite"}),
        ("你们就是骗子，退钱！", "negative", {"keyword:骗子", "keyword:退钱", "model:negative"}),
        ("交了学费没人管，我要投诉", "negative", {"keyword:没人管", "keyword:投诉"}),
    ],
)
def test_what_a_text_is_comes_with_its_reasons(scanner, text, kind, rules):
    done = scanner.scan(text)
    assert done.score == max(done.scores.values()) == done.scores[kind] > 0.5
    assert {one.rule for one in done.findings} >= rules
    assert all(text[one.start : one.end].strip() for one in done.findings)


def test_everyday_talk_is_let_pass(scanner):
    lines = list(everyday(600, seed=77))
    for kind in KINDS:
        line = shipped_model(kind).threshold
        assert sum(scanner.scan(text).scores[kind] >= line for text in lines) <= 6


@pytest.mark.parametrize("text", ["", " ", "\u200b", "😀" * 50, "a" * 5_000, "\ud800", "一" * 3_000])
def test_odd_texts_are_only_texts(scanner, text):
    assert 0 <= scanner.scan(text).score <= 1


def test_an_exception_takes_a_sign_away(scanner):
    assert [one for one in scanner.scan("请大家谨防诈骗").findings if one.rule.startswith("keyword:")] == []


def test_an_operators_own_words_and_hosts_count():
    own = shipped_keywords([Keyword(text="隔壁平台", kind="ads", score=0.9)], ["隔壁平台的人"])
    scanner = Scanner([shipped_model("ads")], own, allowed=frozenset({"example.com"}))
    assert [one.rule for one in scanner.scan("来隔壁平台看 www.example.com").findings if "model" not in one.rule] == [
        "keyword:隔壁平台"
    ]
    assert scanner.scan("隔壁平台的人来了").findings == ()


def test_corrections_reach_the_scan():
    model, text = shipped_model("ads"), "今晚八点老地方见"
    taught = learned(model, Correction(key="m1", found=buckets(views(text)), label=1))
    before, after = (Scanner([one], shipped_keywords()).scan(text).score for one in (model, taught))
    assert before < model.threshold <= after
    assert after == pytest.approx(taught.score(buckets(views(text))), abs=1e-5)


def test_a_rule_counts_once_and_only_for_its_kind():
    link = Finding(rule="link", kind="ads", score=0.35)
    once = fused({"ads": 0.0, "negative": 0.0}, [link])
    assert fused({"ads": 0.0, "negative": 0.0}, [link] * 5) == once
    assert once["ads"] > once["negative"] == 0.5
    flood = Finding(rule="flood", kind="flood", score=0.9)
    assert fused({"ads": 0.0}, [flood, Finding(rule="model:ads", kind="ads", score=0.9)]) == {"ads": 0.5}
