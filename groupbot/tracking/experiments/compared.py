"""What a comparison of two variants says. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """The variant's rate minus the control's, with its interval at 1 - `alpha`; 0 lies outside of it if p < alpha."""

    estimate: float
    low: float
    high: float
    p: float
    alpha: float
