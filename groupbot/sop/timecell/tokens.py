"""The words that a time cell is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from groupbot.sop.timecell.dayparts import DayPart
from groupbot.sop.timecell.values import Place
from groupbot.sop.timenode import Day, EventDay


@dataclass(frozen=True, kw_only=True, slots=True)
class DayWord:
    """Days by name. `dotted`: written `5.18`, which may be meant as a clock."""

    days: tuple[Day, ...]
    dotted: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class DaySpan:
    """Every day from one to another; None: the campaign's first, or its last."""

    first: Day | None = None
    until: Day | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class MonthDays:
    """Days of a month that is named before (`20日`); `until`: all days from the first to it."""

    numbers: tuple[int, ...]
    until: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Weekdays:
    """Days of the week."""

    days: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Every:
    """Each day."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Near:
    """A day counted from the one before: 0 the same, 1 the next."""

    shift: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Since:
    """The day after it, or (`behind`, as in `D3起`) the day in front of it, is the first of several."""

    behind: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Until:
    """The day behind it is the last of several; `end`: it is the campaign's last day."""

    end: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class EventMoment:
    """Distances from the event, as (days, minutes). `unit_open`: `T-3` says no unit."""

    steps: tuple[tuple[int, int], ...]
    unit_open: bool = False

    @property
    def days(self) -> tuple[EventDay, ...]:
        """The days meant, where no distance has minutes; else none."""
        return () if any(minutes for _days, minutes in self.steps) else tuple(EventDay(days=d) for d, _m in self.steps)


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A part of the day."""

    part: DayPart


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """An hour and minute as written. `padded`: `08:00`, the 24-hour clock; `spoken`: `8点`; `part`: am or pm behind."""

    hour: int
    minute: int = 0
    padded: bool = False
    spoken: bool = False
    part: DayPart | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Join:
    """What stands between: a dash ("-"), a comma or its like (","), a line break."""

    kind: Literal["-", ",", "\n"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Approx:
    """The time need not be kept to the minute."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Edge:
    """Before or after the time in front of it. `closes`: `结束`, which may only name the end of a window."""

    before: bool
    closes: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Spot:
    """Where something is said."""

    place: Place


@dataclass(frozen=True, kw_only=True, slots=True)
class Filler:
    """A word that changes nothing."""


DayToken = DayWord | DaySpan | MonthDays | Weekdays | Every | Near | EventMoment
Token = DayToken | Since | Until | Part | Clock | Join | Approx | Edge | Spot | Filler


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """A token and where it ends in the folded text."""

    token: Token
    begin: int
    end: int
