"""What members do, whoever they are: floods, the same words in several groups, links by newcomers, joins in bursts.

No clock is read: every event brings its instant. What is kept is bounded by the windows of `Limits`.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from groupbot.core.findings import Finding

NEWCOMER, FLOOD, SPREAD, BURST = "newcomer", "flood", "same-in-groups", "join-burst"


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """From how many events within which window on something is found; the defaults are meant for groups of 500."""

    newcomer: timedelta = timedelta(minutes=10)
    """So long after the join links, codes and cards are looked at more strictly."""
    flood: int = 6
    flood_window: timedelta = timedelta(seconds=10)
    spread: int = 3
    """Groups in which the same skeleton is said."""
    spread_window: timedelta = timedelta(minutes=10)
    spread_length: int = 8
    """A skeleton of fewer characters is a greeting."""
    burst: int = 12
    burst_window: timedelta = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """One message. `carries` is true for a link, a code, a card, a mini-program or a merged forward."""

    at: datetime
    group: str
    member: str
    skeleton: str
    carries: bool = False


@dataclass(kw_only=True, slots=True)
class _Window:
    """Instants by key, the youngest last, `length` long."""

    length: timedelta
    _kept: OrderedDict[Hashable, deque[tuple[datetime, str]]] = field(default_factory=OrderedDict)

    def add(self, key: Hashable, at: datetime, what: str = "") -> deque[tuple[datetime, str]]:
        """Return what is in the window of `key`, `what` included."""
        events = self._kept.setdefault(key, deque())
        events.append((at, what))
        self._kept.move_to_end(key)
        self._forget(at - self.length)
        while events[0][0] < at - self.length:
            events.popleft()
        return events

    def has(self, key: Hashable, at: datetime) -> bool:
        """Return whether anything of `key` is in the window that ends at `at`."""
        events = self._kept.get(key)
        return events is not None and events[-1][0] >= at - self.length

    def _forget(self, before: datetime) -> None:
        """Drop keys, the longest silent first, of which nothing is in the window any more."""
        while self._kept[oldest := next(iter(self._kept))][-1][0] < before:
            del self._kept[oldest]


class Behaviour:
    """Counters over what was said and who joined."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._talk = _Window(length=self._limits.flood_window)
        self._words = _Window(length=self._limits.spread_window)
        self._joins = _Window(length=self._limits.burst_window)
        self._members = _Window(length=self._limits.newcomer)
        self._expected: dict[str, datetime] = {}

    def expect(self, group: str, until: datetime) -> None:
        """Take many short answers in `group` for what they are until then: a poll, 打卡, 接龙, 扣1."""
        self._expected[group] = max(until, self._expected.get(group, until))

    def joined(self, group: str, member: str, at: datetime) -> list[Finding]:
        """Return a finding when joins of `group` come in a burst."""
        self._members.add((group, member), at)
        joins = len(self._joins.add(group, at))
        return [_finding(BURST, "burst", joins, self._limits.burst)] if joins >= self._limits.burst else []

    def said(self, message: Said) -> list[Finding]:
        """Return what `message` shows together with those before it."""
        talk = len(self._talk.add((message.group, message.member), message.at))
        groups = self._groups(message)
        found = [_finding(NEWCOMER, "ads", 1, 1)] if message.carries and self._is_new(message) else []
        if self._is_expected(message):
            return found
        if talk >= self._limits.flood:
            found.append(_finding(FLOOD, "flood", talk, self._limits.flood))
        if groups >= self._limits.spread:
            found.append(_finding(SPREAD, "ads", groups, self._limits.spread))
        return found

    def _groups(self, message: Said) -> int:
        if len(message.skeleton) < self._limits.spread_length:
            return 0
        return len({group for _at, group in self._words.add(message.skeleton, message.at, message.group)})

    def _is_new(self, message: Said) -> bool:
        return self._members.has((message.group, message.member), message.at)

    def _is_expected(self, message: Said) -> bool:
        """Return whether it is one of the answers that were asked for; a link or a code never is."""
        until = self._expected.get(message.group)
        return until is not None and message.at <= until and not message.carries


def _finding(rule: str, kind: str, count: int, limit: int) -> Finding:
    """Return a finding that is the surer the further `count` lies beyond `limit`: .5 at the limit, .9 at five times."""
    return Finding(rule=rule, kind=kind, score=round(1 - limit / (2 * count), 3))
