"""The report as a workbook: one sheet for each table, figures as figures, so that operators go on reckoning."""

from __future__ import annotations

import io
import re
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from groupbot.i18n import _
from groupbot.reports.campaign.shown import DASH
from groupbot.reports.campaign.tables import Cell, Share, Table, summary, tables
from groupbot.reports.campaign.values import Report
from groupbot.reports.campaign.words import title

_HEAD = PatternFill("solid", fgColor="E3F1EC")
_WIDEST = 40
"""Characters of a column; a longer text is cut by the next cell, and shown whole where one clicks."""
_UNCLEAN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def as_workbook(report: Report) -> bytes:
    """Return the report as an .xlsx file. Texts of members are cells of text: none can act as a formula."""
    book = Workbook(write_only=True)
    first = book.create_sheet(_("Summary"))
    first.column_dimensions["A"].width, first.column_dimensions["B"].width = 18, 90
    first.append([_styled(first, title(report), bold=True)])
    for name, value in summary(report):
        first.append([_styled(first, name), _styled(first, value)])
    for table in tables(report):
        _sheet(book.create_sheet(_name(table.title, book.sheetnames)), table)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _sheet(sheet: Any, table: Table) -> None:
    for place, heading in enumerate(table.headings):
        widest = max((len(str(row[place])) for row in table.rows[:200] if isinstance(row[place], str)), default=0)
        letter = get_column_letter(place + 1)
        sheet.column_dimensions[letter].width = min(max(10, 2 * len(heading) + 2, 1.6 * widest), _WIDEST)
    sheet.freeze_panes = "B2"
    sheet.append([_styled(sheet, heading, bold=True) for heading in table.headings])
    for row in table.rows:
        sheet.append([_cell(sheet, cell) for cell in row])
    if table.note:
        sheet.append([])
        sheet.append([_styled(sheet, table.note)])


def _cell(sheet: Any, cell: Cell) -> SheetCell:
    match cell:
        case str():
            return _styled(sheet, cell)
        case int():
            return WriteOnlyCell(sheet, value=cell)
    if cell.value is None:
        made = _styled(sheet, DASH)
        made.alignment = Alignment(horizontal="right")
        return made
    made = WriteOnlyCell(sheet, value=float(cell.value))
    made.number_format = "0.0%" if isinstance(cell, Share) else "#,##0.00"
    return made


def _styled(sheet: Any, text: str, *, bold: bool = False) -> SheetCell:
    """Return a cell of text, whatever the text begins with."""
    made = WriteOnlyCell(sheet, value=_UNCLEAN.sub("", text))
    made.data_type = "s"
    if bold:
        made.font, made.fill = Font(bold=True), _HEAD
    return made


def _name(title: str, taken: list[str]) -> str:
    """Return a sheet's name: Excel takes 31 signs, some not at all, and each name once."""
    plain = re.sub(r"[\[\]:*?/\\]", " ", title)[:28]
    return plain if plain not in taken else f"{plain} {len(taken)}"
