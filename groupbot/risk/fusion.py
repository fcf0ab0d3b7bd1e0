"""One score from everything that was found in a text, so that a person can follow how it came about.

The scorers' log-odds are calibrated. What rules add is set by hand: no set that may be used has links, contacts and
numbers left in it (they are masked or gone), so there is nothing to fit these weights to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from groupbot.core.findings import Finding
from groupbot.risk.model import Kind, probability

WEIGHT = 3.0
"""Log-odds that a finding of score 1 adds to what the scorer of its kind says; one of .5 adds half of it."""
MOST = 6.0
"""Log-odds that all findings together add at most: a message of many signs is no more than near-certain."""
SCORER: Mapping[str, Kind] = {
    "ads": "ads",
    "fraud": "negative",
    "refund": "negative",
    "complaint": "negative",
    "negative": "negative",
}
"""Which scorer a kind of finding speaks to."""
MODEL = "model:"
"""Begins the rule of a scorer's own finding, which is not counted again."""


def fused(log_odds: Mapping[Kind, float], findings: Iterable[Finding]) -> dict[Kind, float]:
    """Return the probability of each kind: the scorer's log-odds, and what each rule adds once, at its strongest."""
    strongest: dict[tuple[Kind, str], float] = {}
    for one in findings:
        kind = SCORER.get(one.kind)
        if kind and not one.rule.startswith(MODEL):
            strongest[kind, one.rule] = max(one.score, strongest.get((kind, one.rule), 0.0))
    added = dict.fromkeys(log_odds, 0.0)
    for (kind, _rule), score in strongest.items():
        if kind in added:
            added[kind] += WEIGHT * score
    return {kind: probability(odds + min(MOST, added[kind])) for kind, odds in log_odds.items()}
