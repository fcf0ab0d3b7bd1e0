"""The contingency plans of the campaigns that run, opened with incidents and alerts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from loguru import logger

from groupbot.campaign.playbooks import Contingencies, Playbook, backed_up, playbook_about, playbook_for
from groupbot.desk.running_sops import RunningSops

BookOf = Callable[[str, Sequence[str]], Awaitable[Playbook | None]]
"""Gives the playbook about a kind of trouble in one of some groups: `SopPlaybooks.of_kind`."""

BackupOf = Callable[[Sequence[str]], Awaitable[Sequence[str]]]
"""Gives the groups that take people in besides some groups: `Entries.backup`."""


class SopPlaybooks:
    """`admin.risk_ports.Playbooks` over the campaigns of the store, and what alerts ask for.

    Plans that can't be read now are none: people are called all the same.
    """

    def __init__(self, running: RunningSops, backup: BackupOf) -> None:
        self._running = running
        self._backup = backup

    async def words(self, group: str, text: str) -> str:
        """Return what the playbook that fits a message in `group` says, and the entry beside it; "" = none fits."""
        book = playbook_about(text, await self._plans([group]))
        return backed_up(book, await self._backup([group])) if book is not None else ""

    async def of_kind(self, kind: str, groups: Sequence[str]) -> Playbook | None:
        """Return the playbook about a kind of trouble in one of `groups`, None = no campaign there has one."""
        return playbook_for(kind, await self._plans(groups))

    async def _plans(self, groups: Sequence[str]) -> list[Contingencies]:
        try:
            runs = await self._running.all()
        except Exception as error:  # noqa: BLE001 - whatever it is, a complaint or an alert must not be lost with it
            logger.bind(action="playbooks").opt(exception=error).error("the plans can't be read")
            return []
        return [
            Contingencies(campaign=run.campaign.id, sop=run.sop)
            for run in runs
            if run.sop.playbooks and not run.groups.isdisjoint(groups)
        ]
