"""What campaigns leave to people: listing it, ticking it off, putting it off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from groupbot.campaign.values import CampaignState, TaskView
from groupbot.desk.campaigns import existing
from groupbot.errors import CampaignError
from groupbot.i18n import _
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.engine import Database
from groupbot.storage.tasks import SqlTasks


async def tasks_of(database: Database, campaign: str) -> Sequence[TaskView]:
    """Return a campaign's tasks by time; raises CampaignError for an unknown campaign."""
    await existing(database, campaign)
    return await SqlTasks(database).list(campaign)


async def open_tasks(database: Database) -> tuple[TaskView, ...]:
    """Return the open tasks of all running campaigns by time, those without one last."""
    store = SqlTasks(database)
    running = [one.id for one in await SqlCampaigns(database).list() if one.state is CampaignState.RUNNING]
    found = [task for campaign in running for task in await store.list(campaign) if task.state == "open"]
    dated = sorted((task for task in found if task.due), key=lambda task: (task.due, task.campaign, task.key))
    return (*dated, *(task for task in found if not task.due))


async def task_called(database: Database, campaign: str, key: str) -> TaskView:
    """Return one task; raises CampaignError when there is none of that key."""
    found = next((row for row in await SqlTasks(database).list(campaign) if row.key == key), None)
    if found is None:
        raise CampaignError(
            _("There is no task {key}.").format(key=f"{campaign}/{key}"),
            hint=_("`groupbot tasks list` shows the keys."),
        )
    return found


async def complete(database: Database, campaign: str, key: str) -> TaskView:
    """Tick a task off; raises CampaignError when it is not open."""
    if not await SqlTasks(database).complete(campaign, key):
        raise _not_open(campaign, key)
    return await task_called(database, campaign, key)


async def postpone(database: Database, campaign: str, key: str, due: datetime) -> TaskView:
    """Put an open task off until `due` (aware), when it is told again; raises CampaignError when it is not open."""
    if not await SqlTasks(database).postpone(campaign, key, due):
        raise _not_open(campaign, key)
    return await task_called(database, campaign, key)


def _not_open(campaign: str, key: str) -> CampaignError:
    return CampaignError(_("{key} is no open task.").format(key=f"{campaign}/{key}"))
