"""What an edit changes in an SOP whose steps have kept their ids. `sop.change_words` says it in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from groupbot.sop.document import MediaPart, Sop, Step
from groupbot.sop.shapes import DEFAULTS, Shape, file_step, filled, policy_values
from groupbot.sop.writing import shape

Aspect = Literal["time", "stage", "words", "material", "speaker", "groups", "policy", "assignee", "notes"]
_ASPECTS: Mapping[str, Aspect] = {
    "at": "time",
    "trigger": "time",
    "weekdays": "time",
    "holidays": "time",
    "phase": "stage",
    "speaker": "speaker",
    "groups": "groups",
    "place": "groups",
    "audience": "groups",
    "late": "policy",
    "unknown": "policy",
    "on_part_failure": "policy",
    "ask_timeout": "policy",
    "quiet_hours": "policy",
    "approval": "policy",
    "promo": "policy",
    "priority": "policy",
    "assignee": "assignee",
    "assumptions": "notes",
}
"""What a key of a step is about; all others hold words."""
_MEDIA = frozenset({"image", "file", "video", "voice"})


@dataclass(frozen=True, kw_only=True, slots=True)
class StepAdded:
    """A step that was not there before."""

    step: Step


@dataclass(frozen=True, kw_only=True, slots=True)
class StepRemoved:
    """A step that is there no longer."""

    step: Step


@dataclass(frozen=True, kw_only=True, slots=True)
class StepChanged:
    """One aspect of a step that differs. `before` and `after` hold the keys of a YAML file that belong to it."""

    old: Step
    new: Step
    aspect: Aspect
    before: Shape
    after: Shape


@dataclass(frozen=True, kw_only=True, slots=True)
class SettingChanged:
    """A key at the top of the SOP that differs; `name` says which of a table's entries, "" = all of it."""

    key: str
    name: str = ""
    before: Any = None
    after: Any = None


Change = StepAdded | StepRemoved | StepChanged | SettingChanged


def difference(old: Sop, new: Sop) -> tuple[Change, ...]:
    """Return what is different in `new`: settings first, then its steps in order, then those that are gone.

    Materials count by their content, too.
    """
    olds, news = {step.id: step for step in old.steps}, {step.id: step for step in new.steps}
    changes: list[Change] = [*_settings(old, new)]
    for step in new.steps:
        before = olds.get(step.id)
        changes += [StepAdded(step=step)] if before is None else _aspects(before, step, old, new)
    if _order(old, news) != _order(new, olds):
        changes.append(SettingChanged(key="order"))
    return (*changes, *(StepRemoved(step=step) for step in old.steps if step.id not in news))


def _order(sop: Sop, other: Mapping[str, Step]) -> list[str]:
    return [step.id for step in sop.steps if step.id in other]


def _settings(old: Sop, new: Sop) -> Iterator[SettingChanged]:
    before, after = _top(old), _top(new)
    for key in dict.fromkeys((*before, *after)):
        mine, its = before.get(key), after.get(key)
        if mine == its:
            continue
        if (
            isinstance(mine, dict | None)
            and isinstance(its, dict | None)
            and key in {"roles", "variables", "materials"}
        ):
            for name in dict.fromkeys((*(mine or {}), *(its or {}))):
                pair = ((mine or {}).get(name), (its or {}).get(name))
                if pair[0] != pair[1]:
                    yield SettingChanged(key=key, name=name, before=pair[0], after=pair[1])
        else:
            yield SettingChanged(key=key, before=mine, after=its)


def _top(sop: Sop) -> Shape:
    """Return what stands around the steps; policies and materials count with the steps that have them.

    Of materials there is who makes them until when, and how far they are.
    """
    values = shape(sop)
    making = {name: _making(material) for name, material in values.get("materials", {}).items()}
    for key in ("late", "unknown", "on_part_failure", "ask_timeout", "materials", "results"):
        values.pop(key, None)
    goals = {phase["name"]: phase["goal"] for phase in values.pop("phases") if "goal" in phase}
    return values | filled(phases=goals, materials={name: one for name, one in making.items() if one})


def _making(material: Shape) -> Shape:
    return {key: value for key, value in material.items() if key in {"maker", "due", "status", "version"}}


def _aspects(old: Step, new: Step, was: Sop, now: Sop) -> Iterator[StepChanged]:
    before, after = _by_aspect(old, was), _by_aspect(new, now)
    for aspect in dict.fromkeys((*before, *after)):
        mine, its = before.get(aspect, {}), after.get(aspect, {})
        if mine != its:
            yield StepChanged(old=old, new=new, aspect=aspect, before=mine, after=its)


def _by_aspect(step: Step, sop: Sop) -> dict[Aspect, Shape]:
    values = file_step(step, policy_values(DEFAULTS)) | {"phase": step.phase}
    if sop.quiet and step.policies.quiet is None:
        values["quiet_hours"] = "off"
    found: dict[Aspect, Shape] = {}
    for key, value in values.items():
        if key not in {"id", "parts", *_MEDIA}:
            found.setdefault(_ASPECTS.get(key, "words"), {})[key] = value
    if said := [words for part in values.get("parts", ()) if (words := _without_media(part))]:
        found.setdefault("words", {})["parts"] = said
    if posted := [_posted(part, sop) for part in step.parts if isinstance(part, MediaPart)]:
        found["material"] = {"materials": posted}
    return found


def _without_media(part: Shape) -> Shape:
    """Return what of a part is words; of a material only how long it waits."""
    return {key: value for key, value in part.items() if key not in _MEDIA}


def _posted(part: MediaPart, sop: Sop) -> tuple[str, ...]:
    material = sop.materials.get(part.material)
    if material is None:
        return (part.kind, part.material)
    return (part.kind, material.digest or material.written, material.title)
