"""A template as a workbook: the sheet of the SOP, and a sheet that tells what came of it."""

from __future__ import annotations

import io

import openpyxl
import yaml

from groupbot.sop.document import Sop
from groupbot.sop.materials import Files
from groupbot.sop.results import results_shape
from groupbot.sop.sheets.cells import put, saved
from groupbot.sop.sheets.current import current
from groupbot.sop.workbook.results_sheet import LABEL, NAME


def with_results(sop: Sop, *, files: Files) -> bytes:
    """Return the workbook of `sop` with its results; what no row can hold is missing in it."""
    made = current(sop, files=files, campaign=sop.name, version=0)
    if sop.results is None:
        return made.data
    book = openpyxl.load_workbook(io.BytesIO(made.data))
    sheet = book.create_sheet(NAME)
    put(sheet.cell(1, 1), LABEL)
    put(sheet.cell(1, 2), yaml.safe_dump(results_shape(sop.results), allow_unicode=True, sort_keys=False))
    sheet.column_dimensions["B"].width = 80
    return saved(book)
