"""An operator's own workbook with the cells of problems coloured and commented; values, widths and styles stay."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from io import BytesIO

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils import column_index_from_string
from openpyxl.worksheet.worksheet import Worksheet

from groupbot.i18n import _
from groupbot.sop.planned import Problem, Source
from groupbot.sop.sheets.cells import plain, saved
from groupbot.sop.sheets.pictures import with_pictures
from groupbot.sop.workbook.limits import broken, open_package

_FILLS: Mapping[str, PatternFill] = {
    "error": PatternFill("solid", fgColor="FFC7CE"),
    "warning": PatternFill("solid", fgColor="FFEB9C"),
}
_TABS = {"error": "C00000", "warning": "FFC000"}
_AUTHOR = "groupbot"


def marked(data: bytes, problems: Iterable[Problem], *, file: str) -> bytes:
    """Return the workbook `data` with `problems` at their cells; what names no cell is told at the nearest one.

    Raises SopError for a file that must not or can't be read.
    """
    open_package(data, file)  # refuses what is made to harm, before anything unpacks it
    book = _opened(data, file)
    told: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        sheet, cell = _place(book, problem.where)
        if sheet is not None and cell is not None:
            told.setdefault((sheet.title, cell.coordinate), []).append(problem)
    for (title, coordinate), found in told.items():
        level = "error" if any(problem.level == "error" for problem in found) else "warning"
        cell = book[title][coordinate]
        cell.fill = _FILLS[level]
        cell.comment = _comment(cell, found)
        _colour_tab(book[title], level)
    return with_pictures(data, saved(book))


def pictures_lost(data: bytes, copy: bytes) -> int:
    """Return how many pictures of the workbook `data` are not in its marked `copy`."""
    return max(_pictures(data) - _pictures(copy), 0)


def _pictures(data: bytes) -> int:
    return sum(name.startswith("xl/media/") for name in open_package(data, "").names)


def _opened(data: bytes, file: str) -> Workbook:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells of what it leaves out; `pictures_lost` does it better
            return load_workbook(BytesIO(data), rich_text=True)
    except Exception as error:
        raise broken(file) from error


def _place(book: Workbook, where: Source) -> tuple[Worksheet | None, Cell | None]:
    """Return the sheet and cell of a problem: a row's first filled cell where no column is known."""
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    sheet = sheets.get(where.sheet or "") or next(iter(sheets.values()), None)
    if sheet is None:
        return None, None
    row = where.row or 1
    column = column_index_from_string(where.column) if where.column else _first_filled(sheet, row)
    return sheet, _unmerged(sheet, row, column)


def _first_filled(sheet: Worksheet, row: int) -> int:
    return next((cell.column for cell in sheet[row] if cell.value is not None), 1)


def _unmerged(sheet: Worksheet, row: int, column: int) -> Cell | None:
    """Return the cell, or the first of the merged range that covers it."""
    cell = sheet.cell(row, column)
    if isinstance(cell, MergedCell):
        area = next(area for area in sheet.merged_cells.ranges if cell.coordinate in area)
        cell = sheet.cell(area.min_row, area.min_col)
    return cell if isinstance(cell, Cell) else None


def _comment(cell: Cell, problems: Iterable[Problem]) -> Comment:
    """Return what was commented before, then each problem with its way out."""
    words = {"error": _("error"), "warning": _("warning")}
    own = [cell.comment.text.strip()] if cell.comment and cell.comment.text else []
    said = [
        f"{words[problem.level]}[{problem.code}]: {problem.message}" + (f"\n→ {problem.hint}" if problem.hint else "")
        for problem in problems
    ]
    text = plain("\n\n".join((*own, *said)))
    return Comment(text, _AUTHOR, width=420, height=min(90 + 40 * text.count("\n") + len(text) // 2, 600))


def _colour_tab(sheet: Worksheet, level: str) -> None:
    colour = sheet.sheet_properties.tabColor
    if level == "error" or colour is None:
        sheet.sheet_properties.tabColor = _TABS[level]
