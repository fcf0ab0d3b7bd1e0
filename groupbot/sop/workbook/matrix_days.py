"""The days of a matrix's columns and rows: by their own headings, by what spans them, by the sheet's name and title."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from groupbot.sop.timecell.folding import fold, number
from groupbot.sop.timecell.head import read_head
from groupbot.sop.timenode import TimeNodeError
from groupbot.sop.workbook.grid import Cell, Sheet

_NAMES = {sign: day for day, sign in enumerate("一二三四五六日")} | {"天": 6}
_ENGLISH = {name: day for day, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}
_WORKDAYS, _WEEKEND = frozenset(range(5)), frozenset({5, 6})
_WEEKDAYS = re.compile(r"(?:周|星期|礼拜)([一二三四五六日天](?:[、,/和及与]?(?:周|星期|礼拜)?[一二三四五六日天])*)")
_SPAN = re.compile(r"(?:周|星期|礼拜)([一二三四五六日天])\s*[-~至到—–]\s*(?:周|星期|礼拜)?([一二三四五六日天])")
_WEEK = re.compile(
    r"第\s*([\d一二三四五六七八九十]+)\s*个?(?:周|星期)(?![一二三四五六日天])|(?<![a-z])w(?:eek)?\s*(\d{1,2})(?!\d)"
)
_DATES = re.compile(r"(\d{1,2})[./月](\d{1,2})[日号]?\s*[-~至到]+\s*(?:(\d{1,2})[./月])?(\d{1,2})(?![\d:.点])[日号]?")
_MONTH = re.compile(r"(?:(20\d\d)\s*[年.\-/]\s*)?(?<![\d前])(1?\d|十?[一二三四五六七八九十])\s*月(?!\s*\d)")
_DOTTED = re.compile(r"(?<![\d.])(\d{1,2})\.(\d{1,2})(?![\d.])")
_NUMBERED = re.compile(r"(\d{1,2})[日号]?")
_BRIEF = 30
_FEW = 2
_MOST = 5
"""Signs of a row that are taken for weekdays: `一 二 三` may count anything."""
_YEAR = 12


def weekdays_of(heading: str) -> frozenset[int]:
    """Return the weekdays (0 = Monday) that a heading names."""
    text = unicodedata.normalize("NFKC", heading).casefold()
    if span := _SPAN.search(text):
        first, last = _NAMES[span[1]], _NAMES[span[2]]
        return frozenset(range(first, last + 1)) if first <= last else frozenset({*range(first, 7), *range(last + 1)})
    found = {_NAMES[sign] for match in _WEEKDAYS.finditer(text) for sign in match[1] if sign in _NAMES}
    found |= {day for name, day in _ENGLISH.items() if re.search(rf"\b{name}", text)}
    if "工作日" in text:
        found |= _WORKDAYS
    if "周末" in text:
        found |= _WEEKEND
    return frozenset(found)


def weekday_signs(cells: Sequence[Cell]) -> dict[int, Cell]:
    """Return a row's weekdays that are named by their signs alone, as on a wall calendar: `一 二 三 四 五 六 日`."""
    signs = [cell for cell in cells if cell.text in _NAMES]
    if len({cell.text for cell in signs}) < _MOST or len(cells) > len(signs) + 1:
        return {}
    return {cell.column: replace(cell, value=f"周{cell.text}") for cell in signs}


def is_weekday_sign(text: str) -> bool:
    """Return whether a cell names a weekday by its sign alone."""
    return text in _NAMES


def week_in(*texts: str) -> str:
    """Return the days by which the first of `texts` that names any bounds its weekdays: `第2周`, `6月1日-6月7日`."""
    for text in texts:
        folded = fold(text).text
        if dates := _DATES.search(folded):
            month, day, other, last = dates.groups()
            return f"{month}月{day}日-{other or month}月{last}日"
        if week := _WEEK.search(folded):
            return f"第{week[1] or week[2]}周"
    return ""


def day_said(heading: Cell) -> str:
    """Return what a heading says of its day, without a theme behind it: `D1` of `D1 破冰`; `6.8` is a date there."""
    if not isinstance(heading.value, str):
        return heading.text
    text = _DOTTED.sub(r"\1月\2日", heading.text)
    folded = fold(text)
    try:
        head = read_head(folded, "")
    except TimeNodeError:
        return text
    return folded.written(0, head.end).strip(" :：\n") if head.timely else text


def month_of(sheet: Sheet, before: int) -> tuple[int | None, int] | None:
    """Return the year and month that a title above row `before`, or the sheet's name, tells; None for none."""
    titles = [cells[0].text for row in sorted(sheet.rows) if row < before and len(cells := sheet.filled(row)) <= _FEW]
    for text in (*reversed(titles), sheet.name):
        if len(text) <= _BRIEF and (found := _MONTH.search(text)):
            month = number(found[2])
            if month and month <= _YEAR:
                return int(found[1]) if found[1] else None, month
    return None


def numbered_days(sheet: Sheet, row: int) -> dict[int, Cell]:
    """Return the cells of a row that holds nothing but the days of a month as numbers, as in a calendar on a wall."""
    cells = sheet.filled(row)
    found = [_NUMBERED.fullmatch(cell.text) for cell in cells]
    numbers = [int(match[1]) for match in found if match]
    if not numbers or len(numbers) < len(cells) or not _counts(cells, numbers):
        return {}
    title = month_of(sheet, row)
    above = [other for other in sheet.rows if other < row and _is_week(sheet, other)]
    if title is None or not above:
        return {}
    year, month = title
    earlier = any(_NUMBERED.fullmatch(cell.text) for other in sheet.rows if max(above) < other < row
                  for cell in sheet.filled(other)[:1])  # fmt: skip
    turn = next((at for at, (one, two) in enumerate(pairwise(numbers), 1) if two < one), 0)
    made = {}
    for at, (cell, day) in enumerate(zip(cells, numbers, strict=True)):
        shift = (1 if earlier and at >= turn else -1 if not earlier and at < turn else 0) if turn else 0
        made[cell.column] = replace(cell, value=dated(year, month + shift, day))
    return made


def _counts(cells: list[Cell], numbers: list[int]) -> bool:
    """Return whether days count on from column to column, a new month beginning at 1."""
    steps = zip(cells, cells[1:], numbers, numbers[1:], strict=False)
    return all(right.column == left.column + 1 and two in {one + 1, 1} for left, right, one, two in steps)


def dated(year: int | None, month: int, day: int) -> str:
    """Return a date in words; months run over the year's ends."""
    if not 1 <= month <= _YEAR:
        year, month = (year + (1 if month > _YEAR else -1) if year else None), (month - 1) % _YEAR + 1
    return f"{year}年{month}月{day}日" if year else f"{month}月{day}日"


def _is_week(sheet: Sheet, row: int) -> bool:
    """Return whether a row heads a week: nothing but weekdays, more than two."""
    cells = sheet.filled(row)
    return bool(weekday_signs(cells)) or sum(bool(weekdays_of(cell.text)) for cell in cells) > _FEW


def spanning(sheet: Sheet, row: int, column: int) -> str:
    """Return the heading across above the one at a place: merged over it, or the last on its left where it is alone."""
    above = sheet.rows.get(row - 1, {})
    if cell := sheet.seen(row - 1, column):
        return cell.text if len(cell.text) <= _BRIEF else ""
    left = [at for at in above if at <= column]
    return above[max(left)].text[:_BRIEF] if left else ""


def in_cell(text: str, month: tuple[int | None, int] | None) -> tuple[str, str] | None:
    """Return the date that stands as a number on a cell's first line, and the words below it; None for another cell."""
    first, _sign, rest = text.partition("\n")
    found = _NUMBERED.fullmatch(first.strip())
    if found is None or month is None:
        return None
    return dated(month[0], month[1], int(found[1])), rest.strip()


def ascends(headings: Mapping[int, Cell]) -> bool:
    """Return whether dates written `6.8` count on from left to right: `6.1` behind `6.9` may be meant for `6.10`."""
    pairs = [(int(one[1]), int(one[2])) for cell in headings.values() if (one := _DOTTED.match(cell.text))]
    return all(one < two for one, two in pairwise(pairs))
