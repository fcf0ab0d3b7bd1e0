"""Train a scorer from labelled texts, with scikit-learn (the extra `risk-train`); scoring does without it.

Two linear machines are trained and summed: one on plain n-grams, one on n-grams scaled by how much more often a hit
holds them, which learns faster from few texts. The sum is calibrated on held-out texts, near-duplicates on one side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groupbot.errors import GroupbotError
from groupbot.i18n import _
from groupbot.risk.dataset import Row
from groupbot.risk.duplicates import clusters
from groupbot.risk.evasions import combined, homophone, lookalike, separators, split, typed, zero_width
from groupbot.risk.features import BITS, Buckets, buckets, wordy
from groupbot.risk.model import Guard, Kind, Model, Samples
from groupbot.risk.thresholds import Aim, Labels, Scores, at_fpr, threshold_for
from groupbot.risk.views import views

SEED = 20260518
FOLDS = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """How a scorer of one kind is trained.

    `cost`: what a text on the wrong side costs. `shown`: how often a text of each label is shown again in disguise,
    `weight`: how much each of these counts. Hiding is a sign, but honest people do it, too. `abroad`: how many times as
    often disguises are shown to a scorer for places of other kinds.
    """

    cost: float
    shown: Mapping[int, float]
    weight: float
    abroad: float = 1.0


RECIPES: Mapping[Kind, Recipe] = {
    "ads": Recipe(cost=2.5, shown={0: 0.3, 1: 3.0}, weight=1.0),
    "negative": Recipe(cost=1.0, shown={0: 0.02, 1: 1.0}, weight=0.3, abroad=3.0),
}
"""People agree less on what is negative, so less is made of each word, and of each disguise.

Three disguises of each text cost .004 of cold's macro-F1, and halve what its recall loses to other sounds and shapes.
"""
_WAYS = (*[zero_width, typed, split, combined], *[separators, lookalike] * 2, *[homophone] * 3)
"""Disguises that the views don't see through by themselves; the hardest ones most often."""
REPLAY, GUARD = 1_500, 500
"""Training texts that go with the model, as buckets (430 bytes each): to be replayed, and to guard it."""
SURE = 0.0002
"""Share of honest texts above which a message may be removed."""
_CLOSE = 0.01
"""How near a machine comes to its best; what it says is the same as with 0.0001, in two thirds of the time."""
LEAST = 2 * FOLDS
"""Texts of each label without which there is nothing to cross-validate."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Set:
    """Training texts as buckets; `evaded[i]` belongs to the text `origin[i]`."""

    plain: list[Buckets]
    labels: Labels
    evaded: list[Buckets]
    origin: NDArray[np.int64]
    recipe: Recipe

    def fit(self, inside: NDArray[np.bool_]) -> _Linear:
        """Train on the texts for which `inside` is true, and on their disguises."""
        kept = np.flatnonzero(inside[self.origin])
        rows = [*(self.plain[at] for at in np.flatnonzero(inside)), *(self.evaded[at] for at in kept)]
        labels = np.concatenate([self.labels[inside], self.labels[self.origin[kept]]])
        weights = np.repeat([1.0, self.recipe.weight], [len(rows) - kept.size, kept.size])
        return _fit(rows, labels, weights, self.recipe.cost)

    def samples(self, places: Sequence[int]) -> Samples:
        """Return the texts at `places` as they go with the model."""
        return Samples.of([self.plain[at] for at in places], [int(self.labels[at]) for at in places])


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Linear:
    weights: Scores
    bias: float

    def log_odds(self, rows: Sequence[Buckets]) -> Scores:
        return np.array([self.weights[row].sum() / np.sqrt(row.size) + self.bias for row in rows])


def train(
    rows: Sequence[Row],
    kind: Kind,
    aim: Aim,
    *,
    judged: int | None = None,
    anywhere: bool = False,
    about: Mapping[str, Any] | None = None,
    seed: int = SEED,
) -> Model:
    """Return a scorer of `kind` whose threshold is chosen for `aim` by cross-validation within `rows`.

    `judged`: thresholds are chosen on the first so many rows only, those that are like the place it will work in.
    `anywhere`: it will work in places of other kinds, so the habits of these texts (how long they are) don't count.
    Some 5 s for 1,000 texts, a minute for 30,000. Raises GroupbotError for too few texts of either label.
    """
    random = Random(seed)  # noqa: S311 - a seeded, repeatable choice
    made = _prepared(rows, RECIPES[kind], random, anywhere=anywhere)
    _require_both(made.labels)
    folds = _folds(clusters([row.text for row in rows]), made.labels, random)
    held = _held_out(made, folds)
    slope, shift = _calibration(held, made.labels)
    odds = slope * held + shift
    scores = 1 / (1 + np.exp(-odds))
    near = slice(judged)
    final = made.fit(np.ones(len(rows), dtype=np.bool_))
    guards, replayed = (_some(np.flatnonzero(which), most, random) for which, most in _shares(folds))
    return Model(
        kind=kind,
        weights=(final.weights * slope).astype(np.float32),
        bias=final.bias * slope + shift,
        threshold=threshold_for(aim, scores[near], made.labels[near]),
        threshold_for=str(aim),
        sure=at_fpr(scores[near], made.labels[near], SURE),
        replay=made.samples(replayed),
        guard=Guard(samples=made.samples(guards), odds=odds[guards]),
        about={"rows": len(rows), "hits": int(made.labels.sum()), "seed": seed, **(about or {})},
    )


def _shares(folds: NDArray[np.int64]) -> tuple[tuple[NDArray[np.bool_], int], tuple[NDArray[np.bool_], int]]:
    """Return which texts may guard and which may be replayed, never near-duplicates of each other, and how many."""
    return (folds == 0, GUARD), (folds != 0, REPLAY)


def _some(places: NDArray[np.intp], most: int, random: Random) -> list[int]:
    return sorted(random.sample(places.tolist(), min(most, places.size)))


def _require_both(labels: Labels) -> None:
    if min(int(labels.sum()), int((1 - labels).sum())) < LEAST:
        raise GroupbotError(
            _("There are too few texts of one label to learn from."),
            hint=_("Give at least {n} with label 1 and {n} with label 0.").format(n=LEAST),
        )


def _prepared(rows: Sequence[Row], recipe: Recipe, random: Random, *, anywhere: bool) -> _Set:
    def seen(text: str) -> Buckets:
        found = buckets(views(text))
        return wordy(found) if anywhere else found

    share = {label: times * (recipe.abroad if anywhere else 1) for label, times in recipe.shown.items()}
    shown = [at for at, row in enumerate(rows) for _time in range(_times(share[row.label], random))]
    return _Set(
        plain=[seen(row.text) for row in rows],
        labels=np.array([row.label for row in rows], dtype=np.int64),
        evaded=[seen(random.choice(_WAYS)(rows[at].text, random)) for at in shown],
        origin=np.array(shown, dtype=np.int64),
        recipe=recipe,
    )


def _times(share: float, random: Random) -> int:
    """Return `share` as a whole number, rounded up or down by chance."""
    return int(share + random.random())


def _folds(groups: NDArray[np.int64], labels: Labels, random: Random) -> NDArray[np.int64]:
    """Return the fold of each text; near-duplicates share one, unless that leaves a label to a single fold."""
    names = sorted(set(groups.tolist()))
    random.shuffle(names)
    fold = {name: place % FOLDS for place, name in enumerate(names)}
    folds = np.array([fold[name] for name in groups.tolist()])
    spread = all(len(set(folds[labels == label].tolist())) > 1 for label in (0, 1))
    return folds if spread else np.arange(labels.size) % FOLDS


def _held_out(made: _Set, folds: NDArray[np.int64]) -> Scores:
    """Return what is said of each text by a machine that has not seen it."""
    held = np.zeros(folds.size)
    for fold in range(FOLDS):
        own = np.flatnonzero(folds == fold)
        if own.size:
            held[own] = made.fit(folds != fold).log_odds([made.plain[at] for at in own])
    return held


def _fit(rows: Sequence[Buckets], labels: Labels, weights: Scores, cost: float) -> _Linear:
    """Train both machines on `rows`, each as heavy as `weights` says; return their sum."""
    from scipy.sparse import csr_matrix, diags  # noqa: PLC0415 - the extra `risk-train`, for training only
    from sklearn.svm import LinearSVC  # noqa: PLC0415 - the same

    sizes = np.array([row.size for row in rows])
    shape = (len(rows), 1 << BITS)
    ends = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
    values = np.repeat(1 / np.sqrt(sizes), sizes)
    texts = csr_matrix((values, np.concatenate(rows).astype(np.int32), ends), shape=shape)
    hits, others = (texts[labels == label].T @ weights[labels == label] + 1 for label in (1, 0))
    ratio = np.log(hits / hits.sum()) - np.log(others / others.sum())
    plain = LinearSVC(C=cost, tol=_CLOSE, random_state=SEED).fit(texts, labels, weights)
    scaled = LinearSVC(C=cost, tol=_CLOSE, random_state=SEED).fit((texts @ diags(ratio)).tocsr(), labels, weights)
    return _Linear(
        weights=plain.coef_.ravel() + scaled.coef_.ravel() * ratio,
        bias=float(plain.intercept_[0] + scaled.intercept_[0]),
    )


def _calibration(held: Scores, labels: Labels) -> tuple[float, float]:
    """Return slope and shift that turn a machine's answer into log-odds.

    Platt's way: no label is taken for certain, so that few texts that are told apart make nobody too sure.
    """
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - the extra `risk-train`, for training only

    hits, others = int(labels.sum()), int((1 - labels).sum())
    sure = np.where(labels == 1, (hits + 1) / (hits + 2), 1 / (others + 2))
    line = LogisticRegression(C=1e6).fit(
        np.tile(held, 2)[:, None], np.repeat([1, 0], held.size), np.concatenate([sure, 1 - sure])
    )
    return float(line.coef_[0, 0]), float(line.intercept_[0])
