"""Where a probability counts as a hit, chosen on held-out texts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groupbot.errors import GroupbotError
from groupbot.i18n import _

Scores = NDArray[np.float64]
Labels = NDArray[np.int64]
_UNSURE = 1e-9
_AS_GOOD = 0.001
"""F1 that nobody would notice: the best of thousands of thresholds is the best by chance."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Aim:
    """What a threshold is chosen for: the best F1 (`fpr` None), or a share of false alarms among honest texts."""

    fpr: float | None = None

    def __str__(self) -> str:
        return "f1" if self.fpr is None else f"fpr={self.fpr:g}"


def aim(text: str) -> Aim:
    """Return the aim that `text` names: `f1`, or `fpr=0.01`. Raises GroupbotError for anything else."""
    name, _equals, share = text.partition("=")
    try:
        fpr = float(share) if name == "fpr" else None
    except ValueError:
        fpr = -1.0
    if text != "f1" and (fpr is None or not 0 < fpr < 1):
        raise GroupbotError(
            _("{text!r} is nothing to choose a threshold for.").format(text=text), hint=_("Write f1, or fpr=0.01.")
        )
    return Aim(fpr=fpr)


def threshold_for(wanted: Aim, scores: Scores, labels: Labels) -> float:
    """Return the least score that counts as a hit."""
    return best_f1(scores, labels) if wanted.fpr is None else at_fpr(scores, labels, wanted.fpr)


def at_fpr(scores: Scores, labels: Labels, fpr: float) -> float:
    """Return the threshold above which at most `fpr` of the honest texts lie."""
    honest = np.sort(scores[labels == 0])[::-1]
    allowed = int(fpr * honest.size)
    return float(np.nextafter(honest[min(allowed, honest.size - 1)], 1.0))


def best_f1(scores: Scores, labels: Labels) -> float:
    """Return the threshold of the best F1, halfway to the next score below so that it does not hang on one text.

    Of those that are as good the highest, which raises the fewest false alarms.
    """
    order = np.argsort(-scores, kind="stable")
    ranked, hits = scores[order], np.cumsum(labels[order])
    f1 = 2 * hits / (np.arange(1, labels.size + 1) + labels.sum())
    f1[:-1][ranked[:-1] - ranked[1:] < _UNSURE] = 0  # equal scores can't be told apart
    best = int(np.flatnonzero(f1 >= f1.max() - _AS_GOOD)[0])
    below = ranked[best + 1] if best + 1 < ranked.size else 0.0
    return float((ranked[best] + below) / 2)
