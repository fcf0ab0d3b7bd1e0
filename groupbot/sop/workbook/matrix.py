"""Matrices: days on top and clocks on the left, or the other way round; each filled cell between them is a step."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from groupbot.sop.document import Place
from groupbot.sop.timecell.values import DAILY, TimeContext, TimeReading
from groupbot.sop.workbook.grid import Cell
from groupbot.sop.workbook.headings import MAX_HEADING, Field
from groupbot.sop.workbook.named_clocks import read_named
from groupbot.sop.workbook.rows import Row
from groupbot.sop.workbook.table import Table
from groupbot.sop.workbook.words import places_of

_NAMES = {sign: day for day, sign in enumerate("一二三四五六日")} | {"天": 6}
_ENGLISH = {name: day for day, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}
_WORKDAYS, _WEEKEND = frozenset(range(5)), frozenset({5, 6})
_WEEKDAYS = re.compile(r"(?:周|星期|礼拜)([一二三四五六日天](?:[、,/和及与]?(?:周|星期|礼拜)?[一二三四五六日天])*)")
_SPAN = re.compile(r"(?:周|星期|礼拜)([一二三四五六日天])\s*[-~至到—–]\s*(?:周|星期|礼拜)?([一二三四五六日天])")
_DATED = re.compile(r"\d")
_PLACED: Mapping[Place, Field] = {"member": Field.MEMBER_ACTION, "moments": Field.MOMENTS_ACTION}
_SAID = {Field.SCRIPT, Field.GROUP_ACTION, *_PLACED.values()}


@dataclass(frozen=True, kw_only=True, slots=True)
class MatrixTimes:
    """When the step of one cell is: its band's clock on its column's days."""

    band: str
    days: str
    weekdays: frozenset[int]
    event: str = ""

    def of(self, row: Row) -> TimeReading:  # noqa: ARG002  # a matrix knows its place already
        """Return when the cell's step is; raises TimeNodeError."""
        if self.weekdays and not _DATED.search(self.days):
            context = TimeContext(weekdays=self.weekdays, otherwise=DAILY, event=self.event)
            return read_named(self.band or self.days, context, "")
        return read_named(self.band, TimeContext(otherwise=DAILY, event=self.event), self.days)

    def name(self, row: Row) -> str:  # noqa: ARG002  # the same
        """Return what tells the cell's time from others in its step's id."""
        return f"{self.days} {self.band}"


def cells_of(
    table: Table, pictures: dict[tuple[int, int], tuple[str, ...]], *, event: str
) -> Iterator[tuple[Row, MatrixTimes]]:
    """Yield each filled cell of a matrix as a row of its own, with its time."""
    left = table.columns.get(Field.WHEN if table.days else Field.DAY, ())
    tops = table.days or table.bands
    stage = ""
    for number in table.rows:
        stage_cell = next(
            (cell for at in table.columns.get(Field.STAGE, ()) if (cell := table.sheet.seen(number, at))), None
        )
        stage = stage_cell.text if stage_cell else stage
        beside = " ".join(cell.text for at in left if (cell := table.sheet.seen(number, at)))
        if table.bands and beside.isdecimal():
            beside = f"第{beside}天"
        for column in tops:
            cell = table.sheet.cell(number, column)
            here = pictures.get((number, column), ())
            if cell is None and not here:
                continue
            spanned = [other for other in tops if _spans(table, number, column, other)]
            said = _said_at(table, column)
            other = _SAID if said is Field.SCRIPT else {*_SAID, Field.STEP}  # beside a place, a step's name is words
            kept = {name: at for name, at in table.columns.items() if name not in other}
            own = replace(table, columns=kept | {said: (column,)})
            row = Row(table=own, number=number, stage=stage, pictures=here)
            yield row, _times(table, beside, [tops[column], *(tops[other] for other in spanned)], event)


def _said_at(table: Table, column: int) -> Field:
    """Return where a column's cells are said, by its heading (`私聊 21:30`) or the one merged across above it."""
    above = table.sheet.seen(table.header - 1, column)
    for heading in (table.sheet.seen(table.header, column), above):
        places = places_of(heading.text)[0] if heading and len(heading.text) <= MAX_HEADING else ()
        if len(places) == 1 and places[0] != "group":
            return _PLACED[places[0]]
    return Field.SCRIPT


def _spans(table: Table, row: int, column: int, other: int) -> bool:
    """Return whether the cell at `column` is merged over `other` too."""
    return other != column and table.sheet.covered.get((row, other)) == (row, column)


def _times(table: Table, beside: str, headings: list[Cell], event: str) -> MatrixTimes:
    if table.bands:
        bands = "、".join(cell.text for cell in headings)
        return MatrixTimes(band=bands, days=beside, weekdays=weekdays_of(beside), event=event)
    weekdays = frozenset(day for cell in headings for day in weekdays_of(cell.text))
    return MatrixTimes(band=beside, days="、".join(cell.text for cell in headings), weekdays=weekdays, event=event)


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
