"""Text to time nodes and back. An unknown form is refused with a hint, never guessed.

Each reader takes the folded text and returns a node, or None when the text is not of its form.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import NoReturn

from groupbot.i18n import _
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
    Slot,
    TimeNode,
    TimeNodeError,
)

MAX_DAYS = 3660
"""Ten years: further away is a typing mistake."""
MAX_MINUTES = 366 * DAY_MINUTES
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CHINESE_WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
_LEAP_YEAR = 2000

_SLOT = r"\d{1,2}:\d{2}(?: ?- ?\d{1,2}:\d{2})?"
_SLOTS = rf"(?P<slots>{_SLOT}(?: ?, ?{_SLOT})*)"
_DAY = (
    r"d ?-?\d{1,5}|第 ?\d{1,5} ?天|\d{4}-\d{1,2}-\d{1,2}|\d{1,2}-\d{1,2}"
    r"|(?:\d{4} ?年 ?)?\d{1,2} ?月 ?\d{1,2} ?[日号]|t ?[+-] ?\d{1,5} ?d"
)
_EVENT_WORD = "(?:活动|开课|上课|直播|开播|课程|开始)(?:开始)?"
_LENGTH = r"(?P<days>\d{1,5} ?(?:d|天) ?)?(?P<hours>\d{1,6} ?(?:h|个?小时) ?)?(?P<mins>\d{1,7} ?(?:m|min|分钟?))?"

_ON_DAY = re.compile(rf"(?P<day>{_DAY}) ?{_SLOTS}")
_CHINESE_EVENT_DAY = re.compile(rf"{_EVENT_WORD}(?P<sign>[前后]) ?(?P<days>\d{{1,5}}) ?天 ?{_SLOTS}")
_SPAN = rf"(?: ?(?:from|从) ?(?P<first>{_DAY}))? ?(?:until|直到|到|至) ?(?P<until>{_DAY})"
_DAILY = re.compile(rf"(?:daily|每天|每日) ?{_SLOTS}{_SPAN}")
_WEEKDAY = r"(?:mon|tue|wed|thu|fri|sat|sun)"
_WEEKLY = re.compile(
    rf"(?:weekly (?P<names>{_WEEKDAY}(?: ?, ?{_WEEKDAY})*)"
    r"|每周(?P<chinese>[一二三四五六日天](?:,?[一二三四五六日天])*))"
    rf" ?{_SLOTS}{_SPAN}"
)
_REPEAT_OPEN = re.compile(r"daily|weekly|每天|每日|每周")
_EVENT = re.compile(rf"t(?: ?(?P<sign>[+-]) ?{_LENGTH})?")
_CHINESE_EVENT = re.compile(rf"{_EVENT_WORD}(?P<sign>[前后]) ?{_LENGTH}")
_AFTER = re.compile(rf"(?:after|接) ?(?<=[ 接])(?P<step>[\w-]+)(?: ?\+ ?{_LENGTH})?", re.IGNORECASE)


def parse_time(text: str) -> TimeNode:
    """Return the time node that `text` names.

    Raises TimeNodeError with a hint for any form that the reference (docs/sop-format.md) does not list.
    """
    plain = _plain(text)
    folded = plain.casefold()
    node = _on_day(folded) or _repeat(folded) or _from_event(folded) or _after(plain)
    if node is None:
        _refuse(text, folded)
    return node


def parse_day(text: str) -> Day:
    """Return the day that `text` names (`D7`, `2026-05-18`, `5月18日`, `T-1d`); raises TimeNodeError."""
    folded = _plain(text).casefold()
    if not re.fullmatch(_DAY, folded):
        _refuse(text, folded)
    return _day(folded)


def parse_window(text: str) -> Slot:
    """Return the window of the day that `text` names (`22:30-07:30`); raises TimeNodeError."""
    folded = _plain(text)
    if not re.fullmatch(_SLOT, folded) or "-" not in folded:
        raise TimeNodeError(
            _("`{text}` is no window of the day.").format(text=text.strip()), hint=_("Write for example 22:30-07:30.")
        )
    return _slot(folded)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).replace("、", ",")
    return re.sub(r"\s+", " ", re.sub(r"[\u2013\u2014\u2212~]", "-", folded)).strip()


def _on_day(text: str) -> TimeNode | None:
    if match := _ON_DAY.fullmatch(text):
        return OnDay(day=_day(match["day"]), slots=_slots(match["slots"]))
    if match := _CHINESE_EVENT_DAY.fullmatch(text):
        days = _within(int(match["days"]))
        return OnDay(day=EventDay(days=days if match["sign"] == "后" else -days), slots=_slots(match["slots"]))
    return None


def _repeat(text: str) -> TimeNode | None:
    match = _DAILY.fullmatch(text) or _WEEKLY.fullmatch(text)
    if match is None:
        return None
    return Repeat(
        weekdays=_weekdays(match) if match.re is _WEEKLY else EVERY_DAY,
        slots=_slots(match["slots"]),
        until=_day(match["until"]),
        first=_day(match["first"]) if match["first"] else None,
    )


def _weekdays(match: re.Match[str]) -> frozenset[int]:
    if match["chinese"]:
        return frozenset(_CHINESE_WEEKDAYS[sign] for sign in match["chinese"].replace(",", ""))
    return frozenset(WEEKDAYS.index(name.strip()) for name in match["names"].split(","))


def _from_event(text: str) -> TimeNode | None:
    match = _EVENT.fullmatch(text) or _CHINESE_EVENT.fullmatch(text)
    if match is None:
        return None
    if match["sign"] is None:
        return FromEvent()
    days, minutes = _length(match, text)
    sign = -1 if match["sign"] in "-前" else 1
    return FromEvent(days=sign * days, minutes=sign * minutes)


def _after(text: str) -> TimeNode | None:
    match = _AFTER.fullmatch(text)
    if match is None:
        return None
    days, minutes = _length(match, text) if "+" in text else (0, 0)
    return AfterStep(step=match["step"], minutes=days * DAY_MINUTES + minutes)


def _length(match: re.Match[str], text: str) -> tuple[int, int]:
    """Return (days, minutes) of a matched length."""
    days, hours, minutes = (int(re.sub(r"\D", "", match[name] or "0")) for name in ("days", "hours", "mins"))
    if not any(match[name] for name in ("days", "hours", "mins")):
        _refuse(text, text)
    total = hours * 60 + minutes
    if total > MAX_MINUTES:
        raise TimeNodeError(_("The time `{text}` is more than a year away.").format(text=text))
    return _within(days), total


def _day(text: str) -> Day:
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    if text[0] in "d第":
        return CampaignDay(number=_within(numbers[0]) * (-1 if "-" in text else 1))
    if text[0] == "t":
        return EventDay(days=_within(numbers[0]) * (-1 if "-" in text else 1))
    month, day = numbers[-2:]
    year = numbers[0] if len(numbers) > 2 else None  # noqa: PLR2004  # year, month, day
    try:
        date(_LEAP_YEAR if year is None else year, month, day)
    except ValueError as error:
        raise TimeNodeError(
            _("There is no date `{text}`.").format(text=text), hint=_("Write for example 2026-05-18.")
        ) from error
    return CalendarDay(year=year, month=month, day=day)


def _within(days: int) -> int:
    if days > MAX_DAYS:
        raise TimeNodeError(_("Day {days} is more than ten years away.").format(days=days))
    return days


def _slots(text: str) -> tuple[Slot, ...]:
    slots = tuple(_slot(piece) for piece in text.split(","))
    if len({slot.start for slot in slots}) < len(slots):
        raise TimeNodeError(
            _("The clock list `{text}` names the same time twice.").format(text=text),
            hint=_("Write each clock once."),
        )
    return slots


def _slot(text: str) -> Slot:
    start, *rest = (_clock(piece) for piece in text.split("-"))
    if not rest:
        return Slot(start=start)
    end = rest[0]
    if end == start:
        raise TimeNodeError(
            _("The window `{text}` is empty.").format(text=text.strip()),
            hint=_("Write a later end, or the clock alone."),
        )
    return Slot(start=start, end=end if end > start else end + DAY_MINUTES)


def _clock(text: str) -> int:
    hour, minute = (int(number) for number in text.split(":"))
    if minute > 59 or hour * 60 + minute > DAY_MINUTES:  # noqa: PLR2004  # minutes of an hour
        raise TimeNodeError(
            _("There is no clock `{text}`.").format(text=text.strip()),
            hint=_("Clocks run from 00:00 to 24:00, and 24:00 is the next day's 00:00."),
        )
    return hour * 60 + minute


def _refuse(text: str, folded: str) -> NoReturn:
    raise TimeNodeError(
        _("`{text}` is no time that groupbot understands.").format(text=text.strip()), hint=_hint(folded)
    )


def _hint(folded: str) -> str:
    """Return what to write instead of `folded`, by the form that it is nearest to."""
    forms = (
        (_REPEAT_OPEN, _("Repeated steps need clocks and a last day, e.g. `daily 09:00 until D7`.")),
        (re.compile(r"t ?[+-] ?\d+$"), _("Say the unit: `T-30m`, `T-2h` or `T-3d`.")),
        (re.compile(_EVENT_WORD), _("Write for example `活动前30分钟`, `T-30m` or `T-1d 20:00`.")),
        (re.compile(rf"(?:{_DAY})$"), _("A day needs a clock, e.g. `D1 20:00`.")),
        (re.compile(rf"{_SLOT}"), _("A clock needs a day, e.g. `D1 20:00` or `daily 20:00 until D7`.")),
        (re.compile(r"after|接"), _("Write `after STEP-ID` or `after STEP-ID +10m`.")),
    )
    general = _("Write for example `D1 20:00`, `2026-05-18 20:00`, `T-30m` or `daily 09:00 until D7`.")
    return next((hint for form, hint in forms if form.match(folded)), general)


def format_time(node: TimeNode) -> str:
    """Return the text that `parse_time` reads as `node`."""
    match node:
        case OnDay(day=day, slots=slots):
            return f"{_day_text(day)} {_slots_text(slots)}"
        case Repeat(weekdays=weekdays, slots=slots, until=until, first=first):
            names = ",".join(WEEKDAYS[number].title() for number in sorted(weekdays))
            often = "daily" if weekdays == EVERY_DAY else f"weekly {names}"
            since = f" from {_day_text(first)}" if first else ""
            return f"{often} {_slots_text(slots)}{since} until {_day_text(until)}"
        case FromEvent(days=days, minutes=minutes):
            sign = "-" if days < 0 or minutes < 0 else "+"
            return f"T{sign}{_length_text(abs(days), abs(minutes))}" if days or minutes else "T"
        case AfterStep(step=step, minutes=minutes):
            return f"after {step} +{_length_text(0, minutes)}" if minutes else f"after {step}"


def _day_text(day: Day) -> str:
    match day:
        case CampaignDay(number=number):
            return f"D{number}"
        case CalendarDay(year=year, month=month, day=number):
            return f"{year:04}-{month:02}-{number:02}" if year else f"{month:02}-{number:02}"
        case EventDay(days=days):
            return f"T{days:+}d"


def _slots_text(slots: tuple[Slot, ...]) -> str:
    return ",".join(
        clock_text(slot.start) + (f"-{clock_text(_wrapped(slot.end))}" if slot.end is not None else "")
        for slot in slots
    )


def _wrapped(end: int) -> int:
    return end - DAY_MINUTES if end > DAY_MINUTES else end


def clock_text(minute: int) -> str:
    """Return a minute of the day as `HH:MM`."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _length_text(days: int, minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    pieces = ((days, "d"), (hours, "h"), (rest, "m"))
    return "".join(f"{number}{unit}" for number, unit in pieces if number)
