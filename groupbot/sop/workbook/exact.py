"""Sheets that groupbot wrote: settings and rows that mean what they say, as in a YAML file.

A row with something in the column 步骤设置 is such a row: its words are read by `exact_words`, and the column holds, as
YAML, what no other column says. A row without it is read like any operator's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import indent
from typing import Any

from pydantic import ValidationError

from groupbot.core.policies import Policies
from groupbot.i18n import _
from groupbot.sop.document import Sop, Step
from groupbot.sop.materials import Files
from groupbot.sop.notes import Notes
from groupbot.sop.places import Places
from groupbot.sop.planned import SopError, Source
from groupbot.sop.reading import SopReader
from groupbot.sop.reading_steps import CONTENT_KEYS, StepReader
from groupbot.sop.schema import MAX_PHASE, SopModel
from groupbot.sop.shapes import Shape
from groupbot.sop.workbook.exact_words import read
from groupbot.sop.workbook.grid import Sheet
from groupbot.sop.workbook.headings import Field
from groupbot.sop.workbook.rows import Row
from groupbot.sop.yaml_file import Place, YamlDocument, read_yaml

SETTINGS = "设置"
"""What the sheet of settings is called."""
LABEL = "groupbot"
"""What stands in its first cell."""
PLAIN = frozenset(
    {
        "name",
        "title",
        "timezone",
        "quiet_hours",
        "unknown",
        "on_part_failure",
        "ask_timeout",
        "last_day",
        "holidays",
        "lock_window",
    }
)
"""Settings that are one text; the others are YAML."""
NO_PHASE = "-"
"""Stands in for the phases of settings that name none."""
AS_WRITTEN = "原文"
"""In the column of settings: the row's other cells say all of it."""
IN_WORDS = "话术"
"""As a task's text: it stands in the column of words."""
_VALUE = "value"


@dataclass(frozen=True, kw_only=True, slots=True)
class _RowPlaces(Places):
    """Everything stands at one place of a sheet."""

    where: Source

    def at(self, place: Place) -> Source:  # noqa: ARG002 - all are there
        return self.where


def _places(where: Source) -> Places:
    document = YamlDocument(value={}, lines={}, text_lines={})
    return _RowPlaces(file=where.file, document=document, where=where)


def is_settings(sheet: Sheet) -> bool:
    """Return whether `sheet` holds the settings that groupbot wrote."""
    label = sheet.cell(1, 1)
    return sheet.name == SETTINGS and label is not None and label.text == LABEL


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """An SOP without its steps, and the policies of those that say nothing else."""

    sop: Sop
    policies: Policies


def settings_in(sheet: Sheet, files: Files, notes: Notes) -> Settings | None:
    """Return what stands around the steps; what can't be read is noted, and then it is None."""
    found: dict[str, str] = {}
    for row in sorted(number for number in sheet.rows if number > 1):
        key, value = sheet.cell(row, 1), sheet.cell(row, 2)
        if key and value:
            text = value.value if isinstance(value.value, str) else value.text
            found[key.text] = f"{found[key.text]}\n{text}" if key.text in found else text
    try:
        values: dict[str, Any] = {key: text if key in PLAIN else _yaml(text, sheet.file) for key, text in found.items()}
        phases: list[Any] = list(values.get("phases") or [{"name": NO_PHASE}])
        values["phases"] = [{**phase, "steps": []} for phase in phases]
        model = SopModel.model_validate(values)
    except (SopError, ValidationError, TypeError) as error:
        message = _("The settings can't be read: {reason}").format(reason=_reason(error))
        notes.error("bad-settings", message, sheet.where(), hint=_("Mend the cell, or export the sheet again."))
        return None
    places = _places(sheet.where())
    sop = SopReader(model=model, places=places, files=files, notes=notes).read()
    return Settings(sop=sop, policies=places.policies(model, Policies(quiet=sop.quiet), (), notes))


def exact_step(
    row: Row, values: Shape, *, roles: Mapping[str, str], variables: frozenset[str], policies: Policies, notes: Notes
) -> Step | None:
    """Return the step of a row, None with the reason noted. `values`: its own id and time, whatever the cells say."""
    where = row.where(Field.SETTINGS)
    try:
        said = row.text(Field.SETTINGS)
        given = {} if said == AS_WRITTEN else dict(_yaml(said, where.file) or {})
        step = values | given | _content(row, given)
        phase = str(step.pop("phase", "") or row.stage or row.table.sheet.name)[:MAX_PHASE]
        model = SopModel.model_validate(
            {
                "name": "row",
                "title": "row",
                "roles": {name: {"title": title} for name, title in roles.items()},
                "phases": [{"name": phase, "steps": [step]}],
            }
        )
    except (SopError, ValidationError, TypeError, ValueError) as error:
        message = _("The row's settings can't be read: {reason}").format(reason=_reason(error))
        notes.error("bad-settings", message, where, hint=_("Mend the cell, or empty it."))
        return None
    before = _errors(notes)
    reader = StepReader(model=model, places=_places(row.where()), notes=notes, policies=policies, variables=variables)
    (made,) = reader.read()
    return made if _errors(notes) == before else None


def _errors(notes: Notes) -> int:
    return sum(problem.level == "error" for problem in notes.problems)


def _content(row: Row, given: Mapping[str, Any]) -> Shape:
    """Return what the cells of words say: a task where the settings name one, else messages."""
    cell = row.get(Field.SCRIPT)
    words = cell.value if cell and isinstance(cell.value, str) else cell.text if cell else ""
    if given.get("task") == IN_WORDS:
        return {"task": words}
    if given.keys() & {*CONTENT_KEYS, "parts", "task"}:
        return {}
    parts = list(read(words))
    return parts[0] if len(parts) == 1 else {"parts": parts} if parts else {}


def _yaml(text: str, file: str) -> Any:
    return read_yaml(f"{_VALUE}:\n{indent(text, '  ')}\n".encode(), file=file).value[_VALUE]


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        return f"{'.'.join(map(str, first['loc'][-3:]))}: {first['msg']}"
    return error.message if isinstance(error, SopError) else str(error)
