"""What campaigns that run answer to members: the replies of their SOPs, with their blanks filled in."""

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
from groupbot.chat.directory import Directory
from groupbot.core.clock import Clock
from groupbot.errors import CampaignError
from groupbot.plugin_host.ports import Faq

if TYPE_CHECKING:
    from groupbot.sop.document import Sop

FRESH = timedelta(seconds=30)
"""For how long the store is not asked again which campaigns answer: a pause or an edit is followed that soon, and the
texts of all campaigns are read no more often."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Run:
    """A campaign that runs and has replies."""

    campaign: Campaign
    sop: Sop
    groups: frozenset[str]


class SopFaqs:
    """`plugin_host.ports.Faqs` over the campaigns of the store. Each version is read once, in a thread."""

    def __init__(self, *, campaigns: Campaigns, versions: Versions, directory: Directory, clock: Clock) -> None:
        self._campaigns = campaigns
        self._versions = versions
        self._directory = directory
        self._clock = clock
        self._asked: datetime | None = None
        self._runs: tuple[_Run, ...] = ()
        self._sops: dict[tuple[str, str], Sop | None] = {}
        self._looking = asyncio.Lock()

    async def of_group(self, group: str) -> Sequence[Faq]:
        found = self._directory.get(group)
        async with self._looking:
            if not self._is_fresh():
                self._runs = tuple([run for one in await self._campaigns.list() if (run := await self._run(one))])
                self._asked = self._clock.now()
        runs = [run for run in self._runs if group in run.groups]
        if found is None or not runs:
            return ()
        reader = await _reader()
        return tuple(faq for run in runs for faq in reader.filled(run.campaign, run.sop, found))

    def _is_fresh(self) -> bool:
        return self._asked is not None and self._asked <= self._clock.now() < self._asked + FRESH

    async def _run(self, campaign: Campaign) -> _Run | None:
        if campaign.state is not CampaignState.RUNNING:
            return None
        sop = await self._sop(campaign)
        if sop is None or not sop.replies:
            return None
        paused = await self._campaigns.paused_in(campaign.id)
        groups = frozenset(await self._campaigns.groups(campaign.id)).difference(paused)
        return _Run(campaign=campaign, sop=sop, groups=groups)

    async def _sop(self, campaign: Campaign) -> Sop | None:
        """Return what the campaign runs; None, told once, when it can't be read."""
        key = (campaign.id, campaign.version)
        if key not in self._sops:
            history = await self._versions.history(campaign.id)
            try:
                read = (await _reader()).recall
                self._sops[key] = await asyncio.to_thread(read, campaign, history[-1]) if history else None
            except CampaignError as error:
                logger.bind(action="faq", campaign=campaign.id).warning("its replies can't be read: {}", error)
                self._sops[key] = None
        return self._sops[key]


async def _reader() -> ModuleType:
    """Return what reads SOPs, whose import takes as long as all the rest of a start."""
    return await asyncio.to_thread(import_module, "groupbot.desk.answers_filled")
