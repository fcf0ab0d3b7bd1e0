"""The sheet of a template that tells what came of the SOP: one cell of YAML, as the `results:` of a YAML file."""

from __future__ import annotations

from pydantic import ValidationError

from groupbot.i18n import _
from groupbot.sop.notes import Notes
from groupbot.sop.planned import SopError
from groupbot.sop.results import Results, read_results
from groupbot.sop.schema import ResultsModel
from groupbot.sop.workbook.grid import Sheet
from groupbot.sop.yaml_file import read_yaml

NAME = "成果"
LABEL = "results"


def is_results(sheet: Sheet) -> bool:
    """Return whether `sheet` is the one that `NAME` names and groupbot wrote."""
    label = sheet.cell(1, 1)
    return sheet.name == NAME and label is not None and label.text == LABEL


def results_in(sheet: Sheet, notes: Notes) -> Results | None:
    """Return what the sheet tells; what can't be read is noted."""
    cell = sheet.cell(1, 2)
    if cell is None:
        return None
    try:
        return read_results(ResultsModel.model_validate(read_yaml(cell.text.encode(), file=sheet.file).value))
    except (SopError, ValidationError):
        message = _("The results can't be read: the SOP counts as unproven.")
        notes.warn("results-not-read", message, sheet.at(cell), hint=_("Save the template again."))
        return None
