"""Materials that are still being made: until when, whose task that is, and which steps wait for them. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from groupbot.i18n import _, joined
from groupbot.sop.calendar import Calendar, Moment
from groupbot.sop.document import Material, MediaPart, Sop, Step
from groupbot.sop.notes import Notes
from groupbot.sop.planned import PlannedTask, Source
from groupbot.sop.timenode import FromEvent, OnDay, Slot, TimeNodeError
from groupbot.sop.timetext import parse_day, parse_time

_END_OF_WORK = Slot(start=18 * 60)
"""Until when a material is due whose day has no clock."""


def read_due(text: str | None, where: Source, notes: Notes) -> OnDay | FromEvent | None:
    """Return the time node that `text` names: a day, or one day and clock; a day alone ends at 18:00."""
    if text is None:
        return None
    try:
        return OnDay(day=parse_day(text), slots=(_END_OF_WORK,))
    except TimeNodeError:
        pass
    try:
        node = parse_time(text)
    except TimeNodeError as error:
        notes.refused("bad-time", error, where)
        return None
    if isinstance(node, FromEvent) or (isinstance(node, OnDay) and len(node.slots) == 1):
        return node
    message = _("`{text}` is not one day and clock.").format(text=text)
    notes.error("bad-time", message, where, hint=_("Write for example `D-3 18:00`."))
    return None


def unfinished(step: Step, sop: Sop) -> list[Material]:
    """Return the materials of `step` that are not done."""
    posted = dict.fromkeys(part.material for part in step.parts if isinstance(part, MediaPart))
    return [sop.materials[name] for name in posted if name in sop.materials and sop.materials[name].status != "done"]


def note_unfinished(sop: Sop, notes: Notes) -> None:
    """Note each material that is not done, with the steps that wait for it."""
    waiting: dict[str, list[str]] = {}
    for step in sop.steps:
        for material in unfinished(step, sop):
            waiting.setdefault(material.name, []).append(step.id)
    for name, steps in waiting.items():
        material = sop.materials[name]
        message = _("The material `{name}` is not done ({status}): left out until it is: {steps}.").format(
            name=name, status=status_word(material), steps=joined(steps)
        )
        hint = _("Put the file there, set its status to done, and launch or edit again; the other steps run.")
        notes.warn("material-unfinished", message, material.source, hint=hint)


def status_word(material: Material) -> str:
    """Return how far a material is, in the operator's language."""
    words = {"planned": _("not begun"), "making": _("being made"), "review": _("in review"), "done": _("done")}
    return words[material.status]


def makers_tasks(sop: Sop, calendar: Calendar, notes: Notes) -> Iterator[PlannedTask]:
    """Yield a task for each material that is not done; its key stays when its due time moves."""
    for material in sop.materials.values():
        if material.status == "done":
            continue
        steps = joined(step.id for step in sop.steps if material in unfinished(step, sop))
        words = _("Finish the material {name} ({path}).").format(name=material.name, path=material.written)
        moment = _moment(material, calendar, notes)
        yield PlannedTask(
            key=f"material:{material.name}/-/-",
            step=f"material:{material.name}",
            phase="",
            text=words + (" " + _("Steps that wait for it: {steps}.").format(steps=steps) if steps else ""),
            assignee=material.maker or None,
            due=moment.due if moment else None,
            source=material.source,
        )


def _moment(material: Material, calendar: Calendar, notes: Notes) -> Moment | None:
    if material.due is None:
        return None
    try:
        found = calendar.on_day(material.due) if isinstance(material.due, OnDay) else calendar.from_event(material.due)
    except LookupError:
        hint = _("Give it with --event, or as `event: at:` in the SOP.")
        message = _("The material `{name}` is due by an event without a time.").format(name=material.name)
        notes.error("no-event", message, material.source, hint=hint)
    except TimeNodeError as error:
        notes.refused("bad-time", error, material.source)
    except (OverflowError, ValueError):
        message = _("The material `{name}` is due outside the years 1-9999.").format(name=material.name)
        notes.error("bad-time", message, material.source, hint=_("Mend the start date or the material's day."))
    else:
        return found[0]
    return None
