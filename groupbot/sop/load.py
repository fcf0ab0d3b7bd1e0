"""Load an SOP: bytes in, a typed SOP out, or everything that is wrong with it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from groupbot.i18n import _
from groupbot.sop.check import check
from groupbot.sop.document import Sop
from groupbot.sop.materials import Files
from groupbot.sop.notes import Notes
from groupbot.sop.places import Places
from groupbot.sop.planned import Problem, SopError, Source
from groupbot.sop.reading import SopReader
from groupbot.sop.schema import MAX_STEPS, SopModel
from groupbot.sop.schema_errors import shape_problems
from groupbot.sop.workbook.csv_file import read_csv
from groupbot.sop.workbook.reading import read_workbook
from groupbot.sop.workbook.xlsx import read_xlsx
from groupbot.sop.yaml_file import Place, YamlDocument, read_yaml

_VERSION_DIGITS = 12


def load(data: bytes, *, file: str, files: Files) -> Sop:
    """Return the SOP in `data`; `file` names it in problems and its ending says how to read it.

    `files` looks at its materials. Warnings are in the SOP. Raises SopError with every problem found, warnings too,
    when one of them is an error.
    """
    sop = load_what_can(data, file=file, files=files)
    if any(problem.level == "error" for problem in sop.warnings):
        raise SopError(sop.warnings)
    return sop


def load_what_can(data: bytes, *, file: str, files: Files) -> Sop:
    """Return as much of the SOP as can be planned, with every problem in `warnings`, errors too.

    A workbook's other rows are planned when one can't be; a YAML file with an error raises SopError, and so does a
    workbook that can't be read at all.
    """
    notes = Notes()
    reader = _SHEETS.get(_ending(file))
    if reader is not None:
        sop = reader(data, file, files, notes)
        check(sop, notes)
    else:
        sop = _load_yaml(data, file, files, notes)
    return replace(sop, version=version_of(data, sop), warnings=notes.in_order())


def _load_yaml(data: bytes, file: str, files: Files, notes: Notes) -> Sop:
    document = read_yaml(data, file=file)
    _refuse_too_many(document, file)
    notes.problems += document.warnings
    model = _shaped(document, file, notes)
    sop = SopReader(model=model, places=Places(file=file, document=document), files=files, notes=notes).read()
    check(sop, notes)
    if notes.errors:
        raise SopError(notes.in_order())
    return sop


def _load_xlsx(data: bytes, file: str, files: Files, notes: Notes) -> Sop:
    return read_workbook(read_xlsx(data, file=file), files=files, notes=notes)


def _load_csv(data: bytes, file: str, files: Files, notes: Notes) -> Sop:
    return read_workbook(read_csv(data, file=file), files=files, notes=notes)


_SHEETS = {"xlsx": _load_xlsx, "xlsm": _load_xlsx, "xls": _load_xlsx, "csv": _load_csv}
YAML = (".yaml", ".yml")
ENDINGS = (*YAML, ".xlsx", ".csv")
"""Of SOP files in a folder; a file named outright may be a workbook of another ending, which is refused in words."""


def _ending(file: str) -> str:
    return file.rsplit(".", 1)[-1].casefold()


def _shaped(document: YamlDocument, file: str, notes: Notes) -> SopModel:
    """Return the file's values in their shape. Unknown keys are noted and left out, so that the rest is read too.

    Raises SopError for any other mistake of shape.
    """
    try:
        return SopModel.model_validate(document.value)
    except ValidationError as error:
        found = error
    notes.problems += shape_problems(found, document, file)
    unknown = [detail["loc"] for detail in found.errors(include_url=False) if detail["type"] == "extra_forbidden"]
    if len(unknown) == found.error_count() and all(_leave_out(document.value, place) for place in unknown):
        return SopModel.model_validate(document.value)
    raise SopError(notes.in_order())


def _leave_out(value: Any, place: Place) -> bool:
    """Remove what stands at `place` and return whether it was there as the file shows it."""
    for step in place[:-1]:
        if not isinstance(value, list if isinstance(step, int) else dict):
            return False
        value = value[step]  # type: ignore[index]
    return isinstance(value, dict) and value.pop(place[-1], None) is not None


def version_of(data: bytes, sop: Sop) -> str:
    """Return what changes whenever the file or the content of a material does: 12 hex digits."""
    digest = hashlib.sha256(data)
    for name in sorted(sop.materials):
        digest.update(f"\0{name}\0{sop.materials[name].digest}".encode())
    return digest.hexdigest()[:_VERSION_DIGITS]


def _refuse_too_many(document: YamlDocument, file: str) -> None:
    """Raise before pydantic spends time on an SOP of absurd size."""
    count = 0
    for number, phase in enumerate(_items(document.value.get("phases"))):
        steps = _items(phase.get("steps")) if isinstance(phase, dict) else []
        if count + len(steps) > MAX_STEPS:
            line = document.line_of(("phases", number, "steps", MAX_STEPS - count))
            message = _("The SOP has more than {limit} steps.").format(limit=MAX_STEPS)
            hint = _("Split it into several SOPs; repeated posts can be one step with `daily … until …`.")
            where = Source(file=file, line=line)
            raise SopError((Problem(level="error", code="too-many-steps", message=message, hint=hint, where=where),))
        count += len(steps)


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
