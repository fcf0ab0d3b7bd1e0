"""Cards, mini-programs and forwards: what is found, where, how much, and what strict makes of them."""

from dataclasses import replace

import pytest

from groupbot.chat.capabilities import Capabilities
from groupbot.core.findings import Finding
from groupbot.risk.cards import carried
from groupbot.risk.ladder import Action, Case, Concern, Rule, decide

ALL = Capabilities(kinds=frozenset({"text", "remove_members"}), stable_ids=True)
STRICT = Rule(most=Action.REMOVE, threshold=0.5, at_once=True)


@pytest.mark.parametrize(
    ("kind", "rule", "score"),
    [("contact_card", "card", 0.5), ("mini_program", "mini-program", 0.5), ("chat_history", "forward", 0.35)],
)
def test_what_where_and_how_much(kind, rule, score):
    [found] = carried(kind, "好物小店")
    assert (found.rule, found.kind, found.score, found.evidence("好物小店")) == (rule, "ads", score, "好物小店")
    assert carried("text", "好物小店") == []


def test_what_is_allowed_by_its_name_is_nothing():
    assert carried("mini_program", "今天我打卡了\n小打卡", ["小打卡"]) == []
    assert carried("contact_card", "李老师", ["李老师"]) == []
    assert carried("contact_card", "李老师 2", ["李老师"]) != []
    assert carried("chat_history", "聊天记录\n小打卡", ["小打卡"]) != []


@pytest.mark.parametrize(
    ("kind", "action"),
    [("contact_card", Action.REMOVE), ("mini_program", Action.REMOVE), ("chat_history", Action.OBSERVE)],
)
def test_strict_acts_on_a_newcomers_card_whatever_its_score(kind, action):
    case = Case(concern=Concern.ADS, score=0.08, findings=tuple(carried(kind, "x")), is_newcomer=True)
    assert decide(case, STRICT, ALL).action is action
    assert decide(replace(case, is_newcomer=False), STRICT, ALL).action is Action.OBSERVE
    assert decide(case, replace(STRICT, at_once=False), ALL).action is Action.OBSERVE


def test_strict_acts_on_a_newcomers_forward_that_holds_an_invitation():
    held = (*carried("chat_history", "x"), Finding(rule="invite", kind="ads", score=0.6))
    case = Case(concern=Concern.ADS, score=0.1, findings=held, is_newcomer=True)
    assert decide(case, STRICT, ALL).action is Action.REMOVE
