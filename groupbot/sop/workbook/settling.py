"""Doubts about the columns of a table, settled by what stands in its other columns and in the cells below."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from groupbot.sop.document import Place
from groupbot.sop.workbook.grid import Cell
from groupbot.sop.workbook.headings import Field, exact_field
from groupbot.sop.workbook.matrix_heads import left_of
from groupbot.sop.workbook.table import Table
from groupbot.sop.workbook.timely import mostly_times, says_day_or_clock
from groupbot.sop.workbook.words import TICKS, places_of

_PLACE_FIELDS: Mapping[Place, Field] = {
    "group": Field.GROUP_ACTION, "member": Field.MEMBER_ACTION, "moments": Field.MOMENTS_ACTION
}  # fmt: skip
SAID = frozenset({Field.STEP, Field.SCRIPT})
_FEW = 2
DOING = frozenset({
    Field.SCRIPT, Field.STEP, Field.GROUP_ACTION, Field.MEMBER_ACTION, Field.MOMENTS_ACTION, Field.ANSWER, Field.REMEDY,
    Field.MATERIAL, Field.NAME,
})  # fmt: skip
_DEED = re.compile(r"..(?:动作|操作|工作)$")
_SPOKEN = re.compile(r"话术|文案|正文|脚本|推文|copy|script|message|caption|words", re.IGNORECASE)
_BRIEF = 12
_DIGIT = re.compile(r"\d")
_TIMELY = re.compile(r"\d|[早晚前后每周天日时点]|上午|下午|中午|随时|不定")


def settled(table: Table) -> Table:
    """Return the table with doubts about its columns settled by the other columns."""
    columns = dict(table.columns)
    days = columns.get(Field.DAY, ())
    if Field.STAGE not in columns and (first := _unnamed_first(table)):
        columns[Field.STAGE] = (first,)
    if Field.SCRIPT not in columns and Field.ANSWER in columns and Field.KEYWORD not in columns:
        columns[Field.SCRIPT] = columns.pop(Field.ANSWER)
    if table.days and Field.WHEN not in columns:
        left = min(table.days) - 1
        taken = {column for places in columns.values() for column in places} - set(columns.get(Field.STAGE, ()))
        if left > 0 and left not in taken:
            columns = {field: places for field, places in columns.items() if places != (left,)}
            columns[Field.WHEN] = (left,)
    if table.bands and not days:
        left = left_of(table.sheet, table.header, table.bands)
        columns = {field: places for field, places in columns.items() if left not in places}
        columns[Field.DAY] = (left,)
    if not table.is_matrix:
        columns = _spoken_first(table, _misnamed(table, columns))
        columns |= _by_cells(table, columns)
        if deeds := _by_role(table, columns):
            columns = {field: places for field, places in columns.items() if field is not Field.STEP} | deeds
    if stages := _naming(table, columns.get(Field.WHEN, ())):
        columns.setdefault(Field.STEP if Field.STAGE in columns else Field.STAGE, stages)
        columns[Field.WHEN] = tuple(column for column in columns[Field.WHEN] if column not in stages)
    unknown = tuple(cell for cell in table.unknown if all(cell.column not in places for places in columns.values()))
    table = replace(table, columns=columns, unknown=unknown)
    return table if table.is_matrix or columns.keys() & DOING else _with_guess(table)


def _by_cells(table: Table, columns: Mapping[Field, tuple[int, ...]]) -> dict[Field, tuple[int, ...]]:
    """Return what the cells below unknown headings tell of them: ticks below a place, times where no column has any."""
    found: dict[Field, tuple[int, ...]] = {}
    for heading in table.unknown:
        cells = [cell for row in table.rows if (cell := table.sheet.cell(row, heading.column))]
        places = places_of(heading.text)[0]
        ticked = all(cell.text.casefold() in TICKS for cell in cells)
        if cells and places and (ticked or not columns.keys() & SAID):
            field = _PLACE_FIELDS[places[0]]
            found[field] = (*columns.get(field, ()), heading.column)
        elif Field.CHANNEL not in columns and _name_places(cells):
            found[Field.CHANNEL] = (heading.column,)
        elif not {Field.WHEN, Field.DAY} <= {*columns, *found} and mostly_times(cells):
            found[Field.DAY if Field.WHEN in {*columns, *found} else Field.WHEN] = (heading.column,)
    return found


def _name_places(cells: Sequence[Cell]) -> bool:
    """Return whether all of `cells` name a place and some of them one that a bot reaches."""
    named = [places_of(cell.text) for cell in cells if len(cell.text) <= _BRIEF]
    return len(named) == len(cells) and all(any(one) for one in named) and any(places for places, _out in named)


def _misnamed(table: Table, columns: Mapping[Field, tuple[int, ...]]) -> dict[Field, tuple[int, ...]]:
    """Return `columns` with the day, in a table without one, below a heading that only resembles a step's: `活动日`."""
    if Field.DAY in columns:
        return dict(columns)
    for at in columns.get(Field.STEP, ()):
        heading = table.sheet.seen(table.header, at)
        cells = [cell for row in table.rows if (cell := table.sheet.cell(row, at))]
        if heading and exact_field(heading.text) is None and mostly_times(cells):
            rest = tuple(other for other in columns[Field.STEP] if other != at)
            kept = {field: places for field, places in columns.items() if field is not Field.STEP}
            return kept | ({Field.STEP: rest} if rest else {}) | {Field.DAY: (at,)}
    return dict(columns)


def _by_role(table: Table, columns: Mapping[Field, tuple[int, ...]]) -> dict[Field, tuple[int, ...]]:
    """Return 群主动作 and 助教动作 as what each of them does, where no column holds words."""
    steps = columns.get(Field.STEP, ())
    headings = [cell.text for at in steps if (cell := table.sheet.seen(table.header, at))]
    if Field.SCRIPT in columns or len(headings) < _FEW or not all(_DEED.search(text) for text in headings):
        return {}
    return {Field.GROUP_ACTION: (*columns.get(Field.GROUP_ACTION, ()), *steps)}


def _naming(table: Table, columns: Sequence[int]) -> tuple[int, ...]:
    """Return those of several columns called 时间 or 节点 that say no times, but names such as 预热."""
    if len(columns) < _FEW:
        return ()
    cells = {at: [cell for row in table.rows if (cell := table.sheet.cell(row, at))] for at in columns}
    timed = any(mostly_times(below) for below in cells.values())
    named = tuple(at for at in columns if cells[at] and _are_names(cells[at], timed=timed))
    return named if len(named) < len(columns) else ()


def _are_names(cells: Sequence[Cell], *, timed: bool) -> bool:
    """Return whether no cell hints at a time, or, beside a column that is `timed`, none says one: `当日提醒`."""
    if not any(_TIMELY.search(cell.text) for cell in cells):
        return True
    said = any(says_day_or_clock(cell) and _DIGIT.search(cell.text) for cell in cells)
    return timed and not said and not mostly_times(cells)


def _spoken_first(table: Table, columns: Mapping[Field, tuple[int, ...]]) -> dict[Field, tuple[int, ...]]:
    """Return `columns` with 话术 before 内容 where a table has both: then 内容 tells what the words are about."""
    scripts = columns.get(Field.SCRIPT, ())
    heads = {at: cell.text for at in scripts if (cell := table.sheet.seen(table.header, at))}
    spoken = tuple(at for at in scripts if _SPOKEN.search(heads.get(at, "")))
    others = tuple(at for at in scripts if at not in spoken)
    if not spoken or not others:
        return dict(columns)
    step = {} if Field.STEP in columns else {Field.STEP: others}
    return {**columns, Field.SCRIPT: (*spoken, *others), **step}


def _with_guess(table: Table) -> Table:
    """Return a table that has no column of words with its longest column of unknown heading as such."""
    longest = max(table.unknown, key=lambda heading: _length(table, heading.column), default=None)
    if longest is None or not _length(table, longest.column):
        return table
    rest = tuple(cell for cell in table.unknown if cell is not longest)
    columns = {**table.columns, Field.SCRIPT: (longest.column,)}
    return replace(table, columns=columns, unknown=rest, guessed=longest)


def _length(table: Table, column: int) -> int:
    return sum(len(cell.text) for row in table.rows if (cell := table.sheet.cell(row, column)))


def _unnamed_first(table: Table) -> int:
    """Return the first column when it has no heading and something below: the stage; else 0."""
    used = {column for places in table.columns.values() for column in places} | set(table.days) | set(table.bands)
    column = min(used, default=1) - 1
    below = any(column in table.sheet.rows[row] for row in table.rows)
    return column if column > 0 and below and table.sheet.seen(table.header, column) is None else 0
