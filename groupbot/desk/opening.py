"""The desk of a daemon: opened when somebody first needs it, since the reader of SOPs takes long to import."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import TYPE_CHECKING

from groupbot.core.clock import Clock
from groupbot.settings import Settings
from groupbot.storage.engine import Database

if TYPE_CHECKING:
    from groupbot.desk.desk import Desk


class LazyDesk:
    """`admin.operator_desk.OpenDesk`. `settings`: those that hold now."""

    def __init__(self, *, settings: Settings, database: Database, clock: Clock) -> None:
        self.settings = settings
        self._database = database
        self._clock = clock
        self._made: Desk | None = None

    async def __call__(self) -> Desk:
        """Return the desk; its import never keeps the loop waiting."""
        if self._made is None:
            module = await asyncio.to_thread(import_module, "groupbot.desk.desk")
            self._made = module.Desk(settings=lambda: self.settings, database=self._database, clock=self._clock)
        return self._made
