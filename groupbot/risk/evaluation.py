"""Judge a scorer by labelled texts it has not seen. Its threshold is the one that was stored when it was trained."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from groupbot.risk.dataset import Row
from groupbot.risk.features import buckets
from groupbot.risk.model import Model
from groupbot.risk.thresholds import Labels, Scores
from groupbot.risk.views import views

DRAWS = 1_000
"""Samples of the bootstrap."""
_CI = (2.5, 97.5)


@dataclass(frozen=True, kw_only=True, slots=True)
class Evaluation:
    """`figures` by name, None where a set has no text of one label; `f1_ci` is the 95 % interval by bootstrap."""

    n: int
    threshold: float
    figures: Mapping[str, float | None]
    f1_ci: tuple[float, float] | None
    per_second: float


def evaluated(model: Model, rows: Sequence[Row], *, seed: int) -> Evaluation:
    """Return how well `model` tells the labels of `rows`; `seed` draws the bootstrap."""
    begun = time.perf_counter()
    scores = np.array([model.score(buckets(views(row.text))) for row in rows], dtype=np.float64)
    spent = time.perf_counter() - begun
    labels = np.array([row.label for row in rows], dtype=np.int64)
    said = scores >= model.threshold
    counts = _counts(said, labels)
    return Evaluation(
        n=len(rows),
        threshold=model.threshold,
        figures=_figures(counts) | {"auc": auc(scores, labels)},
        f1_ci=_f1_interval(counts, seed) if rows else None,
        per_second=len(rows) / spent if spent else 0.0,
    )


def auc(scores: Scores, labels: Labels) -> float | None:
    """Return how often a hit scores above an honest text, ties counting half; None without both."""
    hits, others = int(labels.sum()), int((1 - labels).sum())
    if not hits or not others:
        return None
    _values, place, count = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(count) - (count - 1) / 2)[place]
    return float((ranks[labels == 1].sum() - hits * (hits + 1) / 2) / (hits * others))


def _counts(said: np.ndarray, labels: Labels) -> tuple[int, int, int, int]:
    """Return right hits, false alarms, missed hits, and honest texts that were let pass."""
    hit = labels == 1
    return int((said & hit).sum()), int((said & ~hit).sum()), int((~said & hit).sum()), int((~said & ~hit).sum())


def _figures(counts: tuple[int, int, int, int]) -> dict[str, float | None]:
    right, false, missed, passed = counts
    f1, other = _rate(2 * right, 2 * right + false + missed), _rate(2 * passed, 2 * passed + false + missed)
    return {
        "precision": _rate(right, right + false),
        "recall": _rate(right, right + missed),
        "f1": f1,
        "macro_f1": None if f1 is None or other is None else (f1 + other) / 2,
        "fpr": _rate(false, false + passed),
    }


def _rate(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _f1_interval(counts: tuple[int, int, int, int], seed: int) -> tuple[float, float] | None:
    """Return the interval from redrawing the four counts, which is what redrawing texts comes to."""
    whole = sum(counts)
    drawn = np.random.default_rng(seed).multinomial(whole, np.array(counts) / whole, size=DRAWS)
    sums = 2 * drawn[:, 0] + drawn[:, 1] + drawn[:, 2]
    if not sums.any():
        return None
    low, high = np.percentile(2 * drawn[sums > 0, 0] / sums[sums > 0], _CI)
    return float(low), float(high)
