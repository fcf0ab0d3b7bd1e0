"""Tasks for people in the store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from groupbot.campaign.standby import LASTING
from groupbot.campaign.values import NewTask, TaskView
from groupbot.core.content import dump_parts, load_parts
from groupbot.storage.engine import Database
from groupbot.storage.retry import retried
from groupbot.storage.standby import settle_by_hand
from groupbot.storage.tables import campaign_groups, campaigns, tasks

t = tasks.c


class SqlTasks:
    """`campaign.tasks.Tasks` over a `Database`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @retried
    async def untold(self, now: datetime) -> Sequence[TaskView]:
        query = select(tasks).where(t.state == "open", t.reminded_at.is_(None), t.due <= now, _runs())
        async with self._database.read() as conn:
            return [task_view(row) for row in (await conn.execute(query.order_by(t.due, t.key))).all()]

    @retried
    async def unanswered(self, since: datetime, most: int) -> Sequence[TaskView]:
        query = select(tasks).where(t.state == "open", t.reminded_at <= since, t.reminders <= most, _runs())
        async with self._database.read() as conn:
            return [task_view(row) for row in (await conn.execute(query.order_by(t.due, t.key))).all()]

    async def told(self, task: TaskView, now: datetime) -> None:
        count = case((t.reminded_at.is_(None), 1), else_=t.reminders + 1)
        async with self._database.write() as conn:
            mine = (t.campaign == task.campaign, t.key == task.key)
            await conn.execute(update(tasks).where(*mine).values(reminders=count, reminded_at=now))

    async def numbered(self, number: int) -> TaskView | None:
        """Return the task of that number."""
        async with self._database.read() as conn:
            row = (await conn.execute(select(tasks).where(t.id == number))).first()
        return task_view(row) if row is not None else None

    async def complete(self, campaign: str, key: str, *, by: str = "", at: datetime | None = None) -> bool:
        async with self._database.write() as conn:
            done = await conn.execute(
                update(tasks)
                .where(t.campaign == campaign, t.key == key, t.state == "open")
                .values(state="done", done_by=by, done_at=at)
                .returning(t.id)
            )
            is_done = done.scalar() is not None
            if is_done:
                await conn.run_sync(settle_by_hand, campaign, key, at)
            return is_done

    @retried
    async def add(self, task: NewTask) -> bool:
        """Keep a task of a campaign that no plan holds; False = its key is known, nothing was changed."""
        row = self._database.insert(tasks).values(**_columns(task)).on_conflict_do_nothing()
        async with self._database.write() as conn:
            return await conn.scalar(row.returning(t.id)) is not None

    @retried
    async def gather(self, task: NewTask, line: str, *, unless: str) -> bool:
        """Keep `task`, or add `line` to its words while it is open; False = it holds that line, or a task `unless` is
        known, and nothing was changed.
        """
        mine = (t.campaign == task.campaign, t.key == task.key)
        known = exists().where(t.campaign == task.campaign, t.key == unless)
        text = f"{task.text}\n{line}"
        row = self._database.insert(tasks).values(**_columns(task) | {"text": text}).on_conflict_do_nothing()
        more = update(tasks).where(*mine, t.state == "open", ~t.text.contains(line, autoescape=True))
        async with self._database.write() as conn:
            if await conn.scalar(select(known)):
                return False
            if await conn.scalar(row.returning(t.id)) is not None:
                return True
            return (await conn.execute(more.values(text=t.text + "\n" + line))).rowcount == 1

    async def postpone(self, campaign: str, key: str, due: datetime) -> bool:
        """Put an open task off until `due`, when it is told again. False = it is not open."""
        async with self._database.write() as conn:
            moved = await conn.execute(
                update(tasks)
                .where(t.campaign == campaign, t.key == key, t.state == "open")
                .values(due=due, reminded_at=None)
                .returning(t.id)
            )
            return moved.scalar() is not None

    async def list(self, campaign: str) -> Sequence[TaskView]:
        """Return a campaign's tasks by due time."""
        query = select(tasks).where(t.campaign == campaign).order_by(t.due.is_(None), t.due, t.key)
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
        parts=load_parts(row.parts),
        number=row.id,
        reminders=row.reminders,
        reminded_at=row.reminded_at,
        done_by=row.done_by,
        done_at=row.done_at,
    )


def _columns(task: NewTask) -> dict[str, Any]:
    values = {name: getattr(task, name) for name in NewTask.__dataclass_fields__}
    return values | {"parts": dump_parts(task.parts)}


async def replan_tasks(
    conn: AsyncConnection,
    make_insert: Callable[..., Any],
    campaign: str,
    groups: Sequence[str],
    planned: Sequence[NewTask],
) -> None:
    """Bring the tasks of a campaign to what is planned now; one that is done stays, unless other content is to post.

    Tasks of groups that are not among `groups` are left alone. A task whose time or content changed, or that was
    cancelled and is planned again, is told again.
    """
    keys = [task.key for task in planned]
    of_the_plan = and_(*(~t.key.startswith(prefix) for prefix in LASTING))
    open_here = and_(
        t.campaign == campaign, t.state == "open", or_(t.group.is_(None), t.group.in_(groups)), of_the_plan
    )
    await conn.execute(update(tasks).where(open_here, t.key.not_in(keys)).values(state="cancelled"))
    for task in planned:
        row = make_insert(tasks).values(**_columns(task))
        other = t.parts != row.excluded.parts
        anew = or_(t.due.is_distinct_from(row.excluded.due), other, t.state == "cancelled")
        told = case((anew, None), else_=t.reminded_at)
        changed = {name: row.excluded[name] for name in ("step", "text", "parts", "group", "assignee", "due")}
        await conn.execute(
            row.on_conflict_do_update(
                index_elements=[t.campaign, t.key],
                set_=changed | {"reminded_at": told, "state": "open", "done_by": "", "done_at": None},
                where=or_(t.state != "done", other),
            )
        )


def _runs() -> ColumnElement[bool]:
    """Return: the task's campaign is running, and not paused in its group."""
    g = campaign_groups.c
    running = t.campaign.in_(select(campaigns.c.id).where(campaigns.c.state == "running"))
    return running & ~exists().where(g.campaign == t.campaign, g.group == t.group, g.paused).correlate(tasks)
