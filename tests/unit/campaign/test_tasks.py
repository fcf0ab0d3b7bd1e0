"""Tasks for people: each is told once when it is due, and ticked off once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from groupbot.campaign.ports import Campaigns
from groupbot.campaign.tasks import Chasing, TaskAlerts, Tasks, remind
from groupbot.campaign.values import Campaign, CampaignState, NewTask, TaskView
from groupbot.chat.alerts import Alert
from groupbot.core.actions import Announcement
from groupbot.core.content import Image, Part
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.engine import Database
from groupbot.storage.tables import metadata
from groupbot.storage.tasks import SqlTasks
from groupbot.testing import MemoryCampaigns, MemoryTasks
from tests import postgres
from tests.contract.ledger.conftest import T0, at


@dataclass
class Office:
    """Tasks and their campaigns in one store."""

    tasks: Tasks
    campaigns: Campaigns

    async def launch(self, *tasks: NewTask) -> None:
        record = Campaign(id="camp", sop="x", title="", version="v", timezone="UTC", start=T0.date(), created_at=T0)
        version = await self.campaigns.open_draft(record)
        await self.campaigns.go_live(record, version, ["g1"], tasks)

    async def told(self, now: datetime) -> list[Alert]:
        inbox = Inbox()
        await remind(self.tasks, TaskAlerts(inbox), now)
        return inbox.alerts


class Inbox:
    def __init__(self) -> None:
        self.alerts: list[Alert] = []

    async def send(self, alert: Alert) -> None:
        self.alerts.append(alert)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
async def office(request, tmp_path) -> AsyncIterator[Office]:
    if request.param == "memory":
        campaigns = MemoryCampaigns()
        yield Office(MemoryTasks(campaigns.store), campaigns)
    elif request.param == "sqlite":
        async with _on(f"sqlite:///{tmp_path}/bot.db") as office:
            yield office
    else:
        with postgres.shared().schema() as url:
            async with _on(url) as office:
                yield office


@asynccontextmanager
async def _on(url: str) -> AsyncIterator[Office]:
    database = Database(url)
    async with database.write() as conn:
        await conn.run_sync(metadata.create_all)
    yield Office(SqlTasks(database), SqlCampaigns(database))
    await database.close()


def task(key: str, minutes: float | None = 0, *, group: str | None = None, assignee: str | None = None) -> NewTask:
    due = None if minutes is None else at(minutes)
    return NewTask(campaign="camp", key=key, step=key, text=f"do {key}", group=group, assignee=assignee, due=due)


async def test_what_is_due_is_told_once_in_order(office: Office) -> None:
    await office.launch(task("c", 9), task("b", 2), task("a", 1), task("open", None))
    assert await office.told(at(0)) == []
    assert [alert.fields["task"] for alert in await office.told(at(5))] == ["camp/a", "camp/b"]
    assert await office.told(at(5)) == []
    assert [alert.fields["task"] for alert in await office.told(at(60))] == ["camp/c"]


async def test_who_and_where_are_named(office: Office) -> None:
    await office.launch(task("a", group="g1", assignee="Ann"))
    [alert] = await office.told(at(0))
    assert (alert.code, alert.text) == ("task-due", "Task due in g1 for Ann: do a")
    assert alert.fields == {"campaign": "camp", "task": "camp/a", "group": "g1"}


async def test_a_paused_campaign_reminds_of_nothing_until_it_runs_again(office: Office) -> None:
    await office.launch(task("a"))
    await office.campaigns.set_state("camp", CampaignState.PAUSED)
    assert await office.told(at(1)) == []
    await office.campaigns.set_state("camp", CampaignState.RUNNING)
    assert len(await office.told(at(2))) == 1


async def test_what_is_done_or_cancelled_is_not_told(office: Office) -> None:
    await office.launch(task("a"), task("b"))
    assert await office.tasks.complete("camp", "a")
    assert not await office.tasks.complete("camp", "a")
    assert not await office.tasks.complete("camp", "nobody's")
    await office.campaigns.set_state("camp", CampaignState.CANCELLED)
    assert not await office.tasks.complete("camp", "b")
    assert await office.told(at(5)) == []


async def test_a_reminder_brings_what_is_to_be_posted(office: Office) -> None:
    contents = (Announcement(text="群规\n不发广告"), Image(path="/camp/poster.png"))
    await office.launch(replace(task("a"), parts=tuple(Part(content=content) for content in contents)))
    [alert] = await office.told(at(0))
    assert alert.text == (
        "Task due: do a\n\n[announcement]\n群规\n不发广告\n\n[picture] poster.png\n\n/camp/poster.png"
    )
    assert alert.attachments == ("/camp/poster.png",)


async def test_tasks_are_listed_by_time_those_without_one_last(office: Office) -> None:
    await office.launch(task("open", None), task("late", 9), task("b", 1), task("a", 1))
    assert [row.key for row in await office.tasks.list("camp")] == ["a", "b", "late", "open"]
    assert await office.tasks.list("other") == []


async def test_a_task_that_was_taken_out_and_is_planned_again_is_told_again(office: Office) -> None:
    await office.launch(task("a"), task("b"))
    assert len(await office.told(at(1))) == 2
    await office.tasks.complete("camp", "b")
    await office.launch()
    await office.launch(task("a"), task("b"))
    assert {row.key: row.state for row in await office.tasks.list("camp")} == {"a": "open", "b": "done"}
    assert [alert.fields["task"] for alert in await office.told(at(2))] == ["camp/a"]


class Diary:
    """A `Teller` that notes what it is asked."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    async def ask(self, task: TaskView) -> None:
        self.notes.append(f"ask {task.key}")

    async def chase(self, task: TaskView) -> None:
        self.notes.append(f"chase {task.key}")

    async def escalate(self, task: TaskView) -> None:
        self.notes.append(f"escalate {task.key}")


async def test_what_nobody_ticks_off_is_chased_and_escalated_once(office: Office) -> None:
    await office.launch(task("a"), task("b"))
    diary, chasing = Diary(), Chasing(every=timedelta(minutes=10), most=2)
    for minutes in (0, 9, 10, 15, 20, 30, 40, 90):
        await remind(office.tasks, diary, at(minutes), chasing)
        if not minutes:
            assert await office.tasks.complete("camp", "b", by="Ann", at=at(1))
    assert diary.notes == ["ask a", "ask b", "chase a", "chase a", "escalate a"]
    rows = {row.key: row for row in await office.tasks.list("camp")}
    assert (rows["b"].done_by, rows["b"].done_at) == ("Ann", at(1))
    assert (rows["a"].reminders, rows["a"].reminded_at) == (4, at(30))


async def test_a_task_that_is_planned_anew_is_chased_anew(office: Office) -> None:
    await office.launch(task("a"))
    diary, chasing = Diary(), Chasing(every=timedelta(minutes=10), most=0)
    await remind(office.tasks, diary, at(0), chasing)
    await remind(office.tasks, diary, at(10), chasing)
    await office.launch(task("a", 20))
    for minutes in (20, 25, 30, 60):
        await remind(office.tasks, diary, at(minutes), chasing)
    assert diary.notes == ["ask a", "escalate a", "ask a", "escalate a"]
