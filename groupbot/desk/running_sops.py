"""The SOPs of the campaigns that run, as they were edited last. Each version is read once, in a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from loguru import logger

from groupbot.campaign.ports import Campaigns, Versions
from groupbot.campaign.values import Campaign, CampaignState
from groupbot.core.clock import Clock
from groupbot.errors import CampaignError
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.engine import Database
from groupbot.storage.versions import SqlVersions

if TYPE_CHECKING:
    from groupbot.sop.document import Sop

FRESH = timedelta(seconds=30)
"""For how long the store is not asked again which campaigns run: a pause or an edit is followed that soon, and the
texts of all campaigns are read no more often."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """A campaign that runs, and the groups in which it is not paused."""

    campaign: Campaign
    sop: Sop
    groups: frozenset[str]


class RunningSops:
    """Read what runs from the store."""

    def __init__(self, *, campaigns: Campaigns, versions: Versions, clock: Clock) -> None:
        self._campaigns = campaigns
        self._versions = versions
        self._clock = clock
        self._asked: datetime | None = None
        self._runs: tuple[Run, ...] = ()
        self._sops: dict[tuple[str, str], Sop | None] = {}
        self._looking = asyncio.Lock()

    async def all(self) -> Sequence[Run]:
        """Return every campaign that runs and can be read. Raises StoreError."""
        async with self._looking:
            if not self._is_fresh():
                self._runs = tuple([run for one in await self._campaigns.list() if (run := await self._run(one))])
                self._asked = self._clock.now()
        return self._runs

    def _is_fresh(self) -> bool:
        return self._asked is not None and self._asked <= self._clock.now() < self._asked + FRESH

    async def _run(self, campaign: Campaign) -> Run | None:
        if campaign.state is not CampaignState.RUNNING:
            return None
        sop = await self._sop(campaign)
        if sop is None:
            return None
        paused = await self._campaigns.paused_in(campaign.id)
        groups = frozenset(await self._campaigns.groups(campaign.id)).difference(paused)
        return Run(campaign=campaign, sop=sop, groups=groups)

    async def _sop(self, campaign: Campaign) -> Sop | None:
        """Return what the campaign runs; None, told once, when it can't be read."""
        key = (campaign.id, campaign.version)
        if key not in self._sops:
            history = await self._versions.history(campaign.id)
            try:
                read = (await reader()).recall
                self._sops[key] = await asyncio.to_thread(read, campaign, history[-1]) if history else None
            except CampaignError as error:
                logger.bind(action="running-sop", campaign=campaign.id).warning("it can't be read: {}", error)
                self._sops[key] = None
        return self._sops[key]


async def reader() -> ModuleType:
    """Return what reads SOPs, whose import takes as long as all the rest of a start."""
    return await asyncio.to_thread(import_module, "groupbot.desk.answers_filled")


def running_sops(database: Database, clock: Clock) -> RunningSops:
    """Return the SOPs of the campaigns in the store; nothing is read yet."""
    return RunningSops(campaigns=SqlCampaigns(database), versions=SqlVersions(database), clock=clock)
