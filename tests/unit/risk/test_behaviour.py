"""What members do is counted whoever they are, and what was asked for is no flood."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from groupbot.risk.behaviour import Behaviour, Limits, Said

START = datetime(2026, 5, 18, 12, tzinfo=UTC)
LIMITS = Limits(flood=4, spread=3, burst=3)
LINE = "谁要这个便宜货的来找我"


def said(second, text="在吗", group="g1", member="m1", *, carries=False):
    return Said(at=START + timedelta(seconds=second), group=group, member=member, skeleton=text, carries=carries)


def rules(findings):
    return [one.rule for one in findings]


def test_a_flood_is_many_messages_of_one_member_within_the_window():
    watch = Behaviour(LIMITS)
    assert [rules(watch.said(said(at))) for at in (0, 1, 2, 3)] == [[], [], [], ["flood"]]
    assert watch.said(said(3, member="m2")) == []
    assert watch.said(said(60)) == []


def test_the_same_words_in_several_groups_are_found_whoever_says_them():
    watch = Behaviour(LIMITS)
    heard = [watch.said(said(at, LINE, group=f"g{at}", member=f"m{at}")) for at in range(3)]
    assert [rules(one) for one in heard] == [[], [], ["same-in-groups"]]


def test_greetings_in_many_groups_and_repeats_in_one_are_none():
    watch = Behaviour(LIMITS)
    assert [watch.said(said(60 * at, "早上好", group=f"g{at}")) for at in range(5)] == [[]] * 5
    assert [watch.said(said(1000 + 60 * at, LINE)) for at in range(5)] == [[]] * 5


def test_the_same_words_next_week_are_none():
    watch = Behaviour(LIMITS)
    assert [watch.said(said(at * 86_400, LINE, group=f"g{at}")) for at in range(5)] == [[]] * 5


def test_links_by_a_newcomer_are_found_for_the_first_minutes():
    watch = Behaviour(LIMITS)
    watch.joined("g1", "m1", START)
    assert rules(watch.said(said(30, carries=True))) == ["newcomer"]
    assert watch.said(said(40, carries=False)) == []
    assert watch.said(said(40, member="old", carries=True)) == []
    assert watch.said(said(40, group="g2", carries=True)) == []
    assert watch.said(said(3_600, carries=True)) == []


def test_joins_in_a_burst_are_found():
    watch = Behaviour(LIMITS)
    heard = [watch.joined("g1", f"m{at}", START + timedelta(seconds=at)) for at in range(4)]
    assert [rules(one) for one in heard] == [[], [], ["join-burst"], ["join-burst"]]
    assert watch.joined("g1", "late", START + timedelta(minutes=5)) == []


def test_answers_that_were_asked_for_are_no_flood():
    watch = Behaviour(LIMITS)
    watch.expect("g1", START + timedelta(minutes=5))
    assert [watch.said(said(at, "接龙我要参加一份")) for at in range(9)] == [[]] * 9
    assert rules([watch.said(said(300 + at, "1")) for at in range(1, 5)][-1]) == ["flood"]


def test_a_link_is_never_what_was_asked_for():
    watch = Behaviour(LIMITS)
    watch.expect("g1", START + timedelta(minutes=5))
    assert rules([watch.said(said(at, carries=True)) for at in range(4)][-1]) == ["flood"]


def test_more_is_surer():
    watch = Behaviour(LIMITS)
    scores = [one[0].score for at in range(12) if (one := watch.said(said(at / 10)))]
    assert scores == sorted(scores)
    assert scores[0] == 0.5


def test_what_is_over_is_forgotten():
    watch = Behaviour(LIMITS)
    for at in range(2_000):
        watch.said(said(at * 700, f"{LINE}{at}", member=f"m{at}"))
    assert sum(len(window._kept) for window in (watch._talk, watch._words)) < 10
