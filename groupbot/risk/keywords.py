"""Words that operators and the shipped list look for, in texts however they are dressed up, all in one pass."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import ahocorasick_rs

from groupbot.core.findings import Finding
from groupbot.risk.views import Places, Views, span, views

_SHORT = 2
"""A skeleton so short is no sign by itself: it is looked for in the norm only."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Keyword:
    """A word or phrase, what it is a sign of, and how strong a sign (0..1)."""

    text: str
    kind: str
    score: float


@dataclass(frozen=True, kw_only=True, slots=True)
class _Pattern:
    """`keyword` is None for an exception; `whole` patterns must not stand inside a longer Latin word."""

    written: str
    keyword: Keyword | None
    whole: bool


class Keywords:
    """An automaton of keywords over norm and skeleton; what lies inside an exception phrase is no hit."""

    def __init__(self, keywords: Sequence[Keyword], exceptions: Sequence[str] = ()) -> None:
        marked = [*((one.text, one) for one in keywords), *((text, None) for text in exceptions)]
        seen = [(views(text), keyword) for text, keyword in marked]
        self._norm = _patterns((one.norm.strip(), keyword) for one, keyword in seen)
        self._skeleton = _patterns(
            (one.skeleton, keyword) for one, keyword in seen if len(one.skeleton) >= _SHORT and not one.norm.isascii()
        )
        self._in_norm = ahocorasick_rs.AhoCorasick([one.written for one in self._norm])
        self._in_skeleton = ahocorasick_rs.AhoCorasick([one.written for one in self._skeleton])

    def touches(self, seen: Views) -> bool:
        """Return whether anything in `seen` is a keyword or an exception: what most messages are asked only."""
        return bool(
            self._in_norm.find_matches_as_indexes(seen.norm) or self._in_skeleton.find_matches_as_indexes(seen.skeleton)
        )

    def find(self, seen: Views, where: Places) -> list[Finding]:
        """Return a finding for each keyword in `seen`, at its first place."""
        found: dict[str, Finding] = {}
        for automaton, patterns, text, origin in (
            (self._in_norm, self._norm, seen.norm, where.norm),
            (self._in_skeleton, self._skeleton, seen.skeleton, where.skeleton),
        ):
            hits = automaton.find_matches_as_indexes(text, overlapping=True)
            spared = [(start, end) for index, start, end in hits if patterns[index].keyword is None]
            for index, start, end in hits:
                pattern = patterns[index]
                if pattern.keyword is None or any(first <= start and end <= last for first, last in spared):
                    continue
                if pattern.whole and not _stands_alone(text, start, end):
                    continue
                first, last = span(origin, start, end)
                found.setdefault(pattern.keyword.text, _finding(pattern.keyword, first, last))
        return list(found.values())


def _patterns(written: Iterable[tuple[str, Keyword | None]]) -> list[_Pattern]:
    """Return the patterns of an automaton; the first of several that are written alike counts."""
    found: dict[str, _Pattern] = {}
    for text, keyword in written:
        if text:
            found.setdefault(text, _Pattern(written=text, keyword=keyword, whole=text.isascii()))
    return list(found.values())


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Return whether no Latin letter or digit touches `start:end`."""
    around = text[max(0, start - 1) : start] + text[end : end + 1]
    return not any(one.isascii() and one.isalnum() for one in around)


def _finding(keyword: Keyword, start: int, end: int) -> Finding:
    return Finding(rule=f"keyword:{keyword.text}", kind=keyword.kind, score=keyword.score, start=start, end=end)
