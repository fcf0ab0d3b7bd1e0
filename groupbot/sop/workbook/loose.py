"""Sheets without headings: two columns of time and words, or blocks of text with a time at each line's beginning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from groupbot.sop.timecell.block import read_block
from groupbot.sop.timecell.cell import read_time
from groupbot.sop.timecell.dayparts import PART_WORDS
from groupbot.sop.timecell.values import DAILY, Scheduled, TimeContext, TimeReading
from groupbot.sop.timenode import TimeNodeError
from groupbot.sop.workbook.grid import Cell, Sheet
from groupbot.sop.workbook.headings import Field
from groupbot.sop.workbook.rows import Row
from groupbot.sop.workbook.table import Table
from groupbot.sop.workbook.timely import mostly_times, says_time

_NAME = 3
"""Characters of a person's name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """Words with their time, from a cell that holds both."""

    cell: Cell
    reading: TimeReading


def guessed_table(sheet: Sheet) -> Table | None:
    """Return the sheet as a table of time and words, when one of its columns holds little but times; else None."""
    rows = sorted(sheet.rows)
    columns = sorted({column for row in rows for column in sheet.rows[row]})
    timed = next((column for column in columns if mostly_times(_below(sheet, rows, column))), 0)
    later = [at for at in columns if at > timed and mostly_times(_below(sheet, rows, at))] if timed else []
    parts = [at for at in later if sum(cell.text in PART_WORDS for cell in _below(sheet, rows, at)) > 1][:1]
    clocks = parts + [at for at in later if at not in parts][:1]
    others = [column for column in columns if column > timed and column not in later] if timed else []
    if not others or (len(others) > 1 and _are_on_duty(sheet, rows, others)):
        return None
    script = max(others, key=lambda column: sum(len(cell.text) for row in rows if (cell := sheet.cell(row, column))))
    first = next(row for row in rows if (cell := sheet.cell(row, timed)) and says_time(cell))
    meaning: dict[Field, tuple[int, ...]] = {Field.WHEN: (timed,), Field.SCRIPT: (script,)}
    if clocks:
        meaning |= {Field.DAY: (timed,), Field.WHEN: tuple(clocks)}
    rest = tuple(column for column in others if column != script)
    stage = tuple(column for column in columns if column < timed)[-1:]
    meaning |= {Field.REMARK: rest} if rest else {}
    meaning |= {Field.STAGE: stage} if stage else {}
    return Table(
        sheet=sheet, header=first - 1, first=first, last=rows[-1], columns=meaning, days={}, bands={}, unknown=()
    )


def _are_on_duty(sheet: Sheet, rows: list[int], columns: list[int]) -> bool:
    """Return whether nothing but names stands beside the times: who is on duty when."""
    return all(len(cell.text) <= _NAME for column in columns for cell in _below(sheet, rows, column))


def _below(sheet: Sheet, rows: list[int], column: int) -> list[Cell]:
    return [cell for row in rows if (cell := sheet.cell(row, column))]


def blocks_of(sheet: Sheet, *, event: str) -> Iterator[Block | Cell]:
    """Yield the timed lines of every cell, from left to right and down; a cell without any is yielded as it is.

    A cell that holds a day only gives the cells below it their day.
    """
    above: TimeReading | None = None
    for row in sorted(sheet.rows):
        cells = sheet.filled(row)
        if (
            above is None
            and sum(bool(_readings(cell, TimeContext(otherwise=DAILY, event=event))) for cell in cells) > 1
        ):
            yield from cells  # clocks side by side belong to days that nothing names
            continue
        for cell in cells:
            readings = _readings(cell, TimeContext(above=above, otherwise=DAILY, event=event))
            if not readings:
                yield cell
                continue
            above = readings[-1]
            for reading in readings:
                if reading.script or not _is_day(reading):
                    yield Block(cell=cell, reading=reading)


def _readings(cell: Cell, context: TimeContext) -> tuple[TimeReading, ...]:
    try:
        if not isinstance(cell.value, str):
            return (read_time(cell.value, context),)
        return read_block(cell.text, context)
    except TimeNodeError:
        return ()


def _is_day(reading: TimeReading) -> bool:
    return isinstance(reading.when, Scheduled) and not reading.when.has_clock


def without_script(reading: TimeReading) -> TimeReading:
    """Return the time of a reading alone."""
    return replace(reading, script="")


def row_of(sheet: Sheet, block: Block) -> Row:
    """Return a row whose only cell holds the words of `block`."""
    cell = replace(block.cell, value=block.reading.script)
    table = Table(
        sheet=replace(sheet, rows={cell.row: {cell.column: cell}}, covered={}),
        header=cell.row - 1,
        first=cell.row,
        last=cell.row,
        columns={Field.SCRIPT: (cell.column,)},
        days={},
        bands={},
        unknown=(),
    )
    return Row(table=table, number=cell.row)
