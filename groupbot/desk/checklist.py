"""The checklist of a launched campaign, over the store, the project's files and config.toml."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from groupbot.campaign.approvals import SIGN_OFF, Decided, Decision, digest_of, moment_of
from groupbot.campaign.checklist import (
    TOLD,
    Checklist,
    Item,
    Point,
    is_required,
    of_campaign,
    signature,
    squad_digest,
)
from groupbot.campaign.values import CampaignState
from groupbot.chat.capabilities import UNSEEN, Standing, obstacle
from groupbot.connectors import abilities
from groupbot.core.clock import Clock
from groupbot.delivery.values import NewDelivery
from groupbot.desk.editing import editor
from groupbot.errors import CampaignError
from groupbot.i18n import _
from groupbot.settings import Settings
from groupbot.sop.document import Sop
from groupbot.storage.approvals import SqlApprovals
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.engine import Database
from groupbot.storage.roster import SqlRoster
from groupbot.storage.tasks import SqlTasks
from groupbot.storage.versions import SqlVersions


class Checks:
    """`admin.operator_desk.CheckDesk` over a project."""

    def __init__(self, settings: Settings, database: Database, clock: Clock) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._approvals = SqlApprovals(database)

    async def checklist(self, campaign: str) -> Checklist:
        running = await editor(self._settings, self._database).running(campaign)
        groups = await SqlCampaigns(self._database).groups(campaign)
        rows = tuple((await SqlVersions(self._database).unsent(campaign)).values())
        standings = await SqlRoster(self._database).standings(groups)
        squads = self._squads(groups)
        found = {
            Point.MATERIALS: await asyncio.to_thread(_unfinished, running.sop, self._settings.folder),
            Point.STANDBY: self._alone(groups, standings),
            Point.RIGHTS: self._unable(rows, standings),
            Point.LEADERS: await self._untold(campaign, squads),
            Point.APPROVALS: await self._unapproved(rows),
            Point.TASKS: await self._nobodys(campaign),
        }
        return Checklist(
            campaign=campaign,
            items=tuple(Item(point=point, lacking=tuple(dict.fromkeys(lacking))) for point, lacking in found.items()),
            squads=squads,
            required=is_required(running.campaign),
            signed=await signature(self._approvals, campaign),
        )

    async def sign_off(self, campaign: str, by: str) -> Checklist:
        seen = await self.checklist(campaign)
        if seen.signed is not None:
            raise CampaignError(_("{name} has signed it off already.").format(name=seen.signed.by))
        signed = self._said(campaign, SIGN_OFF, "", by)
        if seen.required:  # first: the guard lets nothing out before the signature, and without it this can be repeated
            await SqlCampaigns(self._database).set_state(campaign, CampaignState.RUNNING)
        await self._approvals.decide([signed])
        return replace(seen, signed=signed)

    async def told(self, campaign: str, squad: str, by: str) -> None:
        await self._approvals.decide([self._said(campaign, TOLD, squad_digest(squad), by)])

    def _said(self, campaign: str, occurrence: str, digest: str, by: str) -> Decided:
        moment = of_campaign(campaign, occurrence)
        return Decided(moment=moment, digest=digest, decision=Decision.APPROVED, by=by, at=self._clock.now())

    def _squads(self, groups: Sequence[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.squad for one in self._settings.groups if one.name in groups and one.squad))

    def _alone(self, groups: Sequence[str], standings: Mapping[tuple[str, str], Standing]) -> list[str]:
        """Return the groups in which no second account was seen."""
        known = {group.name: group.ids() for group in self._settings.groups}
        return [name for name in groups if sum((account, name) in standings for account in known.get(name, ())) <= 1]

    def _unable(self, rows: Iterable[NewDelivery], standings: Mapping[tuple[str, str], Standing]) -> list[str]:
        """Return what accounts can't do in a group, or that they were never seen there."""
        can, found = abilities(self._settings), dict[str, None]()
        for row in rows:
            standing = standings.get((row.account, row.group))
            if standing is None and not row.member:
                found[_("{account} was not seen in {group}").format(account=row.account, group=row.group)] = None
            for part in row.parts:
                if row.account in can and (why := obstacle(part.content, can[row.account], standing or UNSEEN)):
                    found[f"{row.group}: {why}"] = None
        return list(found)

    async def _untold(self, campaign: str, squads: Sequence[str]) -> list[str]:
        told = await self._approvals.decided(of_campaign(campaign, TOLD))
        return [squad for squad in squads if squad_digest(squad) not in told]

    async def _unapproved(self, rows: Sequence[NewDelivery]) -> list[str]:
        """Return the steps that must be approved and are not, each once."""
        asked = [row for row in rows if row.policies.approval is not None]
        digests = await asyncio.to_thread(lambda: [digest_of(row.parts) for row in asked])
        moments = {moment_of(row.campaign, row.step, row.key) for row in asked}
        known = {moment: await self._approvals.decided(moment) for moment in moments}
        pairs = zip(asked, digests, strict=True)
        return [row.step for row, digest in pairs if digest not in known[moment_of(row.campaign, row.step, row.key)]]

    async def _nobodys(self, campaign: str) -> list[str]:
        """Return the open tasks that name nobody whom config.toml knows."""
        people = {person.name for person in self._settings.people}
        open_ones = [task for task in await SqlTasks(self._database).list(campaign) if task.state == "open"]
        return [f"#{task.number} {task.step}" for task in open_ones if task.assignee not in people]


def _unfinished(sop: Sop, folder: Path) -> list[str]:
    """Return the materials that are not done, or whose file is not there."""
    return [one.name for one in sop.materials.values() if one.status != "done" or not (folder / one.written).is_file()]
