"""What a running daemon looks after every so often. How often each is done stands in `lifecycle`."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from loguru import logger

from groupbot.app import App
from groupbot.chat.alerts import Alert, Severity
from groupbot.i18n import _
from groupbot.inbound.catching_up import catch_up
from groupbot.storage import signals
from groupbot.storage.engine import database_file
from groupbot.tracking.retention import cutoffs

if TYPE_CHECKING:
    from groupbot.storage.roller import Roller

COUNT_PAUSE_S = 0.02
"""Rest after each chunk of facts that is counted: whoever posts or records gets the database in between."""


class Chores:
    """The daemon's chores; each raises StoreError. `stop` is set by the one that finds that going on is pointless."""

    def __init__(self, app: App, stop: asyncio.Event) -> None:
        self._app = app
        self._stop = stop
        self._since = app.clock.now()
        self._revision = -1
        self._halves: Mapping[str, int] = {}
        self._file = 0
        self._roller: Roller | None = None
        self.state = "running"
        """What others hear with each beat."""
        self.retention = app.settings.recorder.retention

    async def beat(self) -> None:
        """Show that this process lives, as long as what it writes is kept."""
        app = self._app
        if self.state == "running" and self._database_is_gone():
            text = _("The database file was deleted or replaced while groupbot runs; it stops. Bring the file back.")
            await app.alerts.send(Alert(severity=Severity.CRITICAL, code="database-gone", text=text))
            self._stop.set()
            return
        await app.presence.beat(app.instance, self.state, self._since, os.getpid(), app.clock.now())

    def _database_is_gone(self) -> bool:
        """Tell whether the path names another file than the one that was opened: what is written is lost then."""
        if (file := database_file(self._app.database)) is None:
            return False
        try:
            present = file.stat().st_ino
        except FileNotFoundError:
            return True
        self._file = self._file or present
        return present != self._file

    async def finish_launches(self) -> None:
        """Complete launches and edits whose process died: their groups would stay on two versions until a restart."""
        halves = await self._app.campaigns.halves()
        for campaign, version in halves.items():
            if self._halves.get(campaign) == version:
                await self._app.campaigns.complete(campaign, version)
                logger.bind(action="launch-completed", campaign=campaign).info("a launch that had died was completed")
        self._halves = halves

    async def look_for_signals(self) -> None:
        """Let the lanes look again when another process changed something."""
        revision = await signals.revision(self._app.database)
        if revision != self._revision:
            self._revision = revision
            self._app.dispatcher.poke()

    async def catch_up(self) -> None:
        """Answer requests that were recorded and not answered."""
        await self._app.friends.tell_left()
        await catch_up(self._app.facts, self._app.friends, self._app.invitations, self._app.clock.now())

    async def prune(self) -> None:
        """Delete facts that are older than `retention` says."""
        for cutoff in cutoffs(self.retention, self._app.clock.now()):
            gone = await self._app.facts.prune(cutoff.kind, cutoff.before)
            if gone:
                logger.bind(action="retention", kind=cutoff.kind.value, rows=gone).info("old facts deleted")

    async def count(self) -> None:
        """Read new facts into the daily sums. What does it is imported behind the first posts."""
        await self._app.staff()
        if self._roller is None:
            module = await asyncio.to_thread(import_module, "groupbot.storage.roller")
            app = self._app
            self._roller = module.roller_of(app.database, lambda: app.desk.settings, app.clock, pause_s=COUNT_PAUSE_S)
        await self._roller.refresh()

    async def remind(self) -> None:
        """Tell people of their tasks."""
        office = await self._app.staff()
        await office.reminders.look()

    async def tend(self) -> None:
        """Look after the control room."""
        office = await self._app.staff()
        await office.room.tend()

    async def learn(self) -> None:
        """Take up what people taught."""
        office = await self._app.staff()
        await office.teaching.tend()
