"""A template as a workbook: its front sheet, the sheet of the SOP, and a sheet that tells what came of it."""

from __future__ import annotations

import io
from collections.abc import Iterator

import openpyxl
import yaml
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from groupbot.sop.document import ALL_GROUPS, Selector, Sop, Step
from groupbot.sop.materials import Files
from groupbot.sop.results import results_shape
from groupbot.sop.shapes import Shape, policy_values, quiet_text, step_shape
from groupbot.sop.sheets.cells import put, saved
from groupbot.sop.sheets.current import current
from groupbot.sop.workbook.results_sheet import LABEL, NAME

_FRONT = "活动信息"
_LABEL_WIDTH, _VALUE_WIDTH = 16, 80
_BY = {"tag": "标签:", "squad": "分组:"}
_MEDIA = ("image", "file", "video", "voice")


def with_results(sop: Sop, *, files: Files) -> bytes:
    """Return the workbook of `sop` with its results; `unsaid` tells what it does not hold."""
    book = openpyxl.load_workbook(io.BytesIO(current(sop, files=files, campaign=sop.name, version=0).data))
    _write(book.create_sheet(_FRONT, 0), list(_front(sop)))
    if sop.results is not None:
        text = yaml.safe_dump(results_shape(sop.results), allow_unicode=True, sort_keys=False)
        _write(book.create_sheet(NAME), [(LABEL, text)])
    return saved(book)


def unsaid(sop: Sop, again: Sop) -> list[str]:
    """Return the settings and the ids of the steps of `sop` that `again`, read from its workbook, has otherwise."""
    settings, others = _settings(sop), _settings(again)
    keys = [key for key, value in settings.items() if value != others[key]]
    found = {step.id: _whole(step, again) for step in again.steps}
    return keys + [step.id for step in sop.steps if _whole(step, sop) != found.get(step.id)]


def _front(sop: Sop) -> Iterator[tuple[str, str]]:
    """Yield the labels of the front sheet with what stands beside them."""
    yield "活动名称", sop.title
    yield "时区", sop.timezone
    for label, lines in (
        ("目的", [goal.text for goal in sop.goals]),
        ("考核指标", [goal.target for goal in sop.goals]),
    ):
        if all(lines) and lines:
            yield label, lines[0] if len(lines) == 1 else "\n".join(f"{at}. {line}" for at, line in enumerate(lines, 1))
    if sop.roles:
        yield "角色", "、".join(f"{name}={title}" for name, title in sop.roles.items())
    if sop.variables:
        yield "变量", "、".join(_variable(name, variable.default) for name, variable in sop.variables.items())
    if quiet := quiet_text(sop.quiet):
        yield "免打扰", quiet
    if sop.groups != ALL_GROUPS:
        yield "适用群", "、".join(_selected(selector) for selector in sop.groups)


def _variable(name: str, default: str | None) -> str:
    return name if default is None else f"{name}={default}"


def _selected(selector: Selector) -> str:
    return "、".join(f"{_BY.get(selector.by, '')}{value}" for value in selector.values)


def _write(sheet: Worksheet, rows: list[tuple[str, str]]) -> None:
    for number, row in enumerate(rows, start=1):
        for column, text in enumerate(row, start=1):
            cell = sheet.cell(number, column)
            if isinstance(cell, Cell):
                put(cell, text)
    sheet.column_dimensions["A"].width = _LABEL_WIDTH
    sheet.column_dimensions["B"].width = _VALUE_WIDTH


def _settings(sop: Sop) -> Shape:
    """Return what stands around the steps, by its key in a YAML file; descriptions are for people only."""
    return {
        "title": sop.title,
        "timezone": sop.timezone,
        "goals": sop.goals,
        "roles": dict(sop.roles),
        "variables": {name: variable.default for name, variable in sop.variables.items()},
        "quiet_hours": quiet_text(sop.quiet),
        "event": sop.event and (sop.event.at, sop.event.window),
        "last_day": sop.last_day,
        "groups": {(one.by, value) for one in sop.groups for value in one.values},
        "playbooks": [(one.symptom, one.words) for one in sop.playbooks],
        "replies": [(one.keywords, one.text.text) for one in sop.replies],
        "results": sop.results,
    }


def _whole(step: Step, sop: Sop) -> Shape:
    """Return all that a step says; a material is known by its path.

    Left out are the gaps between parts, which a sheet sets by itself, and how words were read.
    """
    values = step_shape(step) | policy_values(step.policies)
    values.pop("assumptions", None)
    parts = values.get("parts") or [values]
    for part in parts:
        part.pop("gap", None)
        for key in _MEDIA:
            if key in part and part[key] in sop.materials:
                part[key] = sop.materials[part[key]].written
    return values
