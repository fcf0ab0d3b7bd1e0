"""A template as a workbook: the sheets of the SOP, and one that tells what came of it."""

from __future__ import annotations

import io

import openpyxl
import yaml
from openpyxl.cell.cell import Cell

from groupbot.sop.document import Sop
from groupbot.sop.materials import Files
from groupbot.sop.results import results_shape
from groupbot.sop.shapes import DEFAULTS, Shape, policy_values
from groupbot.sop.sheets.cells import put, saved
from groupbot.sop.sheets.current import current
from groupbot.sop.sheets.own_rows import whole
from groupbot.sop.workbook.results_sheet import LABEL, NAME
from groupbot.sop.writing import shape


def with_results(sop: Sop, *, files: Files) -> bytes:
    """Return the workbook of `sop` with its results; `unsaid` tells what it does not hold."""
    data = current(sop, files=files, campaign=sop.name, version=0).data
    if sop.results is None:
        return data
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.create_sheet(NAME)
    text = yaml.safe_dump(results_shape(sop.results), allow_unicode=True, sort_keys=False)
    for column, words in enumerate((LABEL, text), start=1):
        cell = sheet.cell(1, column)
        if isinstance(cell, Cell):
            put(cell, words)
    return saved(book)


def unsaid(sop: Sop, again: Sop) -> list[str]:
    """Return the settings and the ids of the steps of `sop` that `again`, read from its workbook, has otherwise."""
    settings, others = _settings(sop), _settings(again)
    keys = [key for key in {**settings, **others} if settings.get(key) != others.get(key)]
    found = {step.id: (step.phase, whole(step, again)) for step in again.steps}
    return keys + [step.id for step in sop.steps if (step.phase, whole(step, sop)) != found.get(step.id)]


def _settings(sop: Sop) -> Shape:
    """Return what stands around the steps, by its key in a YAML file; policies are those of each step."""
    values = shape(sop) | {"phases": [(phase.name, phase.goal) for phase in sop.phases]}
    return {key: value for key, value in values.items() if key not in policy_values(DEFAULTS)}
