"""What an experiment showed, judged at the unit that was given a variant, once its end is reached. Pure.

The end is fixed beforehand: before it nothing is judged, since whoever looks every day and stops at the first lucky
one finds a difference one time in four where there is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import fmean

from scipy.special import chdtrc

from groupbot.tracking.experiments import clusters, proportions
from groupbot.tracking.experiments.compared import Analysis, Arm, Comparison, Counted, Difference, Doubt, Verdict
from groupbot.tracking.experiments.design import Design, Unit

MISMATCH = 0.001
"""Below this chance of so uneven a split something other than the lot decided. 0.001: seen by luck once in a thousand
experiments."""


def analysed(
    design: Design, counted: Sequence[Counted], *, given: Mapping[str, int] | None = None, is_over: bool
) -> Analysis:
    """Return what may be said. `given`: units of each variant as they were assigned, for units that were.

    Nothing is judged unless `is_over`; a variant without units, people or successes is told, never an error.
    """
    rows = _by_variant(design, counted)
    arms = tuple(_arm(design, variant, found, given or {}) for variant, found in rows.items())
    if not is_over:
        hidden = tuple(replace(arm, reached=None, rate=None) for arm in arms)
        return Analysis(verdict=Verdict.NOT_YET, arms=hidden, doubts=_warnings(design, arms, given))
    if doubt := _hopeless(design, arms):
        return Analysis(verdict=Verdict.INSUFFICIENT, arms=arms, doubts=(doubt,))
    comparisons = _compared(design, rows, arms)
    verdict, winner = _verdict(design, arms, comparisons)
    doubts = [*_warnings(design, arms, given), *([Doubt.FEWER] if min(arm.units for arm in arms) < design.size else [])]
    if verdict is Verdict.INSUFFICIENT:
        doubts.insert(0, _unclear(design, arms, comparisons))
    return Analysis(verdict=verdict, arms=arms, comparisons=comparisons, winner=winner, doubts=tuple(doubts))


def _by_variant(design: Design, counted: Sequence[Counted]) -> dict[str, list[Counted]]:
    """Return the units with anybody in, by variant; where units are people, as one sum."""
    rows: dict[str, list[Counted]] = {variant: [] for variant in design.variants}
    for one in counted:
        if one.variant in rows and one.begun > 0:
            rows[one.variant].append(one)
    if design.unit is Unit.GROUP:
        return rows
    return {variant: [_summed(variant, found)] if found else [] for variant, found in rows.items()}


def _summed(variant: str, found: Sequence[Counted]) -> Counted:
    begun, reached = sum(one.begun for one in found), sum(one.reached for one in found)
    return Counted(variant=variant, begun=begun, reached=reached)


def _arm(design: Design, variant: str, found: Sequence[Counted], given: Mapping[str, int]) -> Arm:
    begun, reached = sum(one.begun for one in found), sum(one.reached for one in found)
    units = len(found) if design.unit is Unit.GROUP else begun
    rate = fmean(_rates(found)) if found else None
    return Arm(variant=variant, given=given.get(variant, units), units=units, begun=begun, reached=reached, rate=rate)


def _rates(found: Sequence[Counted]) -> list[float]:
    return [one.reached / one.begun for one in found]


def _hopeless(design: Design, arms: Sequence[Arm]) -> Doubt | None:
    """Return why nothing can be said of any variant."""
    if any(not arm.begun for arm in arms):
        return Doubt.NOBODY_BEGUN
    if not any(arm.reached for arm in arms):
        return Doubt.NOBODY_REACHED
    if design.unit is not Unit.GROUP and any((arm.reached or 0) > arm.begun for arm in arms):
        return Doubt.MORE_REACHED
    return None


def _compared(design: Design, rows: Mapping[str, Sequence[Counted]], arms: Sequence[Arm]) -> tuple[Comparison, ...]:
    """Return each variant beside the control, judged by Holm's steps: the clearest against the strictest level.

    The interval has the level that its step was judged by, so that both say the same.
    """

    def at(alpha: float) -> dict[str, Difference | None]:
        control = rows[design.control]
        return {variant: _difference(design, control, rows[variant], alpha) for variant in design.variants[1:]}

    found = at(design.alpha)
    order = sorted(found, key=lambda variant: (one.p if (one := found[variant]) else 1.0, variant))
    rates = {arm.variant: arm.rate for arm in arms}
    made: dict[str, Comparison] = {}
    is_open = True
    level = design.alpha
    for step, variant in enumerate(order):
        level = design.alpha / (design.comparisons - step) if is_open else level
        judged = at(level)[variant]
        is_open = is_open and judged is not None and judged.p <= level
        uplift = _uplift(rates[design.control], rates[variant])
        made[variant] = Comparison(variant=variant, difference=judged, uplift=uplift, is_shown=is_open)
    return tuple(made[variant] for variant in design.variants[1:])


def _difference(
    design: Design, control: Sequence[Counted], variant: Sequence[Counted], alpha: float
) -> Difference | None:
    if design.unit is Unit.GROUP:
        return clusters.difference(_rates(control), _rates(variant), alpha)
    return proportions.difference((control[0].reached, control[0].begun), (variant[0].reached, variant[0].begun), alpha)


def _uplift(control: float | None, variant: float | None) -> float | None:
    return variant / control - 1 if control and variant is not None else None


def _verdict(design: Design, arms: Sequence[Arm], comparisons: Sequence[Comparison]) -> tuple[Verdict, str]:
    shown = [one for one in comparisons if one.is_shown and one.difference]
    rates = {arm.variant: arm.rate or 0.0 for arm in arms}
    better = [one.variant for one in shown if one.difference and one.difference.estimate > 0]
    if better:
        return Verdict.WINNER, max(better, key=lambda variant: rates[variant])
    if len(shown) == len(comparisons):
        return Verdict.WINNER, design.control
    if all(one.difference and _is_small(design, one.difference) for one in comparisons):
        return Verdict.NO_DIFFERENCE, ""
    return Verdict.INSUFFICIENT, ""


def _is_small(design: Design, difference: Difference) -> bool:
    return -design.effect < difference.low and difference.high < design.effect


def _unclear(design: Design, arms: Sequence[Arm], comparisons: Sequence[Comparison]) -> Doubt:
    if all(one.difference for one in comparisons):
        return Doubt.OPEN
    least = clusters.smallest(design.alpha)
    return Doubt.TOO_FEW_UNITS if min(arm.units for arm in arms) < least else Doubt.ALL_ALIKE


def _warnings(design: Design, arms: Sequence[Arm], given: Mapping[str, int] | None) -> tuple[Doubt, ...]:
    """Return what makes the comparison doubtful: units that are split otherwise than was meant, or that were lost."""
    found = []
    if given and _is_uneven([arm.units for arm in arms], [arm.given for arm in arms]):
        found.append(Doubt.UNEVEN)
    if design.unit is Unit.GROUP and any(arm.units < arm.given for arm in arms):
        found.append(Doubt.LOST)
    return tuple(found)


def _is_uneven(units: Sequence[int], meant: Sequence[int]) -> bool:
    """Tell whether `units` are split otherwise than as `meant`, by the chi-square test."""
    total, whole = sum(units), sum(meant)
    if not total or not all(meant):
        return False
    expected = [total * one / whole for one in meant]
    away = sum((found - one) ** 2 / one for found, one in zip(units, expected, strict=True))
    return bool(chdtrc(len(units) - 1, away) < MISMATCH)
