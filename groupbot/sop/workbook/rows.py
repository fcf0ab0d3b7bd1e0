"""The rows of a table as operators read them: the stage of the rows above, merged cells, sections at the end."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from groupbot.sop.planned import Source
from groupbot.sop.workbook.grid import Cell, Sheet
from groupbot.sop.workbook.headings import Field
from groupbot.sop.workbook.table import Table
from groupbot.sop.workbook.timely import says_day_or_clock
from groupbot.sop.workbook.words import tail_kind

_DITTO = re.compile(r"同上|同前|如上|同上行|〃+|″|''|\"|\"\"")
_BRIEF = 3
_FAR = 50
"""Rows up to which a `同上` is followed."""
MAX_BANNER = 60
"""Characters of a cell that heads the rows below it."""
_ACTIONS = (Field.SCRIPT, Field.STEP, Field.GROUP_ACTION, Field.MEMBER_ACTION, Field.MOMENTS_ACTION)
_TIMES = (Field.DAY, Field.WHEN, Field.OFTEN, Field.TRIGGER)


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One row of a table with steps. `stage` is its own or that of the rows above; `pictures` are ids."""

    table: Table
    number: int
    stage: str = ""
    pictures: tuple[str, ...] = ()
    _filled: Mapping[Field, tuple[Cell, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        sheet, number = self.table.sheet, self.number
        filled: dict[Field, tuple[Cell, ...]] = {}
        for name, places in self.table.columns.items():
            cells = [_meant(sheet, cell) for place in places if (cell := sheet.seen(number, place))]
            if kept := tuple([cell for cell in cells if cell.text or cell.is_formula]):
                filled[name] = kept
        object.__setattr__(self, "_filled", filled)

    def says(self, fields: frozenset[Field]) -> bool:
        """Return whether a cell of one of `fields` is filled."""
        return not fields.isdisjoint(self._filled)

    def get(self, field: Field) -> Cell | None:
        """Return the first filled cell of `field`; within a merged range its first cell."""
        cells = self._filled.get(field)
        return cells[0] if cells else None

    def cells(self, field: Field) -> tuple[Cell, ...]:
        """Return the filled cells of `field`, from left to right."""
        return self._filled.get(field, ())

    def text(self, field: Field) -> str:
        """Return what the cells of `field` say."""
        cells = self._filled.get(field)
        if cells is None:
            return ""
        return cells[0].text if len(cells) == 1 else " ".join(dict.fromkeys(cell.text for cell in cells))

    def unstored(self) -> list[Cell]:
        """Return the cells whose formulas have no stored value."""
        formulas = [cell for cells in self._filled.values() for cell in cells if cell.is_formula]
        return [cell for cell in formulas if not cell.text and not cell.picture]

    def own(self, *fields: Field) -> bool:
        """Return whether a cell of one of `fields` stands in this row itself."""
        cells = self.table.sheet.rows.get(self.number, {})
        return any(column in cells for field in fields for column in self.table.columns.get(field, ()))

    def where(self, field: Field | None = None) -> Source:
        """Return the place of the row, or of its cell in the column of `field`."""
        column = self.table.columns.get(field, (0,))[0] if field else 0
        return self.table.sheet.where(self.number, column or None)


@dataclass(frozen=True, kw_only=True, slots=True)
class TailRow:
    """A row of a section that holds no steps: goals, playbooks, replies, or notes."""

    table: Table
    number: int
    kind: str
    cells: tuple[Cell, ...]
    pictures: tuple[str, ...] = ()

    def where(self) -> Source:
        """Return the place of the row."""
        return self.table.sheet.where(self.number, self.cells[0].column if self.cells else None)


def rows_of(table: Table, pictures: Mapping[int, tuple[str, ...]], stage: str = "") -> Iterator[Row | TailRow]:
    """Yield the rows of a table; `stage` is what stood above its header. Rows that only head others are not yielded."""
    section = ""
    carried = stage
    for number in table.rows:
        exact = _is_exact(table, number)
        banner = None if exact else _banner(table, number)
        if banner:
            section, carried = tail_kind(banner.text), banner.text
            continue
        own = _own_stage(table, number)
        if own:
            section, carried = tail_kind(own.text), own.text
            section = "" if exact or (section == "notes" and _is_timed(table, number)) else section
        cells, here = table.sheet.filled(number), pictures.get(number, ())
        if own in cells:
            cells.remove(own)
        if section:
            if cells:
                yield TailRow(table=table, number=number, kind=section, cells=tuple(cells), pictures=here)
        elif cells or here:
            yield Row(table=table, number=number, stage=carried, pictures=here)


def _is_exact(table: Table, number: int) -> bool:
    """Return whether groupbot wrote the row: then it is a step, however its stage is called."""
    places = table.columns.get(Field.SETTINGS)
    return places is not None and any(table.sheet.cell(number, column) for column in places)


def _is_timed(table: Table, number: int) -> bool:
    """Return whether a row has a time of its own: then a stage called 总结 holds a step, not a note."""
    cells = table.sheet.rows.get(number, {})
    columns = [column for field in _TIMES for column in table.columns.get(field, ())]
    return any(column in cells and says_day_or_clock(cells[column]) for column in columns)


def _own_stage(table: Table, number: int) -> Cell | None:
    """Return the stage that is written in this row."""
    found = [
        cell
        for column in table.columns.get(Field.STAGE, ())
        if (cell := table.sheet.cell(number, column)) and cell.text
    ]
    return found[0] if found else None


def _banner(table: Table, number: int) -> Cell | None:
    """Return the only cell of a row that heads the rows below: `二、转化期`."""
    cells = table.sheet.filled(number)
    order = table.columns.get(Field.ORDER)
    if order and len(cells) > 1:
        cells = [cell for cell in cells if cell.column not in order]
    if len(cells) != 1 or not isinstance(cells[0].value, str) or cells[0].picture:
        return None
    (only,) = cells
    if len(only.text) > MAX_BANNER or "\n" in only.text or _is_within_merged(table, number):
        return None
    spans = table.sheet.covered.get((number, only.column + 1)) == (number, only.column)
    tail = bool(tail_kind(only.text))
    stage = only.column in table.columns.get(Field.STAGE, ())
    action = any(only.column in table.columns.get(field, ()) for field in _ACTIONS)
    time = any(only.column in table.columns.get(field, ()) for field in _TIMES)
    below = table.sheet.rows.get(number + 1)
    heads = not action and not time and not only.text.isdecimal()
    return only if tail or spans or (stage and bool(below)) or (heads and only.column == 1) else None


def _is_within_merged(table: Table, number: int) -> bool:
    """Return whether a merged action or time from above reaches into the row."""
    columns = [column for field in (*_ACTIONS, *_TIMES) for column in table.columns.get(field, ())]
    return any(table.sheet.covered.get((number, column), (number, 0))[0] < number for column in columns)


def _meant(sheet: Sheet, cell: Cell) -> Cell:
    """Return what `cell` says, or for `同上` the cell of the same column above it that says something."""
    if len(cell.text) > _BRIEF or not _DITTO.fullmatch(cell.text):
        return cell
    above = (sheet.seen(row, cell.column) for row in range(cell.row - 1, max(cell.row - _FAR, 0), -1))
    found = next((other for other in above if other and not _DITTO.fullmatch(other.text)), None)
    return replace(cell, value=found.value, is_formula=False) if found else cell
