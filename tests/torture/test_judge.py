"""The judge convicts doctored logs, one promise at a time, and lets a clean one pass."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.torture.judge import Expected, Judge, Post, Row, Spot

PLAN = (
    Expected(address="c/s1/g", campaign="c", place="g", rank=0, parts=("a0", "a1")),
    Expected(address="c/s2/g", campaign="c", place="g", rank=1, parts=("b0",)),
    Expected(address="d/s1/g", campaign="d", place="g", rank=0, parts=("x0", "x1")),
)
CLEAN = ("a0", "a1", "x0", "x1", "b0")
DONE = tuple(Row(address=e.address, state="sent", part=len(e.parts)) for e in PLAN)


def posts(*sights: str, place: str = "g") -> list[Post]:
    return [Post(place=place, sight=sight) for sight in sights]


def kinds(
    *sights: str,
    rows: tuple[Row, ...] = DONE,
    policy: str = "ask",
    in_question: frozenset[Spot] = frozenset(),
    finished: bool = False,
) -> set[str]:
    plan = [replace(expected, policy=policy) for expected in PLAN]
    judged = Judge(plan=plan, in_question=in_question).violations(posts(*sights), rows, finished=finished)
    return {violation.kind for violation in judged}


def row(state: str, part: int, reason: str = "why") -> tuple[Row, ...]:
    """Return the ledger with c/s1/g in `state` and everything else sent."""
    return (Row(address="c/s1/g", state=state, part=part, reason=reason), *DONE[1:])


def test_a_clean_run_passes():
    assert kinds(*CLEAN, finished=True) == set()


def test_a_sent_part_that_nobody_saw_is_lost():
    assert kinds("a0", "x0", "x1", "b0") == {"lost"}


def test_a_changed_text_is_a_stray_and_the_planned_one_lost():
    assert kinds("a0 ", *CLEAN[1:]) == {"stray", "lost"}


def test_the_right_words_in_the_wrong_room_are_a_stray():
    strays = Judge(plan=PLAN).violations(posts("a0", place="other"), ())
    assert "stray" in {violation.kind for violation in strays}


@pytest.mark.parametrize(
    ("policy", "in_question", "verdict"),
    [
        ("ask", frozenset({("c/s1/g", 0)}), {"doubled"}),
        ("skip", frozenset({("c/s1/g", 0)}), {"doubled"}),
        ("resend", frozenset(), {"doubled"}),
        ("resend", frozenset({("c/s1/g", 1)}), {"doubled"}),
        ("resend", frozenset({("c/s1/g", 0)}), set()),
    ],
)
def test_a_double_is_forgiven_only_under_resend_and_where_a_crash_was(policy, in_question, verdict):
    assert kinds("a0", *CLEAN, policy=policy, in_question=in_question) == verdict


def test_a_later_step_that_overtakes_is_found():
    assert kinds("b0", "a0", "a1", "x0", "x1") == {"order"}


def test_parts_out_of_order_are_found():
    assert "order" in kinds("a1", "a0", "x0", "x1", "b0")


def test_another_campaign_between_two_parts_is_found():
    assert kinds("a0", "x0", "x1", "a1", "b0") == {"interleaved"}


def test_a_delivery_that_a_crash_interrupted_may_be_interleaved():
    question = frozenset({("c/s1/g", 0)})
    assert kinds("a0", "x0", "x1", "a1", "b0", in_question=question) == set()


def test_an_unknown_part_may_have_been_seen_or_not():
    assert kinds("a0", "a1", "x0", "x1", "b0", rows=row("unknown", 1)) == set()
    assert kinds("a0", "x0", "x1", "b0", rows=row("unknown", 1)) == set()


def test_what_went_out_before_the_unknown_part_must_have_been_seen():
    assert kinds("x0", "x1", "b0", rows=row("unknown", 1)) == {"lost"}


def test_an_unknown_without_a_reason_is_unnamed():
    assert kinds(*CLEAN, rows=row("unknown", 1, reason="")) == {"unnamed"}


def test_a_part_that_the_ledger_thinks_unsent_is_early():
    assert kinds(*CLEAN, rows=row("planned", 1)) == {"early"}


@pytest.mark.parametrize("state", ["planned", "unknown", "held", "failed", "skipped", "sending"])
def test_whatever_is_not_sent_at_the_end_is_unfinished(state):
    assert "unfinished" in kinds(*CLEAN, rows=row(state, 1), finished=True)


def test_a_part_that_the_policy_skip_left_out_is_finished():
    question = frozenset({("c/s1/g", 1)})
    skipped = row("skipped", 1)
    assert kinds("a0", "x0", "x1", "b0", rows=skipped, policy="skip", in_question=question, finished=True) == set()


def test_missing_strange_and_repeated_rows_are_found():
    assert kinds(*CLEAN, rows=DONE[1:]) == {"rows"}
    assert kinds(*CLEAN, rows=(*DONE, DONE[0])) == {"rows"}
    assert kinds(*CLEAN, rows=(*DONE, Row(address="c/s9/g", state="sent", part=1))) == {"rows"}


def test_a_plan_that_can_not_be_judged_is_refused():
    twice = replace(PLAN[1], parts=("a0",))
    with pytest.raises(ValueError, match="differ"):
        Judge(plan=(PLAN[0], twice))
