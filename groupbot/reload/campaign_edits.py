"""Saved SOP files of campaigns that run: what would change is told, or applied where the settings say so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from loguru import logger

from groupbot.campaign.editing import Editor
from groupbot.campaign.proposal import Edit, Proposal
from groupbot.campaign.values import CampaignState
from groupbot.chat.alerts import Alert, Alerts, Severity
from groupbot.core.clock import Clock
from groupbot.desk.editing import editor, from_export
from groupbot.desk.sop_files import source_of
from groupbot.errors import CampaignError
from groupbot.i18n import _
from groupbot.settings import Settings
from groupbot.sop.change_words import summary
from groupbot.sop.document import Sop
from groupbot.storage.engine import Database

BY = "reload"
"""Who made an edit that was applied by itself."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CampaignEdits:
    """Bring saved SOP files to the campaigns that run them. `settings`: those that hold now."""

    settings: Callable[[], Settings]
    database: Database
    clock: Clock
    alerts: Alerts

    async def look(self, sop: Sop, path: Path, data: bytes) -> bool:
        """Tell about the file at `path`, which reads as `sop`, or apply it; return whether a campaign runs it.

        Raises StoreError.
        """
        settings = self.settings()
        desk = editor(settings, self.database)
        source = source_of(path, settings.folder)
        known = False
        for campaign in await desk.campaigns.list():
            if campaign.state not in {CampaignState.RUNNING, CampaignState.PAUSED}:
                continue
            if any(version.source == source for version in await desk.versions.history(campaign.id)):
                known = True
                edit = Edit(campaign=campaign.id, sop=sop, source=source, by=BY)
                await self._one(desk, edit, path, data, auto=settings.editing.apply == "auto")
        return known

    async def _one(self, desk: Editor, edit: Edit, path: Path, data: bytes, *, auto: bool) -> None:
        log = logger.bind(action="reload", sop=path.name, campaign=edit.campaign)
        try:
            running = await desk.running(edit.campaign)
            proposal = await desk.prepare(from_export(edit, data, path.name, desk, running), self.clock.now())
            if proposal.empty:
                return
            if auto and proposal.ok:
                applied = await desk.apply(proposal, self.clock.now())
                log.info("the edited SOP is applied")
                await self._say(Severity.INFO, "campaign-edited", _applied(applied.proposal, path), edit.campaign)
                return
        except CampaignError as error:
            await self._say(Severity.WARNING, "campaign-not-edited", f"{error.message} {error.hint}", edit.campaign)
            return
        log.info("the edited SOP waits to be applied")
        await self._say(Severity.WARNING, "campaign-edit-waits", _waits(proposal, path), edit.campaign)

    async def _say(self, severity: Severity, code: str, text: str, campaign: str) -> None:
        await self.alerts.send(Alert(severity=severity, code=code, text=text, fields={"campaign": campaign}))


def _applied(proposal: Proposal, path: Path) -> str:
    said = summary(proposal.changes, groups=len(proposal.groups))
    words = _("{file} was saved and {campaign} follows it: {changes}.")
    doubts = _warnings(proposal)
    warned = " " + _("{count} warnings are to be looked at.").format(count=doubts) if doubts else ""
    return words.format(file=path.name, campaign=proposal.edit.campaign, changes=said) + _locked(proposal) + warned


def _waits(proposal: Proposal, path: Path) -> str:
    campaign = proposal.edit.campaign
    said = summary(proposal.changes, groups=len(proposal.groups))
    words = _("{file} was saved. In {campaign} it would change: {changes}.")
    command = _("To apply it: `groupbot campaign edit {campaign} {file}`").format(
        campaign=campaign, file=proposal.edit.source
    )
    doubts = [
        text.format(count=count)
        for count, text in (
            (sum(problem.level == "error" for problem in proposal.problems), _("{count} errors must be mended first.")),
            (len(proposal.questions), _("{count} questions must be answered.")),
            (len(proposal.conflicts), _("{count} conflicts with other edits must be settled.")),
            (_warnings(proposal), _("{count} warnings are to be looked at.")),
        )
        if count
    ]
    first = words.format(file=path.name, campaign=campaign, changes=said) + _locked(proposal)
    return " ".join((first, *doubts, command))


def _warnings(proposal: Proposal) -> int:
    return sum(problem.level == "warning" for problem in dict.fromkeys(proposal.problems))


def _locked(proposal: Proposal) -> str:
    if not proposal.locked:
        return ""
    return " " + _("{count} deliveries are too near their time and stay as they are.").format(
        count=len(proposal.locked)
    )
