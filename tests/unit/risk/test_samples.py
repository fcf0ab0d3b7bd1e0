"""Thresholds that groups draw from their own honest talk: when, how far, and what can't move them."""

from random import Random

import pytest

from groupbot.core.findings import Finding
from groupbot.risk.ladder import Concern
from groupbot.risk.rules import Band, Rules
from groupbot.risk.samples import (
    BINS,
    PER_DAY,
    Sample,
    Samples,
    added,
    bin_of,
    is_honest,
    own_line,
    upper_edge,
)
from groupbot.settings import Settings
from groupbot.settings.risk import OwnThresholdSettings, RiskSettings
from groupbot.testing.events import NOON, after

STORED, SURE = 0.5, 0.98
RULES = OwnThresholdSettings()


def sample_of(scores):
    counts = [0] * BINS
    for score in scores:
        counts[bin_of(score)] += 1
    return Sample(counts=tuple(counts))


def line(sample, **more):
    return own_line(sample, RULES.model_copy(update=more), stored=STORED, sure=SURE)


def test_bins_lie_in_order_and_hold_their_scores():
    for score in (0.0, 0.003, 0.2, 0.5, 0.9, 0.999, 1.0):
        place = bin_of(score)
        assert 0 <= place < BINS
        if 0.003 < score < 0.999:
            assert upper_edge(place - 1) <= score < upper_edge(place)


@pytest.mark.parametrize("fpr", [0.001, 0.01, 0.05])
def test_at_most_the_wanted_share_of_the_sample_lies_above(fpr):
    draw = Random(7)
    scores = [draw.betavariate(1, 9) for _ in range(5000)]
    found = line(sample_of(scores), fpr=fpr, below=1.0)
    share = sum(score >= found for score in scores) / len(scores)
    assert share <= fpr
    assert sum(score >= found - 0.06 for score in scores) / len(scores) > fpr


def test_it_needs_enough_and_stays_within_its_bounds():
    low, high = sample_of([0.01] * 2000), sample_of([0.999] * 2000)
    assert line(sample_of([0.01] * 1999)) is None
    assert line(low, after=0) is None
    assert line(low) == STORED - RULES.below
    assert line(high) == SURE


def test_it_does_not_sink_by_itself():
    """Window after window of the same talk draws the same line, though the line acts on the top of it each time."""
    draw, kept = Random(3), Sample()
    lines = [STORED]
    for _window in range(20):
        scores = [draw.betavariate(2, 9) for _ in range(2500)]
        honest = [one for one in scores if is_honest(one, STORED, (), acted_on_signs=False)]
        assert sum(one >= lines[-1] for one in honest) > 0 or lines == [STORED]
        kept = added(kept, dict(enumerate(sample_of(honest).counts)), most=8000)
        lines.append(line(kept, below=0.5))
    assert max(lines[1:]) - min(lines[1:]) < 0.06


def test_advertisements_can_not_raise_it_above_the_stored_threshold():
    honest = [0.05] * 3000
    attack = [score for score in (0.49, 0.6, 0.99) * 2000 if is_honest(score, STORED, (), acted_on_signs=False)]
    assert line(sample_of(honest + attack)) <= upper_edge(bin_of(STORED))


def test_old_talk_weighs_less_and_less():
    old = sample_of([0.4] * 8000)
    news = {bin_of(0.02): 2000}
    kept = old
    for _time in range(12):
        kept = added(kept, news, most=8000)
    assert kept.size <= 8000
    assert kept.counts[bin_of(0.4)] < 200
    assert added(sample_of([0.4]), {bin_of(0.4): -5}, most=0).size == 0
    thin = added(Sample(), dict.fromkeys(range(BINS), 1), most=60)
    assert thin.size == BINS // 2
    assert sum(thin.counts[BINS // 2 :]) == BINS // 4


@pytest.mark.parametrize("rule", ["newcomer", "flood", "same-in-groups"])
def test_what_counts_as_honest(rule):
    assert is_honest(0.4, STORED, (), acted_on_signs=False)
    assert not is_honest(STORED, STORED, (), acted_on_signs=False)
    assert not is_honest(0.1, STORED, (), acted_on_signs=True)
    assert not is_honest(0.1, STORED, (Finding(rule=rule, kind="ads", score=0.5),), acted_on_signs=False)


def test_nobody_talks_it_up_or_down_alone():
    samples, key = Samples(), ("camp-1", Concern.ADS)
    for _time in range(100):
        samples.hear(key, "ann", 0.4, NOON)
    samples.hear(key, "bob", 0.4, NOON)
    samples.hear(key, "ann", 0.4, after(86_400))
    news = samples.take()
    assert news[key][bin_of(0.4)] == PER_DAY + 2
    assert samples.take() == {}
    samples.give_back(news)
    assert samples.take() == news


def rules_of(**groups):
    config = {
        "accounts": [{"name": "main", "adapter": "console"}],
        "groups": [{"name": name, "account": "main", "id": name, **more} for name, more in groups.items()],
    }
    settings = Settings.model_validate(config)
    risk = RiskSettings.model_validate({"mode": "alert", "pools": {"camp": {}}})
    rules = Rules(risk, settings.groups)
    rules.trained({Concern.ADS: Band(threshold=STORED, sure=SURE)})
    return rules


def test_a_new_group_inherits_its_pools_line_until_it_has_said_enough_itself():
    camp = {"tags": ["camp"]}
    rules = rules_of(old=camp, new=camp, free={}, fixed=camp | {"risk_rules": {"ads": {"threshold": 0.7}}})
    ads = Concern.ADS
    rules.draw({("old", ads): sample_of([0.45] * 2000), ("new", ads): sample_of([0.01] * 100)})
    inherited = upper_edge(bin_of(0.45))
    assert {name: rules.of(ads, name).threshold for name in ("old", "new", "free", "fixed")} == {
        "old": inherited,
        "new": inherited,
        "free": STORED,
        "fixed": 0.7,
    }
    rules.draw({("old", ads): sample_of([0.45] * 2000), ("new", ads): sample_of([0.01] * 2000)})
    assert rules.of(ads, "new").threshold == STORED - RULES.below
    rules.trained({ads: Band(threshold=0.6, sure=SURE)})
    assert rules.of(ads, "new").threshold == 0.6 - RULES.below
    assert rules.of(Concern.FLOOD, "new").threshold == 0.5


def test_what_a_person_says_of_a_case_corrects_the_sample():
    rules, key = rules_of(g={}), ("g", Concern.ADS)
    rules.samples.lines = {key: 0.4}
    for score, is_hit in ((0.9, True), (0.45, False), (0.3, True)):  # not counted; counted already; found by its signs
        rules.corrected(Concern.ADS, "g", score, is_hit=is_hit)
    assert rules.samples.take() == {}
    rules.corrected(Concern.ADS, "g", 0.9, is_hit=False)
    rules.corrected(Concern.ADS, "g", 0.45, is_hit=True)
    assert rules.samples.take() == {key: {bin_of(0.9): 1, bin_of(0.45): -1}}
    rules.corrected(Concern.FLOOD, "g", 0.9, is_hit=False)
    assert rules.samples.take() == {}
