"""The promises of experiments on a few hundred made-up ones; tests/benchmarks/sim_experiments.py tries thousands.

The bounds hold what the figures may be by luck alone: four standard errors around the promise.
"""

from groupbot.tracking.experiments.design import Unit
from tests.benchmarks.sim_experiments import Setting, coverage, design, promised, runs, winners

COUNT = 500


def test_where_there_is_no_difference_few_winners_are_declared():
    found = list(runs(Setting(design=design(Unit.GROUP, 0.2), units=6, effect=0), COUNT))
    assert winners(found) < 0.09


def test_intervals_hold_the_truth():
    for unit, units in ((Unit.GROUP, 6), (Unit.MEMBER, 1000)):
        setting = Setting(design=design(unit, 0.2), units=units, effect=0.1)
        assert 0.911 < coverage(setting, runs(setting, COUNT)) < 0.989


def test_a_promised_effect_is_found_as_often_as_promised():
    setting = promised(Unit.GROUP, 0.2, 0.1)
    assert 0.70 < winners(runs(setting, COUNT)) < 0.90
