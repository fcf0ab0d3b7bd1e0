"""The desk and the office of a daemon: opened when somebody first needs them, since they take long to import.

Posts go out before either is there. Whoever needs one waits for it, in the order in which they came.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import TYPE_CHECKING

from groupbot.core.clock import Clock
from groupbot.core.events import AnyEvent
from groupbot.settings import Settings
from groupbot.storage.engine import Database

if TYPE_CHECKING:
    from groupbot.desk.desk import Desk
    from groupbot.desk.office import Office


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


async def _at_once() -> None:
    """Wait for nothing."""


class LazyOffice:
    """The office, and the stage of the way in behind which its own stages stand.

    An event waits here until the office is open: what is said in a daemon's first second is heard as all else is.
    """

    name = "office"
    limit_s = 60.0
    """A hundred times what the import takes by itself: a machine that starts everything at once is slow."""

    def __init__(self, make: Callable[[], Office]) -> None:
        self._make = make
        self._opening = asyncio.Lock()
        self._is_open = False
        self.made: Office | None = None
        """What there is of it by now."""

    def now(self) -> Office:
        """Return the office, put together if nobody did yet; it may not be open."""
        if self.made is None:
            self.made = self._make()
        return self.made

    async def open(self, after: Callable[[], Awaitable[None]] = _at_once) -> None:
        """Open it when `after` is over; who comes meanwhile waits with it. Raises StoreError."""
        async with self._opening:
            if not self._is_open:
                await after()
                await asyncio.to_thread(import_module, "groupbot.desk.office")
                await self.now().room.open()
                self._is_open = True

    async def __call__(self) -> Office:
        """Return the office once it is open; its import never keeps the loop waiting. Raises StoreError."""
        if not self._is_open:
            await self.open()
        return self.now()

    async def handle(self, event: AnyEvent) -> None:  # noqa: ARG002 - whatever it is, it waits
        """Let `event` wait for the stages of the office."""
        await self()
