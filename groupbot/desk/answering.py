"""What campaigns that run answer to members: the replies of their SOPs, with their blanks filled in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
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

FRESH = timedelta(seconds=10)
"""For how long the store is not asked again what a group is answered: a pause or an edit is followed that soon."""


class SopFaqs:
    """`plugin_host.ports.Faqs` over the campaigns of the store. Each version is read once, in a thread."""

    def __init__(self, *, campaigns: Campaigns, versions: Versions, directory: Directory, clock: Clock) -> None:
        self._campaigns = campaigns
        self._versions = versions
        self._directory = directory
        self._clock = clock
        self._answers: dict[str, tuple[datetime, tuple[Faq, ...]]] = {}
        self._sops: dict[tuple[str, str], Sop | None] = {}

    async def of_group(self, group: str) -> Sequence[Faq]:
        now = self._clock.now()
        asked, found = self._answers.get(group, (None, ()))
        if asked is None or not asked <= now < asked + FRESH:
            found = tuple([faq async for faq in self._look(group)])
            self._answers[group] = (now, found)
        return found

    async def _look(self, name: str) -> AsyncIterator[Faq]:
        group = self._directory.get(name)
        if group is None:
            return
        for campaign in await self._campaigns.list():
            if campaign.state is not CampaignState.RUNNING or name not in await self._campaigns.groups(campaign.id):
                continue
            sop = await self._sop(campaign)
            for faq in (await _reader()).filled(campaign, sop, group) if sop and sop.replies else ():
                yield faq

    async def _sop(self, campaign: Campaign) -> Sop | None:
        """Return what the campaign runs; None, told once, when it can't be read."""
        key = (campaign.id, campaign.version)
        if key not in self._sops:
            history = await self._versions.history(campaign.id)
            try:
                read = (await _reader()).read
                self._sops[key] = await asyncio.to_thread(read, campaign, history[-1]) if history else None
            except CampaignError as error:
                logger.bind(action="faq", campaign=campaign.id).warning("its replies can't be read: {}", error)
                self._sops[key] = None
        return self._sops[key]


async def _reader() -> ModuleType:
    """Return the reader of SOPs, whose import takes as long as all the rest of a start."""
    return await asyncio.to_thread(import_module, "groupbot.desk.answers_filled")
