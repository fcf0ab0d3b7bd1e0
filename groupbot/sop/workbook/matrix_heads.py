"""Heads of matrices: days on top of columns, or clocks on top with days on the left."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from groupbot.sop.timecell.day_words import EVENT_WORDS, START_WORDS
from groupbot.sop.workbook.grid import Cell, Sheet
from groupbot.sop.workbook.headings import MAX_HEADING, Field, exact_field, likely_field
from groupbot.sop.workbook.matrix_days import is_weekday_sign, numbered_days, spanning, weekday_signs
from groupbot.sop.workbook.timely import mostly_times
from groupbot.sop.workbook.words import places_of

HEADER_ROWS = 20
"""Title cells, notes and pictures above a header row take fewer rows than this."""
_FEW = 2
_ASIDE = frozenset({Field.ACTOR, Field.SPEAKER, Field.REMARK, Field.STATUS, Field.METRIC})
"""What may stand beside the days of a matrix that has only one or two of them."""
_BESIDE_CLOCKS = _ASIDE | {Field.DAY, Field.STAGE, Field.STEP, Field.GOAL}
_THEMED = 12
"""Characters of a heading that names a day and what it is about: `周三会员日`."""
_COUNT = r"[\d一二两三四五六七八九十]+"
_WEEKDAY = r"(?:周|星期|礼拜)[一二三四五六日天末]|工作日|周末"
_DAYLIKE = re.compile(
    rf"^\s*(?:{_WEEKDAY}|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\b|第\s*[\d一二三四五六七八九十]+\s*天|d(?:ay)?\s*-?\d+|t\s*[-+]\s*\d+|t(?:\s*[日天]|\s*day)?(?![a-z])"
    rf"|倒计时\s*{_COUNT}\s*天|(?:{EVENT_WORDS})(?:[前后]\s*{_COUNT}\s*[天日]|当[天日]|次日|日(?![期程常]))|[当前次][天日]|前{_COUNT}天|{START_WORDS}(?:日|当天)"
    r"|\d{1,2}\s*月\s*\d{1,2}\s*[日号]?|\d{1,2}[/.]\d{1,2}\b|\d{4}[-/年.]\d{1,2}(?:[-/月.]\d{1,2}日?)?|每天|每日)",
    re.IGNORECASE,
)
_SAID = re.compile(r"[，。！？]|\.[a-z]\w{2,3}$", re.IGNORECASE)
"""What stands in a sentence or ends the name of a file, and in no heading: `倒计时3天，快来`, `d3.png`."""
_RUN_ON = re.compile(r"[^\W\d_]{3,}")
"""Words glued to a day (`周末专场满减`) that make it no heading of a column of days."""
_WEEK = re.compile(r"星期|礼拜|周[几次]?")
_BAND = re.compile(r"\d{1,2}\s*[:：点时]|(?:凌晨|早|上午|中午|午间|下午|傍晚|晚)(?!班)")


def day_columns(sheet: Sheet, row: int) -> dict[int, Cell]:
    """Return the cells of `row` that name days, by column."""
    cells = sheet.filled(row)
    if signs := weekday_signs(cells):
        return signs
    found = {cell.column: cell for cell in cells if is_day(cell)}
    if _FEW < len(found) < len(cells):
        found |= {cell.column: cell for cell in cells if len(cell.text) <= _THEMED and _DAYLIKE.match(cell.text)}
    return found or (numbered_days(sheet, row) if cells and cells[0].text[:1].isdecimal() else {})


def is_day(cell: Cell) -> bool:
    """Return whether a cell names a day and says nothing more than that."""
    if isinstance(cell.value, date):
        return True
    day = _DAYLIKE.match(cell.text) if isinstance(cell.value, str) and len(cell.text) <= MAX_HEADING else None
    return day is not None and not _RUN_ON.match(cell.text, day.end()) and not _SAID.search(cell.text)


def beneath(sheet: Sheet, row: int, column: int) -> list[Cell]:
    """Return the first cells below a heading."""
    return [cell for number in range(row + 1, row + 1 + HEADER_ROWS) if (cell := sheet.cell(number, column))]


def is_matrix(sheet: Sheet, row: int) -> bool:
    """Return whether `row` heads a matrix: more than two days on top, or clocks on top and days on the left."""
    days = day_columns(sheet, row)
    cells = sheet.filled(row)
    if len(days) > _FEW and len(days) * 2 >= len(cells):
        return not _clocked(days) and len({(spanning(sheet, row, at), days[at].text) for at in days}) == len(days)
    if days and len(days) == len(cells) and numbered_days(sheet, row):
        return True
    return _few_days(sheet, row, days) or bool(bands_of(sheet, row))


def _few_days(sheet: Sheet, row: int, days: Mapping[int, Cell]) -> bool:
    """Return whether one or two days stand beside a heading of clocks, which stand below it, and none of words."""
    cells = sheet.filled(row)
    left = min(days, default=1) - 1
    others = [cell for cell in cells if cell.column not in {left, *days}]
    if not days or not left or _clocked(days) or any(exact_field(cell.text) not in _ASIDE for cell in others):
        return False
    heading = sheet.cell(row, left)
    below = beneath(sheet, row, left)
    return (
        (heading is None or likely_field(heading.text) in {Field.WHEN, Field.DAY})
        and mostly_times(below)
        and not any(is_day(cell) for cell in below)
    )


def _clocked(days: Mapping[int, Cell]) -> bool:
    """Return whether the first or most of `days` carry a clock of their own: then it is a row of steps."""
    clocked = [bool(_BAND.search(cell.text)) for cell in days.values()]
    return clocked[0] or sum(clocked) * 2 > len(clocked)


def bands_of(sheet: Sheet, row: int) -> dict[int, Cell]:
    """Return the columns of `row` that are headed by a clock, when the rows below begin with days."""
    bands = _clocks_in(sheet, row) or _clocks_above(sheet, row)
    return bands if bands and left_of(sheet, row, bands) else {}


def _clocks_in(sheet: Sheet, row: int) -> dict[int, Cell]:
    cells = [cell for cell in sheet.filled(row) if len(cell.text) <= MAX_HEADING]
    bands = {cell.column: cell for cell in cells if _BAND.search(cell.text) and not exact_field(cell.text)}
    others = [cell for cell in sheet.filled(row) if cell.column not in bands]
    unlike = [cell for cell in others if exact_field(cell.text) not in _BESIDE_CLOCKS]
    return {} if len(bands) < max(_FEW, len(unlike)) else bands


def _clocks_above(sheet: Sheet, row: int) -> dict[int, Cell]:
    """Return the clock over each place that `row` names below it: `上午10点` over 群内 and 私聊."""
    cells = sheet.filled(row)
    if not all(len(cell.text) <= _THEMED and places_of(cell.text)[0] for cell in cells):
        return {}
    clocks = _clocks_in(sheet, row - 1)
    over = {cell.column: max((at for at in clocks if at <= cell.column), default=0) for cell in cells}
    return {column: replace(clocks[at], column=column) for column, at in over.items() if at}


def _names_weekdays(heading: Cell | None, below: Sequence[Cell]) -> bool:
    """Return whether `一`, `三` below a heading are weekdays and no numbers: it says so, or a Sunday is among them."""
    return bool(heading and _WEEK.search(heading.text)) or any(cell.text in {"日", "天"} for cell in below)


def left_of(sheet: Sheet, row: int, bands: Mapping[int, Cell]) -> int:
    """Return the column of days on the left of `bands`, 0 when there is none."""
    for column in range(min(bands) - 1, 0, -1):
        below = beneath(sheet, row, column)
        heading = sheet.cell(row, column)
        if heading is not None and is_day(heading):
            continue  # a row of a list, not the head of its days
        named = heading is not None and exact_field(heading.text) is Field.DAY
        signs = sum(is_weekday_sign(cell.text) for cell in below) if _names_weekdays(heading, below) else 0
        if signs + sum(is_day(cell) or (named and cell.text.isdecimal()) for cell in below) >= _FEW:
            return column
    return 0
