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
from groupbot.risk.evasions import EVASIONS, homophone
from groupbot.risk.features import BITS, Buckets, buckets
from groupbot.risk.model import Kind, Model, Samples
from groupbot.risk.thresholds import Aim, Labels, Scores, at_fpr, threshold_for
from groupbot.risk.views import views

SEED = 20260518
FOLDS = 5
COSTS: Mapping[Kind, float] = {"ads": 2.5, "negative": 1.0}
"""What a training text on the wrong side costs. People agree less on what is negative, so less is made of each word;
cold's macro-F1 is .893 with 0.6, .894 with 1.0, .891 with 2.5; qqgroup_mc's F1 rises by .016 from 1.0 to 2.5.
"""
EVADED = {0: 0.1, 1: 1.0}
"""Shares of texts of each label that are shown again in disguise: hiding is a sign, but honest people do it, too."""
_WAYS = (*EVASIONS.values(), homophone, homophone)
"""Homophones are the hardest to see through, so they are shown more often than any other disguise."""
REPLAY = 1_500
"""Training texts that go with the model, as buckets: 430 bytes each."""
SURE = 0.0002
"""Share of honest texts above which a message may be removed."""
LEAST = 2 * FOLDS
"""Texts of each label without which there is nothing to cross-validate."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Set:
    """Training texts as buckets; `evaded[i]` belongs to the text `origin[i]`. `cost` is that of COSTS."""

    plain: list[Buckets]
    labels: Labels
    evaded: list[Buckets]
    origin: NDArray[np.int64]
    cost: float

    def fit(self, inside: NDArray[np.bool_]) -> _Linear:
        """Train on the texts for which `inside` is true, and on their disguises."""
        kept = np.flatnonzero(inside[self.origin])
        rows = [*(self.plain[at] for at in np.flatnonzero(inside)), *(self.evaded[at] for at in kept)]
        return _fit(rows, np.concatenate([self.labels[inside], self.labels[self.origin[kept]]]), self.cost)


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
    about: Mapping[str, Any] | None = None,
    seed: int = SEED,
) -> Model:
    """Return a scorer of `kind` whose threshold is chosen for `aim` by cross-validation within `rows`.

    `judged`: thresholds are chosen on the first so many rows only, those that are like the place it will work in.
    Some 5 s for 1,000 texts, a minute for 30,000. Raises GroupbotError for too few texts of either label.
    """
    random = Random(seed)  # noqa: S311 - a seeded, repeatable choice
    made = _prepared(rows, COSTS[kind], random)
    _require_both(made.labels)
    held = _held_out(made, _folds(clusters([row.text for row in rows]), made.labels, random))
    slope, shift = _calibration(held, made.labels)
    scores = 1 / (1 + np.exp(-(slope * held + shift)))
    near = slice(judged)
    final = made.fit(np.ones(len(rows), dtype=np.bool_))
    kept = sorted(random.sample(range(len(rows)), min(REPLAY, len(rows))))
    return Model(
        kind=kind,
        weights=(final.weights * slope).astype(np.float32),
        bias=final.bias * slope + shift,
        threshold=threshold_for(aim, scores[near], made.labels[near]),
        threshold_for=str(aim),
        sure=at_fpr(scores[near], made.labels[near], SURE),
        replay=Samples.of([made.plain[at] for at in kept], [int(made.labels[at]) for at in kept]),
        about={"rows": len(rows), "hits": int(made.labels.sum()), "seed": seed, **(about or {})},
    )


def _require_both(labels: Labels) -> None:
    if min(int(labels.sum()), int((1 - labels).sum())) < LEAST:
        raise GroupbotError(
            _("There are too few texts of one label to learn from."),
            hint=_("Give at least {n} with label 1 and {n} with label 0.").format(n=LEAST),
        )


def _prepared(rows: Sequence[Row], cost: float, random: Random) -> _Set:
    shown = [at for at, row in enumerate(rows) if random.random() < EVADED[row.label]]
    return _Set(
        plain=[buckets(views(row.text)) for row in rows],
        labels=np.array([row.label for row in rows], dtype=np.int64),
        evaded=[buckets(views(random.choice(_WAYS)(rows[at].text, random))) for at in shown],
        origin=np.array(shown, dtype=np.int64),
        cost=cost,
    )


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


def _fit(rows: Sequence[Buckets], labels: Labels, cost: float) -> _Linear:
    """Train both machines; return their sum."""
    from scipy.sparse import csr_matrix, diags  # noqa: PLC0415 - the extra `risk-train`, for training only
    from sklearn.svm import LinearSVC  # noqa: PLC0415 - the same

    sizes = np.array([row.size for row in rows])
    shape = (len(rows), 1 << BITS)
    ends = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
    values = np.repeat(1 / np.sqrt(sizes), sizes)
    texts = csr_matrix((values, np.concatenate(rows).astype(np.int32), ends), shape=shape)
    hits, others = (np.asarray(texts[labels == label].sum(axis=0)).ravel() + 1 for label in (1, 0))
    ratio = np.log(hits / hits.sum()) - np.log(others / others.sum())
    plain = LinearSVC(C=cost, random_state=SEED).fit(texts, labels)
    scaled = LinearSVC(C=cost, random_state=SEED).fit((texts @ diags(ratio)).tocsr(), labels)
    return _Linear(
        weights=plain.coef_.ravel() + scaled.coef_.ravel() * ratio,
        bias=float(plain.intercept_[0] + scaled.intercept_[0]),
    )


def _calibration(held: Scores, labels: Labels) -> tuple[float, float]:
    """Return slope and shift that turn a machine's answer into log-odds (Platt)."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - the extra `risk-train`, for training only

    line = LogisticRegression(C=1e6).fit(held[:, None], labels)
    return float(line.coef_[0, 0]), float(line.intercept_[0])
