"""A linear scorer: weights of buckets, exported from training, that turn a text's buckets into a probability."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from groupbot.risk.features import BITS, Buckets

Kind = Literal["ads", "negative"]
KINDS: tuple[Kind, ...] = ("ads", "negative")
Weights = NDArray[np.float32]
REACH = 4.0
"""How far the base's log-odds count once corrections were learned; beyond it the base would outvote any correction.

After 500 corrections from qqgroup_mc a base from live_antispam loses 2.5 points at home with 1.5, 1.7 with 2.5 and 1.3
with 4; there its F1 rises by .49, .44 and .40 (means of two splits).
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Samples:
    """Texts as their buckets only, one after the other: enough to learn from, no words of anybody."""

    found: Buckets
    ends: NDArray[np.int64]
    labels: NDArray[np.uint8]

    @classmethod
    def of(cls, rows: list[Buckets], labels: list[int] | NDArray[np.uint8]) -> Samples:
        """Return `rows` as samples."""
        found = np.concatenate(rows) if rows else np.empty(0, dtype=np.uint32)
        ends = np.cumsum([row.size for row in rows], dtype=np.int64)
        return cls(found=found, ends=ends, labels=np.asarray(labels, dtype=np.uint8))

    def __len__(self) -> int:
        return int(self.labels.size)

    def __getitem__(self, place: int) -> tuple[Buckets, int]:
        start = self.ends[place - 1] if place else 0
        return self.found[start : self.ends[place]], int(self.labels[place])

    def rows(self) -> list[Buckets]:
        """Return the buckets of each."""
        return np.split(self.found, self.ends[:-1]) if len(self) else []


@dataclass(frozen=True, kw_only=True, slots=True)
class Guard:
    """Texts that nothing is learned from, and the log-odds of each by a machine that had not seen it in its training.

    What corrections add to these log-odds shows what they do to texts of the base's place that are new.
    """

    samples: Samples
    odds: NDArray[np.float64]

    @classmethod
    def none(cls) -> Guard:
        """Return a guard of no texts, which lets everything pass."""
        return cls(samples=Samples.of([], []), odds=np.empty(0))


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Correction:
    """What a person said of one message: `label` 1 = a hit, 0 = none. `key` names it for undoing, `by` its admin."""

    key: str
    found: Buckets
    label: int
    by: str = ""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Overlay:
    """What corrections add to a base: `delta` for each bucket, and to the bias."""

    delta: Weights
    bias: float


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Model:
    """A scorer of one kind. The log-odds are calibrated: a probability of .8 was right in 80 of 100 held-out cases.

    `threshold` was chosen at training by cross-validation, `threshold_for` says by what: `f1`, or `fpr=0.01`. Above
    `sure` lay one honest text in 5,000: the band in which a message may be removed.
    `replay` are samples of the training set that keep corrections from making the model forget; `guard` says whether
    they did.
    """

    kind: Kind
    weights: Weights
    bias: float
    threshold: float
    threshold_for: str
    sure: float
    replay: Samples
    guard: Guard = field(default_factory=Guard.none)
    about: Mapping[str, Any] = field(default_factory=dict)
    overlay: Overlay | None = None
    corrections: tuple[Correction, ...] = ()

    def base_log_odds(self, found: Buckets) -> float:
        """Return what the base alone says."""
        return float(self.weights[found].sum()) / math.sqrt(max(1, found.size)) + self.bias

    def log_odds(self, found: Buckets) -> float:
        """Return the log-odds of a hit, corrections included."""
        return self.on_top(self.base_log_odds(found), found)

    def on_top(self, base: float, found: Buckets) -> float:
        """Return the log-odds of a hit when the base says `base`, corrections included."""
        if self.overlay is None:
            return base
        added = float(self.overlay.delta[found].sum()) / math.sqrt(max(1, found.size))
        return self.taught(base, added)

    @property
    def line(self) -> float:
        """Return the log-odds of the threshold."""
        return log_odds_of(self.threshold)

    def taught(self, base: float, added: float) -> float:
        """Return log-odds once corrections count: the base within REACH of the threshold, and what is `added`."""
        return self.line + bounded(base - self.line) + added + (self.overlay.bias if self.overlay else 0.0)

    def score(self, found: Buckets) -> float:
        """Return the probability of a hit, 0..1."""
        return probability(self.log_odds(found))


def bounded(log_odds: float) -> float:
    """Return the base's distance from the threshold, within REACH."""
    return REACH * math.tanh(log_odds / REACH)


def probability(log_odds: float) -> float:
    """Return 0..1 for log-odds."""
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, log_odds))))


def log_odds_of(share: float) -> float:
    """Return log-odds for 0..1."""
    inside = min(max(share, 1e-9), 1 - 1e-9)
    return math.log(inside / (1 - inside))


def empty_weights() -> Weights:
    """Return a weight of nought for each bucket."""
    return np.zeros(1 << BITS, dtype=np.float32)
