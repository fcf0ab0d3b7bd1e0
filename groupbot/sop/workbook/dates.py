"""Numbers that a workbook shows as dates, clocks or percentages, by the number formats of its styles."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from xml.etree.ElementTree import Element

from groupbot.sop.workbook.grid import Value

_DATE_IDS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
"""Number formats that need no definition; 27-36 and 50-58 are the dates and clocks of East Asian editions."""
_PERCENT_IDS = frozenset({9, 10})
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  # wall clock without a zone, as cells are
_EPOCH_1904 = datetime(1904, 1, 1)  # noqa: DTZ001  # the same
_LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_DATE_SIGNS = re.compile(r"[ymdhs]|aaa|上午|am/pm", re.IGNORECASE)
_LAST_SERIAL = 2_958_466
"""The day after 9999-12-31."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Formats:
    """Which cell styles show numbers as dates, which as percentages."""

    dates: frozenset[int] = frozenset()
    percents: frozenset[int] = frozenset()
    epoch_1904: bool = False

    def value(self, number: str, style: int) -> Value:
        """Return what a cell with `number` in `style` shows."""
        if style in self.dates:
            return self._moment(float(number)) or number
        if style in self.percents:
            return f"{float(number) * 100:.10g}%"
        return _plain(number)

    def _moment(self, serial: float) -> Value | None:
        """Return a date, a clock, or both; the end of a day is a text, which `time` can't hold."""
        if not 0 <= serial < _LAST_SERIAL:
            return None
        minutes = round(serial * 24 * 60)
        days, minute = divmod(minutes, 24 * 60)
        if days == 0:
            return time(minute // 60, minute % 60)
        if days == 1 and minute == 0:
            return "24:00"
        moment = (_EPOCH_1904 if self.epoch_1904 else _EPOCH) + timedelta(minutes=minutes)
        return moment if minute else moment.date()


def formats_of(styles: Element | None, *, epoch_1904: bool) -> Formats:
    """Return the formats that a workbook's styles define."""
    if styles is None:
        return Formats(epoch_1904=epoch_1904)
    codes = {
        int(item.get("numFmtId", "0")): item.get("formatCode", "")
        for item in styles.iter()
        if item.tag.endswith("}numFmt")
    }
    cells = next((item for item in styles if item.tag.endswith("}cellXfs")), None)
    ids = [int(item.get("numFmtId", "0")) for item in cells] if cells is not None else []
    return Formats(
        dates=frozenset(style for style, number in enumerate(ids) if _is_date(number, codes)),
        percents=frozenset(style for style, number in enumerate(ids) if _is_percent(number, codes)),
        epoch_1904=epoch_1904,
    )


def _is_date(number: int, codes: Mapping[int, str]) -> bool:
    code = codes.get(number)
    if code is None:
        return number in _DATE_IDS
    return bool(_DATE_SIGNS.search(_LITERALS.sub("", code.split(";")[0]).replace("General", "")))


def _is_percent(number: int, codes: Mapping[int, str]) -> bool:
    return number in _PERCENT_IDS or "%" in codes.get(number, "")


def _plain(number: str) -> str:
    """Return a number as a person writes it: 3 instead of 3.0, 0.3 instead of 0.30000000000000004."""
    if number.isdecimal():
        return number
    value = float(number)
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"  # noqa: PLR2004  # exact


def iso_value(text: str) -> Value:
    """Return the date that an ISO 8601 cell (`t="d"`) holds, else the text."""
    try:
        moment = datetime.fromisoformat(text.removesuffix("Z"))
    except ValueError:
        return text
    return moment.date() if moment.time() == time() else moment


def is_date(value: Value) -> bool:
    """Return whether a cell is a true date, with a clock or without."""
    return isinstance(value, date)
