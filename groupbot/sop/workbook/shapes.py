"""Which tables a sheet holds: where each header row is, which column means what, and which rows stand below it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from groupbot.sop.workbook.day_signs import DAYISH
from groupbot.sop.workbook.grid import Sheet
from groupbot.sop.workbook.heading_signs import signed_field
from groupbot.sop.workbook.headings import MAX_HEADING, Field, counts_on, exact_field, is_code, likely_field
from groupbot.sop.workbook.matrix_days import numbered_days, weekday_signs
from groupbot.sop.workbook.matrix_heads import HEADER_ROWS, bands_of, beneath, day_columns, is_day, is_matrix, left_of
from groupbot.sop.workbook.settling import DOING, SAID, settled
from groupbot.sop.workbook.table import Table
from groupbot.sop.workbook.timely import mostly_times

_PLACES = frozenset({Field.GROUP_ACTION, Field.MEMBER_ACTION, Field.MOMENTS_ACTION})
_TIMES = frozenset({Field.DAY, Field.LAST_DAY, Field.WHEN, Field.UNTIL})
MAX_TITLE = 60
_MADE = re.compile(
    r"更新|制表|制定|填表|创建|修改|版本|编制|日期\s*[:：]|时间\s*[:：]|updated|version|\bv\d", re.IGNORECASE
)
_NUMBER = re.compile(r"[2-9]|[01]\d")
_FEW = 2
_LOOK = 3
_Columns = dict[int, Field]


def tables_of(sheet: Sheet) -> list[Table]:
    """Return the tables of a sheet from top to bottom; none when no row is a header."""
    numbers = sorted(sheet.rows)
    headers = _headers(sheet, numbers)
    if not headers:
        return []
    ends = [*(_title_or(sheet, row) for row, _columns in headers[1:]), max(numbers, default=0) + 1]
    return [
        _table(sheet, row, columns, last=following - 1) for (row, columns), following in zip(headers, ends, strict=True)
    ]


def rows_above(sheet: Sheet, tables: Sequence[Table]) -> list[int]:
    """Return the filled rows above the first table: titles and the project's frame."""
    first = tables[0].header if tables else max(sheet.rows, default=0) + 1
    hanging = {origin[0] for (row, _column), origin in sheet.covered.items() if row == first and tables}
    return [row for row in sorted(sheet.rows) if row < first and row not in hanging]


def _title_or(sheet: Sheet, header: int) -> int:
    """Return the row of the title that gives a header its day, `header` where there is none."""
    above = max((row for row in sheet.rows if row < header), default=header)
    cells = sheet.filled(above)
    alone = len(cells) == 1 and len(cells[0].text) <= MAX_TITLE and DAYISH.search(cells[0].text)
    return above if alone and header - above <= _FEW else header


def title_of(table: Table) -> str:
    """Return what stands alone in the row above a table's header, "" when it only says who made the sheet when."""
    above = max((row for row in table.sheet.rows if row < table.header), default=0)
    cells = table.sheet.filled(above) if table.header - above <= _FEW else []
    alone = cells[0].text if len(cells) == 1 else ""
    label, sign, _value = alone.replace("：", ":").partition(":")
    told = bool(sign) and not DAYISH.search(label)  # 开营：6月15日 tells of the project
    return "" if told or len(alone) > MAX_TITLE or _MADE.search(alone) else alone


def _headers(sheet: Sheet, numbers: Sequence[int]) -> list[tuple[int, _Columns]]:
    """Return the header rows with the meaning of their columns; the best of the first rows, then each like a header."""
    likely = _not_below_clocks(sheet, _likely(sheet, numbers[:HEADER_ROWS]))
    if not likely:
        return []
    most = max(_weight(sheet, row, columns) for row, columns in likely)
    first = next(row for row, columns in likely if _weight(sheet, row, columns) == most)
    found = [(row, columns) for row, columns in likely if row <= first and _is_pure(sheet, row, columns)]
    found = found or [(row, columns) for row, columns in likely if row == first]
    for row in numbers:
        if row > first and _repeats(sheet, row, found[-1][0]):
            found.append((row, found[-1][1]))
            continue
        under = row == found[-1][0] + 1 and bool(bands_of(sheet, row))
        if row > first and (under or _may_head(sheet, row)) and not _dated(sheet, row, found[-1][1]):
            columns = _columns(sheet, row)
            below = under or (found[-1][0] == row - 1 and _names_parts(sheet, row, columns))
            if below or (_is_header(sheet, row, columns) and _is_pure(sheet, row, columns)):
                found.append((row, columns))
    return _joined(sheet, found)


def _repeats(sheet: Sheet, row: int, header: int) -> bool:
    """Return whether a row has the very headings of a header above it."""
    cells = sheet.filled(row)
    above = sheet.rows[header]
    if len(cells) != len(above) or len(cells) < _FEW:
        return False
    return all(cell.column in above and above[cell.column].text == cell.text for cell in cells)


def _likely(sheet: Sheet, numbers: Sequence[int]) -> list[tuple[int, _Columns]]:
    """Return the rows that look like headers, by the strictest reading of headings that finds any."""
    wordy = [row for row in numbers if not any(_NUMBER.search(cell.text) for cell in sheet.filled(row))]
    tries = (
        (exact_field, numbers, 0),
        (likely_field, wordy, 0),
        (signed_field, wordy, 1),
        (likely_field, numbers, 0),
    )
    for meaning, rows, more_than in tries:
        scored = [(row, _columns(sheet, row, meaning)) for row in rows]
        named = [(row, cols) for row, cols in scored if len(cols) > more_than or is_matrix(sheet, row)]
        found = [(row, cols) for row, cols in named if _is_header(sheet, row, cols)]
        if found:
            return found
    return []


def _not_below_clocks(sheet: Sheet, likely: Sequence[tuple[int, _Columns]]) -> list[tuple[int, _Columns]]:
    """Return `likely` headers without rows of a matrix that has clocks on top: `周五 | 3月6日 | 周五大扫除`."""
    kept: list[tuple[int, _Columns]] = []
    left = 0
    for row, columns in likely:
        cell = sheet.cell(row, left) if left else None
        if cell is not None and is_day(cell):
            continue
        bands = bands_of(sheet, row)
        left = left_of(sheet, row, bands) if bands else left
        kept.append((row, columns))
    return kept


def _dated(sheet: Sheet, row: int, above: _Columns) -> bool:
    """Return whether the days of `row` stand below headings of times: then it is a row of steps."""
    return any(above.get(column) in _TIMES for column in day_columns(sheet, row))


def _names_parts(sheet: Sheet, row: int, columns: _Columns) -> bool:
    """Return whether every cell of `row` names a part of a heading that is merged across above it."""
    cells = sheet.filled(row)
    spanned = any((row - 1, cell.column) in sheet.covered for cell in cells)
    return spanned and len(cells) > 1 and all(cell.column in columns for cell in cells)


def _may_head(sheet: Sheet, row: int) -> bool:
    """Return whether a row far down is worth a look: its first cells are headings or days, as few rows' are."""
    cells = sheet.filled(row)[:_LOOK]
    misses = 0
    for cell in cells:
        misses += len(cell.text) > MAX_HEADING or (exact_field(cell.text) is None and not is_day(cell))
        if misses > 1:
            break
    may = len(cells) > 1 and misses <= 1
    return may or bool(cells and cells[0].text[:1].isdecimal() and numbered_days(sheet, row))


def _joined(sheet: Sheet, headers: Sequence[tuple[int, _Columns]]) -> list[tuple[int, _Columns]]:
    """Leave out the upper of two header rows that stand on each other: it spans what the lower names."""
    kept: list[tuple[int, _Columns]] = []
    for row, columns in headers:
        if kept and kept[-1][0] == row - 1:
            above = {column: field for column, field in kept.pop()[1].items() if sheet.cell(row, column) is None}
            whose = {column: _place_above(sheet, row, column) for column in columns}
            columns = above | {  # noqa: PLW2901  # a column that only the upper row names keeps its meaning
                column: whose[column] or field if field in SAID else field for column, field in columns.items()
            }
        kept.append((row, _hanging(sheet, row) | columns))
    return kept


def _hanging(sheet: Sheet, row: int) -> _Columns:
    """Return the columns whose headings stand above `row`, merged down into it."""
    above = [(column, origin) for (at, column), origin in sheet.covered.items() if at == row and origin[0] < row]
    cells = [(column, cell) for column, origin in above if origin[1] == column and (cell := sheet.cell(*origin))]
    return {column: field for column, cell in cells if (field := signed_field(cell.text))}


def _place_above(sheet: Sheet, row: int, column: int) -> Field | None:
    """Return whose action a column holds by the heading across above it: `群内`, `私聊`."""
    cell = sheet.seen(row - 1, column)
    field = exact_field(cell.text) if cell else None
    return field if field in _PLACES else None


def _columns(sheet: Sheet, row: int, meaning: Callable[[str], Field | None] = exact_field) -> _Columns:
    found: _Columns = {}
    cells = sheet.filled(row)
    for cell in () if weekday_signs(cells) else cells:
        field = meaning(cell.text) if isinstance(cell.value, str) else None
        if field:
            found[cell.column] = field
    for cell in sheet.filled(row) if found and meaning is signed_field else ():
        alike = [other for other in sheet.filled(row) if other is not cell and counts_on(other.text, cell.text)]
        if alike and cell.column not in found:
            found[cell.column] = Field.SCRIPT  # 提醒一, 提醒二: messages of one step
    return found


def _weight(sheet: Sheet, row: int, columns: _Columns) -> int:
    days = len(day_columns(sheet, row))
    return len(set(columns.values())) + (days if days > _FEW else 0)


def _is_header(sheet: Sheet, row: int, columns: _Columns) -> bool:
    if is_matrix(sheet, row):
        return True
    fields = set(columns.values())
    cells = sheet.filled(row)
    brief = sum(len(cell.text) <= MAX_HEADING for cell in cells)
    whens = [column for column, field in columns.items() if field in {Field.WHEN, Field.DAY}]
    timed = len(columns) < len(cells) and any(mostly_times(beneath(sheet, row, column)) for column in whens)
    known = bool(fields & DOING) or timed
    coded = any(is_code(cell.text) for cell in cells)
    return len(fields) + coded >= _FEW and known and len(columns) * 2 >= len(cells) and brief == len(cells)


def _is_pure(sheet: Sheet, row: int, columns: _Columns) -> bool:
    """Return whether nearly every cell of `row` is a heading, so that a row of steps is never taken for a header."""
    cells = sheet.filled(row)
    if is_matrix(sheet, row):
        return True
    fields = set(columns.values())
    timed = bool(fields & {Field.WHEN, Field.DAY, Field.SCRIPT, Field.ANSWER, Field.REMEDY, Field.GROUP_ACTION})
    return timed and len(columns) * 5 >= len(cells) * 4 and all(cell.row == row for cell in cells)


def _table(sheet: Sheet, row: int, columns: _Columns, *, last: int) -> Table:
    days = day_columns(sheet, row)
    matrix = is_matrix(sheet, row)
    bands = bands_of(sheet, row) if matrix and len(days) <= _FEW else {}
    days = days if matrix and not bands else {}
    found: dict[Field, list[int]] = {}
    unknown = []
    for cell in sheet.filled(row):
        field = columns.get(cell.column) or signed_field(cell.text)
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
    return settled(table)
