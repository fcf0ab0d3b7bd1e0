"""Fit the log-odds of labelled samples: logistic regression with a starting point of its own, in numpy alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groupbot.risk.features import Buckets

Vector = NDArray[np.float64]
Objective = Callable[[Vector], tuple[float, Vector]]
_MEMORY, _ROUNDS, _HALVINGS = 8, 60, 12
_ENOUGH = 1e-4
"""A fall of the objective by less than this share ends the search."""
_FREE = 0.01
"""The bias is held back so much less than a weight."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Design:
    """Samples with `columns` of their own: row i is `sizes[i]` places from `starts[i]` on, each worth `scale[i]`."""

    columns: Buckets
    places: NDArray[np.intp]
    starts: NDArray[np.intp]
    sizes: NDArray[np.intp]
    scale: Vector

    def log_odds(self, weights: Vector) -> Vector:
        """Return the weighted sum of each row, bias (the last weight) included."""
        sums: Vector = np.add.reduceat(weights[self.places], self.starts)
        odds: Vector = sums * self.scale + weights[-1]
        return odds

    def pull(self, errors: Vector) -> Vector:
        """Return what each row's error asks of each weight."""
        each = np.repeat(errors * self.scale, self.sizes)
        pulled = np.bincount(self.places, weights=each, minlength=self.columns.size)
        return np.append(pulled, errors.sum())


def design(rows: Sequence[Buckets]) -> Design:
    """Return `rows`, none of them empty, as a design."""
    columns, places = np.unique(np.concatenate(rows), return_inverse=True)
    sizes = np.array([row.size for row in rows], dtype=np.intp)
    return Design(
        columns=columns, places=places, starts=np.cumsum(sizes) - sizes, sizes=sizes, scale=1 / np.sqrt(sizes)
    )


def fitted(rows: Design, *, start: Vector, labels: Vector, weights: Vector, penalty: float) -> Vector:
    """Return weights, the bias last, that explain `labels` on top of the log-odds `start`, held back by `penalty`."""
    held = np.full(rows.columns.size + 1, penalty)
    held[-1] *= _FREE

    def objective(theta: Vector) -> tuple[float, Vector]:
        odds = start + rows.log_odds(theta)
        loss = weights @ (np.logaddexp(0, odds) - labels * odds) + held @ (theta * theta) / 2
        errors = weights * (1 / (1 + np.exp(-np.clip(odds, -40, 40))) - labels)
        return float(loss), rows.pull(errors) + held * theta

    return _least(objective, np.zeros(held.size))


def _least(objective: Objective, theta: Vector) -> Vector:
    """Return where `objective` is least: L-BFGS with halving steps."""
    loss, slope = objective(theta)
    past: list[tuple[Vector, Vector]] = []
    for _round in range(_ROUNDS):
        way = _direction(slope, past)
        drop, size = float(slope @ way), 1.0 if past else 1 / max(1.0, float(np.linalg.norm(slope)))
        for _halving in range(_HALVINGS):
            reached, after = objective(theta + size * way)
            if reached <= loss + 1e-4 * size * drop:
                break
            size /= 2
        else:
            return theta
        if float((after - slope) @ way) > 0:
            past = [*past[1 - _MEMORY :], (size * way, after - slope)]
        theta = theta + size * way
        done = loss - reached < _ENOUGH * abs(loss)
        loss, slope = reached, after
        if done and past:
            return theta
    return theta


def _direction(slope: Vector, past: Sequence[tuple[Vector, Vector]]) -> Vector:
    """Return the way down that the last steps suggest."""
    way, shares = -slope, []
    for step, bend in reversed(past):
        shares.append(float(step @ way) / float(step @ bend))
        way = way - shares[-1] * bend
    if past:
        step, bend = past[-1]
        way = way * (float(step @ bend) / float(bend @ bend))
    for (step, bend), share in zip(past, reversed(shares), strict=True):
        way = way + (share - float(bend @ way) / float(step @ bend)) * step
    return way
