"""Official days off and make-up days of work: what a country's government declares for each year. Pure data."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Protocol

import chinese_calendar

WORKDAYS = frozenset(range(5))
WEEKEND = frozenset({5, 6})


class DayKind(Enum):
    """What a day is officially."""

    WORK = "work"
    MAKE_UP = "make-up"
    """A Saturday or Sunday of work (调休上班), in return for a longer holiday."""
    REST = "rest"
    """A Saturday or Sunday as usual."""
    HOLIDAY = "holiday"
    """A day off of an official holiday, its weekend included."""


class DaysOff(Protocol):
    """Tell days off from days of work."""

    def kind(self, day: date) -> DayKind | None:
        """Return what `day` is, None where nothing was declared for its year."""
        ...


class ChineseDaysOff:
    """The days off of mainland China, as the State Council declares them each autumn for the year that follows."""

    def kind(self, day: date) -> DayKind | None:
        try:
            is_off, holiday = chinese_calendar.get_holiday_detail(day)
        except NotImplementedError:  # the package's way to say that it has no data for the year
            return None
        if is_off:
            return DayKind.HOLIDAY if holiday else DayKind.REST
        return DayKind.MAKE_UP if day.weekday() in WEEKEND else DayKind.WORK
