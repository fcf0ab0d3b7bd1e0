from dataclasses import replace
from datetime import date

import pytest

from groupbot import i18n
from groupbot.errors import CampaignError
from groupbot.tracking.experiments.analysis import analysed
from groupbot.tracking.experiments.compared import Counted
from groupbot.tracking.experiments.design import Design, Unit, dumped, loaded
from groupbot.tracking.experiments.plans import sized
from groupbot.tracking.experiments.record import Progress
from groupbot.tracking.experiments.sizing import needed, power_of, shown_by
from groupbot.tracking.experiments.words import result_lines

from .test_analysis import GROUPS, PEOPLE


def test_people_need_what_the_usual_formula_says():
    assert needed(PEOPLE).units == 1094
    assert needed(replace(PEOPLE, base=0.5, effect=0.1)).units == 388


def test_groups_need_more_people_the_more_alike_their_members_are():
    alike, strangers = needed(GROUPS), needed(replace(GROUPS, icc=0.0, spread=0.0))
    assert strangers.factor == 1.0
    assert abs(strangers.people - needed(PEOPLE).people) <= 150  # whole groups, and the t distribution
    assert alike.factor == pytest.approx(1 + (100 / 1.09 - 1) * 0.05)
    assert alike.units > 4 * strangers.units
    assert power_of(GROUPS, alike.units) >= 0.8 > power_of(GROUPS, alike.units - 1)


def test_the_least_number_of_groups_is_what_could_show_anything():
    assert needed(replace(GROUPS, base=0.1, effect=0.8)).units == 4
    assert power_of(GROUPS, 3) == 0


def test_several_variants_need_more_each():
    assert needed(replace(PEOPLE, variants=("a", "b", "c"))).units > needed(PEOPLE).units


def test_what_a_given_number_shows_is_the_effect_that_needs_it():
    units = needed(GROUPS).units
    assert shown_by(GROUPS, units) == pytest.approx(0.05, abs=1e-3)
    assert shown_by(PEOPLE, 1094) == pytest.approx(0.05, abs=1e-3)
    assert shown_by(GROUPS, 3) is None


def test_an_effect_that_no_number_of_groups_shows_is_refused():
    with pytest.raises(CampaignError, match="No number of groups"):
        needed(replace(GROUPS, effect=1e-5))


def test_a_plan_is_told_in_words():
    i18n.use("en")
    lines = sized(replace(GROUPS, effect=0.1), have=3).lines
    assert lines[0] == "Each of now, new needs 19 groups, about 1900 people who reach joined."
    assert lines[1] == "Then a change from 20.0% to 30.0% is found in 80% of cases, and one that is not there in 5%."
    assert lines[-1] == "3 groups for each variant would show nothing, however large."


def test_a_design_comes_back_as_it_was_written_down():
    for design in (GROUPS, replace(PEOPLE, unit=Unit.CODE, source="visit", until=None, size=40, seed="camp/words")):
        assert loaded(dumped(design)) == design


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "Words"},
        {"name": "re-pin"},
        {"variants": ("now",)},
        {"variants": ("now", "now")},
        {"variants": ("now", "a b")},
        {"variants": tuple("abcdef")},
        {"target": "joined"},
        {"source": "visit"},
        {"base": 0.0},
        {"effect": 0.8},
        {"effect": 0.0},
        {"alpha": 0.9},
        {"alpha": 0.001},
        {"power": 1.0},
        {"icc": 1.0},
        {"unit": Unit.GROUP, "members": 0},
        {"until": None, "size": 10},
    ],
)
def test_a_design_that_can_not_be_is_refused(wrong):
    with pytest.raises(CampaignError):
        replace(PEOPLE, **wrong)


def lines(design: Design, *pairs, is_over=True):
    i18n.use("en")
    rows = [Counted(variant=v, begun=n, reached=x) for v, (x, n) in zip(design.variants, pairs, strict=True)]
    progress = Progress(units=sum(n for _x, n in pairs), planned=400, last=date(2026, 6, 30), is_over=is_over)
    return result_lines(design, analysed(design, rows, is_over=is_over), progress)


def test_verdicts_are_told_in_words():
    assert lines(PEOPLE, (2, 30), (9, 30), is_over=False) == (
        "Not yet: 60 of 400 people, until 2026-06-30. Whoever judges before the end finds differences that are none.",
    )
    assert lines(PEOPLE, (200, 1000), (260, 1000)) == (
        "new wins.",
        "now: 20.0% (200 of 1000)",
        "new: 26.0% (260 of 1000)",
        "new against now: +6.0 points, in truth between +2.3 and +9.7 (95% sure); relative +30 %",
    )
    assert lines(PEOPLE, (20, 100), (22, 100))[0].startswith("Not enough evidence")
    assert lines(PEOPLE, (0, 100), (0, 100))[-1] == "Nobody reached paid. Is it counted at all?"
    i18n.use("zh")
    assert "证据不足" in lines_zh()


def lines_zh():
    rows = [Counted(variant=v, begun=100, reached=20) for v in PEOPLE.variants]
    progress = Progress(units=200, planned=400, last=None, is_over=True)
    return result_lines(PEOPLE, analysed(PEOPLE, rows, is_over=True), progress)[0]
