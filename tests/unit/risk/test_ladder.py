"""What is done about a message: never more than the settings let, than the signs justify, than the account can."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbot.chat.capabilities import Capabilities, Standing
from groupbot.core.events import Rank
from groupbot.core.findings import Finding
from groupbot.risk import codes, contacts, fusion, links
from groupbot.risk.ladder import (
    COMPLAINTS,
    ENTRIES,
    INDEPENDENT,
    OUT,
    SURE_WORDS,
    URGENT,
    WORDS,
    Action,
    Case,
    Concern,
    Rule,
    decide,
    signals,
)
from groupbot.risk.rules import Band, Rules
from groupbot.settings import Settings
from groupbot.settings.risk import RiskSettings

ALL = Capabilities(kinds=frozenset({"text", "remove_members"}), stable_ids=True)
RULES = (
    "model:ads", "keyword:兼职", "wechat-id", "phone", "link", "invite", "qr-code", "card",
    "newcomer", "flood", "same-in-groups", "my-plugin",
)  # fmt: skip
KINDS = ("ads", "flood", "fraud", "refund", "complaint", "negative")
scores = st.floats(0, 1)
findings = st.builds(Finding, rule=st.sampled_from(RULES), kind=st.sampled_from(KINDS), score=scores)
cases = st.builds(
    Case,
    concern=st.sampled_from(Concern),
    score=scores,
    findings=st.lists(findings, max_size=4).map(tuple),
    is_protected=st.booleans(),
    is_newcomer=st.booleans(),
    repeats=st.integers(0, 2),
    is_expected=st.booleans(),
    complains=st.booleans(),
)
rules = st.builds(Rule, most=st.sampled_from(Action), threshold=scores, sure=scores, at_once=st.booleans())
abilities = st.builds(
    Capabilities,
    kinds=st.frozensets(st.sampled_from(["text", "remove_members"])),
    stable_ids=st.booleans(),
    for_admins=st.frozensets(st.sampled_from(["remove_members"])),
)
standings = st.builds(Standing, rank=st.sampled_from(Rank), members=st.integers(0, 500))


@given(cases, rules, abilities, standings)
def test_never_beyond_the_settings_and_the_abilities(case, rule, can, standing):
    ruling = decide(case, rule, can, standing)
    assert ruling.action <= ruling.wanted <= rule.most
    if ruling.action >= Action.REMOVE:
        assert "remove_members" in can.kinds
        assert can.stable_ids
        assert not (can.for_admins and standing.rank is Rank.MEMBER)
    if ruling.action is Action.WARN:
        assert "text" in can.kinds
    assert ruling.by_hand == bool(ruling.hindrance)
    if ruling.by_hand:
        assert ruling.action is Action.ALERT


@given(cases, rules)
def test_people_are_called_but_nobody_is_punished_for_complaining_nor_one_of_ours(case, rule):
    complaint = replace(case, complains=True)
    for spared in (complaint, replace(case, concern=Concern.NEGATIVE), replace(case, is_protected=True)):
        assert decide(spared, rule, ALL).wanted <= Action.ALERT


@given(cases, rules)
def test_nobody_is_removed_for_one_sign_alone(case, rule):
    if decide(case, rule, ALL).wanted >= Action.REMOVE:
        brought_by_newcomer = rule.at_once and case.is_newcomer
        assert case.repeats or brought_by_newcomer or len(signals(case.findings)) >= INDEPENDENT


@given(cases, rules)
def test_a_lower_score_never_does_more(case, rule):
    assert decide(replace(case, score=case.score / 2), rule, ALL).action <= decide(case, rule, ALL).action


@given(cases, rules)
def test_below_the_threshold_only_what_a_newcomer_brought_and_what_is_urgent_counts(case, rule):
    low = replace(case, score=0.0)
    rule = replace(rule, threshold=0.5)
    if decide(low, rule, ALL).wanted > Action.OBSERVE:
        urgent = any(one.kind in URGENT and one.score >= SURE_WORDS for one in low.findings)
        assert urgent or (rule.at_once and low.is_newcomer)


@given(rules, st.integers(0, 3))
def test_answers_that_were_asked_for_are_no_flood(rule, repeats):
    flood = Finding(rule="flood", kind="flood", score=1)
    case = Case(concern=Concern.FLOOD, score=1, findings=(flood,), repeats=repeats, is_expected=True)
    assert decide(case, replace(rule, threshold=0.5), ALL).action is Action.OBSERVE
    advert = replace(case, concern=Concern.ADS, findings=(flood, Finding(rule="invite", kind="ads", score=0.6)))
    strict = Rule(most=Action.REMOVE, threshold=0.5)
    assert decide(advert, strict, ALL).action is Action.REMOVE


def test_keyword_and_scorer_read_the_same_words():
    words = (Finding(rule="model:ads", kind="ads", score=0.99), Finding(rule="keyword:x", kind="ads", score=0.9))
    strict = Rule(most=Action.BLOCK)
    case = Case(concern=Concern.ADS, score=0.99, findings=words)
    assert decide(case, strict, ALL).action is Action.WARN
    reached = replace(case, findings=(*words, Finding(rule="wechat-id", kind="ads", score=0.6)))
    assert decide(reached, strict, ALL).action is Action.REMOVE
    assert decide(replace(case, repeats=1), strict, ALL).action is Action.REMOVE
    assert decide(replace(reached, repeats=1), strict, ALL).action is Action.BLOCK


@pytest.mark.parametrize("rule", ["qr-code", "qr-invite", "invite", "card"])
def test_strict_acts_from_the_first_minute_on_what_newcomers_bring(rule):
    strict = Rules(RiskSettings(mode="strict")).of(Concern.ADS, "camp-1")
    case = Case(concern=Concern.ADS, score=0.1, findings=(Finding(rule=rule, kind="ads", score=0.5),), is_newcomer=True)
    assert decide(case, strict, ALL).action is Action.REMOVE
    assert decide(replace(case, is_newcomer=False), strict, ALL).action is Action.OBSERVE
    asked = Rules(RiskSettings(mode="alert")).of(Concern.ADS, "camp-1")
    assert decide(case, asked, ALL).action is Action.OBSERVE


def test_angry_words_alone_are_no_advertisement():
    words = Finding(rule="model:ads", kind="ads", score=0.99)
    case = Case(concern=Concern.ADS, score=0.99, findings=(words,), repeats=1, complains=True)
    strict = Rule(most=Action.BLOCK)
    assert decide(case, strict, ALL).action is Action.OBSERVE
    with_code = replace(case, findings=(words, Finding(rule="qr-code", kind="ads", score=0.5)))
    assert decide(with_code, strict, ALL).action is Action.ALERT


def test_a_burst_of_joins_is_told_but_the_last_one_is_not_removed():
    burst = Case(
        concern=Concern.FLOOD, score=1, findings=(Finding(rule="join-burst", kind="burst", score=1),), repeats=2
    )
    assert decide(burst, Rule(most=Action.BLOCK), ALL).action is Action.ALERT


def test_nothing_is_done_until_somebody_wants_it():
    worst = Finding(rule="qr-invite", kind="ads", score=1), Finding(rule="model:ads", kind="ads", score=1)
    for concern in Concern:
        case = Case(concern=concern, score=1, findings=worst, is_newcomer=True, repeats=3)
        assert decide(case, Rules(RiskSettings()).of(concern, "camp-1"), ALL).wanted is Action.OBSERVE


def test_a_group_goes_by_its_own_rule_then_its_pools_then_the_projects():
    settings = Settings.model_validate(
        {
            "accounts": [{"name": "main", "adapter": "console"}],
            "groups": [
                {"name": "other", "account": "main", "id": "g1"},
                {"name": "camp-2", "account": "main", "id": "g2", "tags": ["vip", "camp"]},
                {
                    "name": "camp-1",
                    "account": "main",
                    "id": "g3",
                    "tags": ["camp"],
                    "risk_rules": {"ads": {"most": "warn"}},
                },
                {"name": "camp-3", "account": "main", "id": "g4", "tags": ["camp"], "risk": "observe"},
            ],
            "risk": {
                "mode": "alert",
                "ads": {"threshold": 0.7, "sure": 0.99},
                "pools": {"camp": {"mode": "strict", "ads": {"threshold": 0.6}}, "vip": {"ads": {"threshold": 0.1}}},
            },
        }
    )
    rules = Rules(settings.risk, settings.groups)
    rules.bands[Concern.NEGATIVE] = Band(threshold=0.93, sure=0.99)
    assert rules.of(Concern.ADS, "other") == Rule(most=Action.ALERT, threshold=0.7, sure=0.99)
    pooled = rules.of(Concern.ADS, "camp-2")
    assert pooled == Rule(most=Action.REMOVE, threshold=0.6, sure=0.99, at_once=True)
    assert rules.of(Concern.ADS, "camp-1") == replace(pooled, most=Action.WARN)
    assert rules.of(Concern.ADS, "camp-3").most is Action.OBSERVE
    assert rules.of(Concern.NEGATIVE, "other").threshold == 0.93
    assert rules.mode("camp-1") == "strict"
    assert rules.mode("nowhere") == "alert"


def test_the_rules_are_called_here_as_they_are_where_they_find_something():
    assert {codes.CODE, codes.INVITE_CODE, links.INVITE} < ENTRIES
    assert {*links.SCORES, *contacts.SCORES, "forward"} - ENTRIES == OUT - ENTRIES
    assert {kind for kind, scorer in fusion.SCORER.items() if scorer == "negative"} == COMPLAINTS
    assert fusion.MODEL in WORDS
