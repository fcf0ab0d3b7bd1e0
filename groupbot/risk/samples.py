"""Thresholds from what a group itself says: a rolling sample of its honest messages' scores. Pure but for `Samples`.

A sample is a histogram, no text. What lies above the scorer's stored threshold is not taken for honest unless a person
says so, nor what calls for something whatever its score; so advertisements can't raise a line, at most bring it back
to the stored one. Below that threshold a message counts until a person calls it a hit. It counts even where the
group's own, lower line acted on it: were such messages left out, each window would draw the line lower than the last.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import accumulate, pairwise

from groupbot.core.findings import Finding
from groupbot.risk.behaviour import FLOOD, NEWCOMER, SPREAD
from groupbot.risk.ladder import Concern
from groupbot.settings.risk import OwnThresholdSettings

BINS = 112
LOWEST, WIDTH = -6.0, 0.125
"""Log-odds of the first bin's lower edge, and of a bin: scores from .0025 to .9997, finest where thresholds are."""
WINDOW = 4
"""A sample of so many times the messages that it needs is halved: what was said long ago weighs ever less."""
PER_DAY = 30
"""Messages of one member that count in a day, so that nobody talks a group's line up or down alone."""
_SUSPECT = frozenset({NEWCOMER, FLOOD, SPREAD})

Key = tuple[str, Concern]
"""A group by its name, and what is scored."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """How many honest messages had which score, by bin."""

    counts: tuple[int, ...] = (0,) * BINS

    @property
    def size(self) -> int:
        """How many messages it holds."""
        return sum(self.counts)


def bin_of(score: float) -> int:
    """Return the bin that `score` (0..1) falls into."""
    odds = math.log(max(score, 1e-9) / max(1 - score, 1e-9))
    return min(max(int((odds - LOWEST) // WIDTH), 0), BINS - 1)


def upper_edge(place: int) -> float:
    """Return the score at which the bin after `place` begins."""
    return 1 / (1 + math.exp(-(LOWEST + WIDTH * (place + 1))))


def added(sample: Sample, news: Mapping[int, int], most: int) -> Sample:
    """Return `sample` with `news` (by bin; less than none takes away), halved when it holds more than `most`."""
    counts = [max(count + news.get(place, 0), 0) for place, count in enumerate(sample.counts)]
    while most and sum(counts) > most:
        counts = _halved(counts)
    return Sample(counts=tuple(counts))


def _halved(counts: Sequence[int]) -> list[int]:
    """Return half of each, what is left over carried on: bins of one message would else all be lost at the top."""
    upto = [total // 2 for total in accumulate(counts)]
    return [after - before for before, after in pairwise((0, *upto))]


def pooled(samples: Iterable[Sample]) -> Sample:
    """Return what several groups said together."""
    return Sample(counts=tuple(map(sum, zip(*(one.counts for one in samples), strict=True))) or Sample().counts)


def own_line(sample: Sample, rules: OwnThresholdSettings, *, stored: float, sure: float) -> float | None:
    """Return the score above which at most a share of `rules.fpr` of the sample lies; None = it is too small.

    Never more than `rules.below` under the `stored` threshold, and never above `sure`.
    """
    if not rules.after or sample.size < rules.after:
        return None
    allowed, above = int(rules.fpr * sample.size), 0
    for place in range(BINS - 1, -1, -1):
        above += sample.counts[place]
        if above > allowed:
            return min(max(upper_edge(place), stored - rules.below), sure)
    return None


def is_honest(score: float, stored: float, findings: Iterable[Finding], *, acted_on_signs: bool) -> bool:
    """Return whether a message that nobody spoke about counts. `acted_on_signs`: something was done below the line."""
    return score < stored and not acted_on_signs and all(one.rule not in _SUSPECT for one in findings)


@dataclass(slots=True)
class Samples:
    """What was heard since the samples were last kept, and the lines that the kept ones draw."""

    lines: Mapping[Key, float] = field(default_factory=dict)
    _news: dict[Key, Counter[int]] = field(default_factory=dict)
    _spoken: Counter[tuple[Key, str]] = field(default_factory=Counter)
    _day: date = date.min

    def hear(self, key: Key, member: str, score: float, at: datetime) -> None:
        """Count an honest message of a member."""
        if at.date() != self._day:
            self._day = at.date()
            self._spoken.clear()
        self._spoken[key, member] += 1
        if self._spoken[key, member] <= PER_DAY:
            self.correct(key, score, is_hit=False)

    def correct(self, key: Key, score: float, *, is_hit: bool) -> None:
        """Count what a person says of a message: an honest one counts, a hit counts no more."""
        self._news.setdefault(key, Counter())[bin_of(score)] += -1 if is_hit else 1

    def take(self) -> Mapping[Key, Mapping[int, int]]:
        """Return what is new, and forget it here."""
        news, self._news = self._news, {}
        return news

    def give_back(self, news: Mapping[Key, Mapping[int, int]]) -> None:
        """Take back what could not be kept."""
        for key, counts in news.items():
            self._news.setdefault(key, Counter()).update(counts)
