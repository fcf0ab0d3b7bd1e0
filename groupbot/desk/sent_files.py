"""SOP files that operators send: read, put aside until somebody says what to do with them, kept in `sops/`."""

from __future__ import annotations

import asyncio
import hashlib
import re
import shutil
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from loguru import logger

from groupbot.campaign.asked import Asked
from groupbot.campaign.sent_files import Inspected
from groupbot.campaign.values import CampaignState
from groupbot.campaign.views import CampaignRow, Shown
from groupbot.core.clock import Clock
from groupbot.desk import launching, previewing, showing, sop_files
from groupbot.desk.campaigns import campaigns
from groupbot.desk.group_starts import stand_ins
from groupbot.desk.linting import Crew, sop_problems
from groupbot.errors import CampaignError
from groupbot.i18n import _, os_reason
from groupbot.settings import Settings
from groupbot.sop.document import Sop
from groupbot.sop.planned import Problem, SopError
from groupbot.sop.sheets import marking
from groupbot.sop.sheets.current import marked
from groupbot.storage.engine import Database
from groupbot.storage.versions import SqlVersions
from groupbot.tracking.imports.kinds import command_for

KEPT = timedelta(days=7)
"""How long a file waits for a word on it; longer than its card."""
_UNSAFE = re.compile(r"[^\w.()（）【】+-]+")
"""What a name may hold that can be typed in a command and stored by any system: the rest becomes `_`."""
_LONGEST_STEM = 60


class SentFiles:
    """`admin.operator_desk.FileDesk` over a project. Files are read and written in threads."""

    def __init__(self, settings: Settings, database: Database, clock: Clock) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._folder = settings.folder / "cache" / "received"

    async def inspect(self, data: bytes, name: str) -> Inspected:
        if command := await asyncio.to_thread(command_for, data, name):
            raise CampaignError(
                _("{file} is a list to be counted, no SOP.").format(file=name),
                hint=_("To import it, answer to it with: {command}").format(command=command),
            )
        sop, problems = await asyncio.to_thread(self._read, data, name)
        if sop is None or any(problem.level == "error" for problem in problems):
            copy = await asyncio.to_thread(self._marked, data, name, problems)
            return Inspected(problems=problems, marked=copy)
        return Inspected(
            problems=problems,
            aside=await asyncio.to_thread(self._put_aside, data, safe_name(name)),
            shown=await asyncio.to_thread(self._shown, sop),
            runs=await self._runs(sop, data, name),
        )

    async def keep(self, aside: str) -> str:
        return await asyncio.to_thread(self._keep, aside)

    async def drop(self, aside: str) -> None:
        place = self._place(aside)
        await asyncio.to_thread(place.unlink, missing_ok=True)

    def _read(self, data: bytes, name: str) -> tuple[Sop | None, tuple[Problem, ...]]:
        try:
            sop = sop_files.sop_of(data, name, self._settings.folder, whole=False)
        except SopError as error:
            return None, error.problems
        return sop, sop_problems(sop)

    def _marked(self, data: bytes, name: str, problems: tuple[Problem, ...]) -> str:
        if not name.casefold().endswith(".xlsx"):
            return ""
        try:
            copy = marking.marked(data, problems, file=name)
        except SopError:
            return ""
        stem = Path(safe_name(name)).stem
        return str(self._folder / self._put_aside(copy, f"{stem}-{_('marked')}.xlsx"))

    def _put_aside(self, data: bytes, name: str) -> str:
        """Write a file for `KEPT` and return its place in the folder: the same content has one place."""
        aside = f"{hashlib.sha256(data).hexdigest()[:16]}/{name}"
        place = self._folder.resolve() / aside
        try:
            self._tidy()
            place.parent.mkdir(parents=True, exist_ok=True)
            fresh = place.with_name(f".{place.name}.new")
            fresh.write_bytes(data)
            fresh.replace(place)
        except OSError as error:
            raise CampaignError(
                _("{file} can't be written: {reason}.").format(file=place.name, reason=os_reason(error))
            ) from error
        return aside

    def _tidy(self) -> None:
        oldest = (self._clock.now() - KEPT).timestamp()
        for old in self._folder.glob("*"):
            newest = max((file.stat().st_mtime for file in old.glob("*")), default=0.0)
            if newest < oldest:
                shutil.rmtree(old, ignore_errors=True)

    def _keep(self, aside: str) -> str:
        place = self._place(aside)
        try:
            data = place.read_bytes()
        except OSError as error:
            raise CampaignError(
                _("{file} is no longer here.").format(file=place.name), hint=_("Send it again.")
            ) from error
        return sop_files.keep_version(data, place.name, self._settings.folder).name

    def _place(self, aside: str) -> Path:
        return self._folder.resolve() / aside

    def _shown(self, sop: Sop) -> Shown | None:
        settings, now = self._settings, self._clock.now()
        tomorrow = now.astimezone(ZoneInfo(settings.timezone)).date() + timedelta(days=1)
        staffed = {*settings.admin.groups, *(squad.group for squad in settings.squads)}
        names = [group.name for group in settings.groups if group.name not in staffed]
        names = names or [group.name for group in stand_ins(sop)]
        asked = Asked(sop=Path(sop.name), start=tomorrow, names=names)
        try:
            groups = launching.chosen(asked, sop, settings)
            made = previewing.previewed(sop, groups.starts, {}, Crew.of(settings, {}, groups.voices))
            return showing.shown(made, sop, settings.folder, now)
        except (SopError, CampaignError) as error:
            logger.bind(action="sent-file-preview", sop=sop.name).info("no preview: {}", error)
            return None

    async def _runs(self, sop: Sop, data: bytes, name: str) -> tuple[str, ...]:
        found = await asyncio.to_thread(marked, data, name)
        exported = found[0] if found else ""
        rows = [row for row in await campaigns(self._database) if _is_live(row)]
        likely = [row.campaign for row in rows if row.campaign.sop == sop.name or await self._is_from(row, name)]
        ids = [row.campaign.id for row in rows if row.campaign.id == exported]
        return tuple(dict.fromkeys((*ids, *(campaign.id for campaign in likely))))

    async def _is_from(self, row: CampaignRow, name: str) -> bool:
        """Return whether a version of the campaign came from a file called so."""
        history = await SqlVersions(self._database).history(row.campaign.id)
        called = Path(safe_name(name)).name
        return any(Path(version.source).name == called for version in history)


def safe_name(name: str) -> str:
    """Return `name` as a file in `sops/` may be called, whatever its sender called it."""
    last = Path(name.replace("\\", "/")).name
    stem, suffix = _UNSAFE.sub("_", Path(last).stem).strip("._"), Path(last).suffix
    return f"{stem[:_LONGEST_STEM] or 'sop'}{suffix.casefold()}"


def _is_live(row: CampaignRow) -> bool:
    return row.state in {CampaignState.RUNNING, CampaignState.PAUSED}
