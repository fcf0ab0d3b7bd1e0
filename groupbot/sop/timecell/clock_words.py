"""Words that name clocks: `8点半`, `20:00`, `8pm`, and the hour whose `点` stands with a later one (`10、11点`)."""

from __future__ import annotations

import re

from groupbot.i18n import _
from groupbot.sop.timecell.dayparts import DayPart
from groupbot.sop.timecell.folding import NUMBER, number
from groupbot.sop.timecell.patterns import LIST, PART, RANGE, pattern
from groupbot.sop.timecell.tokens import Clock, Token
from groupbot.sop.timenode import DAY_MINUTES, TimeNodeError

_HOUR = r"(?:\d{1,2}|[零〇一二两三四五六七八九十]{1,3})"
_OCLOCK = "(?:点钟?|时(?![间候段刻长光期机]))"
_HALF_DAY = r"(?P<half>[ap])\.?m(?:\.|\b)"
_COUNTED = r"(?! (?:\d|[点时:月日号个条天人位张次轮波小半]))"

COLON = pattern(rf"(?P<h>\d{{1,2}}) : (?P<m>\d{{2}})(?!\d)(?::00(?!\d))?(?!\d|:\d\d(?!\w))(?: {_HALF_DAY})?(?:分|点)?")
_TENS = "[零〇一二三四五]?[一二三四五六七八九十零〇]{2}|[一二三四五]?十"
SPOKEN = pattern(
    rf"(?P<h>{_HOUR}) {_OCLOCK}"
    rf"(?: (?:(?P<part>半|[一三13]刻钟?|整点?)|过?(?P<m1>{NUMBER}) 分(?!钟)|(?P<m2>\d\d|{_TENS}){_COUNTED}))?"
)
HALF_DAY = pattern(rf"(?P<h>\d{{1,2}}) {_HALF_DAY}")
DOTTED = pattern(r"(?P<h>1[3-9]|2[0-4])\.(?P<m>[0-5]\d)(?![\d.])")
DOTTED_HALF_DAY = pattern(rf"(?P<h>\d{{1,2}})\.(?P<m>\d\d) {_HALF_DAY}")
MIDNIGHT = pattern(r"midnight\b|[午子]夜(?! [\d零一二三四五六七八九十])")
_END = rf"(?:{_OCLOCK}|{_HALF_DAY.replace('?P<half>', '?:')})"
BARE = pattern(
    rf"(?P<h>{_HOUR})(?=(?: (?:{LIST} {_HOUR}|{RANGE} {PART}? {_HOUR}))+ {_END}| {RANGE} \d{{1,2}}:\d\d)(?! {_OCLOCK})"
)
BARE_HOUR = re.compile(rf"(?P<h>\d{{1,2}})(?=$|[\n,)-]|:(?! ?\d)|{PART} ?\d| (?![点:时\d]))")
"""The `9` of `早9`, right behind a part of the day."""
_QUARTERS = {"半": 30, "一刻": 15, "1刻": 15, "三刻": 45, "3刻": 45, "整": 0, "整点": 0}


def colon(match: re.Match[str]) -> Token | None:
    """Read `08:30`, `8:30 pm`."""
    clock = checked(int(match["h"]), int(match["m"]), match[0])
    part = _half_day(match)
    return Clock(hour=clock[0], minute=clock[1], padded=len(match["h"]) > 1 and not part, part=part)


def spoken(match: re.Match[str]) -> Token | None:
    """Read `八点`, `8点半`, `7点30分`."""
    hour = number(match["h"])
    minute = _QUARTERS.get((match["part"] or "").removesuffix("钟"))
    if minute is None:
        minute = number(match["m1"] or match["m2"] or "0")
    if hour is None or minute is None:
        return None
    hour, minute = checked(hour, minute, match[0])
    return Clock(hour=hour, minute=minute, spoken=True)


def half_day(match: re.Match[str]) -> Token | None:
    """Read `8pm`."""
    hour, minute = checked(int(match["h"]), 0, match[0])
    return Clock(hour=hour, minute=minute, part=_half_day(match))


def dotted(match: re.Match[str]) -> Token | None:
    """Read `20.30`, which can be no date."""
    return Clock(hour=int(match["h"]), minute=int(match["m"]), padded=True)


def bare(match: re.Match[str]) -> Token | None:
    """Read the `8` of `8-10点`."""
    hour = number(match["h"])
    return Clock(hour=checked(hour, 0, match[0])[0], spoken=True) if hour is not None else None


def midnight(_match: re.Match[str]) -> Token:
    """Read `midnight`, `午夜`."""
    return Clock(hour=12, part=DayPart.NIGHT)


def checked(hour: int, minute: int, written: str) -> tuple[int, int]:
    """Return the clock again; raises TimeNodeError when there is none such."""
    if minute > 59 or hour * 60 + minute > DAY_MINUTES:  # noqa: PLR2004  # minutes of an hour
        raise TimeNodeError(
            _("There is no clock `{text}`.").format(text=written.strip()),
            hint=_("Clocks run from 00:00 to 24:00, and 24:00 is the next day's 00:00."),
        )
    return hour, minute


def _half_day(match: re.Match[str]) -> DayPart | None:
    half = match.groupdict().get("half")
    return None if half is None else DayPart.AM if half == "a" else DayPart.PM
