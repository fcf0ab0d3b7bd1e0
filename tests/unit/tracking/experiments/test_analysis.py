from dataclasses import replace
from datetime import date
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groupbot.tracking.experiments import clusters, proportions
from groupbot.tracking.experiments.analysis import analysed
from groupbot.tracking.experiments.compared import Counted, Doubt, Verdict
from groupbot.tracking.experiments.design import Design, Unit

PEOPLE = Design(
    name="words",
    campaign="camp",
    unit=Unit.MEMBER,
    variants=("now", "new"),
    source="joined",
    target="paid",
    base=0.2,
    effect=0.05,
    until=date(2026, 6, 30),
)
GROUPS = replace(PEOPLE, unit=Unit.GROUP, members=100)


def people(*pairs, design=PEOPLE, **more):
    rows = [
        Counted(variant=variant, begun=begun, reached=reached)
        for variant, (reached, begun) in zip(design.variants, pairs, strict=False)
    ]
    return analysed(design, rows, **({"is_over": True} | more))


def groups(now, new, **more):
    rows = [Counted(variant="now", unit=f"n{n}", begun=100, reached=reached) for n, reached in enumerate(now)]
    rows += [Counted(variant="new", unit=f"w{n}", begun=100, reached=reached) for n, reached in enumerate(new)]
    return analysed(GROUPS, rows, **({"is_over": True} | more))


def test_nothing_is_judged_before_the_end_however_clear_it_looks():
    found = people((0, 500), (500, 500), is_over=False)
    assert (found.verdict, found.comparisons, found.winner) == (Verdict.NOT_YET, (), "")
    assert [(arm.begun, arm.reached, arm.rate) for arm in found.arms] == [(500, None, None)] * 2


def test_the_interval_for_people_is_miettinen_and_nurminens():
    """Their own worked example is 56/70 against 48/80, as the literature cites it: 0.0528 to 0.3382."""
    found = proportions.difference((48, 80), (56, 70), 0.05)
    assert (found.low, found.high) == (pytest.approx(0.0528, abs=3e-4), pytest.approx(0.3382, abs=3e-4))


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 60), st.integers(1, 60), st.data())
def test_for_people_test_and_interval_always_agree(n_now, n_new, data):
    x_now, x_new = data.draw(st.integers(0, n_now)), data.draw(st.integers(0, n_new))
    found = proportions.difference((x_now, n_now), (x_new, n_new), 0.05)
    assert -1 <= found.low <= found.estimate <= found.high <= 1
    assert (found.p < 0.05) == (not found.low - 1e-9 <= 0 <= found.high + 1e-9) or abs(found.p - 0.05) < 1e-6


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(0, 30), min_size=4, max_size=7), st.lists(st.integers(0, 30), min_size=4, max_size=7))
def test_for_groups_the_test_is_the_permutation_test_and_agrees_with_the_interval(now, new):
    rates = [[one / 30 for one in side] for side in (now, new)]
    found = clusters.difference(*rates, 0.05)
    if found is None:
        assert len({*now, *new}) == 1
        return
    own = sum(new)
    sums = [sum(dealt) for dealt in combinations((*now, *new), len(new))]  # the means differ more the larger the sum
    tail = min(sum(one >= own for one in sums), sum(one <= own for one in sums))
    assert found.p == pytest.approx(min(1, 2 * tail / len(sums)), abs=1e-9)
    assert found.low <= found.estimate + 1e-9
    assert found.high >= found.estimate - 1e-9
    assert (found.p <= 0.05) == (not found.low - 1e-9 <= 0 <= found.high + 1e-9) or 0 in {
        round(found.low, 9),
        round(found.high, 9),
    }


def test_a_winner_a_loser_and_too_small_a_difference_are_told_apart():
    assert (people((200, 1000), (260, 1000)).winner, people((260, 1000), (200, 1000)).winner) == ("new", "now")
    assert people((2000, 10_000), (2010, 10_000)).verdict is Verdict.NO_DIFFERENCE
    unclear = people((20, 100), (22, 100))
    assert (unclear.verdict, unclear.doubts) == (Verdict.INSUFFICIENT, (Doubt.OPEN,))
    won = groups([10, 12, 11, 9, 13, 10], [20, 22, 25, 21, 19, 24])
    assert (won.verdict, won.winner) == (Verdict.WINNER, "new")
    assert won.comparisons[0].uplift == pytest.approx(1.0154, abs=1e-4)


def test_a_thousand_people_in_two_groups_are_two_groups():
    assert people((100, 1000), (200, 1000)).winner == "new"
    rows = [Counted(variant="now", begun=1000, reached=100), Counted(variant="new", begun=1000, reached=200)]
    found = analysed(GROUPS, rows, is_over=True)
    assert (found.verdict, found.doubts) == (Verdict.INSUFFICIENT, (Doubt.TOO_FEW_UNITS,))


@pytest.mark.parametrize(
    ("found", "doubt"),
    [
        (lambda: people((0, 0), (5, 10)), Doubt.NOBODY_BEGUN),
        (people, Doubt.NOBODY_BEGUN),
        (lambda: people((0, 50), (0, 60)), Doubt.NOBODY_REACHED),
        (lambda: people((20, 10), (5, 10)), Doubt.MORE_REACHED),
        (lambda: groups([0] * 6, [0] * 6), Doubt.NOBODY_REACHED),
        (lambda: groups([7] * 6, [7] * 6), Doubt.ALL_ALIKE),
        (lambda: groups([1], [9]), Doubt.TOO_FEW_UNITS),
        (lambda: groups([1, 2, 3], [9, 8, 7]), Doubt.TOO_FEW_UNITS),
        (lambda: groups([], []), Doubt.NOBODY_BEGUN),
    ],
)
def test_what_can_not_be_judged_says_why(found, doubt):
    said = found()
    assert (said.verdict, said.winner, said.doubts[0]) == (Verdict.INSUFFICIENT, "", doubt)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.sampled_from(["now", "new", "other"]), st.integers(0, 9), st.integers(0, 9)), max_size=14))
def test_whatever_was_counted_something_is_said(rows):
    counted = [Counted(variant=variant, begun=begun, reached=reached) for variant, begun, reached in rows]
    for design in (PEOPLE, GROUPS):
        assert analysed(design, counted, given={"now": 3, "new": 3}, is_over=True).arms


def test_groups_that_were_lost_and_splits_that_nobody_drew_are_warned_of():
    rows = [Counted(variant=v, begun=n, reached=n // 10) for v, n in (("now", 100), ("now", 0), ("new", 90))]
    assert Doubt.LOST in analysed(GROUPS, rows, given={"now": 2, "new": 1}, is_over=False).doubts
    drawn = {"now": 1000, "new": 1000}
    assert Doubt.UNEVEN in people((100, 1000), (80, 800), given=drawn).doubts
    assert Doubt.UNEVEN not in people((100, 1000), (95, 980), given=drawn).doubts


def test_of_several_variants_each_has_to_be_clearer():
    three = replace(PEOPLE, variants=("now", "x", "y"))
    alone = people((200, 1000), (236, 1000))
    assert alone.comparisons[0].difference.p == pytest.approx(0.051, abs=2e-3)
    both = people((200, 1000), (237, 1000), (205, 1000), design=three)
    x, y = both.comparisons
    assert (x.is_shown, y.is_shown, x.difference.alpha, y.difference.alpha) == (False, False, 0.025, 0.025)
    clear = people((200, 1000), (260, 1000), (240, 1000), design=three)
    assert [(one.is_shown, one.difference.alpha) for one in clear.comparisons] == [(True, 0.025), (True, 0.05)]
    assert clear.winner == "x"


def test_an_end_with_fewer_than_planned_says_so():
    assert people((20, 100), (60, 100), design=replace(PEOPLE, size=500)).doubts == (Doubt.FEWER,)
