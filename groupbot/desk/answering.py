"""What campaigns that run answer to members: the replies of their SOPs, with their blanks filled in."""

from __future__ import annotations

from collections.abc import Sequence

from groupbot.campaign.ports import Campaigns, Versions
from groupbot.chat.directory import Directory
from groupbot.core.clock import Clock
from groupbot.desk.running_sops import FRESH, RunningSops, reader
from groupbot.plugin_host.ports import Faq

__all__ = ["FRESH", "SopFaqs"]


class SopFaqs:
    """`plugin_host.ports.Faqs` over the campaigns of the store."""

    def __init__(self, *, campaigns: Campaigns, versions: Versions, directory: Directory, clock: Clock) -> None:
        self._running = RunningSops(campaigns=campaigns, versions=versions, clock=clock)
        self._directory = directory

    async def of_group(self, group: str) -> Sequence[Faq]:
        found = self._directory.get(group)
        runs = [run for run in await self._running.all() if group in run.groups and run.sop.replies]
        if found is None or not runs:
            return ()
        filled = (await reader()).filled
        return tuple(faq for run in runs for faq in filled(run.campaign, run.sop, found))
