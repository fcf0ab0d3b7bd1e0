"""Steps that a person does: told when they are due, ticked when they are done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
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

    async def told(self, task: TaskView, now: datetime) -> None:
        """Note that a person was told."""
        ...

    async def list(self, campaign: str) -> Sequence[TaskView]:
        """Return a campaign's tasks by due time, those without one last."""
        ...

    async def complete(self, campaign: str, key: str) -> bool:
        """Tick a task off. False = it is not open."""
        ...


async def remind(tasks: Tasks, alerts: Alerts, now: datetime) -> None:
    """Tell about every task that has become due, with all that is to be posted by hand.

    Noted afterwards: a crash in between tells twice, never not at all.
    """
    for task in await tasks.untold(now):
        fields = {"campaign": task.campaign, "task": f"{task.campaign}/{task.key}"} | (
            {"group": task.group} if task.group else {}
        )
        files = files_of(task.parts)
        text = "\n\n".join(filter(None, (_words(task), words_of(task.parts), "\n".join(files))))
        alert = Alert(severity=Severity.WARNING, code="task-due", text=text, fields=fields, attachments=files)
        await alerts.send(alert)
        await tasks.told(task, now)


def _words(task: TaskView) -> str:
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
