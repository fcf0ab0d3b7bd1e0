"""Who did which tasks, and what is left. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from groupbot.campaign.values import TaskView

LATE_AFTER = timedelta(minutes=30)
"""What is ticked off later than this after its time counts as late: one does it first, and ticks it off then."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonTasks:
    """One person's tasks; `name` is "" for what nobody is named for.

    `late`: how many of `done` were late; `overdue`: how many of `open` should be done by now.
    """

    name: str
    done: int = 0
    late: int = 0
    open: int = 0
    overdue: int = 0


def by_person(tasks: Iterable[TaskView], now: datetime) -> tuple[PersonTasks, ...]:
    """Return what each did and what each is left with, by name, nobody last; cancelled tasks don't count.

    What is done counts for who ticked it off, else for who was meant to.
    """
    mine: defaultdict[str, list[TaskView]] = defaultdict(list)
    for task in tasks:
        if task.state != "cancelled":
            mine[task.done_by or task.assignee or ""].append(task)
    return tuple(_of(name, mine[name], now) for name in sorted(mine, key=lambda name: (not name, name)))


def _of(name: str, tasks: Iterable[TaskView], now: datetime) -> PersonTasks:
    tasks = tuple(tasks)
    done = [task for task in tasks if task.state == "done"]
    left = [task for task in tasks if task.state == "open"]
    return PersonTasks(
        name=name,
        done=len(done),
        late=sum(_was_late(task) for task in done),
        open=len(left),
        overdue=sum(task.due is not None and task.due < now for task in left),
    )


def _was_late(task: TaskView) -> bool:
    return task.due is not None and task.done_at is not None and task.done_at > task.due + LATE_AFTER
