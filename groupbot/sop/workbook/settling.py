"""Doubts about the columns of a table, settled by what stands in its other columns and in the cells below."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from groupbot.sop.document import Place
from groupbot.sop.timecell.dayparts import PART_WORDS
from groupbot.sop.workbook.day_signs import DAYISH
from groupbot.sop.workbook.grid import Cell
from groupbot.sop.workbook.headings import Field, exact_field, is_spoken, likely_field
from groupbot.sop.workbook.matrix_heads import is_day, left_of
from groupbot.sop.workbook.stock import is_file
from groupbot.sop.workbook.table import Table
from groupbot.sop.workbook.timely import mostly_times, says_day_or_clock, says_time
from groupbot.sop.workbook.whose_steps import beside_groups, by_role
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
_NO_TIMES = (Field.STEP, Field.SCRIPT, Field.ACTOR, Field.GOAL, Field.REMARK, Field.HINT, Field.METRIC, Field.AUDIENCE)
_UNSURE = (Field.SCRIPT, Field.STEP, Field.ACTOR, Field.NAME, Field.HINT, Field.REMARK, Field.STATUS, Field.METRIC)
_WORDS = DOING - {Field.STEP, Field.MATERIAL}
_COUNT = re.compile(r"\d{1,3}(?:\.0)?|[①-⑳]|第?[一二三四五六七八九十\d]{1,3}[步、.]?|step ?\d{1,2}", re.IGNORECASE)
_BRIEF = 12
_CLOCKISH = re.compile(r"\d\s*[:：点时]|[点时](?!间)|[早晚午]|凌晨|清晨|傍晚|[前后]|随时|不定|全天|待定|[xX×]")
_NAME = 4
"""Characters of a person's name."""
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
    if table.days and Field.WHEN not in columns and (left := min(table.days) - 1):
        columns = {field: places for field, places in columns.items() if places != (left,)}
        columns[Field.WHEN] = (left,)
    if table.bands and not days:
        left = left_of(table.sheet, table.header, table.bands)
        columns = {field: places for field, places in columns.items() if left not in places}
        columns[Field.DAY] = (left,)
    if not table.is_matrix:
        columns = beside_groups(table, columns)
        columns = _timed(table, _numbered(table, _timed_stages(table, columns)))
        columns = _spoken_first(table, _misnamed(table, _dated_names(table, columns)))
        columns = {field: places for field, places in (columns | _by_cells(table, columns)).items() if places}
        columns = _with_parts(table, _with_files(table, columns))
        if deeds := by_role(table, columns):
            columns = {field: places for field, places in columns.items() if field is not Field.STEP} | deeds
    if stages := _naming(table, columns.get(Field.WHEN, ())) or _names_beside_days(table, columns):
        columns.setdefault(Field.STEP if Field.STAGE in columns else Field.STAGE, stages)
        whens = tuple(column for column in columns[Field.WHEN] if column not in stages)
        columns = {field: places for field, places in columns.items() if field is not Field.WHEN}
        columns |= {Field.WHEN: whens} if whens else {}
    unknown = tuple(cell for cell in table.unknown if all(cell.column not in places for places in columns.values()))
    table = replace(table, columns=columns, unknown=unknown)
    return table if table.is_matrix else _with_guess(table)


def _numbered(table: Table, columns: Mapping[Field, tuple[int, ...]]) -> dict[Field, tuple[int, ...]]:
    """Return `columns` without numbers among the steps: `步骤 | 1 | 2` only counts the rows."""
    steps = columns.get(Field.STEP, ())
    counted = tuple(at for at in steps if (below := table.below(at)) and all(_COUNT.fullmatch(c.text) for c in below))
    if not counted:
        return dict(columns)
    rest = tuple(at for at in steps if at not in counted)
    kept = {field: places for field, places in columns.items() if field is not Field.STEP}
    return kept | ({Field.STEP: rest} if rest else {}) | {Field.ORDER: (*columns.get(Field.ORDER, ()), *counted)}


def _timed_stages(table: Table, columns: dict[Field, tuple[int, ...]]) -> dict[Field, tuple[int, ...]]:
    """Return `columns` with a stage in every row that is always a time, and no day alone, as the time it is."""
    cells = [cell for at in columns.get(Field.STAGE, ()) for cell in table.below(at)]
    timed = columns.keys() & {Field.WHEN, Field.DAY, Field.OFTEN, Field.TRIGGER}
    if timed or not cells or len(cells) != len(list(table.rows)) or all(DAYISH.search(cell.text) for cell in cells):
        return columns
    if not all(map(says_time, cells)):
        return columns
    return {Field.WHEN if field is Field.STAGE else field: places for field, places in columns.items()}


def _timed(table: Table, columns: Mapping[Field, tuple[int, ...]]) -> dict[Field, tuple[int, ...]]:
    """Return `columns` with the times where they are, when none stands below the heading that names them."""
    whens = columns.get(Field.WHEN, ())
    if not whens or Field.DAY in columns or any(says_time(cell) for at in whens for cell in table.below(at)):
        return dict(columns)
    taken = {at for places in columns.values() for at in places}
    free = [cell.column for cell in table.unknown if cell.column not in taken]
    timed = next((at for at in free if mostly_times(table.below(at))), 0)
    if not timed:
        return dict(columns)
    other = Field.STEP if Field.STAGE in columns else Field.STAGE
    return {**columns, Field.WHEN: (timed,), other: (*columns.get(other, ()), *whens)}


def _with_parts(table: Table, columns: Mapping[Field, tuple[int, ...]]) -> dict[Field, tuple[int, ...]]:
    """Return `columns` with a column of parts of the day in front of the clocks beside it: `下午 | 1:30`."""
    whens = columns.get(Field.WHEN, ())
    unsure = [cell.column for cell in table.unknown]
    unsure += [at for field in (Field.STAGE, Field.STEP, Field.ORDER) for at in columns.get(field, ())]
    parts = tuple(at for at in unsure if (cells := table.below(at)) and all(cell.text in PART_WORDS for cell in cells))
    if not whens or len(parts) != 1:
        return dict(columns)
    kept = {field: tuple(at for at in places if at not in parts) for field, places in columns.items()}
    return {field: places for field, places in kept.items() if places} | {Field.WHEN: (*parts, *whens)}


def _by_cells(table: Table, columns: Mapping[Field, tuple[int, ...]]) -> dict[Field, tuple[int, ...]]:
    """Return what the cells below unknown headings tell of them: ticks below a place, times where no column has any."""
    found: dict[Field, tuple[int, ...]] = {}
    if whose := columns.get(Field.GROUPS, ()):
        named = [places_of(cell.text)[0] for at in whose for cell in table.below(at)]
        if Field.CHANNEL not in columns and all(named) and any(place[0] != "group" for place in named):
            return {Field.GROUPS: (), Field.CHANNEL: whose}  # 私聊 among them: places, no names of groups
    for at in columns.get(Field.AUDIENCE, ()) if Field.CHANNEL not in columns else ():
        if _name_places(table.below(at)):
            found[Field.CHANNEL] = (at,)
    for heading in table.unknown:
        cells = table.below(heading.column)
        places = places_of(heading.text)[0]
        ticked = all(cell.text.casefold() in TICKS for cell in cells)
        if cells and places and (ticked or not columns.keys() & SAID):
            field = _PLACE_FIELDS[places[0]]
            found[field] = (*columns.get(field, ()), heading.column)
        elif Field.CHANNEL not in {*columns, *found} and _name_places(cells):
            found[Field.CHANNEL] = (heading.column,)
        elif not {Field.WHEN, Field.DAY} <= {*columns, *found} and mostly_times(cells):
            known = {*columns, *found}
            days = Field.DAY not in known and sum(is_day(cell) for cell in cells) * 2 > len(cells)
            found[Field.DAY if Field.WHEN in known or (days and _clocks_beside(table, heading)) else Field.WHEN] = (
                heading.column,
            )
    return found


def _clocks_beside(table: Table, heading: Cell) -> bool:
    """Return whether another unknown heading has times below it too: then one of them holds the days."""
    return any(other is not heading and mostly_times(table.below(other.column)) for other in table.unknown)


def _with_files(table: Table, columns: Mapping[Field, tuple[int, ...]]) -> dict[Field, tuple[int, ...]]:
    """Return `columns` with materials where every cell names files or addresses, in a table without any."""
    unsure = {at for field in _UNSURE for at in columns.get(field, ())} | {cell.column for cell in table.unknown}
    only = unsure - {columns[Field.SCRIPT][0]} if len(columns.get(Field.SCRIPT, ())) == 1 else unsure
    found = tuple(at for at in sorted(only) if (cells := table.below(at)) and all(is_file(cell.text) for cell in cells))
    if not found or Field.MATERIAL in columns:
        return dict(columns)
    kept = {field: tuple(at for at in places if at not in found) for field, places in columns.items()}
    return {field: places for field, places in kept.items() if places} | {Field.MATERIAL: found}


def _name_places(cells: Sequence[Cell]) -> bool:
    """Return whether all of `cells` name a place and some of them one that a bot reaches."""
    named = [places_of(cell.text) for cell in cells if len(cell.text) <= _BRIEF]
    return len(named) == len(cells) and all(any(one) for one in named) and any(places for places, _out in named)


def _misnamed(table: Table, columns: Mapping[Field, tuple[int, ...]]) -> dict[Field, tuple[int, ...]]:
    """Return `columns` with days and clocks, where none has a column, below headings of another likeness: `活动日`."""
    found = dict(columns)
    for field, at in [(name, place) for name in _NO_TIMES for place in columns.get(name, ())]:
        heading, cells = table.sheet.seen(table.header, at), table.below(at)
        exact = heading is not None and exact_field(heading.text) is not None
        if exact or not (mostly_times(cells) or (cells and all(_names_day(cell) for cell in cells))):
            continue
        wanted = Field.DAY if any(DAYISH.search(cell.text) for cell in cells) else Field.WHEN
        if wanted not in found:
            rest = tuple(other for other in found[field] if other != at)
            found = {other: places for other, places in found.items() if other is not field}
            found |= ({field: rest} if rest else {}) | {wanted: (at,)}
    return found


def _names_day(cell: Cell) -> bool:
    """Return whether a brief cell begins with a day: `Day 1 (10.10)`."""
    return len(cell.text) <= _BRIEF * 2 and (day := DAYISH.search(cell.text)) is not None and not day.start()


def _dated_names(table: Table, columns: Mapping[Field, tuple[int, ...]]) -> dict[Field, tuple[int, ...]]:
    """Return `columns` with names of steps that all tell their day as stages, beside bare clocks: `Day2 造势`."""
    if columns.keys() & {Field.DAY, Field.STAGE} or Field.WHEN not in columns:
        return dict(columns)
    if any(DAYISH.search(cell.text) for at in columns[Field.WHEN] for cell in table.below(at)):
        return dict(columns)
    clocks = columns[Field.WHEN][0]
    unsure = [cell.column for cell in table.unknown]
    unsure += [at for field in (Field.STEP, Field.GOAL, Field.ORDER, Field.REMARK) for at in columns.get(field, ())]
    for at in unsure:
        cells = table.below(at)
        if cells and at < clocks and all(DAYISH.search(cell.text) for cell in cells):
            kept = {field: tuple(other for other in places if other != at) for field, places in columns.items()}
            return {field: places for field, places in kept.items() if places} | {Field.STAGE: (at,)}
    return dict(columns)


def _naming(table: Table, columns: Sequence[int]) -> tuple[int, ...]:
    """Return those of several columns called 时间 or 节点 that say no times, but names such as 预热."""
    if len(columns) < _FEW:
        return ()
    cells = {at: table.below(at) for at in columns}
    timed = any(mostly_times(below) for below in cells.values())
    named = tuple(at for at in columns if cells[at] and _are_names(cells[at], timed=timed))
    return named if len(named) < len(columns) else ()


def _names_beside_days(table: Table, columns: Mapping[Field, tuple[int, ...]]) -> tuple[int, ...]:
    """Return a column of times that says no clock anywhere, beside one of days: `节点 | 儿童节 | 周五互动`."""
    whens = columns.get(Field.WHEN, ())
    cells = [cell for at in whens for cell in table.below(at)]
    dated = all(mostly_times(table.below(at)) for at in columns.get(Field.DAY, ())[:1])
    if table.is_matrix or Field.DAY not in columns or not cells or not dated:
        return ()
    clocked = any(not isinstance(cell.value, str) or _CLOCKISH.search(cell.text) for cell in cells)
    return () if clocked or sum(says_time(cell) for cell in cells) * 2 > len(cells) else whens


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
    spoken = tuple(at for at in scripts if is_spoken(heads.get(at, "")))
    others = tuple(at for at in scripts if at not in spoken)
    if not spoken or not others:
        return dict(columns)
    step = {} if Field.STEP in columns else {Field.STEP: others}
    return {**columns, Field.SCRIPT: (*spoken, *others), **step}


def _is_said(cells: Sequence[Cell]) -> bool:
    """Return whether cells may hold words to post: names of people on duty are shorter."""
    return any(len(cell.text) > _NAME for cell in cells)


def _with_guess(table: Table) -> Table:
    """Return a table without a column of words with its longest column of unknown heading as such.

    It must be longer than the names of the steps, which are posted in a table that has nothing else to say.
    """
    if table.columns.keys() & _WORDS:
        return table
    vague = {Field.AUDIENCE, Field.REMARK, Field.GOAL, Field.STATUS, Field.METRIC, Field.ACTOR, Field.CHANNEL}
    taken = [at for field in vague for at in table.columns.get(field, ())]
    heads = [cell for at in taken if (cell := table.sheet.seen(table.header, at)) and likely_field(cell.text) is None]
    longest = max((*table.unknown, *heads), key=lambda heading: _length(table, heading.column), default=None)
    named = max((_length(table, at) for at in table.columns.get(Field.STEP, ())), default=0)
    if longest is None or _length(table, longest.column) <= named or not _is_said(table.below(longest.column)):
        return table
    rest = tuple(cell for cell in table.unknown if cell is not longest)
    kept = {field: tuple(at for at in places if at != longest.column) for field, places in table.columns.items()}
    columns = {field: places for field, places in kept.items() if places} | {Field.SCRIPT: (longest.column,)}
    return replace(table, columns=columns, unknown=rest, guessed=longest)


def _length(table: Table, column: int) -> int:
    return sum(len(cell.text) for cell in table.below(column))


def _unnamed_first(table: Table) -> int:
    """Return the first column when it has no heading and something below: the stage; else 0."""
    used = {column for places in table.columns.values() for column in places} | set(table.days) | set(table.bands)
    column = min(used, default=1) - 1
    below = any(column in table.sheet.rows[row] for row in table.rows)
    return column if column > 0 and below and table.sheet.seen(table.header, column) is None else 0
