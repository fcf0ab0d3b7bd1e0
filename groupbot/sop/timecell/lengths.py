"""Lengths of time in words: `半小时`, `一个半小时`, `1h30m`, `两天`, `一周`."""

from __future__ import annotations

import re

from groupbot.i18n import _
from groupbot.sop.timecell.folding import number
from groupbot.sop.timecell.patterns import LIST, pattern
from groupbot.sop.timenode import MAX_DAYS, MAX_MINUTES, TimeNodeError

_AMOUNT = r"(?:\d{1,4}\.\d|\d{1,7}|[零〇一二两三四五六七八九十百]{1,5}|半)"
_UNIT = "(?:天|日|days?|d(?![a-z])|周|星期|weeks?|小时|钟头|hours?|hrs?|h(?!r)|分钟|分|minutes?|mins?|m(?![a-z])|刻钟)"
PIECE = rf"{_AMOUNT} (?:个)? (?:半)? {_UNIT}(?:半)?"
LENGTH = rf"{PIECE}(?: {PIECE})*"
LENGTHS = rf"{LENGTH}(?: {LIST} {LENGTH})*"
_ONE = pattern(rf"(?P<amount>{_AMOUNT}) 个? (?P<half>半)? (?P<unit>{_UNIT})(?P<more>半)?")
_LIST = re.compile(LIST)
_MINUTES = {"小时": 60, "钟头": 60, "h": 60, "分": 1, "m": 1, "刻": 15}
_DAYS = {"天": 1, "日": 1, "d": 1, "周": 7, "星期": 7, "w": 7}


def lengths(text: str) -> tuple[tuple[int, int], ...] | None:
    """Return the (days, minutes) of each length of a list, or None when one has no whole meaning.

    Raises TimeNodeError for more than ten years of days or a year of minutes.
    """
    found = [length(piece) for piece in _LIST.split(text)]
    return tuple(one for one in found if one) if all(found) else None


def length(text: str) -> tuple[int, int] | None:
    """Return (days, minutes) of one length."""
    days = minutes = 0
    for match in _ONE.finditer(text):
        unit, amount = match["unit"], _amount(match)
        scale = _of(_DAYS, unit)
        if amount is None or (scale and amount % 1):
            return None
        if scale:
            days += int(amount) * scale
        else:
            minutes += round(amount * (_of(_MINUTES, unit) or 1))
    return within(days, minutes, text)


def within(days: int, minutes: int, text: str) -> tuple[int, int]:
    """Return the length again; raises TimeNodeError when it is absurd."""
    if days > MAX_DAYS:
        raise TimeNodeError(_("Day {days} is more than ten years away.").format(days=days))
    if minutes > MAX_MINUTES:
        raise TimeNodeError(_("The time `{text}` is more than a year away.").format(text=text.strip()))
    return days, minutes


def _amount(match: re.Match[str]) -> float | None:
    written = match["amount"]
    half = 0.5 if match["half"] or match["more"] else 0.0
    if written == "半":
        return 0.5
    whole = float(written) if "." in written else number(written)
    return None if whole is None else whole + half


def _of(units: dict[str, int], unit: str) -> int | None:
    return next((scale for start, scale in units.items() if unit.startswith(start)), None)
