"""Two shares of people who were each given a variant on their own: their difference, and how sure it is. Pure.

The interval is Miettinen and Nurminen's (Statistics in Medicine 4, 1985): every difference that the score test with
the restricted maximum likelihood estimates doesn't refuse. The test is the same at 0, so both always agree.
"""

from __future__ import annotations

from collections.abc import Callable
from math import acos, copysign, cos, inf, pi, sqrt
from statistics import NormalDist

from groupbot.tracking.experiments.compared import Difference

_STEPS = 50
"""Halvings of the range; 2^-50 is finer than any share of people."""


def difference(control: tuple[int, int], variant: tuple[int, int], alpha: float) -> Difference:
    """Return the variant's share minus the control's; each is (how many reached it, of how many), with somebody in."""
    (x_control, n_control), (x_variant, n_variant) = control, variant
    found = x_variant / n_variant - x_control / n_control
    limit = NormalDist().inv_cdf(1 - alpha / 2)

    def score(delta: float) -> float:
        return _score(control, variant, delta)

    return Difference(
        estimate=found,
        low=_crossing(lambda delta: score(delta) <= limit, found, -1.0),
        high=_crossing(lambda delta: score(delta) >= -limit, found, 1.0),
        p=2 * NormalDist().cdf(-abs(score(0.0))),
        alpha=alpha,
    )


def _score(control: tuple[int, int], variant: tuple[int, int], delta: float) -> float:
    """Return how many standard errors what was found lies above `delta`."""
    (x_control, n_control), (x_variant, n_variant) = control, variant
    low = _restricted(x_variant, n_variant, x_control, n_control, delta)
    high = min(1.0, max(0.0, low + delta))
    everybody = n_control + n_variant
    variance = high * (1 - high) / n_variant + low * (1 - low) / n_control
    gap = x_variant / n_variant - x_control / n_control - delta
    if variance <= 0:
        return 0.0 if gap == 0 else copysign(inf, gap)
    return gap / sqrt(variance * everybody / (everybody - 1))


def _restricted(x_variant: int, n_variant: int, x_control: int, n_control: int, delta: float) -> float:
    """Return the control's most likely share if the variant's is `delta` above it: the root of a cubic."""
    everybody = n_variant + n_control
    third = everybody
    second = (n_variant + 2 * n_control) * delta - everybody - x_variant - x_control
    first = (n_control * delta - everybody - 2 * x_control) * delta + x_variant + x_control
    last = x_control * delta * (1 - delta)
    q = (second / (3 * third)) ** 3 - first * second / (6 * third**2) + last / (2 * third)
    root = sqrt(max(0.0, (second / (3 * third)) ** 2 - first / (3 * third)))
    if root == 0:
        return min(1.0, max(0.0, -second / (3 * third)))
    p = copysign(root, q)
    angle = (pi + acos(min(1.0, max(-1.0, q / p**3)))) / 3
    return min(1.0, max(0.0, 2 * p * cos(angle) - second / (3 * third)))


def _crossing(holds: Callable[[float], bool], inside: float, outside: float) -> float:
    """Return how far from `inside` towards `outside` it holds."""
    if holds(outside):
        return outside
    for _step in range(_STEPS):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if holds(middle) else (inside, middle)
    return inside
