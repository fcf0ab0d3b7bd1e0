"""Reports for who asks in chat, and of the evening; what gathers them is imported when the first is made."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from groupbot.admin.report_book import ReportAsk, WrittenReport
from groupbot.campaign.one_off import ONE_OFF
from groupbot.campaign.values import CampaignState
from groupbot.core.clock import Clock
from groupbot.desk.evening import AFTER_END
from groupbot.errors import CampaignError, ConfigError
from groupbot.i18n import _, joined
from groupbot.settings import Settings
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.engine import Database
from groupbot.storage.report_figures import last_due
from groupbot.tracking.metrics import Rollups

if TYPE_CHECKING:
    from groupbot.reports.campaign.values import Report

FOLDER = "reports"
"""Where in the project the files are put that are sent by chat."""
KEPT = 60
"""Files kept there: a month of evenings with picture and page."""


class StoredReports:
    """`admin.report_book.ReportBook` over the store. `settings`: those that hold now."""

    def __init__(self, *, settings: Callable[[], Settings], database: Database, clock: Clock, rollups: Rollups) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._rollups = rollups

    async def write(self, ask: ReportAsk) -> WrittenReport:
        campaign = ask.campaign or await self._running()
        module = await asyncio.to_thread(import_module, "groupbot.desk.reporting")
        words = await asyncio.to_thread(import_module, "groupbot.reports.campaign.words")
        by = (module.By(ask.by),) if ask.by else module.EVENING
        settings = self._settings()
        reporting = module.Reporting(
            settings=settings,
            database=self._database,
            clock=self._clock,
            rollups=self._rollups,
            our_ids=frozenset(pair for person in settings.people for pair in person.ids.items()),
        )
        wanted = await reporting.wanted(campaign, day="" if ask.whole else ask.day or "today", by=by, squads=ask.squads)
        made: Report = await reporting.make(wanted)
        files, note = await self._files(made, ask.files)
        text = words.rows_text(made, by[0]) if ask.by else words.card_text(made)
        return WrittenReport(campaign=campaign, text="\n".join(filter(None, (text, note))), files=files)

    async def _running(self) -> str:
        found = [
            one.id
            for one in await SqlCampaigns(self._database).list()
            if one.state in {CampaignState.RUNNING, CampaignState.PAUSED} and one.id != ONE_OFF
        ]
        if len(found) > 1:  # what is over stays in the store as running
            now = self._clock.now()
            ends = {one: await last_due(self._database, one) for one in found}
            found = [one for one, last in ends.items() if last is not None and now <= last + AFTER_END] or found
        if len(found) == 1:
            return found[0]
        raise CampaignError(
            _("Which campaign? These run: {campaigns}.").format(campaigns=joined(found) or "—"),
            hint=_("Write /复盘 and its id."),
        )

    async def _files(self, report: Report, kinds: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
        """Return the files, and why one is missing: words come also where no picture can be drawn."""
        module = await asyncio.to_thread(import_module, "groupbot.desk.report_files")
        local = self._clock.now().astimezone(report.campaign.zone)
        made, note = [], ""
        for kind in kinds:
            name = f"{report.campaign.id}-{report.day or 'all'}-{local:%Y%m%d-%H%M%S-%f}.{kind}"
            path = (self._settings().folder / FOLDER / name).absolute()
            try:
                await module.saved(report, {kind: path})
            except ConfigError as error:
                note = " ".join(filter(None, (error.message, error.hint)))
            else:
                made.append(str(path))
        await asyncio.to_thread(_tidy, self._settings().folder / FOLDER)
        return tuple(made), note


def _tidy(folder: Path) -> None:
    for old in sorted(folder.glob("*"), key=lambda file: file.stat().st_mtime)[:-KEPT]:
        old.unlink(missing_ok=True)
