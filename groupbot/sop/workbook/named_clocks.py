"""Clocks that stand behind the name of what happens then: `晨跑 6:30`, `夜读 21:00-21:30`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from groupbot.i18n import _
from groupbot.sop.timecell.cell import read_time
from groupbot.sop.timecell.values import PlaceholderLeft, TimeContext, TimeReading
from groupbot.sop.timenode import TimeNodeError

_NAMED = re.compile(r"\s*(?P<name>[\u4e00-\u9fff]{2,5})[\s:：]*(?P<clock>\d{1,2}\s*[:：点时][^:：]*(?:[:：][^:：]*)?)")
_NO_NAME = re.compile(r"[前后内未满第周每月日号天距约至到当次隔共年分秒]|[一二三四五六七八九十]$")
_PARTS: Mapping[str, str] = {"早": "早上", "晨": "早上", "午": "中午", "晚": "晚上", "夜": "晚上"}


def read_named(clock: str, context: TimeContext, days: str) -> TimeReading:
    """Read the time of `clock` on `days` ("" for those of `context`); a name before the clock is none of it.

    Raises TimeNodeError.
    """
    try:
        return read_time(f"{days} {clock}".strip(), context)
    except PlaceholderLeft:
        raise
    except TimeNodeError:
        named = _NAMED.fullmatch(clock)
        if named is None or _NO_NAME.search(named["name"]):
            raise
        part = _PARTS.get(named["name"][0], "")
        reading = read_time(f"{days} {part}{named['clock']}".strip(), context)
        said = _("`{name}` is taken for a name: the clock behind it counts.").format(name=named["name"])
        return replace(reading, assumptions=(*reading.assumptions, said))


def begins_with_part(clock: str) -> bool:
    """Return whether a clock's name tells the part of the day: it is no holiday that would be a day of its own."""
    named = _NAMED.fullmatch(clock)
    return named is not None and named["name"][0] in _PARTS
