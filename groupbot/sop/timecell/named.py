"""Clocks that stand behind the name of what happens then: `晨跑 6:30`, `夜读 21:00-21:30`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from groupbot.sop.timecell.patterns import PART

_CLOCK = r"(?P<clock>\d{1,2}\s*[:：点时][^:：]*(?:[:：][^:：]*)?)"
_NAMED = re.compile(rf"\s*(?P<name>[\u4e00-\u9fff]{{2,5}})[\s:：]*{_CLOCK}")
_LINE = re.compile(r"\s*(?P<name>[\u4e00-\u9fff]{2,5})\s*(?=\d{1,2}(?:[:：]\d{2}|点半?)[^\n]{0,8}[:：])")
_NO_NAME = re.compile(
    r"[前后内未满第周每月号天距约至当隔共年分秒截止停休改不除勿时]|(?<!签)到|[次今明昨]日|[一二三四五六七八九十]$"
)
_PARTS: Mapping[str, str] = {
    "早": "早上", "晨": "早上", "清": "早上", "午": "中午", "晚": "晚上", "夜": "晚上", "睡": "晚上",
    "凌晨": "凌晨", "上午": "上午", "中午": "中午", "下午": "下午", "午后": "下午", "傍晚": "傍晚",
}  # fmt: skip
_BOUND = re.compile(r"\d|[前后未截止停除]|至|改[为到期]|[周天号]$|[一二三四五六七八九十](?:周|天|号|点)")
"""What makes a heading with a clock a deadline, or more than a name."""
_ONE = r"\d{1,2}\s*(?:[:：]\s*\d{2}|[点时](?:半|\d{1,2}分?)?)"
_LONE = re.compile(rf"(?P<part>{PART})?\s*{_ONE}(?:\s*[-~—～–至到]\s*{_ONE})?")
_DEED = re.compile(r"(?:[读跑操餐饭茶习练]|打卡|签到|答疑|复盘|群发|推送)$")
"""What is done, and no holiday: beside these a clock alone says no day."""


def deed_clock(text: str) -> tuple[str, str] | None:
    """Return name and clock as `named_clock` does, when the name can be no day such as `中秋`."""
    named = named_clock(text)
    return named if named and (part_in(named[0]) or _DEED.search(named[0])) else None


def named_clock(text: str) -> tuple[str, str] | None:
    """Return the name in front of a clock, and the clock with the part of the day that the name tells; else None."""
    named = _NAMED.fullmatch(text)
    return _parted(named["name"], named["clock"]) if named else None


def named_line(line: str) -> tuple[str, str] | None:
    """Return the name in front of a line's clock, and the rest of the line, when a colon leads to its words."""
    named = _LINE.match(line)
    found = _parted(named["name"], line[named.end() :]) if named else None
    return found if found and (part_in(found[0]) or _DEED.search(found[0])) else None


def part_in(name: str) -> str:
    """Return the part of the day that a name tells (`晚` of `晚课`), "" when it tells none."""
    return _PARTS.get(name[:2]) or _PARTS.get(name[:1], "")


def lone_clock(text: str) -> tuple[str, str] | None:
    """Return the words around the only clock of a heading, and that clock: `午间小知识（12:00）`; None for another."""
    found = list(_LONE.finditer(text))
    if len(found) != 1 or (found[0].end() < len(text) and text[found[0].end()] in ":：."):
        return None
    name = (text[: found[0].start()] + text[found[0].end() :]).strip(" :：()（）[]【】\n")
    if _BOUND.search(name):
        return None
    return name, found[0][0] if found[0]["part"] else f"{part_in(name)}{found[0][0]}"


def _parted(name: str, clock: str) -> tuple[str, str] | None:
    return None if _NO_NAME.search(name) else (name, f"{part_in(name)}{clock}")
