"""The `at:` of YAML and back: the parser of time cells, with nothing left open. What needs an assumption is refused."""

from __future__ import annotations

import re
from typing import NoReturn

from groupbot.i18n import _
from groupbot.sop.timecell.cell import read_time
from groupbot.sop.timecell.folding import Folded, fold
from groupbot.sop.timecell.lengths import LENGTH, length
from groupbot.sop.timecell.lexing import words_of
from groupbot.sop.timecell.patterns import pattern
from groupbot.sop.timecell.slots import ClockReader, told
from groupbot.sop.timecell.tokens import Clock, DayWord, EventMoment, Join
from groupbot.sop.timecell.values import Scheduled, TimeContext, TimeReading, UnknownTime
from groupbot.sop.timenode import (
    DAY_MINUTES,
    EVERY_DAY,
    AfterStep,
    CalendarDay,
    CampaignDay,
    Day,
    EventDay,
    FromEvent,
    OnDay,
    Repeat,
    Several,
    Slot,
    TimeNode,
    TimeNodeError,
)

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_AFTER = pattern(rf"(?:after|接) (?<=[ 接])(?P<step>[\w-]+)(?: \+ (?P<length>{LENGTH}))?")
_SLOT = r"\d{1,2}:\d{2}(?:-\d{1,2}:\d{2})?"


def parse_time(text: str) -> TimeNode:
    """Return the time node that `text` names.

    Raises TimeNodeError with a hint for any form that the reference (docs/sop-format.md) does not list, and for one
    that leaves something open.
    """
    folded = fold(text.strip())
    if (after := _after(folded)) is not None:
        return after
    try:
        reading = read_time(text)
    except UnknownTime as error:
        raise TimeNodeError(error.message, hint=_hint(folded.text)) from error
    _refuse_open(text, folded.text, reading)
    if not isinstance(reading.when, Scheduled) or reading.when.approximate:
        _refuse(text, folded.text)
    return reading.when.node


def _refuse_open(text: str, folded: str, reading: TimeReading) -> None:
    """Raise for what a sheet may leave out or say beside the time."""
    if reading.script or reading.stage or reading.label or reading.place or reading.materials:
        raise TimeNodeError(
            _("`{text}` holds more than a time.").format(text=text.strip()),
            hint=_("Put the words into `text:`, and only the time here, e.g. `D1 20:00`."),
        )
    if reading.assumptions:
        raise TimeNodeError(reading.assumptions[0], hint=_hint(folded))


def parse_day(text: str) -> Day:
    """Return the day that `text` names (`D7`, `2026-05-18`, `5月18日`, `T-1d`); raises TimeNodeError."""
    folded = fold(text.strip()).text
    words = list(words_of(folded))
    token = words[0].token if len(words) == 1 and words[0].end == len(folded) else None
    if not isinstance(token, DayWord | EventMoment) or len(token.days) != 1:
        _refuse(text, folded)
    return token.days[0]


def parse_window(text: str) -> Slot:
    """Return the window of the day that `text` names (`22:30-07:30`); raises TimeNodeError."""
    folded = fold(text.strip()).text
    words = list(words_of(folded))
    kinds = [type(word.token) for word in words]
    if kinds != [Clock, Join, Clock] or words[-1].end < len(folded) or "-" not in folded:
        raise TimeNodeError(
            _("`{text}` is no window of the day.").format(text=text.strip()), hint=_("Write for example 22:30-07:30.")
        )
    return ClockReader(clocks=TimeContext().clocks).read(words, folded)[0]


def _after(folded: Folded) -> TimeNode | None:
    """Read `after STEP +10m`; a step's id keeps its capitals."""
    match = _AFTER.fullmatch(folded.text)
    if match is None:
        return None
    step = folded.written(*match.span("step"))
    days, minutes = (length(match["length"]) if match["length"] else None) or (0, 0)
    return AfterStep(step=step, minutes=days * DAY_MINUTES + minutes)


def _refuse(text: str, folded: str) -> NoReturn:
    raise TimeNodeError(
        _("`{text}` is no time that groupbot understands.").format(text=text.strip()), hint=_hint(folded)
    )


def _hint(folded: str) -> str:
    """Return what to write instead of `folded`, by the form that it is nearest to."""
    forms = (
        (r"daily|weekly|每|周|星期", _("Repeated steps need clocks and a last day, e.g. `daily 09:00 until D7`.")),
        (r"t ?[+-] ?\d+$", _("Say the unit: `T-30m`, `T-2h` or `T-3d`.")),
        (r"(?:活动|开课|上课|直播|开播|课程|开始)", _("Write for example `活动前30分钟`, `T-30m` or `T-1d 20:00`.")),
        (r"d ?-?\d+$|第.{1,6}天$|[\d年月日号 -]+$", _("A day needs a clock, e.g. `D1 20:00`.")),
        (_SLOT, _("A clock needs a day, e.g. `D1 20:00` or `daily 20:00 until D7`.")),
        (r"after|接", _("Write `after STEP-ID` or `after STEP-ID +10m`.")),
    )
    general = _("Write for example `D1 20:00`, `2026-05-18 20:00`, `T-30m` or `daily 09:00 until D7`.")
    return next((hint for form, hint in forms if re.match(form, folded)), general)


def format_time(node: TimeNode) -> str:
    """Return the text that `parse_time` reads as `node`."""
    match node:
        case OnDay(day=day, slots=slots):
            return f"{_day_text(day)} {_slots_text(slots)}"
        case Repeat(weekdays=weekdays, slots=slots, until=until, first=first):
            names = ",".join(WEEKDAYS[number].title() for number in sorted(weekdays))
            often = "daily" if weekdays == EVERY_DAY else f"weekly {names}"
            since = f" from {_day_text(first)}" if first else ""
            return f"{often} {_slots_text(slots)}{since} until {_day_text(until) if until else 'end'}"
        case FromEvent(days=days, minutes=minutes):
            sign = "-" if days < 0 or minutes < 0 else "+"
            return f"T{sign}{_length_text(abs(days), abs(minutes))}" if days or minutes else "T"
        case AfterStep(step=step, minutes=minutes):
            return f"after {step} +{_length_text(0, minutes)}" if minutes else f"after {step}"
        case Several(nodes=nodes):
            return " and ".join(format_time(single) for single in nodes)


def _day_text(day: Day) -> str:
    match day:
        case CampaignDay(number=number):
            return f"D{number}"
        case CalendarDay(year=year, month=month, day=number, weekday=weekday):
            text = f"{year:04}-{month:02}-{number:02}" if year else f"{month:02}-{number:02}"
            return text if weekday is None else f"{text} ({WEEKDAYS[weekday].title()})"
        case EventDay(days=days):
            return f"T{days:+}d"


def _slots_text(slots: tuple[Slot, ...]) -> str:
    """Return the clocks, each that lies on another day than the one before led in by `+1d`."""
    texts, shift = [], 0
    for slot in slots:
        day = max(slot.start - 1, 0) // DAY_MINUTES
        lead = f"+{day}d " if day != shift else ""
        shift = day
        texts.append(lead + _slot_text(slot, day * DAY_MINUTES))
    return ",".join(texts)


def _slot_text(slot: Slot, midnight: int) -> str:
    start = clock_text(slot.start - midnight)
    if slot.end is None:
        return start
    end = slot.end - midnight
    return f"{start}-{clock_text(end - DAY_MINUTES if end > DAY_MINUTES else end)}"


def clock_text(minute: int) -> str:
    """Return a minute of the day as `HH:MM`, one of the days after as `+1d HH:MM`."""
    return told(minute)


def _length_text(days: int, minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    pieces = ((days, "d"), (hours, "h"), (rest, "m"))
    return "".join(f"{number}{unit}" for number, unit in pieces if number)
