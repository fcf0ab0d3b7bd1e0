"""Words that name days to the days of a step."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from groupbot.i18n import _
from groupbot.sop.timecell.day_words import calendar_day, through
from groupbot.sop.timecell.tokens import (
    DaySpan,
    DayToken,
    DayWord,
    EventMoment,
    Every,
    Join,
    MonthDays,
    Near,
    Since,
    Until,
    Weekdays,
)
from groupbot.sop.timecell.values import Carried, Days, Listed, Span, UnknownTime
from groupbot.sop.timenode import EVERY_DAY, CalendarDay, CampaignDay, Day, EventDay

DayPiece = DayToken | Since | Until | Join
_TWO_NAMES = {CalendarDay, CampaignDay}
_ASIDE = re.compile(r"[(（【\[]\s*\d{1,2}\.\d{1,2}\s*[)）】\]]")
"""A dotted date in brackets, which is no clock behind a day: `Day 1 (10.12)`."""
_LEAP_YEAR, _COMMON_YEAR = 2000, 2001


@dataclass(kw_only=True, slots=True)
class DayReader:
    """Collect what the words of one group say about days; assumptions go to `said`."""

    text: str
    above: Carried
    said: list[str] = field(default_factory=list)
    listed: list[Day] = field(default_factory=list)
    first: Day | None = None
    until: Day | None = None
    repeats: bool = False
    ends: bool = False
    weekdays: tuple[int, ...] = ()
    near: int | None = None
    _mode: DayPiece | None = None

    def read(self, pieces: Sequence[DayPiece]) -> Days | None:
        """Return the days, or None when only `near` (or nothing) is said; raises UnknownTime."""
        for piece in pieces:
            self._take(piece)
            self._mode = piece if isinstance(piece, Since | Until | Join) else None
        if (isinstance(self._mode, Until) and not self._mode.end) or (
            isinstance(self._mode, Since) and not self._mode.behind
        ):
            raise unclear(self.text)
        if self.repeats:
            return self._span()
        return Listed(days=tuple(dict.fromkeys(self.listed))) if self.listed else None

    def _take(self, piece: DayPiece) -> None:
        match piece:
            case DayWord(dotted=True) if self.listed and self._mode is None and not _ASIDE.search(self.text):
                raise unclear(self.text)
            case DayWord(days=days) | EventMoment(days=days):
                self._days(days)
            case MonthDays():
                self._month_days(piece)
            case DaySpan(first=first, until=until):
                self._one_span()
                self.first, self.until, self.repeats = first, until, True
            case Weekdays(days=days):
                self._weekdays(days)
            case Every():
                self.repeats = True
            case Near(shift=shift):
                self.near = shift
            case Until(end=True):
                self.ends = self.repeats = True
            case Since(behind=True) if self.listed:
                self._one_span()
                self.first, self.repeats = _plain(self.listed.pop()), True

    def _days(self, days: tuple[Day, ...]) -> None:
        if isinstance(self._mode, Join) and self.listed and {type(days[0]), type(self.listed[-1])} == _TWO_NAMES:
            raise unclear(self.text)  # `6月3日/D1 9:00` may be one day
        match self._mode:
            case Until(end=False):
                self.until, self.repeats = days[0], True
            case Since(behind=False) if not self.first:
                self.first, self.repeats = days[0], True
            case Join(kind="-") if self.first and not self.until:
                self.until = days[0]
            case Join(kind="-") if self.listed:
                self._one_span()
                self.first, self.until, self.repeats = _plain(self.listed.pop()), days[0], True
            case None if self.listed:
                self._beside(days)
            case None if self._names_weekday(days):
                self.listed += [replace(days[0], weekday=self.weekdays[0])] if isinstance(days[0], CalendarDay) else []
                self.weekdays, self.repeats = (), False
            case _:
                self.listed += days

    def _names_weekday(self, days: tuple[Day, ...]) -> bool:
        """Return whether the weekday before a date only tells which it is: `周一（5月18日）`."""
        alone = len(self.weekdays) == 1 and not self.first and not self.until
        return alone and len(days) == 1 and isinstance(days[0], CalendarDay)

    def _beside(self, days: tuple[Day, ...]) -> None:
        """Keep the first of two names for one day."""
        if type(days[0]) is type(self.listed[-1]):
            raise unclear(self.text)
        self.said.append(
            _("`{text}` names a day in two ways: the first is taken, the second not compared.").format(text=self.text)
        )

    def _month_days(self, word: MonthDays) -> None:
        near = self.listed[-1] if self.listed else self.first or _day_above(self.above)
        if not isinstance(near, CalendarDay):
            raise UnknownTime(
                _("`{text}` names a day without its month.").format(text=self.text),
                hint=_("Write for example 5月18日."),
            )
        made = [calendar_day(near.year, near.month, number, self.text) for number in word.numbers]
        if word.until is None:
            self._days(tuple(made))
        else:
            self._one_span()
            self.first, self.repeats = made[0], True
            self.until = calendar_day(near.year, near.month, word.until, self.text)

    def _weekdays(self, days: tuple[int, ...]) -> None:
        dated = self.listed[-1] if len(self.listed) == 1 and not self.repeats and self._beside_it() else None
        if isinstance(self._mode, Join) and self._mode.kind == "-" and self.weekdays:
            self.weekdays = (*self.weekdays[:-1], *through(self.weekdays[-1], days[0]), *days[1:])
        elif isinstance(dated, CalendarDay) and len(days) == 1:
            self.listed[-1] = replace(dated, weekday=days[0])
        elif dated is not None:
            said = _("`{text}`: the weekday beside the day is not compared.").format(text=self.text)
            self.said.append(said)
        else:
            self.weekdays, self.repeats = (*self.weekdays, *days), True

    def _beside_it(self) -> bool:
        """Return whether nothing, or a line break, stands before what is read."""
        return self._mode is None or self._mode == Join(kind="\n")

    def _span(self) -> Span:
        if self.listed:
            raise unclear(self.text)
        if self.until is None and not self.ends:
            said = _("`{text}` says no end: it repeats until the campaign's last day.").format(text=self.text)
            self.said.append(said)
        return Span(weekdays=frozenset(self.weekdays) or EVERY_DAY, first=self.first, until=self.until)

    def _one_span(self) -> None:
        if self.first or self.until:
            raise unclear(self.text)


def _plain(day: Day) -> Day:
    """Return an end of a span: the weekday beside it is the span's own."""
    return replace(day, weekday=None) if isinstance(day, CalendarDay) else day


def unclear(text: str) -> UnknownTime:
    """Return the refusal of a text that names days in ways that don't fit together."""
    return UnknownTime(
        _("`{text}` names days in ways that don't fit together.").format(text=text),
        hint=_("Write one form, e.g. `第3-5天 晚8点` or `7月6日-7月24日工作日 早9点`."),
    )


def _day_above(above: Carried) -> Day | None:
    match above.days:
        case Listed(days=days):
            return days[-1]
        case Span(first=first, until=until):
            return until or first
    return None


def days_between(first: Day, last: Day) -> int | None:
    """Return how many days lie between two days of one kind; None where that depends on the year or the campaign."""
    match first, last:
        case CampaignDay(number=begin), CampaignDay(number=end):
            return end - begin if (begin > 0) == (end > 0) else None
        case EventDay(days=begin), EventDay(days=end):
            return end - begin
        case CalendarDay(year=int()), CalendarDay(year=int()):
            return (_date(last, 1) - _date(first, 1)).days
        case CalendarDay(year=None), CalendarDay(year=None):
            return _yearless(first, last)
    return None


def _yearless(first: CalendarDay, last: CalendarDay) -> int | None:
    """Return the days between in any year, over its end where need be; None where leap years differ."""
    try:
        counts = {(_date(last, year) - _date(first, year)).days % _length(year) for year in (_LEAP_YEAR, _COMMON_YEAR)}
    except ValueError:
        return None
    return counts.pop() if len(counts) == 1 else None


def _date(day: CalendarDay, year: int) -> date:
    return date(day.year or year, day.month, day.day)


def _length(year: int) -> int:
    return (date(year, 12, 31) - date(year, 1, 1) + timedelta(days=1)).days
