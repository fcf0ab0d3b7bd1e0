"""Whole groups that were given a variant: the difference of their mean rates, and how sure it is. Pure.

A group counts once, however many members it has: they hear the same words and each other, so they are no independent
trials. The test asks in how many of the other ways of dealing the variants to these groups the difference would be as
large; the interval holds every shift of the rates that this test doesn't refuse. Of the methods tried on groups of
unequal size it alone kept 95 % with few groups and rare events as well: docs/experiments.md has the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations
from math import comb, floor

import numpy as np
from numpy.typing import NDArray

from groupbot.tracking.experiments.compared import Difference

EXACT = 5_000
"""Up to so many ways of dealing all are tried; of more so many are drawn, always the same ones. 5,000: the p-value of
.05 is then known to .003."""
_SAME = 1e-12
"""Rates nearer than this are the same."""


def smallest(alpha: float) -> int:
    """Return how many groups each of two variants needs for any difference to be shown at all."""
    return next(k for k in range(2, 100) if _tail(comb(2 * k, k), alpha))


def difference(control: Sequence[float], variant: Sequence[float], alpha: float) -> Difference | None:
    """Return the mean rate of the variant's groups minus the control's; None when they are too few, or all alike."""
    rates = np.array((*control, *variant))
    tail = _tail(comb(len(rates), len(variant)), alpha)
    if not tail or not len(control) or float(np.ptp(rates)) < _SAME:
        return None
    deals, kept = _deals(len(control), len(variant))
    found = float(np.mean(variant) - np.mean(control))
    n_variant, n_control = len(variant), len(control)
    sums = deals @ rates
    dealt = sums / n_variant - (rates.sum() - sums) / n_control
    share = kept / n_variant - (n_variant - kept) / n_control
    others = share < 1 - _SAME  # all but the deal that was made
    # A shift by delta makes the difference found - delta, and that of another deal dealt - delta * share.
    turns = np.sort((found - dealt[others]) / (1 - share[others]))
    tail = _tail(len(deals), alpha)
    own = len(deals) - len(turns)
    above = own + int(np.sum(turns <= _SAME))
    below = own + int(np.sum(turns >= -_SAME))
    return Difference(
        estimate=found,
        low=float(turns[tail - own]),
        high=float(turns[len(turns) - 1 - (tail - own)]),
        p=min(1.0, 2 * min(above, below) / len(deals)),
        alpha=alpha,
    )


def _tail(deals: int, alpha: float) -> int:
    """Return how many of the deals lie beyond one end of the interval."""
    return floor(min(deals, EXACT) * alpha / 2 + _SAME)


@lru_cache(maxsize=8)
def _deals(n_control: int, n_variant: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return ways of dealing, a row each, 1 where a group gets the variant; the one that was made is among them.

    Beside them: how many of the variant's own groups keep it in each.
    """
    size = n_control + n_variant
    if comb(size, n_variant) <= EXACT:
        chosen = np.array(list(combinations(range(size), n_variant)))
    else:
        draw = np.random.default_rng(size)
        shuffled = np.argsort(draw.random((EXACT - 1, size)), axis=1)[:, :n_variant]
        chosen = np.vstack((np.arange(n_control, size), shuffled))
    rows = np.zeros((len(chosen), size))
    np.put_along_axis(rows, chosen, 1.0, axis=1)
    kept = rows[:, n_control:].sum(axis=1)
    rows.flags.writeable = kept.flags.writeable = False
    return rows, kept
