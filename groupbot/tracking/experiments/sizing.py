"""How many units an experiment needs, told before it begins; and what a given number could show. Pure.

Imports scipy: only what plans an experiment may import it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, sqrt
from statistics import NormalDist

from scipy import stats

from groupbot.errors import CampaignError
from groupbot.i18n import _
from groupbot.tracking.experiments.clusters import smallest
from groupbot.tracking.experiments.design import Design, Unit

MOST_UNITS = 100_000
"""Of groups for each variant; beyond it the effect is too small for any project."""
_CERTAIN = 9.0
"""Standard errors beyond the limit at which an effect is as good as always found."""
_FINE = 1e-4
"""A tenth of a percentage point's tenth: effects are told no finer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Needed:
    """What each variant needs. `units`: of the design's unit; `people`: those who reach the stage it begins with.

    `factor`: how many times more people than if each were given a variant alone (the design effect), 1 for no groups.
    """

    units: int
    people: int
    factor: float = 1.0


def needed(design: Design) -> Needed:
    """Return how many units each variant needs to find `effect` with `power`; raises CampaignError for too many."""
    if design.unit is not Unit.GROUP:
        people = _people(design)
        return Needed(units=people, people=people)
    low, high = smallest(_level(design)), MOST_UNITS
    if power_of(design, high) < design.power:
        raise CampaignError(_("No number of groups could show so small a difference."), hint=_("Plan a larger one."))
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if power_of(design, middle) >= design.power else (middle + 1, high)
    return Needed(units=low, people=ceil(low * design.members), factor=_factor(design))


def shown_by(design: Design, units: int) -> float | None:
    """Return the smallest effect that so many units for each variant find with the design's power; None = none at all.

    For groups these are groups, else people.
    """
    low, high = _FINE, 1 - design.base - _FINE
    if not _finds(replace(design, effect=high), units):
        return None
    while high - low > _FINE:
        middle = (low + high) / 2
        low, high = (low, middle) if _finds(replace(design, effect=middle), units) else (middle, high)
    return high


def power_of(design: Design, groups: int) -> float:
    """Return how often `groups` for each variant find the effect: of a t test with all groups less two degrees."""
    if groups < smallest(_level(design)):
        return 0.0
    free = 2 * groups - 2
    limit = stats.t.ppf(1 - _level(design) / 2, free)
    spread = sqrt((_variance(design, design.base) + _variance(design, design.base + design.effect)) / groups)
    away = design.effect / spread
    if away > limit + _CERTAIN:  # where scipy's noncentral t ends
        return 1.0
    return float(stats.nct.sf(limit, free, away))  # a difference found the wrong way round is nothing found


def _finds(design: Design, units: int) -> bool:
    return power_of(design, units) >= design.power if design.unit is Unit.GROUP else units >= _people(design)


def _people(design: Design) -> int:
    """Return how many people each variant needs, by the score test's own two variances."""
    z_level, z_power = (NormalDist().inv_cdf(q) for q in (1 - _level(design) / 2, design.power))
    low, high = design.base, design.base + design.effect
    both = (low + high) / 2
    spread = z_level * sqrt(2 * both * (1 - both)) + z_power * sqrt(low * (1 - low) + high * (1 - high))
    return ceil((spread / design.effect) ** 2)


def _variance(design: Design, rate: float) -> float:
    """Return the variance of a group's rate: p(1-p)/m times the design effect."""
    return rate * (1 - rate) / _typical(design) * _factor(design)


def _factor(design: Design) -> float:
    return 1 + (_typical(design) - 1) * design.icc


def _typical(design: Design) -> float:
    """Return the size whose rate varies as those of unequal groups do on average (the harmonic mean, nearly)."""
    return max(1.0, design.members / (1 + design.spread**2))


def _level(design: Design) -> float:
    """Return the error rate of the strictest of several comparisons."""
    return design.alpha / design.comparisons
