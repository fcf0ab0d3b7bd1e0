"""When each step of an SOP happens in one campaign: step id -> moments, before any group is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from groupbot.i18n import _
from groupbot.sop.calendar import Calendar, Moment
from groupbot.sop.day_rules import calendar_for, note_no_day, on_its_days
from groupbot.sop.document import Sop, Step
from groupbot.sop.notes import Notes
from groupbot.sop.timenode import (
    AfterStep,
    FromEvent,
    OnDay,
    Repeat,
    Several,
    TimeNode,
    TimeNodeError,
    days_of,
    single_nodes,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Occurrence:
    """One time of a step, with the name that keeps it apart from the step's other times (`2026-05-18.0`)."""

    name: str
    moment: Moment


def uses_day_zero(sop: Sop) -> bool:
    """Return whether the SOP counts a day 0."""
    return any(getattr(day, "number", None) == 0 for step in sop.steps if step.at for day in days_of(step.at))


def timetable(sop: Sop, calendar: Calendar, notes: Notes) -> Mapping[str, tuple[Occurrence, ...]]:
    """Return the times of each step that has any; what keeps a step from having one is noted."""
    found: dict[str, list[Moment]] = {}
    ending = replace(calendar, last=_last_day(sop, calendar)) if any(map(_is_open, sop.steps)) else calendar
    silent: set[str] = set()
    for step in _leaders_first(sop):
        if isinstance(step.at, AfterStep) and step.at.step in silent:
            silent.add(step.id)
            note_no_day(step, notes)
        elif step.at is not None:
            moments = _moments(step, step.at, calendar_for(step, ending), found, notes)
            found[step.id] = on_its_days(step, moments, ending, notes)
            silent |= {step.id} if moments and not found[step.id] else set()
    return {step: _named(moments) for step, moments in found.items()}


def _is_open(step: Step) -> bool:
    """Return whether `step` repeats without an end."""
    return step.at is not None and any(_has_no_end(node) for node in single_nodes(step.at))


def _has_no_end(node: TimeNode) -> bool:
    return isinstance(node, Repeat) and node.until is None


def _last_day(sop: Sop, calendar: Calendar) -> date | None:
    """Return the last day that the SOP or any of its steps names; None when no step names one after the first day."""
    if sop.last_day is not None:
        return _date_of(OnDay(day=sop.last_day, slots=()), calendar)
    nodes = (node for step in sop.steps if step.at is not None for node in single_nodes(step.at))
    dated = (node for node in nodes if not isinstance(node, AfterStep) and not _has_no_end(node))
    last = max((day for node in dated if (day := _date_of(node, calendar))), default=calendar.start)
    return last if last > calendar.start else None


def _date_of(node: TimeNode, calendar: Calendar) -> date | None:
    """Return the last day that `node` names; one that can't be dated is told where its own step is planned."""
    try:
        days = [calendar.date_of(day)[0] for day in days_of(node)]
        due = [moment.due.date() for moment in calendar.from_event(node)] if isinstance(node, FromEvent) else []
    except (LookupError, OverflowError, ValueError, TimeNodeError):
        return None
    return max((*days, *due), default=None)


def _leaders_first(sop: Sop) -> list[Step]:
    """Return the steps so that each comes after the one it follows; `sop.check` refuses circles."""
    following = {step.id: step.at.step for step in sop.steps if isinstance(step.at, AfterStep)}

    def depth(step: Step) -> int:
        at, count = step.id, 0
        while at in following and count <= len(following):
            at, count = following[at], count + 1
        return count

    return sorted(sop.steps, key=depth)


def _moments(
    step: Step, node: TimeNode, calendar: Calendar, found: Mapping[str, list[Moment]], notes: Notes
) -> list[Moment]:
    try:
        moments = _resolved(node, calendar, found)
    except LookupError:
        hint = _("Give it with --event, or as `event: at:` in the SOP.")
        notes.error("no-event", _("The step counts from an event without a time."), step.source, hint=hint)
        return []
    except TimeNodeError as error:
        notes.refused("bad-time", error, step.source)
        return []
    except (OverflowError, ValueError):
        hint = _("Mend the start date or the step's day.")
        notes.error("bad-time", _("The step falls outside the years 1-9999."), step.source, hint=hint)
        return []
    if not moments and isinstance(node, AfterStep):
        message = _("The step follows `{step}`, which has no time.").format(step=node.step)
        notes.error("never-happens", message, step.source, hint=_("Give that step a time."))
    elif not moments:
        hint = _("Its last day is before its first, or no chosen weekday lies between them.")
        notes.error("never-happens", _("The step never happens with this start."), step.source, hint=hint)
    return moments


def _resolved(node: TimeNode, calendar: Calendar, found: Mapping[str, list[Moment]]) -> list[Moment]:
    match node:
        case OnDay():
            return calendar.on_day(node)
        case Repeat():
            return calendar.repeated(node)
        case FromEvent():
            return calendar.from_event(node)
        case AfterStep():
            return calendar.after(node, found.get(node.step, []))
        case Several(nodes=nodes):
            return [moment for single in nodes for moment in _resolved(single, calendar, found)]


def _named(moments: list[Moment]) -> tuple[Occurrence, ...]:
    """Name the moments, leaving out one that falls on the same instant as another of the same step."""
    named: dict[str, Moment] = {}
    at: dict[datetime, str] = {}
    for moment in sorted(moments, key=lambda moment: (moment.utc, moment.index)):
        if earlier := at.get(moment.utc):
            said = _("Two clocks of the step fall on {due}: it is sent once.")
            note = said.format(due=moment.due.astimezone(UTC).isoformat())
            named[earlier] = replace(named[earlier], assumptions=(*named[earlier].assumptions, note))
            continue
        index = moment.index
        while f"{moment.due.date()}.{index}" in named:
            index += 1
        name = f"{moment.due.date()}.{index}"
        named[name], at[moment.utc] = moment, name
    return tuple(Occurrence(name=name, moment=moment) for name, moment in named.items())
