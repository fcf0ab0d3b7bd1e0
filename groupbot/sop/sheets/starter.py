"""The workbook to start from: a front sheet, steps, libraries and playbooks, with an example that lints clean."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from groupbot.sop.sheets.cells import put, saved
from groupbot.sop.sheets.starter_words import (
    MATERIALS,
    PLAYBOOKS,
    SCRIPTS,
    SHEETS,
    STEP_HEADINGS,
    STEPS,
    Heading,
    front,
)

_ROOM = 500
"""Rows below the heading that have drop-downs and line breaks."""
_HEAD = PatternFill("solid", fgColor="1F4E78")
_HEAD_FONT = Font(bold=True, color="FFFFFF")
_LINE = Side(style="thin", color="BFBFBF")
_BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_TOP = Alignment(vertical="top", wrap_text=True)
_AUTHOR = "groupbot"
_Lists = tuple[tuple[tuple[str, str, int], ...], Sequence[Sequence[str]]]


def starter(language: str, today: date) -> bytes:
    """Return an .xlsx file in `language` (zh or en) whose example begins on the Monday after `today`."""
    book = Workbook()
    front_name, steps_name, *library_names = SHEETS[language]
    first = book.active
    if not isinstance(first, Worksheet):
        raise TypeError(first)
    first.title = front_name
    _front(first, language, today)
    _steps(book.create_sheet(steps_name), language)
    for name, (columns, rows) in zip(library_names, _libraries(language), strict=True):
        headings = [Heading(word=word, english=english, width=width, comment={}) for word, english, width in columns]
        _table(book.create_sheet(name), headings, rows, language)
    book.active = 1
    return saved(book)


def _libraries(language: str) -> tuple[_Lists, ...]:
    return (
        ((("话术名称", "script name", 20), ("话术正文", "script", 80)), SCRIPTS[language]),
        (
            (("素材名称", "material name", 20), ("素材类型", "kind", 12), ("素材链接", "path or link", 60)),
            MATERIALS[language],
        ),
        ((("情况", "trouble", 30), ("应对措施", "what to do", 80)), PLAYBOOKS[language]),
    )


def _front(sheet: Worksheet, language: str, today: date) -> None:
    for number, (label, english, value, comment) in enumerate(front(language, today), start=1):
        name, cell = _cell(sheet, number, 1), _cell(sheet, number, 2)
        put(name, _glossed(label, english))
        put(cell, value)
        name.font, name.fill, name.border = _HEAD_FONT, _HEAD, _BORDER
        cell.border, cell.alignment = _BORDER, _TOP
        _comment(name, comment)
    sheet.column_dimensions["A"].width = 24
    sheet.column_dimensions["B"].width = 60


def _steps(sheet: Worksheet, language: str) -> None:
    _table(sheet, STEP_HEADINGS, STEPS[language], language)
    for column, heading in enumerate(STEP_HEADINGS, start=1):
        if heading.choices is None:
            continue
        offered = DataValidation(type="list", formula1=f'"{",".join(heading.choices[language])}"', allow_blank=True)
        offered.showErrorMessage = False  # another word is no mistake: roles and channels are the operator's own
        letter = get_column_letter(column)
        offered.add(f"{letter}2:{letter}{_ROOM}")
        sheet.add_data_validation(offered)


def _table(sheet: Worksheet, headings: Sequence[Heading], rows: Sequence[Sequence[str]], language: str) -> None:
    """Write a frozen header row and the rows below it; empty cells stay empty."""
    for column, heading in enumerate(headings, start=1):
        cell = _cell(sheet, 1, column)
        put(cell, _glossed(heading.word, heading.english if language == "en" else ""))
        cell.font, cell.fill, cell.border = _HEAD_FONT, _HEAD, _BORDER
        cell.alignment = Alignment(horizontal="center", vertical="center")
        sheet.column_dimensions[get_column_letter(column)].width = heading.width
        if heading.comment:
            _comment(cell, heading.comment[language])
    for number, row in enumerate(rows, start=2):
        for column, text in enumerate(row, start=1):
            cell = _cell(sheet, number, column)
            cell.alignment, cell.border = _TOP, _BORDER
            if text:
                put(cell, text)
    sheet.row_dimensions[1].height = 24
    sheet.freeze_panes = "A2"


def _cell(sheet: Worksheet, row: int, column: int) -> Cell:
    cell = sheet.cell(row, column)
    if not isinstance(cell, Cell):  # only a merged cell is none, and there is none here
        raise TypeError(cell)
    return cell


def _glossed(word: str, english: str) -> str:
    return f"({english}) {word}" if english else word


def _comment(cell: Cell, text: str) -> None:
    cell.comment = Comment(text, _AUTHOR, width=320, height=110)
