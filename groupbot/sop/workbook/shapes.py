"""Which tables a sheet holds: where each header row is, which column means what, and which rows stand below it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from groupbot.sop.document import Place
from groupbot.sop.workbook.grid import Cell, Sheet
from groupbot.sop.workbook.headings import MAX_HEADING, Field, exact_field, likely_field
from groupbot.sop.workbook.timely import mostly_times
from groupbot.sop.workbook.words import TICKS, places_of

HEADER_ROWS = 20
"""Title cells, notes and pictures above a header row take fewer rows than this."""
_PLACE_FIELDS: Mapping[Place, Field] = {
    "group": Field.GROUP_ACTION, "member": Field.MEMBER_ACTION, "moments": Field.MOMENTS_ACTION
}  # fmt: skip
_PLACES = frozenset(_PLACE_FIELDS.values())
_SAID = frozenset({Field.STEP, Field.SCRIPT})
_TIMES = frozenset({Field.DAY, Field.LAST_DAY, Field.WHEN, Field.UNTIL})
_FEW = 2
_LOOK = 3
_DOING = frozenset({
    Field.SCRIPT, Field.STEP, Field.GROUP_ACTION, Field.MEMBER_ACTION, Field.MOMENTS_ACTION, Field.ANSWER, Field.REMEDY,
    Field.MATERIAL, Field.NAME,
})  # fmt: skip
_WEEKDAY = r"(?:周|星期|礼拜)[一二三四五六日天末]|工作日|周末"
_DAYLIKE = re.compile(
    rf"^\s*(?:{_WEEKDAY}|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\b|第\s*[\d一二三四五六七八九十]+\s*天|d(?:ay)?\s*-?\d+|t\s*[-+]\s*\d+"
    r"|\d{1,2}\s*月\s*\d{1,2}\s*[日号]?|\d{1,2}[/.]\d{1,2}\b|\d{4}[-/年.]\d{1,2}(?:[-/月.]\d{1,2}日?)?|每天|每日)",
    re.IGNORECASE,
)
_RUN_ON = re.compile(r"[^\W\d_]{3,}")
"""Words glued to a day (`周末专场满减`) that make it no heading of a column of days."""
_DEED = re.compile(r"..(?:动作|操作|工作)$")
_BRIEF = 12
_TIMELY = re.compile(r"\d|[早晚前后每周天日时点]|上午|下午|中午|随时|不定")
_BAND = re.compile(r"\d{1,2}\s*[:：点时]|凌晨|早|上午|中午|午间|下午|傍晚|晚")


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A header row, what its columns mean, and the rows below it up to `last`.

    `days` are the columns of a matrix: column -> its heading. `bands` are those of one that is turned around: clocks on
    top, days on the left. `unknown`: headings of which nothing is understood; `guessed`: the one of them that heads
    the most words, in a table without a column of words.
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

    @property
    def rows(self) -> Iterator[int]:
        """The filled rows below the header."""
        return (row for row in sorted(self.sheet.rows) if self.first <= row <= self.last)

    @property
    def is_matrix(self) -> bool:
        """Whether each cell in the middle is a step."""
        return bool(self.days or self.bands)

    def has(self, *fields: Field) -> bool:
        """Return whether one of `fields` has a column."""
        return any(field in self.columns for field in fields)

    def heading(self, field: Field) -> str:
        """Return how the first column of `field` is called, "" when it has none."""
        column = self.columns.get(field, (0,))[0]
        cell = self.sheet.seen(self.header, column)
        return cell.text if cell else ""


def tables_of(sheet: Sheet) -> list[Table]:
    """Return the tables of a sheet from top to bottom; none when no row is a header."""
    numbers = sorted(sheet.rows)
    headers = _headers(sheet, numbers)
    if not headers:
        return []
    ends = [*(row for row, _columns in headers[1:]), max(numbers, default=0) + 1]
    return [
        _table(sheet, row, columns, last=following - 1) for (row, columns), following in zip(headers, ends, strict=True)
    ]


def rows_above(sheet: Sheet, tables: Sequence[Table]) -> list[int]:
    """Return the filled rows above the first table: titles and the project's frame."""
    first = tables[0].header if tables else max(sheet.rows, default=0) + 1
    hanging = {origin[0] for (row, _column), origin in sheet.covered.items() if row == first and tables}
    return [row for row in sorted(sheet.rows) if row < first and row not in hanging]


_Columns = dict[int, Field]


def _headers(sheet: Sheet, numbers: Sequence[int]) -> list[tuple[int, _Columns]]:
    """Return the header rows with the meaning of their columns; the best of the first rows, then each like a header."""
    likely: list[tuple[int, _Columns]] = []
    for meaning in (exact_field, likely_field):
        scored = [(row, _columns(sheet, row, meaning)) for row in numbers[:HEADER_ROWS]]
        likely = likely or [(row, columns) for row, columns in scored if _is_header(sheet, row, columns)]
    if not likely:
        return []
    most = max(_weight(sheet, row, columns) for row, columns in likely)
    first = next(row for row, columns in likely if _weight(sheet, row, columns) == most)
    found = [(row, columns) for row, columns in likely if row <= first and _is_pure(sheet, row, columns)]
    found = found or [(row, columns) for row, columns in likely if row == first]
    for row in numbers:
        if row > first and _may_head(sheet, row) and not _dated(sheet, row, found[-1][1]):
            columns = _columns(sheet, row)
            below = found[-1][0] == row - 1 and _names_parts(sheet, row, columns)
            if below or (_is_header(sheet, row, columns) and _is_pure(sheet, row, columns)):
                found.append((row, columns))
    return _joined(sheet, found)


def _dated(sheet: Sheet, row: int, above: _Columns) -> bool:
    """Return whether the days of `row` stand below headings of times: then it is a row of steps."""
    return any(above.get(column) in _TIMES for column in _day_columns(sheet, row))


def _names_parts(sheet: Sheet, row: int, columns: _Columns) -> bool:
    """Return whether every cell of `row` names a part of a heading that is merged across above it."""
    cells = sheet.filled(row)
    spanned = any((row - 1, cell.column) in sheet.covered for cell in cells)
    return spanned and len(cells) > 1 and all(cell.column in columns for cell in cells)


def _may_head(sheet: Sheet, row: int) -> bool:
    """Return whether a row far down is worth a look: its first cells are headings or days, as few rows' are."""
    cells = sheet.filled(row)[:_LOOK]
    hits = sum(
        len(cell.text) <= MAX_HEADING and (exact_field(cell.text) is not None or _is_day(cell)) for cell in cells
    )
    return hits >= len(cells) - 1 > 0


def _joined(sheet: Sheet, headers: Sequence[tuple[int, _Columns]]) -> list[tuple[int, _Columns]]:
    """Leave out the upper of two header rows that stand on each other: it spans what the lower names."""
    kept: list[tuple[int, _Columns]] = []
    for row, columns in headers:
        if kept and kept[-1][0] == row - 1:
            above = {column: field for column, field in kept.pop()[1].items() if sheet.cell(row, column) is None}
            whose = {column: _place_above(sheet, row, column) for column in columns}
            columns = above | {  # noqa: PLW2901  # a column that only the upper row names keeps its meaning
                column: whose[column] or field if field in _SAID else field for column, field in columns.items()
            }
        kept.append((row, _hanging(sheet, row) | columns))
    return kept


def _hanging(sheet: Sheet, row: int) -> _Columns:
    """Return the columns whose headings stand above `row`, merged down into it."""
    above = [(column, origin) for (at, column), origin in sheet.covered.items() if at == row and origin[0] < row]
    cells = [(column, cell) for column, origin in above if origin[1] == column and (cell := sheet.cell(*origin))]
    return {column: field for column, cell in cells if (field := likely_field(cell.text))}


def _place_above(sheet: Sheet, row: int, column: int) -> Field | None:
    """Return whose action a column holds by the heading across above it: `群内`, `私聊`."""
    cell = sheet.seen(row - 1, column)
    field = exact_field(cell.text) if cell else None
    return field if field in _PLACES else None


def _columns(sheet: Sheet, row: int, meaning: Callable[[str], Field | None] = exact_field) -> _Columns:
    found: _Columns = {}
    for cell in sheet.filled(row):
        field = meaning(cell.text) if isinstance(cell.value, str) else None
        if field:
            found[cell.column] = field
    return found


def _day_columns(sheet: Sheet, row: int) -> dict[int, Cell]:
    return {cell.column: cell for cell in sheet.filled(row) if _is_day(cell)}


def _is_day(cell: Cell) -> bool:
    if isinstance(cell.value, date):
        return True
    day = _DAYLIKE.match(cell.text) if isinstance(cell.value, str) and len(cell.text) <= MAX_HEADING else None
    return day is not None and not _RUN_ON.match(cell.text, day.end())


def _weight(sheet: Sheet, row: int, columns: _Columns) -> int:
    days = len(_day_columns(sheet, row))
    return len(set(columns.values())) + (days if days > _FEW else 0)


def _is_header(sheet: Sheet, row: int, columns: _Columns) -> bool:
    if _matrix(sheet, row):
        return True
    fields = set(columns.values())
    cells = sheet.filled(row)
    brief = sum(len(cell.text) <= MAX_HEADING for cell in cells)
    whens = [column for column, field in columns.items() if field in {Field.WHEN, Field.DAY}]
    timed = len(columns) < len(cells) and any(mostly_times(_beneath(sheet, row, column)) for column in whens)
    known = bool(fields & _DOING) or timed
    return len(fields) >= _FEW and known and len(columns) * 2 >= len(cells) and brief == len(cells)


def _beneath(sheet: Sheet, row: int, column: int) -> list[Cell]:
    """Return the first cells below a heading."""
    return [cell for number in range(row + 1, row + 1 + HEADER_ROWS) if (cell := sheet.cell(number, column))]


def _matrix(sheet: Sheet, row: int) -> bool:
    """Return whether `row` heads a matrix: more than two days on top, or clocks on top and days on the left."""
    days = _day_columns(sheet, row)
    cells = sheet.filled(row)
    if len(days) > _FEW and len(days) * 2 >= len(cells):
        return not _clocked(days) and len({cell.text for cell in days.values()}) == len(days)
    return bool(_bands(sheet, row))


def _clocked(days: Mapping[int, Cell]) -> bool:
    """Return whether the first or most of `days` carry a clock of their own: then it is a row of steps."""
    clocked = [bool(_BAND.search(cell.text)) for cell in days.values()]
    return clocked[0] or sum(clocked) * 2 > len(clocked)


def _bands(sheet: Sheet, row: int) -> dict[int, Cell]:
    """Return the columns of `row` that are headed by a clock, when the rows below begin with days."""
    cells = [cell for cell in sheet.filled(row) if len(cell.text) <= MAX_HEADING]
    bands = {cell.column: cell for cell in cells if _BAND.search(cell.text) and not exact_field(cell.text)}
    if len(bands) < _FEW or len(bands) * 2 < len(sheet.filled(row)):
        return {}
    return bands if _left_of(sheet, row, bands) else {}


def _left_of(sheet: Sheet, row: int, bands: Mapping[int, Cell]) -> int:
    """Return the column of days on the left of `bands`, 0 when there is none."""
    for column in range(min(bands) - 1, 0, -1):
        below = _beneath(sheet, row, column)
        heading = sheet.cell(row, column)
        named = heading is not None and exact_field(heading.text) is Field.DAY
        if sum(_is_day(cell) or (named and cell.text.isdecimal()) for cell in below) >= _FEW:
            return column
    return 0


def _is_pure(sheet: Sheet, row: int, columns: _Columns) -> bool:
    """Return whether nearly every cell of `row` is a heading, so that a row of steps is never taken for a header."""
    cells = sheet.filled(row)
    if _matrix(sheet, row):
        return True
    fields = set(columns.values())
    timed = bool(fields & {Field.WHEN, Field.DAY, Field.SCRIPT, Field.ANSWER, Field.REMEDY, Field.GROUP_ACTION})
    return timed and len(columns) * 5 >= len(cells) * 4 and all(cell.row == row for cell in cells)


def _table(sheet: Sheet, row: int, columns: _Columns, *, last: int) -> Table:
    days = _day_columns(sheet, row)
    matrix = _matrix(sheet, row)
    bands = _bands(sheet, row) if matrix and len(days) <= _FEW else {}
    days = days if matrix and not bands else {}
    found: dict[Field, list[int]] = {}
    unknown = []
    for cell in sheet.filled(row):
        field = columns.get(cell.column) or likely_field(cell.text)
        if cell.column in days or cell.column in bands:
            continue
        if field is None:
            unknown.append(cell)
        else:
            found.setdefault(field, []).append(cell.column)
    for column, field in columns.items():
        if column not in found.get(field, []) and sheet.cell(row, column) is None:
            found.setdefault(field, []).append(column)
    table = Table(
        sheet=sheet,
        header=row,
        first=row + 1,
        last=last,
        columns={field: tuple(sorted(places)) for field, places in found.items()},
        days=days,
        bands=bands,
        unknown=tuple(unknown),
    )
    return _settled(table)


def _settled(table: Table) -> Table:
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
        left = _left_of(table.sheet, table.header, table.bands)
        columns = {field: places for field, places in columns.items() if left not in places}
        columns[Field.DAY] = (left,)
    if not table.is_matrix:
        columns |= _by_cells(table, columns)
        if deeds := _by_role(table, columns):
            columns = {field: places for field, places in columns.items() if field is not Field.STEP} | deeds
    if Field.STAGE not in columns and (stages := _naming(table, columns.get(Field.WHEN, ()))):
        columns[Field.STAGE] = stages
        columns[Field.WHEN] = tuple(column for column in columns[Field.WHEN] if column not in stages)
    unknown = tuple(cell for cell in table.unknown if all(cell.column not in places for places in columns.values()))
    table = replace(table, columns=columns, unknown=unknown)
    return table if table.is_matrix or columns.keys() & _DOING else _with_guess(table)


def _by_cells(table: Table, columns: Mapping[Field, tuple[int, ...]]) -> dict[Field, tuple[int, ...]]:
    """Return what the cells below unknown headings tell of them: ticks below a place, times where no column has any."""
    found: dict[Field, tuple[int, ...]] = {}
    for heading in table.unknown:
        cells = [cell for row in table.rows if (cell := table.sheet.cell(row, heading.column))]
        places = places_of(heading.text)[0]
        ticked = all(cell.text.casefold() in TICKS for cell in cells)
        if cells and places and (ticked or not columns.keys() & _SAID):
            field = _PLACE_FIELDS[places[0]]
            found[field] = (*columns.get(field, ()), heading.column)
        elif Field.CHANNEL not in columns and cells and all(_names_place(cell) for cell in cells):
            found[Field.CHANNEL] = (heading.column,)
        elif not {Field.WHEN, Field.DAY} <= {*columns, *found} and mostly_times(cells):
            found[Field.DAY if Field.WHEN in {*columns, *found} else Field.WHEN] = (heading.column,)
    return found


def _names_place(cell: Cell) -> bool:
    return len(cell.text) <= _BRIEF and bool(places_of(cell.text)[0])


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
    texts = {at: [cell.text for row in table.rows if (cell := table.sheet.cell(row, at))] for at in columns}
    named = tuple(at for at in columns if texts[at] and not any(_TIMELY.search(text) for text in texts[at]))
    return named if len(named) < len(columns) else ()


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
