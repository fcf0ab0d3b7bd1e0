"""Tasks for people: each is told once when it is due, and ticked off once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

import pytest

from groupbot.campaign.ports import Campaigns
from groupbot.campaign.tasks import Tasks, remind
from groupbot.campaign.values import Campaign, CampaignState, NewTask
from groupbot.chat.alerts import Alert
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.engine import Database
from groupbot.storage.tables import metadata
from groupbot.storage.tasks import SqlTasks
from groupbot.testing import MemoryCampaigns, MemoryTasks
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
        await remind(self.tasks, inbox, now)
        return inbox.alerts


class Inbox:
    def __init__(self) -> None:
        self.alerts: list[Alert] = []

    async def send(self, alert: Alert) -> None:
        self.alerts.append(alert)


@pytest.fixture(params=["memory", "sqlite"])
async def office(request, tmp_path) -> AsyncIterator[Office]:
    if request.param == "memory":
        campaigns = MemoryCampaigns()
        yield Office(MemoryTasks(campaigns.store), campaigns)
        return
    database = Database(f"sqlite:///{tmp_path}/bot.db")
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
