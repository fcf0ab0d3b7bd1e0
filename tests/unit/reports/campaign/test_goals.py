"""Goals as operators word them, measured by what they are about, against an even pace."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from groupbot.reports.campaign.goals import Measure
from groupbot.sop.document import Goal
from tests.unit.reports.campaign.figures import made, on_first_day, people, yuan

SUMS = people(joined=200, replied=90, signed_up=60, attended=40, paid=12) | {"revenue:CNY": yuan("24000")}


@pytest.mark.parametrize(
    ("text", "target", "stage", "measure", "wanted", "actual"),
    [
        ("报名 100 人", "", "signed_up", Measure.PEOPLE, "100", "60"),
        ("9.9元体验课报名500人", "", "signed_up", Measure.PEOPLE, "500", "60"),
        ("转化率", "20%", "paid", Measure.RATE, "0.2", "0.2"),
        ("成交", "30单", "paid", Measure.PEOPLE, "30", "12"),
        ("营收 ¥20万", "", "", Measure.REVENUE, "200000", "24000"),
        ("GMV", "50000", "", Measure.REVENUE, "50000", "24000"),
        ("进群 ２００ 人", "", "joined", Measure.PEOPLE, "200", "200"),
        ("到课率 80%", "", "attended", Measure.RATE, "0.8", "0.6667"),
        ("sign-ups", "1.5k", "signed_up", Measure.PEOPLE, "1500", "60"),
    ],
)
def test_a_goal_is_measured_by_what_it_names(text, target, stage, measure, wanted, actual):
    (goal,) = made(Goal(text=text, target=target), by_day=on_first_day(SUMS)).goals
    assert (goal.stage, goal.measure) == (stage or goal.stage, measure)
    assert (goal.target, goal.actual) == (Decimal(wanted), Decimal(actual))


def test_a_goal_without_a_figure_says_so_instead_of_guessing():
    (goal,) = made(Goal(text="让大家喜欢我们"), by_day=on_first_day(SUMS)).goals
    assert (goal.target, goal.actual, goal.share) == (None, None, None)


def test_how_often_each_is_to_do_something_is_not_measured_by_who_wrote_once():
    (goal,) = made(Goal(text="每人打卡 5 次", target="60%"), by_day=on_first_day(SUMS)).goals
    assert (goal.target, goal.actual, goal.share) == (None, None, None)


def test_the_pace_counts_the_days_that_are_over():
    report = made(Goal(text="报名 100 人"), by_day=on_first_day(SUMS), today=date(2026, 5, 20), day=date(2026, 5, 18))
    (goal,) = report.goals
    assert (goal.share, goal.pace, goal.is_behind) == (0.6, 0.2, False)
    late = made(Goal(text="报名 100 人"), by_day=on_first_day(SUMS), today=date(2026, 5, 22)).goals[0]
    assert (late.pace, late.is_behind) == (1.0, True)


def test_a_campaign_without_an_end_has_no_pace():
    (goal,) = made(Goal(text="报名 100 人"), by_day=on_first_day(SUMS), last=None).goals
    assert goal.pace is None
    assert not goal.is_behind
