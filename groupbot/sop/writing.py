"""An SOP as text: the YAML that loads back as the same SOP, whatever file it came from.

Two SOPs are the same when their shapes are: plain values without places in files, in one order and spelling.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import groupby
from typing import Any

import yaml

from groupbot.sop.document import ALL_GROUPS, EventSpec, Material, Sop, Step
from groupbot.sop.materials import kind_of
from groupbot.sop.open_end import format_at
from groupbot.sop.results import results_shape
from groupbot.sop.schema import MAX_PHASE
from groupbot.sop.shapes import (
    DEFAULTS,
    Shape,
    duration_text,
    file_step,
    filled,
    groups_shape,
    known,
    number_text,
    policy_values,
    quiet_text,
)
from groupbot.sop.timenode import CalendarDay, CampaignDay, Day

_POLICY_KEYS = ("late", "unknown", "on_part_failure", "ask_timeout")


def as_written(material: Material) -> str:
    """Return the material's path as its SOP has it."""
    return material.written


def to_yaml(sop: Sop, *, path_of: Callable[[Material], str] = as_written) -> str:
    """Return the text of `sop`. `path_of`: a material's path as it shall stand there.

    What the text means is exactly the SOP; whether its sizes are those that a file may have, `load` tells.
    """
    return yaml.dump(
        shape(sop, path_of=path_of),
        Dumper=Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=100_000,  # a folded line is hard to edit
    )


def shape(sop: Sop, *, path_of: Callable[[Material], str] = as_written) -> Shape:
    """Return the values of `sop` as its file has them. Policies that most steps have stand at the top."""
    common = _common(sop)
    return filled(
        name=sop.name,
        title=sop.title,
        timezone=sop.timezone,
        goals=[filled(text=goal.text, target=goal.target) for goal in sop.goals],
        roles={name: {"title": title} for name, title in sop.roles.items()},
        variables={
            name: filled(description=variable.description) | known(default=variable.default)
            for name, variable in sop.variables.items()
        },
        materials={name: _material(material, path_of) for name, material in sop.materials.items()},
        quiet_hours=quiet_text(sop.quiet),
        **common,
        event=_event(sop.event) if sop.event else None,
        last_day=_day(sop.last_day) if sop.last_day else None,
        lock_window=None if sop.lock_window is None else duration_text(sop.lock_window),
        groups=None if sop.groups == ALL_GROUPS else groups_shape(sop.groups),
        phases=_phases(sop, common),
        playbooks=[filled(symptom=book.symptom, words=book.words, picture=book.picture) for book in sop.playbooks],
        replies=[
            {"keywords": list(reply.keywords), "text": reply.text.text} | filled(picture=reply.picture)
            for reply in sop.replies
        ],
        results=filled(**results_shape(sop.results)) if sop.results else None,
    )


def _material(material: Material, path_of: Callable[[Material], str]) -> Shape:
    path = path_of(material)
    return filled(
        path=path,
        kind=None if material.kind == kind_of(path) else material.kind,
        title=material.title,
        seconds=number_text(material.seconds) if material.seconds else None,
        maker=material.maker,
        due=format_at(material.due) if material.due else None,
        status=None if material.status == "done" else material.status,
        version=material.edition,
    )


def _event(event: EventSpec) -> Shape:
    return filled(
        name=event.name,
        at=format_at(event.at) if event.at else None,
        window=duration_text(event.window) if event.window else None,
    )


def _day(day: Day) -> str:
    match day:
        case CampaignDay(number=number):
            return f"D{number}"
        case CalendarDay(year=year, month=month, day=number):
            return f"{year:04}-{month:02}-{number:02}" if year else f"{month:02}-{number:02}"
        case _:
            return f"T{day.days:+}d"


def _common(sop: Sop) -> Shape:
    """Return the policies to write once, at the top: what most steps have, where that is not the default."""
    default = policy_values(DEFAULTS)
    return {
        key: value
        for key in _POLICY_KEYS
        if (value := _most([policy_values(step.policies)[key] for step in sop.steps], default[key])) != default[key]
    }


def _most(values: list[Any], default: Any) -> Any:
    counted = Counter(map(repr, values))
    top = max(counted.values(), default=0)
    return next((value for value in values if counted[repr(value)] == top), default)


def _phases(sop: Sop, common: Shape) -> list[Shape]:
    """Return the phases with their steps in the order of the SOP; a phase that comes again is written again."""
    base = policy_values(DEFAULTS) | common
    goals = {phase.name: phase.goal for phase in reversed(sop.phases)}
    return [
        {"name": (name or sop.title)[:MAX_PHASE]}
        | filled(goal=goals.pop(name, ""))
        | {"steps": [_file_step(step, sop, base) for step in steps]}
        for name, steps in _runs(sop)
    ]


def _runs(sop: Sop) -> list[tuple[str, list[Step]]]:
    """Return the steps in runs of one phase; a phase without steps stands before the next that has some."""
    runs = [(name, list(steps)) for name, steps in groupby(sop.steps, key=lambda step: step.phase)]
    order = {name: number for number, name in enumerate(dict.fromkeys(phase.name for phase in sop.phases))}
    used = {name for name, _steps in runs}
    for name, number in order.items():
        if name not in used:
            later = (at for at, (other, _steps) in enumerate(runs) if order.get(other, -1) > number)
            runs.insert(next(later, len(runs)), (name, []))
    return runs


def _file_step(step: Step, sop: Sop, base: Shape) -> Shape:
    quiet_off = {"quiet_hours": "off"} if sop.quiet and step.policies.quiet is None else {}
    return file_step(step, base) | quiet_off


class Dumper(yaml.SafeDumper):
    """Write texts of several lines below `|`, where YAML allows it, and never an alias."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's own name
        return True


def _represent(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


Dumper.add_representer(str, _represent)
