"""The way in: bytes of a file to its sheets and their headings, whatever wrote it. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import PurePath

from groupbot.i18n import _
from groupbot.sop.planned import Source
from groupbot.sop.workbook.csv_file import read_csv
from groupbot.sop.workbook.grid import Book, Cell, Sheet
from groupbot.sop.workbook.xlsx import read_xlsx
from groupbot.tracking.imports.cells import clean
from groupbot.tracking.imports.headings import Field, Headings, find, word_of
from groupbot.tracking.imports.values import LeftRow, ListRow, NoList, ReadList, Unclear

_ZIP = b"PK"
_OLE = b"\xd0\xcf\x11\xe0"
_TOTAL = re.compile(
    r"(?:本页|订单|全部)?(?:合\s*计|总\s*计|小\s*计|共\s*计|汇\s*总|(?:grand\s*)?total|sub-?total|sum)"
    r"[:\s]*[¥$]?[\d,. ]*元?",
    re.IGNORECASE,
)
RowReader = Callable[[Sheet, Headings, int], ListRow]
"""Read one row; raises Unread for one that is left out."""


class Unread(Exception):
    """A row that is left out, as `args[0]`."""

    def __init__(self, left: LeftRow) -> None:
        super().__init__(left)
        self.left = left


def book_of(data: bytes, file: str) -> Book:
    """Return the sheets of a file by what its bytes are, not by its name. Raises SopError."""
    is_workbook = data.startswith((_ZIP, _OLE)) or PurePath(file.casefold()).suffix in {".xlsx", ".xls", ".xlsm"}
    return read_xlsx(data, file=file) if is_workbook else read_csv(data, file=file)


def tables(book: Book, wanted: Iterable[Field]) -> tuple[list[tuple[Sheet, Headings]], tuple[str, ...]]:
    """Return the sheets that are lists with their headings, and the names of the others.

    Raises NoList when none is one.
    """
    needed = frozenset(wanted)
    visible = [sheet for sheet in book.sheets if not sheet.hidden and sheet.rows]
    found = [(sheet, headings) for sheet in visible if (headings := find(sheet, needed)) is not None]
    if not found:
        raise NoList(
            _("{file} has no row of headings that can be read.").format(file=book.file),
            hint=_("Let one row name the columns, as in 订单号, 支付时间, 实付金额, 昵称; or 昵称, 到课, 签到时间."),
        )
    lists = {id(sheet) for sheet, _headings in found}
    return found, tuple(sheet.name for sheet in book.sheets if sheet.rows and id(sheet) not in lists)


def read_rows(book: Book, wanted: Iterable[Field], read: RowReader) -> ReadList:
    """Return every row below the headings. Raises NoList."""
    found, others = tables(book, wanted)
    rows: list[ListRow | LeftRow] = []
    for sheet, headings in found:
        rows += [_row(sheet, headings, row, read) for row in sorted(sheet.rows) if row > headings.row]
    columns = {
        name.value: headings.words.get(at[0], "") for _sheet, headings in found for name, at in headings.columns.items()
    }
    unread = dict.fromkeys(word for _sheet, headings in found for word in headings.unread)
    return ReadList(rows=tuple(_without_twins(rows)), unread=(*unread, *others), columns=columns)


def _row(sheet: Sheet, headings: Headings, row: int, read: RowReader) -> ListRow | LeftRow:
    where = sheet.where(row)
    cells = sheet.filled(row)
    if all(not clean(cell.text) for cell in cells):
        return LeftRow(where=where, code="blank", reason=_("the row is blank"))
    if (total := _total(headings, cells)) is not None:
        return LeftRow(where=sheet.at(total), code="total", reason=_("a row of totals"))
    if sum(headings.words.get(cell.column) == word_of(cell) for cell in cells) >= len(cells):
        return LeftRow(where=where, code="header", reason=_("the headings again"))
    try:
        return read(sheet, headings, row)
    except Unread as error:
        return error.left


def _total(headings: Headings, cells: Sequence[Cell]) -> Cell | None:
    """Return the cell that calls a row one of totals: its first, or any where there is no number. Names may say so."""
    numbers = headings.columns.get(Field.NUMBER, ())
    is_numbered = any(cell.column in numbers for cell in cells) or not numbers
    return next((cell for cell in cells[: 1 if is_numbered else None] if _TOTAL.fullmatch(clean(cell.text))), None)


def left_out(where: Source, code: str, reason: str, hint: str = "") -> Unread:
    """Return what ends the reading of a row."""
    return Unread(LeftRow(where=where, code=code, reason=reason, hint=hint))


def unclear(sheet: Sheet, cell: Cell, code: str, error: Unclear) -> Unread:
    """Return the same for a value that is not certain."""
    return left_out(sheet.at(cell), code, error.reason, error.hint)


def _without_twins(rows: Sequence[ListRow | LeftRow]) -> Iterator[ListRow | LeftRow]:
    """Leave out every row of a key that stands in the file with different values: which is right can't be told."""
    said: dict[str, list[tuple[ListRow, object]]] = {}
    for row in (row for row in rows if isinstance(row, ListRow)):
        for one in row.reached:
            said.setdefault(one.key, []).append((row, (one, row.who)))
            if one.key == row.key:
                said.setdefault(f"of {one.key}", []).append((row, row.whole))
    torn = {key: twins for key, twins in said.items() if any(value != twins[0][1] for _row, value in twins[1:])}
    for found in rows:
        keys = [one.key for one in found.reached] if isinstance(found, ListRow) else []
        key = next((name for one in keys for name in (one, f"of {one}") if name in torn), "")
        yield _torn(found, key, torn[key]) if key and isinstance(found, ListRow) else found


def _torn(row: ListRow, key: str, twins: Sequence[tuple[ListRow, object]]) -> LeftRow:
    others = [f"{twin.where.row}" for twin, _value in twins if twin.where != row.where]
    reason = _("{key} stands in other rows with other values: {rows}")
    return LeftRow(
        where=row.where,
        code="twice",
        reason=reason.format(key=key.removeprefix("of ").partition(":")[2], rows=" ".join(others[:9])),
        hint=_("Leave one row for each order, with what was paid in all."),
    )
