"""Steps that a person does: told when they are due, told again while nobody ticks them off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from groupbot.campaign.by_hand import files_of, words_of
from groupbot.campaign.values import TaskView
from groupbot.chat.alerts import Alert, Alerts, Severity
from groupbot.i18n import _


class Tasks(Protocol):
    """Where tasks for people are kept."""

    async def untold(self, now: datetime) -> Sequence[TaskView]:
        """Return the open tasks of running campaigns that are due and were not told yet, by due time."""
        ...

    async def unanswered(self, since: datetime, most: int) -> Sequence[TaskView]:
        """Return the open tasks of running campaigns last told at `since` or before, and at most `most` times."""
        ...

    async def told(self, task: TaskView, now: datetime) -> None:
        """Note that a person was told, and count it."""
        ...

    async def list(self, campaign: str) -> Sequence[TaskView]:
        """Return a campaign's tasks by due time, those without one last."""
        ...

    async def complete(self, campaign: str, key: str, *, by: str = "", at: datetime | None = None) -> bool:
        """Tick a task off. False = it is not open."""
        ...


class Teller(Protocol):
    """How people are told of a task."""

    async def ask(self, task: TaskView) -> None:
        """Tell that it is due, with all that is to be posted by hand."""
        ...

    async def chase(self, task: TaskView) -> None:
        """Tell again who was asked."""
        ...

    async def escalate(self, task: TaskView) -> None:
        """Tell somebody else that nobody has done it."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Chasing:
    """How long people are left alone between two reminders, and how many there are after the first."""

    every: timedelta = timedelta(minutes=30)
    most: int = 2


async def remind(tasks: Tasks, teller: Teller, now: datetime, chasing: Chasing | None = None) -> None:
    """Tell of every task that has become due, and again of what nobody has ticked off since.

    Noted afterwards: a crash in between tells twice, never not at all.
    """
    for task in await tasks.untold(now):
        await teller.ask(task)
        await tasks.told(task, now)
    chasing = chasing or Chasing()
    for task in await tasks.unanswered(now - chasing.every, chasing.most + 1):
        await (teller.chase(task) if task.reminders <= chasing.most else teller.escalate(task))
        await tasks.told(task, now)


class TaskAlerts:
    """A `Teller` where there is no chat to ask in: the first time and the last are alerts."""

    def __init__(self, alerts: Alerts) -> None:
        self._alerts = alerts

    async def ask(self, task: TaskView) -> None:
        files = files_of(task.parts)
        text = "\n\n".join(filter(None, (due_words(task), words_of(task.parts), "\n".join(files))))
        await self._send("task-due", text, task, task.group, files)

    async def chase(self, task: TaskView) -> None:
        """Leave it at the first alert."""

    async def escalate(self, task: TaskView, *, above: bool = False) -> None:
        """Tell the group's squad, or with `above` the admin group."""
        await self._send("task-undone", undone_words(task), task, None if above else task.group, ())

    async def _send(self, code: str, text: str, task: TaskView, group: str | None, files: tuple[str, ...]) -> None:
        fields = {"campaign": task.campaign, "task": task.name} | ({"group": group} if group else {})
        alert = Alert(severity=Severity.WARNING, code=code, text=text, fields=fields, attachments=files)
        await self._alerts.send(alert)


def undone_words(task: TaskView) -> str:
    """Return that nobody has done it, for who is told instead."""
    return _("Nobody has ticked this off. {task}").format(task=due_words(task))


def due_words(task: TaskView) -> str:
    """Return that a task is due, where and for whom."""
    match task.group, task.assignee:
        case None, None:
            return _("Task due: {text}").format(text=task.text)
        case group, None:
            return _("Task due in {group}: {text}").format(group=group, text=task.text)
        case None, assignee:
            return _("Task due for {assignee}: {text}").format(assignee=assignee, text=task.text)
        case group, assignee:
            return _("Task due in {group} for {assignee}: {text}").format(
                group=group, assignee=assignee, text=task.text
            )
