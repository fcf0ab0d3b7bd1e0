"""Tasks for people in the store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from groupbot.campaign.values import TaskView
from groupbot.storage.engine import Database
from groupbot.storage.retry import retried
from groupbot.storage.tables import campaigns, tasks

t = tasks.c


class SqlTasks:
    """`campaign.tasks.Tasks` over a `Database`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @retried
    async def untold(self, now: datetime) -> Sequence[TaskView]:
        running = select(campaigns.c.id).where(campaigns.c.state == "running")
        query = select(tasks).where(t.state == "open", t.reminded_at.is_(None), t.due <= now, t.campaign.in_(running))
        async with self._database.read() as conn:
            return [task_view(row) for row in (await conn.execute(query.order_by(t.due, t.key))).all()]

    async def told(self, task: TaskView, now: datetime) -> None:
        async with self._database.write() as conn:
            mine = (t.campaign == task.campaign, t.key == task.key)
            await conn.execute(update(tasks).where(*mine).values(reminded_at=now))

    async def complete(self, campaign: str, key: str) -> bool:
        async with self._database.write() as conn:
            done = await conn.execute(
                update(tasks)
                .where(t.campaign == campaign, t.key == key, t.state == "open")
                .values(state="done")
                .returning(t.id)
            )
            return done.scalar() is not None

    async def list(self, campaign: str) -> Sequence[TaskView]:
        """Return a campaign's tasks by due time."""
        query = select(tasks).where(t.campaign == campaign).order_by(t.due, t.key)
        async with self._database.read() as conn:
            return [task_view(row) for row in (await conn.execute(query)).all()]


def task_view(row: Row[Any]) -> TaskView:
    """Return one row as a person sees it."""
    return TaskView(
        campaign=row.campaign,
        key=row.key,
        step=row.step,
        text=row.text,
        state=row.state,
        group=row.group,
        assignee=row.assignee,
        due=row.due,
    )
