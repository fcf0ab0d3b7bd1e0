"""Edited SOP files: checked and told about; what becomes of campaigns that run them, `reload.campaign_edits` says."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

from loguru import logger

from groupbot.chat.alerts import Alert, Alerts, Severity
from groupbot.i18n import _
from groupbot.project_files import ProjectFiles
from groupbot.reload.campaign_edits import CampaignEdits
from groupbot.reload.settling import settled
from groupbot.sop.document import Sop
from groupbot.sop.load import ENDINGS, load
from groupbot.sop.planned import SopError

Stamp = tuple[int, int]
"""Modification time in ns, and size: what changes whenever an editor saves."""


class SopEdits:
    """Remember the SOP files of `root`/sops and look at those that were saved since.

    What was there at the start is taken as known.
    """

    def __init__(self, root: Path, alerts: Alerts, campaigns: CampaignEdits | None = None) -> None:
        self._root = root
        self._campaigns = campaigns
        self._alerts = alerts
        self._known = self._stamps()
        self._broken: set[Path] = set()

    @property
    def folder(self) -> Path:
        """Where the SOP files lie."""
        return self._root / "sops"

    async def look(self) -> None:
        """Check what was saved since the last look; a broken file is told about, and again when it is mended."""
        stamps = self._stamps()
        if stamps == self._known:
            return
        stamps = await settled(self._stamps, stamps)
        saved = [path for path, stamp in stamps.items() if self._known.get(path) != stamp]
        self._known = stamps
        self._broken &= set(stamps)
        for path in saved:
            await self._check(path)

    async def _check(self, path: Path) -> None:
        log = logger.bind(action="reload", sop=path.name)
        try:
            data, found = await asyncio.to_thread(self._read, path)  # materials are read through, which takes a while
        except OSError as gone:  # saved and gone again, or not readable yet: the next save is looked at
            log.info("the SOP file can't be read: {error}", error=str(gone))
            return
        if isinstance(found, SopError):
            log.info("SOP file edited, and broken")
            self._broken.add(path)
            text = _("The edit of {problem} Running campaigns go on with the version they were launched with.")
            await self._say(Severity.WARNING, "sop-broken", text.format(problem=found), path)
            return
        log.info("SOP file edited")
        runs = self._campaigns is not None and await self._campaigns.look(found, path, data)
        if runs:
            self._broken.discard(path)
        if path in self._broken:
            self._broken.discard(path)
            await self._say(
                Severity.INFO, "sop-mended", _("{file} can be launched again.").format(file=path.name), path
            )

    def _read(self, path: Path) -> tuple[bytes, Sop | SopError]:
        data = path.read_bytes()
        try:
            return data, load(data, file=path.name, files=ProjectFiles(root=self._root, sop_folder=path.parent))
        except SopError as error:
            return data, error

    async def _say(self, severity: Severity, code: str, text: str, path: Path) -> None:
        await self._alerts.send(Alert(severity=severity, code=code, text=text, fields={"sop": path.name}))

    def _stamps(self) -> Mapping[Path, Stamp]:
        found: dict[Path, Stamp] = {}
        try:
            for entry in self.folder.iterdir():
                if entry.suffix.casefold() in ENDINGS and not entry.name.startswith(("~$", ".")):
                    status = entry.stat()
                    found[entry] = (status.st_mtime_ns, status.st_size)
        except OSError:  # no such folder, or a file that goes while it is looked at: seen at the next look
            return found
        return found
