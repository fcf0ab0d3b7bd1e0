"""The handover for who asks in chat; what gathers it is imported when somebody does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from importlib import import_module

from groupbot.admin.office import Handover
from groupbot.core.clock import Clock
from groupbot.settings import Settings
from groupbot.storage.engine import Database


class LazyHandover:
    """`admin.office.Handovers` over the store. `settings`: those that hold now."""

    def __init__(self, *, settings: Callable[[], Settings], database: Database, clock: Clock) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock

    async def write(self) -> Handover:
        module = await asyncio.to_thread(import_module, "groupbot.desk.handover")
        document, file = await module.written(self._settings(), self._database, self._clock.now())
        return Handover(text="\n".join((document.title, *document.summary)), file=str(file))
