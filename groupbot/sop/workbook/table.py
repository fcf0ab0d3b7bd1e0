"""A table within a sheet: its header row, what its columns mean, and its rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from groupbot.sop.workbook.grid import Cell, Sheet
from groupbot.sop.workbook.headings import Field


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A header row, what its columns mean, and the rows below it up to `last`.

    `days` are the columns of a matrix: column -> its heading. `bands` are those of one that is turned around: clocks on
    top, days on the left. `unknown`: headings of which nothing is understood; `guessed`: the one of them that heads
    the most words, in a table without a column of words. `is_part`: other columns of its rows are steps of their own.
    """

    sheet: Sheet
    header: int
    first: int
    last: int
    columns: Mapping[Field, tuple[int, ...]]
    days: Mapping[int, Cell]
    bands: Mapping[int, Cell]
    unknown: tuple[Cell, ...]
    guessed: Cell | None = None
    is_part: bool = False

    @property
    def rows(self) -> Iterator[int]:
        """The filled rows below the header."""
        return (row for row in self.sheet.rows if self.first <= row <= self.last)

    def below(self, column: int) -> list[Cell]:
        """Return the filled cells of a column below the header."""
        rows = self.sheet.rows
        return [rows[row][column] for row in self.rows if column in rows[row]]

    @property
    def is_matrix(self) -> bool:
        """Whether each cell in the middle is a step."""
        return bool(self.days or self.bands)

    def has(self, *fields: Field) -> bool:
        """Return whether one of `fields` has a column."""
        return not self.columns.keys().isdisjoint(fields)

    def heading(self, field: Field) -> str:
        """Return how the first column of `field` is called, "" when it has none."""
        column = self.columns.get(field, (0,))[0]
        cell = self.sheet.seen(self.header, column)
        return cell.text if cell else ""
