"""Two edits of one SOP brought together: each part of a step comes from the side that changed it.

`base` is what both sides began with, `mine` what runs, `theirs` the edited file; their steps share ids. What both
changed differently is a conflict, settled by a person for a step or setting as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from groupbot.core.policies import QuietHours
from groupbot.sop.document import MediaPart, Sop, Step
from groupbot.sop.shapes import DEFAULTS, Shape, file_step, policy_values
from groupbot.sop.writing import shape

Side = Literal["mine", "file"]
EVERYWHERE = "*"
"""The place of a choice that holds for every conflict."""
_FACETS: Mapping[str, tuple[str, ...]] = {
    "time": ("at", "trigger", "weekdays", "holidays"),
    "stage": ("phase",),
    "content": ("parts", "task"),
    "assignee": ("assignee",),
    "speaker": ("speaker",),
    "groups": ("groups", "place", "audience"),
    "policy": ("policies", "priority"),
    "notes": ("assumptions",),
}
"""What of a step changes together: facet -> fields."""
_BY_KEY = {key: facet for facet, keys in _FACETS.items() for key in keys}
_POLICY_KEYS = frozenset(
    {"late", "unknown", "on_part_failure", "ask_timeout", "quiet_hours", "approval", "promo", "priority"}
)
_TABLES = ("roles", "variables", "materials")
_SETTINGS: Mapping[str, str] = {
    "name": "name",
    "title": "title",
    "timezone": "timezone",
    "goals": "goals",
    "quiet_hours": "quiet",
    "event": "event",
    "last_day": "last_day",
    "lock_window": "lock_window",
    "groups": "groups",
    "phases": "phases",
    "playbooks": "playbooks",
    "replies": "replies",
}
"""Key of the file -> field of the SOP."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Conflict:
    """What both sides changed. `place`: a step's id or a setting's key; None = that side removed the step."""

    place: str
    facet: str
    mine: Shape | None
    theirs: Shape | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Merged:
    """Both edits in one SOP. Where there are conflicts, it holds what runs."""

    sop: Sop
    conflicts: tuple[Conflict, ...] = ()


def merge(base: Sop, mine: Sop, theirs: Sop, take: Mapping[str, Side] | None = None) -> Merged:
    """Return both edits; `take`: place of a conflict, or `EVERYWHERE`, -> the side that counts there."""
    merger = _Merger(take=dict(take or {}))
    tops = [_top(sop) for sop in (base, mine, theirs)]
    values: dict[str, Any] = {
        attribute: getattr(merger.side(key, "setting", [top.get(key) for top in tops], mine, theirs), attribute)
        for key, attribute in _SETTINGS.items()
    }
    for table in _TABLES:
        values[table] = merger.table(table, tops, mine, theirs)
    quiet = values["quiet"] and replace(values["quiet"], timezone=values["timezone"])
    steps = merger.steps(base, mine, theirs)
    for posted in (part.material for step in steps for part in step.parts if isinstance(part, MediaPart)):
        known = theirs.materials.get(posted) or mine.materials.get(posted)
        if known:
            values["materials"].setdefault(posted, known)
    kept = tuple(step if step.id in merger.loud else _quieted(step, quiet) for step in steps)
    return Merged(sop=replace(theirs, **values | {"quiet": quiet, "steps": kept}), conflicts=tuple(merger.conflicts))


def _quieted(step: Step, quiet: QuietHours | None) -> Step:
    return replace(step, policies=replace(step.policies, quiet=quiet))


@dataclass(kw_only=True, slots=True)
class _Merger:
    """Choose a side for each thing, noting where neither choice is right."""

    take: Mapping[str, Side]
    conflicts: list[Conflict] = field(default_factory=list)
    loud: set[str] = field(default_factory=set)
    """Steps that post in quiet hours too."""

    def side(self, place: str, facet: str, shapes: Sequence[Any], my_value: Any, its_value: Any) -> Any:
        """Return `my_value` or `its_value`, by whose shape is no longer that of the base: (base, mine, theirs)."""
        base, mine, theirs = shapes
        if theirs in (base, mine):
            return my_value
        if mine == base:
            return its_value
        chosen = self.take.get(place, self.take.get(EVERYWHERE))
        if chosen is None:
            both = (_shown(mine, facet), _shown(theirs, facet))
            self.conflicts.append(Conflict(place=place, facet=facet, mine=both[0], theirs=both[1]))
        return its_value if chosen == "file" else my_value

    def table(self, name: str, tops: Sequence[Shape], mine: Sop, theirs: Sop) -> Mapping[str, Any]:
        """Merge a table of names entry by entry, in the order of `theirs`."""
        my_values, its_values = getattr(mine, name), getattr(theirs, name)
        found = {}
        for key in dict.fromkeys((*its_values, *my_values)):
            shapes = [top.get(name, {}).get(key) for top in tops]
            value = self.side(name, key, shapes, my_values.get(key), its_values.get(key))
            if value is not None:
                found[key] = value
        return found

    def steps(self, base: Sop, mine: Sop, theirs: Sop) -> list[Step]:
        """Merge the steps one by one."""
        sides = [{step.id: (step, sop) for step in sop.steps} for sop in (base, mine, theirs)]
        found = (self._step(name, *(side.get(name) for side in sides)) for name in _order(base, mine, theirs))
        return [step for step in found if step is not None]

    def _step(self, name: str, base: _At | None, mine: _At | None, theirs: _At | None) -> Step | None:
        if mine is None or theirs is None:
            chosen = self.side(name, "step", [at and _whole(*at) for at in (base, mine, theirs)], mine, theirs)
            return self._taken(*chosen) if chosen else None
        changed: dict[str, Any] = {}
        for facet, fields in _FACETS.items():
            values = [at and _facet(facet, *at) for at in (base, mine, theirs)]
            source, sop = self.side(name, facet, values, mine, theirs)
            changed |= {attribute: getattr(source, attribute) for attribute in fields}
            if facet == "policy":
                self._taken(source, sop)
        return replace(theirs[0], **changed)

    def _taken(self, step: Step, sop: Sop) -> Step:
        """Note whether the step that was chosen from `sop` leaves the quiet hours out."""
        if sop.quiet and step.policies.quiet is None:
            self.loud.add(step.id)
        return step


_At = tuple[Step, Sop]


def _shown(value: Any, facet: str) -> Shape | None:
    return value if isinstance(value, dict | None) else {facet: value}


def _top(sop: Sop) -> Shape:
    values = shape(sop)
    return values | {"phases": [(phase.name, phase.goal) for phase in sop.phases]}


def _whole(step: Step, sop: Sop) -> Shape:
    values = file_step(step, policy_values(DEFAULTS)) | {"phase": step.phase}
    return values | ({"quiet_hours": "off"} if sop.quiet and step.policies.quiet is None else {})


def _facet(facet: str, step: Step, sop: Sop) -> Shape:
    """Return the keys of a step that belong to `facet`."""
    return {key: value for key, value in _whole(step, sop).items() if _facet_of(key) == facet}


def _facet_of(key: str) -> str:
    if key == "id":
        return ""
    return "policy" if key in _POLICY_KEYS else _BY_KEY.get(key, "content")


def _order(base: Sop, mine: Sop, theirs: Sop) -> list[str]:
    """Return the ids of all steps: in the order of the side that changed it, the others' after their neighbours."""
    my, its, was = ([step.id for step in sop.steps] for sop in (mine, theirs, base))
    both = set(my) & set(its)
    unmoved = [name for name in its if name in both] == [name for name in was if name in both]
    lead, other = (my, its) if unmoved else (its, my)
    order = list(lead)
    for at, name in enumerate(other):
        if name not in order:
            before = next((earlier for earlier in reversed(other[:at]) if earlier in order), None)
            order.insert(0 if before is None else order.index(before) + 1, name)
    return order
