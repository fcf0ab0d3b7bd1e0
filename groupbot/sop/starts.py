"""One SOP on groups that begin on different days, or one wave after another: a plan for all of them. Pure.

Each group is planned from its own first day and event, so its keys are those that it would have alone. A wave's shift
moves the instant, never the key: launched again with another shift, the same posts move.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from groupbot.i18n import _
from groupbot.sop.check import in_quiet
from groupbot.sop.document import Sop
from groupbot.sop.group_list import ListedGroup
from groupbot.sop.notes import Notes
from groupbot.sop.planned import Plan, PlanGroup, PlannedDelivery, PlannedTask, Problem
from groupbot.sop.planner import MAX_DELIVERIES, plan
from groupbot.sop.timenode import AfterStep, needs_event


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupStart:
    """A group and when it begins. `event`: wall clock of the SOP's zone; `shift`: how much later its posts go out."""

    group: PlanGroup
    start: date
    event: datetime | None = None
    shift: timedelta = timedelta()


def listed_start(group: PlanGroup, row: ListedGroup, event: datetime | None) -> GroupStart:
    """Return how `group` begins by its row of a list; `event` is that of groups whose row names none."""
    return GroupStart(
        group=replace(group, variables={**group.variables, **row.variables}),
        start=row.start,
        event=row.event or event,
    )


def staggered(starts: Sequence[GroupStart], every: timedelta, wave: int) -> tuple[GroupStart, ...]:
    """Return `starts` in waves of `wave` groups, each `every` later than the one before it."""
    return tuple(replace(one, shift=every * (number // wave)) for number, one in enumerate(starts))


def plan_starts(
    sop: Sop, starts: Iterable[GroupStart], *, start: date, variables: Mapping[str, str] | None = None
) -> Plan:
    """Return the plan of `sop` on all groups, in order of (due, ordinal, group); see `planner.plan`.

    `start`: the first day of a plan without any group.
    A step that no group of one start receives is wrong only when no group at all does.
    """
    by_start: dict[tuple[date, datetime | None], list[GroupStart]] = {}
    for one in starts:
        by_start.setdefault((one.start, one.event), []).append(one)
    plans: list[Plan] = []
    room = MAX_DELIVERIES
    for (first, event), members in sorted(by_start.items(), key=lambda item: item[0][0]):
        made = plan(sop, groups=[one.group for one in members], start=first, event=event, variables=variables)
        room -= len(made.deliveries)
        plans.append(made if room >= 0 else replace(made, deliveries=(), problems=(*made.problems, _too_many(sop))))
    if not plans:
        return plan(sop, groups=(), start=start, variables=variables)
    whole = plans[0] if len(plans) == 1 else _together(plans)
    shifts = {one.group.name: one.shift for members in by_start.values() for one in members if one.shift}
    return _shifted(whole, sop, shifts) if shifts else whole


def _too_many(sop: Sop) -> Problem:
    message = _("The plan has more than {limit} posts.").format(limit=MAX_DELIVERIES)
    hint = _("Launch on fewer groups.")
    return Problem(level="error", code="too-many-deliveries", message=message, hint=hint, where=sop.source)


def _together(plans: Sequence[Plan]) -> Plan:
    counted = Counter(problem for made in plans for problem in dict.fromkeys(made.problems))
    problems = (problem for problem, times in counted.items() if problem.code != "no-group" or times == len(plans))
    tasks: dict[str, PlannedTask] = {}
    for task in (task for made in plans for task in made.tasks):
        tasks.setdefault(task.key, task)
    return replace(
        plans[0],
        deliveries=_in_order(delivery for made in plans for delivery in made.deliveries),
        tasks=tuple(tasks.values()),
        problems=tuple(problems),
    )


def _in_order(deliveries: Iterable[PlannedDelivery]) -> tuple[PlannedDelivery, ...]:
    return tuple(sorted(deliveries, key=lambda row: (row.due.astimezone(UTC), row.ordinal, row.group)))


def _shifted(made: Plan, sop: Sop, shifts: Mapping[str, timedelta]) -> Plan:
    """Return the plan with each group's posts and tasks as much later as `shifts` says.

    What counts from the event stays: it is one moment for all groups. A window keeps its end.
    """
    fixed = _of_event(sop)
    notes = Notes()
    deliveries = [
        row if row.step in fixed else _later(row, shifts.get(row.group, timedelta())) for row in made.deliveries
    ]
    _judge(made.deliveries, deliveries, notes)
    tasks = [task if task.step in fixed else _later_task(task, shifts) for task in made.tasks]
    return replace(
        made,
        deliveries=_in_order(deliveries),
        tasks=tuple(tasks),
        problems=(*made.problems, *notes.in_order()),
    )


def _of_event(sop: Sop) -> set[str]:
    """Return the steps that count from the event, and those that follow them."""
    found = {step.id for step in sop.steps if step.at and needs_event(step.at)}
    following = {step.id: step.at.step for step in sop.steps if isinstance(step.at, AfterStep)}
    while more := {name for name, leader in following.items() if leader in found} - found:
        found |= more
    return found


def _later(row: PlannedDelivery, shift: timedelta) -> PlannedDelivery:
    return replace(row, due=_moved(row.due, shift)) if shift else row


def _later_task(task: PlannedTask, shifts: Mapping[str, timedelta]) -> PlannedTask:
    shift = shifts.get(task.group or "")
    return replace(task, due=_moved(task.due, shift)) if shift and task.due else task


def _moved(due: datetime, shift: timedelta) -> datetime:
    return (due.astimezone(UTC) + shift).astimezone(due.tzinfo)


def _judge(before: Iterable[PlannedDelivery], after: Iterable[PlannedDelivery], notes: Notes) -> None:
    """Note, once for each step, posts that the shift brings out of their window or into the quiet hours."""
    told: set[tuple[str, str]] = set()
    for old, new in zip(before, after, strict=True):
        if new is old:
            continue
        if new.until and new.due > new.until and ("window", new.step) not in told:
            told.add(("window", new.step))
            message = _("The step `{id}` begins in `{group}` at {clock}, after the end of its window.")
            said = message.format(id=new.step, group=new.group, clock=f"{new.due:%H:%M}")
            notes.error("stagger-too-long", said, new.source, hint=_stagger_hint())
        if _is_quiet(new) and not _is_quiet(old) and ("quiet", new.step) not in told:
            told.add(("quiet", new.step))
            message = _(
                "The step `{id}` comes to `{group}` at {clock}, in the quiet hours: it will wait and may be late."
            )
            said = message.format(id=new.step, group=new.group, clock=f"{new.due:%H:%M}")
            notes.warn("in-quiet-hours", said, new.source, hint=_stagger_hint())


def _is_quiet(row: PlannedDelivery) -> bool:
    quiet = row.policies.quiet
    return quiet is not None and in_quiet(row.due.hour * 60 + row.due.minute, quiet)


def _stagger_hint() -> str:
    return _("Take a shorter --stagger or a larger --wave.")
