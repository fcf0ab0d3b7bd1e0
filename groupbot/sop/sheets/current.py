"""The sheet of a campaign as it runs now, to be edited and given back: each row carries the id of its step.

What a step says beyond the columns that operators know stands in one more, what stands around the steps in a sheet of
settings; so the file says all of the SOP. A step that no row can hold all the same is left out, and named.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from groupbot.sop.document import Sop, Step
from groupbot.sop.load import load_what_can
from groupbot.sop.materials import Files
from groupbot.sop.planned import SopError
from groupbot.sop.shapes import Shape
from groupbot.sop.sheets.cells import put, saved
from groupbot.sop.sheets.own_rows import (
    HEADINGS,
    NOTE,
    SETTINGS_COLUMN,
    Form,
    first_form,
    policies_of,
    row_of,
    settings_of,
    whole,
)
from groupbot.sop.workbook.exact import LABEL, SETTINGS
from groupbot.sop.workbook.xlsx import read_xlsx
from groupbot.sop.yaml_file import MAX_BYTES

_MARK = re.compile(r"groupbot: ([\w-]+)@(\d+)")
"""Says of which campaign and version a file is the sheet; above its headings, or in a YAML comment."""
_HEAD_ROWS = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Exported:
    """A file, and the steps that are not in it."""

    data: bytes
    left_out: tuple[str, ...]


def mark(campaign: str, version: int) -> str:
    """Return the words by which a file is known again."""
    return f"groupbot: {campaign}@{version}"


def marked(data: bytes, name: str) -> tuple[str, int] | None:
    """Return the campaign and version that the file called `name` is the sheet of, None when it is none."""
    found = _MARK.search(_head(data, name))
    return (found[1], int(found[2])) if found else None


def _head(data: bytes, name: str) -> str:
    if not name.casefold().endswith(".xlsx"):
        return data[:MAX_BYTES].decode("utf-8", errors="ignore")
    try:
        book = read_xlsx(data, file=name)
    except SopError:
        return ""
    rows = (sheet.rows.get(number, {}) for sheet in book.sheets for number in range(1, _HEAD_ROWS + 1))
    return "\n".join(cell.text for row in rows for cell in row.values())


def current(sop: Sop, *, files: Files, campaign: str, version: int) -> Exported:
    """Return the sheet of `sop`, the given version of a campaign; every row of it reads as the step that it is."""
    forms = {step.id: first_form(step) for step in sop.steps}
    data = b""
    for _try in range(len(Form)):
        data = _book(sop, forms, mark(campaign, version))
        wrong = [name for name in _misread(data, sop, files) if forms[name] is not Form.NONE]
        if not wrong:
            break
        forms |= {name: Form(forms[name] + 1) for name in wrong}
    left_out = tuple(step.id for step in sop.steps if forms[step.id] is Form.NONE)
    return Exported(data=data, left_out=left_out)


def _misread(data: bytes, sop: Sop, files: Files) -> list[str]:
    """Return the ids of the steps that the reader finds otherwise than they are, or not at all."""
    try:
        again = load_what_can(data, file="current.xlsx", files=files)
    except SopError:
        return [step.id for step in sop.steps]
    wrong = {problem.where.row for problem in again.warnings if problem.level == "error"}
    found = {step.id: (step, whole(step, again)) for step in again.steps if step.source.row not in wrong}
    return [step.id for step in sop.steps if not _is_same(step, whole(step, sop), *found.get(step.id, (None, {})))]


def _is_same(step: Step, said: Shape, back: Step | None, back_said: Shape) -> bool:
    return back is not None and step.phase == back.phase and said == back_said


def _book(sop: Sop, forms: Mapping[str, Form], note: str) -> bytes:
    book = Workbook()
    sheet = book.active
    if not isinstance(sheet, Worksheet):
        raise TypeError(sheet)
    sheet.title = "SOP"
    _row(sheet, 1, [note])
    _row(sheet, 2, [heading for heading, _width in HEADINGS], bold=True)
    sheet.cell(2, SETTINGS_COLUMN).comment = Comment(NOTE, "groupbot", width=320, height=110)
    rows = [(step, forms[step.id]) for step in sop.steps if forms[step.id] is not Form.NONE]
    base = policies_of(sop)
    for number, (step, form) in enumerate(rows, start=3):
        _row(sheet, number, row_of(step, sop, form, base))
    for number, (_heading, width) in enumerate(HEADINGS, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.column_dimensions[get_column_letter(len(HEADINGS))].hidden = True
    sheet.freeze_panes = "A3"
    _settings(book.create_sheet(SETTINGS), sop)
    return saved(book)


def _settings(sheet: Worksheet, sop: Sop) -> None:
    rows = [(LABEL, ""), *settings_of(sop)]
    for number, row in enumerate(rows, start=1):
        _row(sheet, number, row)
    sheet.column_dimensions["A"].width = 18
    sheet.column_dimensions["B"].width = 100


def _row(sheet: Worksheet, number: int, texts: Sequence[str], *, bold: bool = False) -> None:
    for column, text in enumerate(texts, start=1):
        cell = sheet.cell(number, column)
        if text and isinstance(cell, Cell):
            put(cell, text)
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            if bold:
                cell.font = Font(bold=True)
