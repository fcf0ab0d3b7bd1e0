"""Tasks in memory, for tests of cards and commands."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from groupbot.campaign.values import TaskView
from groupbot.errors import CampaignError
from groupbot.testing.events import NOON


class Book:
    """`admin.task_book.TaskBook` in memory."""

    def __init__(self, *tasks):
        self.tasks = {task.name: task for task in tasks}

    async def open(self, campaign=None):
        return [task for task in await self.every(campaign) if task.state == "open"]

    async def every(self, campaign=None):
        return [task for task in self.tasks.values() if campaign in {None, task.campaign}]

    async def numbered(self, number):
        found = next((task for task in self.tasks.values() if task.number == number), None)
        if found is None:
            raise CampaignError(f"no task {number}")
        return found

    async def complete(self, name, *, by):
        return self._turn(name, state="done", done_by=by, done_at=NOON)

    async def postpone(self, name, due):
        return self._turn(name, due=due)

    def _turn(self, name, **change):
        if self.tasks[name].state != "open":
            raise CampaignError(f"{name} is no open task.")
        self.tasks[name] = replace(self.tasks[name], **change)
        return self.tasks[name]


def task(number, text="call", *, minutes=0, group=None, assignee=None, parts=(), **more):
    due = NOON + timedelta(minutes=minutes)
    usual = TaskView(
        campaign="camp",
        key=f"t{number}",
        step="s",
        text=text,
        state="open",
        group=group,
        assignee=assignee,
        due=due,
        parts=parts,
        number=number,
    )
    return replace(usual, **more)
