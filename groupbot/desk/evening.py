"""The evening's report: of each campaign that runs, for the admin group, and of its groups for each squad's chat."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

from loguru import logger

from groupbot.admin.places import Place, Places
from groupbot.admin.report_book import ReportAsk, ReportBook
from groupbot.admin.room import ControlRoom
from groupbot.campaign.one_off import ONE_OFF
from groupbot.campaign.ports import Campaigns
from groupbot.campaign.values import Campaign, CampaignState
from groupbot.core.clock import Clock
from groupbot.desk.opening import LazyDesk
from groupbot.errors import GroupbotError, StoreError
from groupbot.settings import Settings
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.engine import Database
from groupbot.storage.report_figures import last_due

WITHIN = timedelta(hours=2)
"""How long after its time a report is still made, when no daemon ran then."""
AFTER_END = timedelta(days=1)
"""For so long after its last delivery a campaign is reported on: what is over stays in the store as running."""


class Saying(Protocol):
    """How a chat is told something, once for each key."""

    async def say(self, place: Place, text: str, *pieces: str, files: tuple[str, ...] = ()) -> bool:
        """Post `text` and `files`; False = this was said."""
        ...


class EveningReports:
    """Make the reports of the day, each once: its post's key holds the day. `settings`: those that hold now."""

    def __init__(
        self,
        *,
        reports: ReportBook,
        campaigns: Campaigns,
        saying: Saying,
        places: Places,
        settings: Callable[[], Settings],
        last_due: Callable[[str], Awaitable[datetime | None]],
        clock: Clock,
    ) -> None:
        self._reports = reports
        self._last_due = last_due
        self._campaigns = campaigns
        self._saying = saying
        self._places = places
        self._settings = settings
        self._clock = clock
        self._done: set[tuple[str, str]] = set()

    async def look(self) -> None:
        """Make what is due. Raises StoreError."""
        at = self._settings().reports.evening_at
        now = self._clock.now()
        if not at or self._places.admin_group() is None:
            return
        for campaign in await self._campaigns.list():
            local = now.astimezone(ZoneInfo(campaign.timezone))
            if self._is_due(campaign, local, at) and await self._is_under_way(campaign, now):
                await self._report(campaign, local.date().isoformat())

    def _is_due(self, campaign: Campaign, local: datetime, at: str) -> bool:
        hour, minute = map(int, at.split(":"))
        due = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
        runs = campaign.state is CampaignState.RUNNING and campaign.id != ONE_OFF and campaign.start <= local.date()
        return runs and due <= local < due + WITHIN and (campaign.id, local.date().isoformat()) not in self._done

    async def _is_under_way(self, campaign: Campaign, now: datetime) -> bool:
        last = await self._last_due(campaign.id)
        return last is not None and now <= last + AFTER_END

    async def _report(self, campaign: Campaign, day: str) -> None:
        """Tell everybody of one campaign; what can't be reported on is told in the log and left out for the day."""
        for place, squads in self._readers():
            ask = ReportAsk(
                campaign=campaign.id,
                day=day,
                squads=squads,
                files=("png",) if self._settings().reports.picture else (),
            )
            try:
                written = await self._reports.write(ask)
            except StoreError:
                raise
            except GroupbotError as error:  # a squad without a group in this campaign, most often
                logger.bind(action="evening-report", campaign=campaign.id).debug("{}", error)
                continue
            await self._saying.say(place, written.text, "evening", campaign.id, place.key, day, files=written.files)
        self._done.add((campaign.id, day))

    def _readers(self) -> Iterator[tuple[Place, frozenset[str] | None]]:
        """Yield who reads what: the admin group all, a squad's chat its own groups."""
        if (admin := self._places.admin_group()) is not None:
            yield admin, None
        if self._settings().reports.to_squads:
            for squad in self._places.squads:
                if (place := self._places.squad_group(squad)) is not None:
                    yield place, frozenset({squad})


def report_in_the_evening(room: ControlRoom, desk: LazyDesk, database: Database, clock: Clock) -> None:
    """Let `room` look after the reports of the day."""
    services = room.services
    evening = EveningReports(
        reports=services.reports,
        campaigns=SqlCampaigns(database),
        saying=room.answers,
        places=services.places,
        settings=lambda: desk.settings,
        last_due=partial(last_due, database),
        clock=clock,
    )
    room.chores.append(evening.look)
