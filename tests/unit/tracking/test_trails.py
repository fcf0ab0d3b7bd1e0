"""Trails: parts that can be put together in any order, and what is worked out of them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbot.tracking.contributions import bucket
from groupbot.tracking.days import day_of, millis
from groupbot.tracking.origins import Visits, visit_hint
from groupbot.tracking.replies import Posts, StepPost, expected_words
from groupbot.tracking.seats import Sitting, breaks, sittings
from groupbot.tracking.trail import Answer, Hint, Join, Question, Reached, Trail, dumped, loaded, merge

names = st.sampled_from(("g1", "g2"))
instants = st.integers(0, 50)
moves = st.tuples(names, instants)
trails = st.builds(
    Trail,
    members=st.frozensets(names),
    joins=st.dictionaries(moves, st.builds(Join, st.booleans(), names)),
    leaves=st.frozensets(moves),
    present=st.dictionaries(names, instants),
    messages=st.dictionaries(st.tuples(names, names), st.dictionaries(names, st.integers(1, 9), min_size=1)),
    spoke=st.dictionaries(names, instants),
    words=st.none() | st.tuples(instants, names),
    answers=st.dictionaries(st.integers(1, 3), st.builds(Answer, names, names, instants, instants)),
    talks=st.dictionaries(names, instants),
    questions=st.dictionaries(moves, st.builds(Question, instants, names)),
    stages=st.lists(st.builds(Reached, names, instants, st.none() | instants, names, names, names), unique=True).map(
        lambda found: tuple(sorted(found, key=lambda reached: (reached.at, reached.key)))
    ),
    hints=st.frozensets(st.builds(Hint, names, names, names, instants, names)),
)


@given(trails)
def test_a_trail_survives_its_text(trail):
    assert loaded(dumped(trail)) == trail


@given(trails, trails)
def test_which_trail_is_put_to_which_makes_no_difference_to_when_somebody_sat_where(one, other):
    assert sittings(merge(one, other), 0) == sittings(merge(other, one), 0)
    assert merge(one, other).messages == merge(other, one).messages


def test_days_end_when_the_clocks_on_the_wall_say_so():
    berlin = ZoneInfo("Europe/Berlin")
    before, after = datetime(2026, 3, 29, 21, 59, tzinfo=UTC), datetime(2026, 3, 29, 22, 0, tzinfo=UTC)
    assert [day_of(millis(at), berlin) for at in (before, after)] == ["2026-03-29", "2026-03-30"]
    assert day_of(millis(datetime(2026, 3, 28, 23, 0, tzinfo=UTC)), berlin) == "2026-03-29"


@pytest.mark.parametrize(
    ("trail", "stays"),
    [
        (Trail(joins={("g", 5): Join(False)}), [Sitting(5, "g", join=("g", 5))]),
        (Trail(leaves=frozenset({("g", 7)})), [Sitting(0, "g", 7, present=True)]),
        (Trail(spoke={"g": 3}, joins={("g", 5): Join(True)}), [Sitting(3, "g")]),
        (Trail(spoke={"g": 3}, present={"g": 9}), [Sitting(3, "g", present=True)]),
        (
            Trail(joins={("g", 1): Join(False)}, leaves=frozenset({("g", 4)}), present={"g": 9}),
            [Sitting(1, "g", 4, ("g", 1)), Sitting(9, "g", present=True)],
        ),
    ],
    ids=["came", "left without having come", "wrote before they came", "found later", "found again"],
)
def test_when_somebody_sat_in_a_group(trail, stays):
    assert list(sittings(trail, 0)) == stays


def test_who_moves_from_one_group_to_another_in_time_has_not_left():
    stays = [Sitting(1, "a", 10), Sitting(8, "b", 20), Sitting(30, "a", 40)]
    assert breaks(stays[:2]) == (None, 20)
    assert breaks(stays) == (30, 40)


@pytest.mark.parametrize(
    ("text", "words"),
    [("今日打卡", {"打卡"}), ("想学的扣1", {"1"}), ("回复“学习”领资料", {"学习"}), ("晚上八点开课", set())],
)
def test_words_that_a_post_asks_for(text, words):
    assert expected_words(text) == words


def test_which_post_a_message_answers():
    morning = StepPost(number=1, step="a", group="g", at=0, ids=frozenset({"m1"}), expects=frozenset({"打卡"}))
    noon = StepPost(number=2, step="b", group="g", at=100)
    posts = Posts([noon, morning])

    assert posts.answered(150, "好", None, 60) is noon
    assert posts.answered(150, "好", "m1", 60) is morning
    assert posts.answered(200, "打卡第一天", None, 60) is morning
    assert posts.answered(200, "好", None, 60) is None
    assert posts.answered(-1, "好", None, 60) is None


def test_reply_times_fall_under_their_bounds():
    assert [bucket(seconds) for seconds in (0, 60, 60.5, 604_800, 604_801)] == [60, 60, 300, 604_800, 0]


def test_visits_of_two_channels_alike_tell_nothing():
    stay = Sitting(600_000, "g", join=("g", 600_000))
    seen = [
        Visits(group="g", minute=540_000, code=code, channel=code, variant="", visits=visits)
        for code, visits in (("a", 2), ("b", 1))
    ]
    assert visit_hint(stay, seen, 1_800_000) == Hint("visit", "a", "", 540_000, "a 2/3")
    assert visit_hint(stay, [seen[1], seen[1], seen[0]], 1_800_000) is None
    assert visit_hint(stay, [], 1_800_000) is None
