"""The life of an incident: who may do what when, who is called, what is held, what spreads."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbot.core.findings import Finding
from groupbot.risk.incidents import (
    LONGEST,
    MOST_HISTORY,
    Call,
    IncidentError,
    IncidentState,
    NewIncident,
    Outcome,
    What,
    acknowledged,
    call_due,
    called,
    gravest,
    holds_until,
    opened,
    resolved,
    said_more,
    spreading,
)
from groupbot.settings.risk import HoldSettings, IncidentSettings
from groupbot.testing.events import NOON, after

RULES = IncidentSettings()


def incident(number=1, *, kind="complaint", group="camp-1", member="ann", at=NOON, text="这课太差了"):
    new = NewIncident(kind=kind, account="main", group=group, squad="east", owner="Lena", member=member, excerpt=text)
    return opened(new, number, at)


def test_open_acked_resolved_and_who_did_it():
    one = resolved(acknowledged(incident(), "Lena", after(60)), "Opal", after(90))
    assert [(entry.what, entry.by) for entry in one.history] == [
        (What.OPENED, ""),
        (What.ACKED, "Lena"),
        (What.RESOLVED, "Opal"),
    ]
    assert (one.state, one.outcome, one.closed_at) == (IncidentState.RESOLVED, Outcome.SETTLED, after(90))
    for again in (acknowledged, resolved):
        with pytest.raises(IncidentError, match="Opal"):
            again(one, "Lena", after(99))
    with pytest.raises(IncidentError, match="Lena"):
        acknowledged(acknowledged(incident(), "Lena", NOON), "Opal", NOON)


def test_what_it_keeps_of_words_is_bounded():
    one = incident(text="退" * 1000)
    for second in range(100):
        one = said_more(one, "complaint", f"还没人理我 {second}", after(second))
    assert len(one.excerpt) == LONGEST + 1
    assert len(one.history) == MOST_HISTORY
    assert (one.history[0].what, one.history[-1].text) == (What.OPENED, "还没人理我 99")
    assert one.said_at == after(99)


def test_a_graver_message_opens_it_again():
    calm = acknowledged(incident(), "Lena", after(10))
    assert said_more(calm, "complaint", "还是不行", after(20)).state is IncidentState.ACKED
    grave = said_more(calm, "refund", "退钱", after(20))
    assert (grave.state, grave.kind, grave.told, grave.told_at) == (IncidentState.OPEN, "refund", 0, after(20))
    assert said_more(acknowledged(grave, "Lena", after(21)), "refund", "退钱", after(22)).state is IncidentState.ACKED


@pytest.mark.parametrize(("kind", "every"), [("complaint", 300), ("fraud", 150)])
def test_chased_then_escalated_once(kind, every):
    one, calls = incident(kind=kind), []
    for second in range(0, every * 10, 10):
        if (call := call_due(one, after(second), RULES)) is not None:
            calls.append((second, call))
            one = called(one, call, after(second))
    assert calls == [(every, Call.CHASE), (2 * every, Call.CHASE), (3 * every, Call.ESCALATE)]


def test_nobody_is_called_about_what_somebody_takes_care_of():
    assert call_due(acknowledged(incident(), "Lena", NOON), after(9_999), RULES) is None


@given(st.floats(0, 1e6), st.floats(0, 120), st.booleans(), st.integers(0, 5))
def test_a_hold_always_ends(limit, event_limit, in_event, more):
    rules = IncidentSettings(hold=HoldSettings(limit_s=limit, event_limit_s=event_limit))
    one = incident()
    for second in range(more):
        one = said_more(one, "complaint", "喂", after(second * 60))
    until = holds_until(one, rules, in_event=in_event)
    bound = event_limit if in_event else limit
    assert until is None if not bound else until == after(bound)
    assert holds_until(acknowledged(one, "Lena", NOON), rules, in_event=in_event) is None


def test_inside_an_event_it_only_alerts_by_default():
    assert holds_until(incident(), RULES) == after(1800)
    assert holds_until(incident(), RULES, in_event=True) is None


def test_what_spreads():
    one, two = incident(1), incident(2, member="bob")
    assert spreading([one, two], after(60), RULES) is None
    third = incident(3, member="eve", at=after(120))
    assert spreading([one, two, third], after(180), RULES).numbers == (1, 2, 3)
    elsewhere = incident(4, group="camp-2", at=after(60))
    assert spreading([one, elsewhere], after(180), RULES).groups == {"camp-1", "camp-2"}
    assert spreading([one, elsewhere], after(700), RULES) is None
    assert spreading([one, resolved(elsewhere, "Lena", after(70))], after(80), RULES) is None


def test_fraud_and_refund_claims_come_first():
    found = [incident(1), incident(2, kind="fraud", at=after(5)), incident(3, kind="refund", at=after(1))]
    assert [one.number for one in sorted(found, key=lambda one: one.rank)] == [3, 2, 1]
    weak = Finding(rule="keyword:骗", kind="fraud", score=0.3)
    assert gravest([weak, Finding(rule="model:negative", kind="negative", score=0.9)]) == "negative"
    assert gravest([replace(weak, score=0.8), Finding(rule="keyword:退", kind="refund", score=0.8)]) == "fraud"
