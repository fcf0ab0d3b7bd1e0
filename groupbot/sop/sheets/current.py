"""The sheet of a campaign as it runs now, to be edited and given back: each row carries the id of its step.

A sheet can't say all that an SOP can. What it does not say stays as it is when the sheet comes back, since the file is
compared with what it said when it was written. Steps that no row can hold are left out, and stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from groupbot.sop.document import MediaPart, Sop, Step, TextPart
from groupbot.sop.load import load_what_can
from groupbot.sop.materials import Files
from groupbot.sop.planned import SopError
from groupbot.sop.sheets.cells import put, saved
from groupbot.sop.timenode import AfterStep
from groupbot.sop.timetext import format_time
from groupbot.sop.workbook.xlsx import read_xlsx
from groupbot.sop.yaml_file import MAX_BYTES

_COLUMNS = (("阶段", 14), ("时间", 22), ("发布账号", 14), ("话术", 80), ("素材", 30))
_ID = "步骤ID"
_MARK = re.compile(r"groupbot: ([\w-]+)@(\d+)")
"""Says of which campaign and version a file is the sheet; above its headings, or in a YAML comment."""
_HEAD_ROWS = 5
_TRIES = 3


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
    shown = {step.id for step in sop.steps if _has_row(step)}
    data = b""
    for _try in range(_TRIES):
        data = _book(sop, shown, mark(campaign, version))
        back = _read_back(data, sop, files)
        if back >= shown:
            break
        shown &= back
    return Exported(data=data, left_out=tuple(step.id for step in sop.steps if step.id not in shown))


def _has_row(step: Step) -> bool:
    """Return whether a row may hold the step: a post in the group with a time of its own."""
    return (
        step.at is not None
        and not isinstance(step.at, AfterStep)
        and step.task is None
        and step.place == "group"
        and all(isinstance(part, TextPart | MediaPart) for part in step.parts)
    )


def _read_back(data: bytes, sop: Sop, files: Files) -> set[str]:
    """Return the ids of the steps that the reader finds again at their time."""
    times = {step.id: step.at for step in sop.steps}
    try:
        again = load_what_can(data, file="current.xlsx", files=files)
    except SopError:
        return set()
    wrong = {problem.where.row for problem in again.warnings if problem.level == "error"}
    found = (step for step in again.steps if step.source.row not in wrong and step.at is not None)
    return {step.id for step in found if times.get(step.id) == step.at}


def _book(sop: Sop, shown: Collection[str], note: str) -> bytes:
    book = Workbook()
    sheet = book.active
    if not isinstance(sheet, Worksheet):
        raise TypeError(sheet)
    sheet.title = "SOP"
    _row(sheet, 1, [note])
    _row(sheet, 2, [*(heading for heading, _width in _COLUMNS), _ID], bold=True)
    for number, step in enumerate((step for step in sop.steps if step.id in shown), start=3):
        _row(sheet, number, [*_cells(step, sop), f"#{step.id}"])  # `d1-review` alone looks like a day
    for number, (_heading, width) in enumerate(_COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.column_dimensions[get_column_letter(len(_COLUMNS) + 1)].hidden = True
    sheet.freeze_panes = "A3"
    return saved(book)


def _cells(step: Step, sop: Sop) -> list[str]:
    said = [part.text.text for part in step.parts if isinstance(part, TextPart)]
    posted = [sop.materials[part.material].written for part in step.parts if isinstance(part, MediaPart)]
    speaker = sop.roles.get(step.speaker, step.speaker)
    at = format_time(step.at) if step.at else ""
    return [step.phase, at, speaker, "\n\n".join(said), "\n".join(posted)]


def _row(sheet: Worksheet, number: int, texts: Sequence[str], *, bold: bool = False) -> None:
    for column, text in enumerate(texts, start=1):
        cell = sheet.cell(number, column)
        if text and isinstance(cell, Cell):
            put(cell, text)
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            if bold:
                cell.font = Font(bold=True)
