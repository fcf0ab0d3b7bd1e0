"""Steps that a person does: told when they are due, ticked when they are done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from groupbot.campaign.values import TaskView
from groupbot.chat.alerts import Alert, Alerts, Severity
from groupbot.i18n import _


class Tasks(Protocol):
    """Where tasks for people are kept."""

    async def claim_reminders(self, now: datetime) -> Sequence[TaskView]:
        """Return the open tasks of running campaigns that are due and were not told yet, and note that they are."""
        ...

    async def complete(self, campaign: str, key: str) -> bool:
        """Tick a task off. False = it is not open."""
        ...


async def remind(tasks: Tasks, alerts: Alerts, now: datetime) -> None:
    """Tell about every task that has become due; each once."""
    for task in await tasks.claim_reminders(now):
        place = f"{task.group}: " if task.group else ""
        who = _(" (for {assignee})").format(assignee=task.assignee) if task.assignee else ""
        fields = {"campaign": task.campaign, "task": f"{task.campaign}/{task.key}"} | (
            {"group": task.group} if task.group else {}
        )
        text = _("Task due: {place}{text}{who}").format(place=place, text=task.text, who=who)
        await alerts.send(Alert(severity=Severity.WARNING, code="task-due", text=text, fields=fields))
