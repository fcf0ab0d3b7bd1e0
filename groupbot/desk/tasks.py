"""What campaigns leave to people: listing it, ticking it off, putting it off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from groupbot.admin.task_book import KIND
from groupbot.campaign.values import CampaignState, TaskView
from groupbot.core.clock import Clock
from groupbot.desk.existing import existing
from groupbot.errors import CampaignError
from groupbot.i18n import _
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.cards import SqlCards
from groupbot.storage.engine import Database
from groupbot.storage.tasks import SqlTasks


class TaskOffice:
    """`admin.task_book.TaskBook` over the store. Whatever becomes of a task, the questions about it are over then."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def open(self, campaign: str | None = None) -> Sequence[TaskView]:
        if campaign is None:
            return await open_tasks(self._database)
        return [task for task in await tasks_of(self._database, campaign) if task.state == "open"]

    async def every(self, campaign: str | None = None) -> Sequence[TaskView]:
        if campaign is not None:
            return await tasks_of(self._database, campaign)
        store = SqlTasks(self._database)
        running = [one for one in await SqlCampaigns(self._database).list() if one.state is not CampaignState.CANCELLED]
        return [task for one in running for task in await store.list(one.id)]

    async def numbered(self, number: int) -> TaskView:
        found = await SqlTasks(self._database).numbered(number)
        if found is None:
            raise CampaignError(
                _("There is no task {key}.").format(key=number), hint=_("/任务 列表 shows the numbers.")
            )
        return found

    async def complete(self, name: str, *, by: str) -> TaskView:
        campaign, _slash, key = name.partition("/")
        done = await complete(self._database, campaign, key, by=by, at=self._clock.now())
        await SqlCards(self._database).withdraw(KIND, name)
        return done

    async def postpone(self, name: str, due: datetime) -> TaskView:
        if due <= self._clock.now():
            raise CampaignError(_("That time is over."), hint=_("Name a later one."))
        campaign, _slash, key = name.partition("/")
        later = await postpone(self._database, campaign, key, due)
        await SqlCards(self._database).withdraw(KIND, name)
        return later


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


async def complete(
    database: Database, campaign: str, key: str, *, by: str = "", at: datetime | None = None
) -> TaskView:
    """Tick a task off; raises CampaignError when it is not open."""
    if not await SqlTasks(database).complete(campaign, key, by=by, at=at):
        raise _not_open(campaign, key)
    return await task_called(database, campaign, key)


async def postpone(database: Database, campaign: str, key: str, due: datetime) -> TaskView:
    """Put an open task off until `due` (aware), when it is told again; raises CampaignError when it is not open."""
    if not await SqlTasks(database).postpone(campaign, key, due):
        raise _not_open(campaign, key)
    return await task_called(database, campaign, key)


def _not_open(campaign: str, key: str) -> CampaignError:
    return CampaignError(_("{key} is no open task.").format(key=f"{campaign}/{key}"))
