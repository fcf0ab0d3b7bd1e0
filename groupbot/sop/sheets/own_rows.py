"""Rows and settings of a workbook that groupbot writes, so that its reader finds the same SOP in them."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import yaml

from groupbot.sop.document import MediaPart, Sop, Step, TextPart
from groupbot.sop.open_end import format_at
from groupbot.sop.shapes import DEFAULTS, Shape, file_step, part_shape, policy_values
from groupbot.sop.sheets.cells import LONGEST
from groupbot.sop.timenode import AfterStep
from groupbot.sop.workbook.exact import AS_WRITTEN, IN_WORDS, PLAIN
from groupbot.sop.workbook.exact_words import written
from groupbot.sop.writing import Dumper, shape

HEADINGS = (
    ("阶段", 14),
    ("时间", 22),
    ("发布账号", 14),
    ("话术", 80),
    ("素材", 24),
    ("执行人", 12),
    ("步骤设置", 30),
    ("步骤ID", 10),
)
SETTINGS_COLUMN = 7
NOTE = "前面各列没说完的设置，机器人照着执行。写着「原文」：这一行按原样发。自己新加的行，这一格空着就行。"
"""The comment on that column; like the headings it is in the language that operators write their sheets in."""
_IN_CELLS = ("id", "at", "speaker", "assignee")
_CONTENT = ("text", "mention", "image", "file", "video", "voice", "link", "mini_program", "card", "announce", "rename")
_WIDE = 100_000


class Form(IntEnum):
    """How a step is written: in cells as operators fill them, with its other settings in a cell, all in that cell."""

    PLAIN = 0
    EXACT = 1
    SETTINGS = 2
    NONE = 3


def first_form(step: Step) -> Form:
    """Return the plainest form that may hold the step: a post in the group with a time of its own needs no more."""
    is_post = step.at is not None and not isinstance(step.at, AfterStep) and step.task is None
    named = all(isinstance(part, TextPart | MediaPart) for part in step.parts)
    return Form.PLAIN if is_post and named and step.place == "group" else Form.EXACT


def row_of(step: Step, sop: Sop, form: Form, base: Shape) -> list[str]:
    """Return the cells of the step's row; `base` is `policies_of` the SOP."""
    at = format_at(step.at) if step.at else ""
    own = [step.phase, at, sop.roles.get(step.speaker, step.speaker)]
    name = f"#{step.id}"  # `d1-review` alone looks like a day
    if form is Form.PLAIN:
        said = [part.text.text for part in step.parts if isinstance(part, TextPart)]
        posted = [part.material for part in step.parts if isinstance(part, MediaPart)]
        return [*own, "\n---\n".join(said), "\n".join(posted), "", "", name]
    values = _values(step, sop, base)
    further = {key: value for key, value in values.items() if key not in {*_IN_CELLS, *_CONTENT, "parts", "task"}}
    words = None if form is Form.SETTINGS else _words(step)
    if words is None:
        words, further = "", further | {key: values[key] for key in ("parts", *_CONTENT, "task") if key in values}
    elif step.task:
        further["task"] = IN_WORDS
    if {title: name for name, title in sop.roles.items()}.get(own[-1], "") != step.speaker:
        further["speaker"] = step.speaker  # two roles of one title
    return [*own, words, "", step.assignee or "", _inline(further) if further else AS_WRITTEN, name]


def whole(step: Step, sop: Sop) -> Shape:
    """Return all that a step says in `sop`, its stage apart."""
    return _values(step, sop, policy_values(DEFAULTS))


def policies_of(sop: Sop) -> Shape:
    """Return the policies that stand once, around the steps."""
    usual, top = policy_values(DEFAULTS), shape(sop)
    return {key: top.get(key, value) for key, value in usual.items()}


def _values(step: Step, sop: Sop, base: Shape) -> Shape:
    quiet_off = {"quiet_hours": "off"} if sop.quiet and step.policies.quiet is None else {}
    return file_step(step, base) | quiet_off


def settings_of(sop: Sop) -> list[tuple[str, str]]:
    """Return key and text of each setting around the steps; one too long for a cell has several rows."""
    top = shape(sop)
    top.pop("results", None)
    top |= {"roles": dict(sop.roles)} if sop.roles else {}
    goals = {phase.name: phase.goal for phase in sop.phases if phase.goal}
    names = dict.fromkeys((*(phase.name for phase in sop.phases), *(step.phase for step in sop.steps)))
    top["phases"] = [{"name": name} | ({"goal": goals[name]} if name in goals else {}) for name in names]
    rows = []
    for key, value in top.items():
        text = str(value) if key in PLAIN else _block(value)
        rows += [(key, piece) for piece in _pieces(text)]
    return rows


def _words(step: Step) -> str | None:
    if step.task:
        return step.task.text if step.task.text == step.task.text.strip() else None
    return written(part_shape(part, with_gap=number > 0) for number, part in enumerate(step.parts))


def _pieces(text: str) -> list[str]:
    """Return `text` in pieces that cells hold, cut between lines."""
    pieces = [""]
    for line in text.splitlines(keepends=True):
        if len(pieces[-1]) + len(line) > LONGEST:
            pieces.append("")
        pieces[-1] += line
    return [piece.removesuffix("\n") for piece in pieces]


def _inline(value: Any) -> str:
    return _dumped(value, default_flow_style=True)


def _block(value: Any) -> str:
    return _dumped(value, default_flow_style=None)


def _dumped(value: Any, *, default_flow_style: bool | None) -> str:
    text = yaml.dump(
        value,
        Dumper=Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=_WIDE,
        default_flow_style=default_flow_style,
    )
    return str(text).removesuffix("\n").removesuffix("\n...")
