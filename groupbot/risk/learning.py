"""Learn from what admins say of single messages: at once, and settled anew at night.

A correction moves an overlay, never the base, and by its words only: how long a text is says nothing of another place.
Samples of the base's training set are replayed so that nothing is forgotten. `settled` depends on the base and the list
of corrections alone: taking one back leaves no trace of it.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import replace
from random import Random

import numpy as np
from numpy.typing import NDArray

from groupbot.risk.dataset import Row
from groupbot.risk.features import Buckets, buckets, wordy
from groupbot.risk.model import Correction, Model, Overlay, Weights, bounded, empty_weights, probability
from groupbot.risk.solver import Vector, design, fitted
from groupbot.risk.views import views

RATE = 4.0
"""How far one step moves the weights of a message, in log-odds."""
ROUNDS, BESIDE = 6, 4
"""A new correction is shown so often, with so many replayed samples and so many earlier corrections each time."""
HELD, DOUBT_HELD = 0.1, 2.0
"""How strongly weights are held back, in the overlay and when corrections are judged by each other."""
FEW = 40
"""Fewer corrections than this are not judged by each other."""
DOUBT_FOLDS, AGREED = 5, 0.5
SURE = 1.0
"""Log-odds beyond the threshold at which a correction counts as understood."""


def learned(model: Model, correction: Correction) -> Model:
    """Return `model` with one more correction, taken in at once (some 2 ms)."""
    delta = model.overlay.delta.copy() if model.overlay else empty_weights()
    bias = model.overlay.bias if model.overlay else 0.0
    random = Random(len(model.corrections))  # noqa: S311 - which samples are replayed, repeatable
    for _round in range(ROUNDS):
        bias = _step(model, delta, bias, correction.found, correction.label)
        for found, label in _beside(model, random):
            bias = _step(model, delta, bias, found, label)
    for _more in range(ROUNDS):
        if _distance(model, delta, bias, correction.found) * (2 * correction.label - 1) >= SURE:
            break
        bias = _step(model, delta, bias, correction.found, correction.label)
    return replace(
        model, overlay=Overlay(delta=delta, bias=bias), corrections=(*_without(model, correction.key), correction)
    )


def settled(model: Model) -> Model:
    """Return `model` with its overlay fitted anew on all corrections and the replayed samples.

    Both sides of the corrections weigh the same. Corrections that most others contradict are kept but not followed:
    where a fifth of 500 were wrong, 84 % of these were found and 15 % of the right ones went with them; where none was
    wrong, 6 %.
    """
    if not model.corrections:
        return replace(model, overlay=None)
    trusted = [one for one, sound in zip(model.corrections, _sound(model.corrections), strict=True) if sound]
    rows = [*(one.found for one in trusted), *model.replay.rows()]
    labels = np.array([*(one.label for one in trusted), *model.replay.labels.tolist()], dtype=np.float64)
    weights = np.concatenate([_balanced(labels[: len(trusted)]), _replayed(len(trusted), len(model.replay))])
    start = np.array([bounded(model.base_log_odds(row) - model.line) for row in rows])
    shape = design([wordy(row) for row in rows])
    theta = fitted(shape, start=start, labels=labels, weights=weights, penalty=HELD)
    delta = empty_weights()
    delta[shape.columns] = theta[:-1]
    return replace(model, overlay=Overlay(delta=delta, bias=float(theta[-1])))


def corrected(model: Model, rows: Sequence[Row], *, by: str = "") -> Model:
    """Return `model` with `rows` as corrections in their order, settled; a later row on the same text replaces one."""
    made = {one.key: one for one in model.corrections}
    for row in rows:
        key = key_of(row.text)
        made.pop(key, None)
        made[key] = Correction(key=key, found=buckets(views(row.text)), label=row.label, by=by)
    return settled(replace(model, corrections=tuple(made.values())))


def key_of(text: str) -> str:
    """Return the name of a correction on `text` that came without a message's id; it does not give the text away."""
    return hashlib.sha256(views(text).norm.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def unlearned(model: Model, keys: frozenset[str]) -> Model:
    """Return `model` without the corrections that `keys` name, settled; without any left it is the base again."""
    return settled(replace(model, corrections=tuple(one for one in model.corrections if one.key not in keys)))


def _without(model: Model, key: str) -> tuple[Correction, ...]:
    return tuple(one for one in model.corrections if one.key != key)


def _beside(model: Model, random: Random) -> list[tuple[Buckets, int]]:
    """Return what is shown beside a new correction."""
    kept = [model.replay[random.randrange(len(model.replay))] for _one in range(BESIDE) if len(model.replay)]
    earlier = [random.choice(model.corrections) for _one in range(BESIDE) if model.corrections]
    return [*kept, *((one.found, one.label) for one in earlier)]


def _distance(model: Model, delta: Weights, bias: float, found: Buckets) -> float:
    """Return how far from the threshold a text lies, in log-odds."""
    return bounded(model.base_log_odds(found) - model.line) + float(delta[found].sum()) / math.sqrt(found.size) + bias


def _step(model: Model, delta: Weights, bias: float, found: Buckets, label: int) -> float:
    """Move `delta` in place towards `label`; return the new bias."""
    error = label - probability(_distance(model, delta, bias, found))
    delta[wordy(found)] += np.float32(RATE * error / math.sqrt(found.size))
    return bias + RATE * error / 10


def _balanced(labels: Vector) -> Vector:
    """Return weights by which both labels count the same, as much together as there are labels."""
    hits = float(labels.sum())
    if not 0 < hits < labels.size:
        return np.ones(labels.size)
    return np.where(labels == 1, labels.size / (2 * hits), labels.size / (2 * (labels.size - hits)))


def _replayed(corrections: int, samples: int) -> Vector:
    """Return weights by which the replayed samples count as much as the corrections, but never for nothing."""
    return np.full(samples, max(corrections, 200) / max(1, samples))


def _sound(corrections: Sequence[Correction]) -> NDArray[np.bool_]:
    """Return which corrections the others don't contradict, each judged by those of the other folds."""
    labels = np.array([one.label for one in corrections], dtype=np.float64)
    if len(corrections) < FEW or min(labels.sum(), (1 - labels).sum()) < DOUBT_FOLDS:
        return np.ones(len(corrections), dtype=np.bool_)
    folds = np.arange(len(corrections)) % DOUBT_FOLDS
    agreed = np.zeros(len(corrections))
    for fold in range(DOUBT_FOLDS):
        others = np.flatnonzero(folds != fold)
        shape = design([wordy(corrections[at].found) for at in others.tolist()])
        theta = fitted(
            shape,
            start=np.zeros(others.size),
            labels=labels[others],
            weights=_balanced(labels[others]),
            penalty=DOUBT_HELD,
        )
        full = empty_weights()
        full[shape.columns] = theta[:-1]
        for at in range(fold, len(corrections), DOUBT_FOLDS):
            found = corrections[at].found
            said = probability(float(full[found].sum()) / math.sqrt(found.size) + float(theta[-1]))
            agreed[at] = said if labels[at] else 1 - said
    return agreed > AGREED
