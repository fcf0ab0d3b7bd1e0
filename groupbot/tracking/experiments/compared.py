"""What an experiment counted, and what may be said of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """The variant's rate minus the control's, with its interval at 1 - `alpha`; 0 lies outside of it if p < alpha."""

    estimate: float
    low: float
    high: float
    p: float
    alpha: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """What was counted of one unit, or of all that have the same variant where units are people.

    `begun`: who reached the stage that the experiment begins with; `reached`: who reached the one it is about.
    """

    variant: str
    begun: int
    reached: int
    unit: str = ""


class Verdict(StrEnum):
    """What may be said."""

    NOT_YET = "not_yet"
    WINNER = "winner"
    NO_DIFFERENCE = "no_difference"
    """Any difference is smaller than what is worth a change."""
    INSUFFICIENT = "insufficient"


class Doubt(StrEnum):
    """Why nothing, or not all, can be said."""

    NOBODY_BEGUN = "nobody_begun"
    NOBODY_REACHED = "nobody_reached"
    TOO_FEW_UNITS = "too_few_units"
    ALL_ALIKE = "all_alike"
    MORE_REACHED = "more_reached"
    UNEVEN = "uneven"
    LOST = "lost"
    FEWER = "fewer"
    OPEN = "open"
    """The interval holds both no difference and one that is worth a change."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Arm:
    """One variant. `units`: those with anybody in; `given`: those that got it; `rate`: None = of nobody.

    Before the end neither `reached` nor `rate` is told.
    """

    variant: str
    given: int
    units: int
    begun: int
    reached: int | None
    rate: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """A variant beside the control. `uplift`: its rate more than the control's, as a share of it; None = of nothing.

    `difference` is None where none can be told. `is_shown`: the two differ, luck alone being unlikely.
    """

    variant: str
    difference: Difference | None
    uplift: float | None
    is_shown: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Analysis:
    """What may be said of an experiment. `winner`: the variant that is best, "" = none."""

    verdict: Verdict
    arms: tuple[Arm, ...]
    comparisons: tuple[Comparison, ...] = ()
    winner: str = ""
    doubts: tuple[Doubt, ...] = ()
