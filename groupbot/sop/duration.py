"""Lengths of time as an operator writes them: `3s`, `30m`, `1h30m`, `2d`, `30分钟`."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta

_UNITS = {
    "s": 1, "秒": 1, "秒钟": 1,
    "m": 60, "min": 60, "分": 60, "分钟": 60,
    "h": 3600, "小时": 3600, "个小时": 3600,
    "d": 86400, "天": 86400,
}  # fmt: skip
_PIECE = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)\s*(秒钟|秒|分钟|分|个小时|小时|天|min|s|m|h|d)\s*")
LONGEST = timedelta(days=366)


def parse_duration(text: str) -> timedelta | None:
    """Return the length that `text` names, or None when it names none or one of more than 366 days."""
    folded = unicodedata.normalize("NFKC", text).strip().casefold()
    seconds, at = 0.0, 0
    while match := _PIECE.match(folded, at):
        seconds += float(match[1]) * _UNITS[match[2]]
        at = match.end()
    complete = at == len(folded) and at > 0
    return timedelta(seconds=seconds) if complete and seconds <= LONGEST.total_seconds() else None
