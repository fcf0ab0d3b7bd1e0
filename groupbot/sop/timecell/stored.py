"""True dates and times of a workbook as the text that an operator would have written for them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from groupbot.i18n import _
from groupbot.sop.timenode import DAY_MINUTES, TimeNodeError

_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a workbook's day 0, on no clock of the world
_FIRST_YEAR = 1901
"""Before it a stored date is a clock: workbooks count days from the end of 1899."""
_NEARLY = timedelta(seconds=1)
"""What a stored fraction of a day may be off by."""


def text_of(stored: datetime | date | time | timedelta) -> tuple[str, tuple[str, ...]]:
    """Return the text and what was assumed; a date whose clock is 00:00 is a date only.

    Raises TimeNodeError for a length of more than a day.
    """
    match stored:
        case datetime(year=year) if year < _FIRST_YEAR:
            return _clock(stored.replace(tzinfo=None) - _EPOCH)
        case datetime():
            minute, said = _whole(timedelta(hours=stored.hour, minutes=stored.minute, seconds=stored.second))
            clock = f" {minute // 60:02}:{minute % 60:02}" if minute else ""
            return f"{stored.date().isoformat()}{clock}", said
        case date():
            return stored.isoformat(), ()
        case time():
            return _clock(timedelta(hours=stored.hour, minutes=stored.minute, seconds=stored.second))
        case timedelta():
            return _clock(stored)


def _clock(passed: timedelta) -> tuple[str, tuple[str, ...]]:
    minute, said = _whole(passed)
    if not 0 <= minute <= DAY_MINUTES:
        raise TimeNodeError(
            _("The stored time {length} is no clock of one day.").format(length=passed),
            hint=_("Clocks run from 00:00 to 24:00, and 24:00 is the next day's 00:00."),
        )
    return f"{minute // 60:02}:{minute % 60:02}", said


def _whole(passed: timedelta) -> tuple[int, tuple[str, ...]]:
    """Return whole minutes, seconds rounded up so that nothing is early."""
    minute = -(-(passed - _NEARLY) // timedelta(minutes=1))
    if abs(passed - minute * timedelta(minutes=1)) <= _NEARLY:
        return minute, ()
    said = _("Seconds are left out: {clock} is taken.").format(clock=f"{minute // 60:02}:{minute % 60:02}")
    return minute, (said,)
