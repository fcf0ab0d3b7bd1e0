"""Write texts into cells as texts: never as formulas, never with signs that spreadsheets refuse."""

from __future__ import annotations

import re
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell.cell import Cell

LONGEST = 32_767
"""Characters that a cell holds."""
_REFUSED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def plain(text: str) -> str:
    """Return `text` without what a cell can't hold."""
    return _REFUSED.sub("", text)[:LONGEST]


def put(cell: Cell, text: str) -> None:
    """Write `text` into `cell` as it is, even when it begins with `=`."""
    cell.value = plain(text)
    if cell.data_type == "f":
        cell.data_type = "s"


def saved(book: Workbook) -> bytes:
    """Return the workbook as the bytes of an .xlsx file."""
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()
