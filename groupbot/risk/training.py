"""Train a scorer from labelled texts, with scikit-learn (the extra `risk-train`); nothing else here needs it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groupbot.risk.dataset import Row
from groupbot.risk.duplicates import clusters
from groupbot.risk.evasions import EVASIONS
from groupbot.risk.features import BITS, Buckets, buckets
from groupbot.risk.model import Kind, Model, Samples, Weights
from groupbot.risk.thresholds import Aim, threshold_for
from groupbot.risk.views import views

SEED = 20260518
FOLDS = 5
COSTS = {"plain": 2.5, "ratio": 2.5}
EVADED_HITS, EVADED_OTHERS = 1.0, 0.1
REPLAY = 1_500


@dataclass(frozen=True, kw_only=True, slots=True)
class Linear:
    weights: NDArray[np.float64]
    bias: float

    def log_odds(self, rows: Sequence[Buckets]) -> NDArray[np.float64]:
        return np.array([self.weights[row].sum() / np.sqrt(row.size) + self.bias for row in rows])


def train(rows: Sequence[Row], kind: Kind, aim: Aim, *, about=None, seed: int = SEED, hits=EVADED_HITS, others=EVADED_OTHERS, costs=COSTS) -> Model:
    random = Random(seed)
    texts = [row.text for row in rows]
    labels = np.array([row.label for row in rows], dtype=np.int64)
    plain = [buckets(views(text)) for text in texts]
    folds = _folds(clusters(texts), labels, random)
    evaded = _evaded(rows, random, hits, others)
    held = np.zeros(len(rows))
    for fold in range(FOLDS):
        inside = np.flatnonzero(folds != fold)
        linear = _fit(plain, labels, evaded, inside, costs)
        out = np.flatnonzero(folds == fold)
        held[out] = linear.log_odds([plain[i] for i in out])
    slope, shift = _calibration(held, labels)
    final = _fit(plain, labels, evaded, np.arange(len(rows)), costs)
    calibrated = slope * held + shift
    threshold = threshold_for(aim, 1 / (1 + np.exp(-calibrated)), labels)
    keep = sorted(random.sample(range(len(rows)), min(REPLAY, len(rows))))
    return Model(
        kind=kind,
        weights=(final.weights * slope).astype(np.float32),
        bias=float(final.bias * slope + shift),
        threshold=threshold,
        threshold_for=str(aim),
        replay=Samples.of([plain[i] for i in keep], [int(labels[i]) for i in keep]),
        about=dict(about or {}),
    )


def _evaded(rows, random, hits, others):
    ways = list(EVASIONS.values())
    made = []
    for place, row in enumerate(rows):
        share = hits if row.label else others
        while share > 0:
            if random.random() < share:
                made.append((place, buckets(views(random.choice(ways)(row.text, random)))))
            share -= 1
    return made


def _folds(groups, labels, random):
    names = sorted(set(groups.tolist()))
    random.shuffle(names)
    place = {name: at % FOLDS for at, name in enumerate(names)}
    return np.array([place[g] for g in groups.tolist()])


def _fit(plain, labels, evaded, inside, costs) -> Linear:
    from sklearn.svm import LinearSVC
    chosen = set(inside.tolist())
    extra = [(place, row) for place, row in evaded if place in chosen]
    rows = [*(plain[i] for i in inside), *(row for _, row in extra)]
    y = np.concatenate([labels[inside], np.array([labels[p] for p, _ in extra], dtype=np.int64)])
    X = _matrix(rows)
    ratio = _ratio(X, y)
    a = LinearSVC(C=costs["plain"], random_state=SEED).fit(X, y)
    import scipy.sparse as sp
    b = LinearSVC(C=costs["ratio"], random_state=SEED).fit((X @ sp.diags(ratio)).tocsr(), y)
    return Linear(weights=a.coef_.ravel() + b.coef_.ravel() * ratio, bias=float(a.intercept_[0] + b.intercept_[0]))


def _ratio(X, y):
    p = np.asarray(X[y == 1].sum(0)).ravel() + 1
    q = np.asarray(X[y == 0].sum(0)).ravel() + 1
    return np.log(p / p.sum() / (q / q.sum()))


def _matrix(rows):
    import scipy.sparse as sp
    ends = np.concatenate([[0], np.cumsum([r.size for r in rows])])
    data = np.concatenate([np.full(r.size, 1 / np.sqrt(max(1, r.size)), dtype=np.float32) for r in rows])
    return sp.csr_matrix((data, np.concatenate(rows).astype(np.int32), ends), shape=(len(rows), 1 << BITS))


def _calibration(held, labels):
    from sklearn.linear_model import LogisticRegression
    m = LogisticRegression(C=1e6).fit(held[:, None], labels)
    return float(m.coef_[0, 0]), float(m.intercept_[0])
