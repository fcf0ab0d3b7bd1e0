"""Times as people and systems write them, to instants. What could be two days is refused. Pure."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from groupbot.i18n import _
from groupbot.tracking.imports.cells import Raw, clean
from groupbot.tracking.imports.values import Ground, Unclear

_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - wall clock, as spreadsheets count it
_SERIALS = (30_000, 75_000)
"""Days that a spreadsheet counts, 1982 to 2105: other numbers are no dates."""
_AHEAD = timedelta(days=2)
"""How far ahead of now a time may lie: clocks and zones differ; further, a year is mistyped."""
_FIRST_YEAR = 2000
_WEEKDAY = re.compile(r"\(?(?:周|星期|礼拜)[一二三四五六日天]\)?")
_HALVES = r"凌晨|早上|早晨|清晨|早|上午|中午|下午|傍晚|晚上|晚间|晚|夜里|am|pm|a\.m\.|p\.m\."
_DAY = re.compile(
    r"(?P<d2>\d{1,2})[/.-](?P<m2>\d{1,2})[/.-](?P<y2>\d{4})"
    r"|(?:(?P<y>\d{4})[-/.年])?(?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})(?:日|号)?(?!\d)"
    r"|(?P<packed>\d{8})(?=\D|$|(?:\d{4}|\d{6})$)"
)
_CLOCK = re.compile(
    rf"(?P<half>{_HALVES})?\s*(?P<h>\d{{1,2}})"
    r"(?:[:时点](?P<min>\d{1,2})?(?:[:分](?P<s>\d{1,2}(?:\.\d+)?)?秒?)?)?(?P<halfpast>半)?(?P<quarter>一刻)?"
    rf"\s*(?P<after>{_HALVES})?",
    re.IGNORECASE,
)
_PACKED = re.compile(r"(\d{2})(\d{2})(\d{2})?")
_OFFSET = re.compile(
    r"(?<=\d)\s*(Z|UTC|GMT|\+\d{2}:?\d{2}|(?<=[T ]\d{2}:\d{2}:\d{2})-\d{2}:?\d{2}|(?<=:\d{2}:\d{2} )-\d{4})$",
    re.IGNORECASE,
)
"""A minus is one only behind a whole time with seconds: 10:00-12:00 is from ten to twelve."""
_LATE = frozenset({"下午", "傍晚", "晚上", "晚间", "晚", "夜里", "pm", "p.m."})
_STAMP = re.compile(r"1\d{9}(?:\d{3})?")
_NOON = 12


def moment_of(raw: Raw, ground: Ground) -> datetime:
    """Return the instant that a cell says, in UTC; a day alone is its first moment. Raises Unclear."""
    at = _read(raw, ground)
    if at > ground.now + _AHEAD or at.year < _FIRST_YEAR:
        raise Unclear(_("{word} can't be: see its year").format(word=_shown(raw)), _example())
    return at


def _read(raw: Raw, ground: Ground) -> datetime:
    if isinstance(raw, datetime):
        return _instant(raw, ground)
    if isinstance(raw, time):
        raise Unclear(_("{word} says no day").format(word=_shown(raw)), _example())
    if isinstance(raw, date):
        return _instant(datetime.combine(raw, time()), ground)
    text = _WEEKDAY.sub(" ", clean(raw)).strip()
    if _STAMP.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    try:
        return _serial(text, ground) or _written(text, ground)
    except (ValueError, OverflowError) as error:
        raise Unclear(_("{word} is no time").format(word=_shown(raw)), _example()) from error


def _serial(text: str, ground: Ground) -> datetime | None:
    if not re.fullmatch(r"\d{5}(?:\.\d+)?", text) or not _SERIALS[0] <= float(text) < _SERIALS[1]:
        return None
    return _instant(_EPOCH + timedelta(seconds=round(float(text) * 86_400)), ground)


def _written(text: str, ground: Ground) -> datetime:
    offset = _OFFSET.search(text)
    if offset:
        text = text[: offset.start()]
    found = _DAY.match(text)
    if found is None:
        raise ValueError(text)
    rest = text[found.end() :].strip().removeprefix("T").strip()
    clock, days = _clock(rest)
    day = _day(found, ground)
    wall = datetime.combine(day, clock) + timedelta(days=days)
    return _with_offset(wall, offset[1]) if offset else _instant(wall, ground)


def _day(found: re.Match[str], ground: Ground) -> date:
    if packed := found["packed"]:
        return date(int(packed[:4]), int(packed[4:6]), int(packed[6:]))
    if found["y2"]:
        return _either(int(found["y2"]), int(found["d2"]), int(found["m2"]))
    month, day = int(found["m"]), int(found["d"])
    return date(int(found["y"]), month, day) if found["y"] else _nearest(month, day, ground)


def _either(year: int, first: int, second: int) -> date:
    """Return the day of 18/5/2026 or 5/18/2026; raises ValueError for one that could be either."""
    if first != second and max(first, second) <= _NOON:
        raise ValueError(first)
    return date(year, min(first, second), max(first, second)) if first != second else date(year, first, second)


def _nearest(month: int, day: int, ground: Ground) -> date:
    """Return the day without a year that is nearest to the campaign's first day."""
    start = ground.start.astimezone(ground.zone).date()
    days = [found for year in (start.year - 1, start.year, start.year + 1) if (found := _or_none(year, month, day))]
    if not days:
        raise ValueError(day)
    return min(days, key=lambda one: abs(one - start))


def _or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _clock(text: str) -> tuple[time, int]:
    """Return the clock, and 1 for the end of a day, which is the next one's first moment."""
    if not text:
        return time(), 0
    if packed := _PACKED.fullmatch(text):
        return time(int(packed[1]), int(packed[2]), int(packed[3] or 0)), 0
    found = _CLOCK.fullmatch(text)
    if found is None or not (found["half"] or found["after"] or ":" in text or "点" in text or "时" in text):
        raise ValueError(text)
    half = (found["half"] or found["after"] or "").casefold()
    hour = _hour(int(found["h"]), half)
    minute = 30 if found["halfpast"] else 15 if found["quarter"] else int(found["min"] or 0)
    second = int(float(found["s"] or 0))
    if hour == 24 and not minute and not second:  # noqa: PLR2004 - the end of a day
        return time(), 1
    return time(hour, minute, second), 0


def _hour(hour: int, half: str) -> int:
    if half in _LATE and hour < _NOON:
        return hour + _NOON
    if half == "中午" and hour < 3:  # noqa: PLR2004 - 中午1点
        return hour + _NOON
    if half in {"am", "a.m.", "凌晨"} and hour == _NOON:
        return 0
    if half in {"晚", "晚上", "夜里"} and hour == _NOON:
        raise ValueError(hour)
    return hour


def _instant(wall: datetime, ground: Ground) -> datetime:
    try:
        return wall.replace(tzinfo=ground.zone).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Unclear(_("{word} is no time").format(word=_shown(wall)), _example()) from error


def _with_offset(wall: datetime, offset: str) -> datetime:
    if offset.upper() in {"Z", "UTC", "GMT"}:
        return wall.replace(tzinfo=UTC)
    return datetime.fromisoformat(f"{wall.isoformat()}{offset[:3]}:{offset[-2:]}").astimezone(UTC)


def _shown(raw: Raw) -> str:
    return clean(raw) if isinstance(raw, str) else str(raw)


def _example() -> str:
    return _("Write it as 2026-05-18 20:00.")
