"""A workbook as plain values: sheets of cells with merged ranges resolved, true dates, stored values of formulas.

Nothing here knows what a cell means; `shapes` and its neighbours do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import lru_cache

from groupbot.sop.planned import Source

Value = str | date | datetime | time
_LETTERS = 26


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One filled cell. `row` and `column` count from 1.

    `is_formula`: its value is what the formula gave when the file was saved. `picture` is the id of a picture that is
    the cell's content.
    """

    value: Value
    row: int
    column: int
    is_formula: bool = False
    picture: str = ""
    text: str = field(init=False, repr=False, compare=False)
    """What the cell says; dates as ISO 8601 without seconds."""

    def __post_init__(self) -> None:
        text = self.value.strip() if isinstance(self.value, str) else said(self.value)
        object.__setattr__(self, "text", text)

    @property
    def letter(self) -> str:
        """The column's letter."""
        return letter_of(self.column)


@dataclass(frozen=True, kw_only=True, slots=True)
class Area:
    """A rectangle of cells, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """An embedded picture: `name` with an ending that fits its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Anchored:
    """A picture that floats over rows `row` to `last_row`, its corner at `column`."""

    picture: str
    row: int
    last_row: int
    column: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """One sheet. `rows`: row -> column -> cell, both in their order.

    `covered`: cell within a merged range -> the range's first cell.
    """

    file: str
    name: str
    rows: Mapping[int, Mapping[int, Cell]]
    covered: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    floating: tuple[Anchored, ...] = ()

    def cell(self, row: int, column: int) -> Cell | None:
        """Return the cell itself, None when it is blank or covered."""
        cells = self.rows.get(row)
        return cells.get(column) if cells else None

    def seen(self, row: int, column: int) -> Cell | None:
        """Return what a reader sees at a place: within a merged range its first cell."""
        cells = self.rows.get(row)
        if cells and (found := cells.get(column)):
            return found
        origin = self.covered.get((row, column)) if self.covered else None
        return self.cell(*origin) if origin else None

    def filled(self, row: int) -> list[Cell]:
        """Return the cells of a row that are not blank, from left to right."""
        cells = self.rows.get(row)
        return list(cells.values()) if cells else []

    def where(self, row: int | None = None, column: int | None = None) -> Source:
        """Return a place of this sheet."""
        return Source(file=self.file, sheet=self.name, row=row, column=letter_of(column) if column else None)

    def at(self, cell: Cell) -> Source:
        """Return the place of `cell`."""
        return self.where(cell.row, cell.column)


@dataclass(frozen=True, kw_only=True, slots=True)
class Book:
    """All sheets in their order, and the embedded pictures by id."""

    file: str
    sheets: tuple[Sheet, ...]
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    is_csv: bool = False


def said(value: Value) -> str:
    """Return a cell's value as text."""
    match value:
        case str():
            return value.strip()
        case datetime():
            return value.isoformat(sep=" ", timespec="minutes")
        case time():
            return value.isoformat(timespec="minutes")
        case date():
            return value.isoformat()


def letter_of(column: int) -> str:
    """Return the letters of a column that counts from 1."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, _LETTERS)
        letters = chr(ord("A") + rest) + letters
    return letters


def place_of(reference: str) -> tuple[int, int]:
    """Return (row, column) of `B7`; raises ValueError for what is no cell."""
    letters = reference.rstrip("0123456789")
    return int(reference[len(letters) :]), _column_of(letters)


@lru_cache(maxsize=1024)
def _column_of(letters: str) -> int:
    column = 0
    for sign in letters:
        if not "A" <= sign <= "Z":
            raise ValueError(letters)
        column = column * _LETTERS + ord(sign) - ord("A") + 1
    return column


def area_of(reference: str) -> Area:
    """Return the rectangle `B7:D9`; raises ValueError for what is none."""
    first, _sign, last = reference.replace("$", "").partition(":")
    top, left = place_of(first)
    bottom, right = place_of(last or first)
    return Area(top=top, left=left, bottom=bottom, right=right)


def cover(
    areas: list[Area], rows: Mapping[int, Mapping[int, Cell]], *, limit: int
) -> dict[tuple[int, int], tuple[int, int]] | None:
    """Return covered cell -> first cell for merged `areas`, clipped to where the sheet has anything.

    None when more than `limit` cells are covered.
    """
    last_row = max(rows, default=0)
    last_column = max((column for cells in rows.values() for column in cells), default=0)
    covered: dict[tuple[int, int], tuple[int, int]] = {}
    for area in areas:
        height, width = min(area.bottom, last_row) - area.top + 1, min(area.right, last_column) - area.left + 1
        if max(height, 0) * max(width, 0) + len(covered) > limit:
            return None
        for place in _inside(area, last_row, last_column):
            covered[place] = (area.top, area.left)
    return covered


def _inside(area: Area, last_row: int, last_column: int) -> Iterator[tuple[int, int]]:
    for row in range(area.top, min(area.bottom, last_row) + 1):
        for column in range(area.left, min(area.right, last_column) + 1):
            if (row, column) != (area.top, area.left):
                yield row, column
