"""What families and cards do with tasks, as a port: `groupbot.desk.tasks.TaskOffice` has this shape."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from groupbot.campaign.values import TaskView

KIND = "task"
"""The kind of the cards that ask for a task, and how their posts' keys begin."""


class TaskBook(Protocol):
    """Tasks for people. Raises CampaignError for "no", StoreError."""

    async def open(self, campaign: str | None = None) -> Sequence[TaskView]:
        """Return the open tasks of a campaign, or of all that run, by time, those without one last."""
        ...

    async def every(self, campaign: str | None = None) -> Sequence[TaskView]:
        """Return the tasks of a campaign, or of all that were not cancelled, open or not."""
        ...

    async def numbered(self, number: int) -> TaskView:
        """Return the task of that number."""
        ...

    async def complete(self, name: str, *, by: str) -> TaskView:
        """Tick off the task of that name (`campaign/key`)."""
        ...

    async def postpone(self, name: str, due: datetime) -> TaskView:
        """Put a task off until `due` (aware); it is told again then."""
        ...
