"""Plan an SOP: from a typed SOP, groups and a first day to everything that is to be posted and done. Pure.

Past times are not judged here; that is the launch's business. Equal inputs give equal plans.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from groupbot.core.content import Part
from groupbot.core.policies import Policies
from groupbot.i18n import _
from groupbot.sop.calendar import Calendar, Moment
from groupbot.sop.check import in_quiet, note_quiet
from groupbot.sop.choosing import Chosen, choose, wanted
from groupbot.sop.document import Sop, Step
from groupbot.sop.filling import fill, names_of, needs_of, way_out
from groupbot.sop.material_plan import makers_tasks, unfinished
from groupbot.sop.notes import Notes
from groupbot.sop.planned import Plan, PlanGroup, PlannedDelivery, PlannedTask
from groupbot.sop.schema_errors import did_you_mean
from groupbot.sop.script_values import ScriptValues
from groupbot.sop.template import ScriptError, Template, Value
from groupbot.sop.timenode import AfterStep, FromEvent, TimeNodeError
from groupbot.sop.timetable import Occurrence, timetable, uses_day_zero
from groupbot.sop.timetext import clock_text
from groupbot.sop.triggers import answers_of, triggers_of

EVENT_ASK_TIMEOUT = timedelta(minutes=2)
"""During a declared event an open question may not hold a group up for longer."""
MAX_DELIVERIES = 1_000_000
"""What a launch can hold in memory; two years of 1,000 groups at one post a day stay below."""


def plan(
    sop: Sop,
    *,
    groups: Sequence[PlanGroup],
    start: date,
    event: datetime | None = None,
    variables: Mapping[str, str] | None = None,
) -> Plan:
    """Return what `sop` asks for on `groups` from its first day `start`.

    `event`: when the SOP's event is, aware or as wall clock of the SOP's zone; goes before the time in the SOP.
    `variables`: values for the whole campaign; a group's own go before them. What is wrong is in `Plan.problems`,
    beside the SOP's warnings; a plan with an error among them must not be launched.
    """
    notes = Notes(problems=list(sop.warnings))
    given = dict(variables or {})
    for name in sorted(given.keys() - sop.variables.keys()):
        message = _("`{name}` is given a value, and the SOP has no such variable.").format(name=name)
        notes.error("unknown-variable", message, sop.source, hint=did_you_mean(name, sop.variables))
    calendar = calendar_of(sop, start, event, notes)
    planner = _Planner(
        sop=sop,
        groups=tuple(sorted({group.name: group for group in groups}.values(), key=lambda group: group.name)),
        calendar=calendar,
        values=ScriptValues(sop=sop, calendar=calendar, given=given),
        notes=notes,
    )
    return planner.plan()


def calendar_of(sop: Sop, start: date, event: datetime | None, notes: Notes) -> Calendar:
    """Return the campaign's calendar with its event, when one is known."""
    zone = ZoneInfo(sop.timezone)
    calendar = Calendar(start=start, zone=zone, day_zero=uses_day_zero(sop))
    if event is not None:
        local = event.replace(tzinfo=zone) if event.tzinfo is None else event.astimezone(zone)
        return replace(calendar, event=local)
    if sop.event is None or sop.event.at is None:
        return calendar
    try:
        return replace(calendar, event=calendar.on_day(sop.event.at)[0].due)
    except TimeNodeError as error:
        notes.refused("bad-time", error, sop.event.source)
    except (OverflowError, ValueError):
        hint = _("Mend the start date or the event's day.")
        notes.error("bad-time", _("The event falls outside the years 1-9999."), sop.event.source, hint=hint)
    return calendar


_Posts = tuple[datetime, int, list[PlannedDelivery]]
"""One time of one step on its groups: (UTC instant, ordinal, deliveries by group name)."""


class _Frame(Protocol):
    def __call__(self, *, group: PlanGroup, parts: tuple[Part, ...], said: tuple[str, ...]) -> PlannedDelivery: ...


@dataclass(kw_only=True, slots=True)
class _Planner:
    """One run of `plan`. Parts are rendered once for each distinct set of values."""

    sop: Sop
    groups: tuple[PlanGroup, ...]
    calendar: Calendar
    values: ScriptValues
    notes: Notes
    _rendered: dict[tuple[str, frozenset[tuple[str, Value]]], tuple[Part, ...] | None] = field(default_factory=dict)
    _reported: set[tuple[str, str]] = field(default_factory=set)

    def plan(self) -> Plan:
        """Return the plan, in order of (due, ordinal, group)."""
        times = timetable(self.sop, self.calendar, self.notes)
        posts: list[_Posts] = []
        tasks: list[PlannedTask] = []
        room = MAX_DELIVERIES
        for ordinal, step in enumerate(self.sop.steps):
            occurrences = times.get(step.id, ())
            room -= len(occurrences) * len(self.groups)
            if room < 0:
                message = _("The plan has more than {limit} posts.").format(limit=MAX_DELIVERIES)
                self.notes.error("too-many-deliveries", message, step.source, hint=_("Launch on fewer groups."))
                break
            if (step.task is None and step.at is None) or unfinished(step, self.sop):
                continue
            if step.task is None:
                posts += self._posts(step, ordinal, occurrences)
            else:
                tasks += self._tasks(step, step.task, occurrences)
        tasks += makers_tasks(self.sop, self.calendar, self.notes)
        posts.sort(key=lambda row: (row[0], row[1]))
        return Plan(
            sop=self.sop.name,
            title=self.sop.title,
            version=self.sop.version,
            timezone=self.sop.timezone,
            roles=self.sop.roles,
            deliveries=tuple(delivery for _utc, _ordinal, row in posts for delivery in row),
            triggers=(*triggers_of(self.sop), *answers_of(self.sop)),
            tasks=tuple(tasks),
            problems=self.notes.in_order(),
        )

    def _posts(self, step: Step, ordinal: int, occurrences: Sequence[Occurrence]) -> Iterator[_Posts]:
        chosen = self._chosen(step)
        self._judge_quiet(step, occurrences)
        names = names_of(step)
        by_group = [(group, said, self.values.of_group(names, group)) for group, said in chosen]
        for occurrence in occurrences:
            frame = self._frame(step, ordinal, occurrence)
            at = self.values.of_moment(names, occurrence.moment)
            row = []
            for group, said, fixed in by_group:
                parts = self._parts(step, group, fixed | at)
                if parts is not None:
                    row.append(frame(group=group, parts=parts, said=said))
            yield occurrence.moment.utc, ordinal, row

    def _frame(self, step: Step, ordinal: int, occurrence: Occurrence) -> _Frame:
        """Return what makes a group's delivery out of one time of `step`."""
        moment = occurrence.moment
        policies = self._policies(step, moment)

        def delivery(*, group: PlanGroup, parts: tuple[Part, ...], said: tuple[str, ...]) -> PlannedDelivery:
            return PlannedDelivery(
                key=f"{step.id}/{occurrence.name}/{group.name}",
                step=step.id,
                phase=step.phase,
                occurrence=occurrence.name,
                ordinal=ordinal,
                priority=step.priority,
                due=moment.due,
                until=moment.until,
                group=group.name,
                place="member" if step.place == "member" else "group",
                speaker=step.speaker,
                parts=parts,
                policies=policies,
                assumptions=step.assumptions + moment.assumptions + said,
                source=step.source,
            )

        return delivery

    def _chosen(self, step: Step) -> list[Chosen]:
        """Return the groups that get `step`, each with what was assumed of it."""
        selectors = self.sop.groups if step.groups is None else step.groups
        chosen = choose(self.groups, selectors)
        if not chosen:
            message = _("No group receives the step `{id}`.").format(id=step.id)
            hint = _("It is for {wanted}; name such a group, or change `groups:`.").format(wanted=wanted(selectors))
            self.notes.error("no-group", message, step.source, hint=hint)
        return chosen

    def _judge_quiet(self, step: Step, occurrences: Sequence[Occurrence]) -> None:
        """Note posts in quiet hours of steps that have no clock of their own; `sop.check` sees the others."""
        quiet = step.policies.quiet
        if quiet is None or not isinstance(step.at, FromEvent | AfterStep):
            return
        for occurrence in occurrences:
            minute = occurrence.moment.due.hour * 60 + occurrence.moment.due.minute
            if in_quiet(minute, quiet):
                note_quiet(step, clock_text(minute), self.notes)
                return

    def _policies(self, step: Step, moment: Moment) -> Policies:
        event, spec = self.calendar.event, self.sop.event
        if event is None or spec is None or not spec.window:
            return step.policies
        begin = event.astimezone(UTC)
        if not begin <= moment.utc <= begin + spec.window:
            return step.policies
        return replace(step.policies, ask_timeout=min(step.policies.ask_timeout, EVENT_ASK_TIMEOUT))

    def _parts(self, step: Step, group: PlanGroup, values: dict[str, Value]) -> tuple[Part, ...] | None:
        """Return the step's messages, or None with the reason noted (once for each group)."""
        if self._lacks(step, group, values):
            return None
        key = (step.id, frozenset(values.items()))
        if key not in self._rendered:
            self._rendered[key] = self._render(step, values)
        return self._rendered[key]

    def _render(self, step: Step, values: Mapping[str, Value]) -> tuple[Part, ...] | None:
        try:
            return tuple(Part(content=fill(part, self.sop, values), gap_s=part.gap_s) for part in step.parts)
        except ScriptError as error:
            self.notes.refused(error.code, error, step.source)
            return None

    def _lacks(self, step: Step, group: PlanGroup | None, values: Mapping[str, Value]) -> bool:
        """Return whether a value is missing, and note which, once for each variable and group."""
        missing = needs_of(step) - values.keys()
        for name in sorted(missing):
            target = group.name if group else "-"
            if (name, target) in self._reported:
                continue
            self._reported.add((name, target))
            message = _("The variable `{name}` has no value for the group `{group}`.").format(name=name, group=target)
            self.notes.error("missing-variable", message, step.source, hint=way_out(name))
        return bool(missing)

    def _tasks(self, step: Step, text: Template, occurrences: Sequence[Occurrence]) -> Iterator[PlannedTask]:
        """Yield a person's tasks: one for each group where the step or its text speaks of groups, else one for all."""
        per_group = step.groups is not None or "group" in text.names
        groups = [group for group, _said in self._chosen(step)] if per_group else [None]
        times: Sequence[Occurrence | None] = occurrences if step.at else (None,)
        for occurrence in times:
            for group in groups:
                task = self._task(step, text, occurrence, group)
                if task is not None:
                    yield task

    def _task(
        self, step: Step, text: Template, occurrence: Occurrence | None, group: PlanGroup | None
    ) -> PlannedTask | None:
        moment = occurrence.moment if occurrence else None
        values = self.values.of_group(text.names, group) | self.values.of_moment(text.names, moment)
        if self._lacks(step, group, values):
            return None
        try:
            words = text.render(values)
        except ScriptError as error:
            self.notes.refused(error.code, error, step.source)
            return None
        return PlannedTask(
            key=f"{step.id}/{occurrence.name if occurrence else '-'}/{group.name if group else '-'}",
            step=step.id,
            phase=step.phase,
            text=words,
            group=group.name if group else None,
            assignee=step.assignee,
            due=moment.due if moment else None,
            source=step.source,
        )
