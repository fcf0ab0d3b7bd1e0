"""Bytes of a .csv file to a `Book` of one sheet. Spreadsheets save it in GB 18030, or UTF-8 with a byte order mark."""

from __future__ import annotations

import csv
import io

from groupbot.i18n import _
from groupbot.sop.workbook.grid import Book, Cell, Sheet
from groupbot.sop.workbook.limits import MAX_CELLS, MAX_ROWS, refusal, refuse, refuse_rows

MAX_BYTES = 8 * 1024 * 1024
MAX_CELL = 40_000
"""Characters; a spreadsheet's cell holds 32,767."""
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def read_csv(data: bytes, *, file: str) -> Book:
    """Return what the file holds; raises SopError for one that is no text or no table."""
    if len(data) > MAX_BYTES:
        refuse(file, "file-too-large", _("The file is larger than {limit} bytes.").format(limit=MAX_BYTES))
    text = _decoded(data, file)
    rows: dict[int, dict[int, Cell]] = {}
    count = 0
    try:
        for number, values in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)), start=1):
            cells = {
                column: Cell(value=value.replace("\r\n", "\n"), row=number, column=column)
                for column, value in enumerate(values, start=1)
                if value.strip()
            }
            count += len(cells)
            if number > MAX_ROWS or count > MAX_CELLS:
                refuse_rows(file, "")
            if cells:
                rows[number] = cells
    except csv.Error as error:
        refuse(file, "workbook-broken", _("The file is no table: {reason}.").format(reason=error))
    return Book(file=file, sheets=(Sheet(file=file, name="", rows=rows),), is_csv=True)


def _decoded(data: bytes, file: str) -> str:
    encodings = ("utf-16",) if data.startswith(_UTF16) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    hint = _("Save it in the spreadsheet as CSV UTF-8, or as .xlsx.")
    raise refusal(file, "not-utf8", _("The file is no text in UTF-8 or GB 18030."), hint)


def _delimiter(text: str) -> str:
    """Return what stands between the values, by the first lines."""
    head = text[:4_000]
    return max(",\t;", key=lambda sign: (head.count(sign), sign == ","))
