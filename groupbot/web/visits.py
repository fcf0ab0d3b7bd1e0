"""Counting visits: exactly while the process lives, and at most `FLUSH_S` of them lost when it is killed.

Visits are added up in memory by code, minute and group, and written in one statement per `FLUSH_S`, or as soon as
`MOST` of them wait. What could not be written is added to what comes next.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime

from loguru import logger

from groupbot.core.clock import Clock
from groupbot.errors import StoreError
from groupbot.tracking.live_codes import Visits, VisitStore

FLUSH_S = 0.5
"""Seconds between writes: what a kill can cost. One transaction per half second is nothing to a database."""
MOST = 5_000
"""Visits that wait at most, but for those that come while others are written."""
LAST_ATTEMPTS = 3
"""How often it is tried once more at the end, `FLUSH_S` apart."""

_Key = tuple[str, datetime, str]


class VisitCounter:
    """Count what `note` is told, from `run` to `close`."""

    def __init__(self, store: VisitStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._waiting: Counter[_Key] = Counter()
        self._count = 0
        self._enough = asyncio.Event()
        self._closing = False
        self.failing = False
        """Whether the last write failed."""

    def note(self, code: str, group: str) -> None:
        """Count one visit of `code` that was shown the image of `group`, "" = none."""
        self._waiting[code, self._clock.now().replace(second=0, microsecond=0), group] += 1
        self._count += 1
        if self._count >= MOST:
            self._enough.set()

    async def run(self) -> None:
        """Write what is counted, until `close`; whatever still waits then is written first."""
        while not self._closing:
            try:
                await asyncio.wait_for(self._enough.wait(), FLUSH_S)
            except TimeoutError:
                pass
            else:
                if self.failing and not self._closing:  # the store is down: no faster than it can be asked
                    await asyncio.sleep(FLUSH_S)
            await self.flush()
        for _attempt in range(LAST_ATTEMPTS):
            if not self._count:
                return
            await asyncio.sleep(FLUSH_S)
            await self.flush()
        logger.bind(action="visits", lost=self._count).error("visits could not be written before the end")

    def close(self) -> None:
        """Let `run` write what waits and end."""
        self._closing = True
        self._enough.set()

    async def flush(self) -> None:
        """Write what waits; never raises StoreError."""
        taken, self._waiting, self._count = self._waiting, Counter(), 0
        self._enough.clear()
        if not taken:
            return
        rows = [Visits(code=code, minute=at, group=group, count=n) for (code, at, group), n in taken.items()]
        try:
            await self._store.add_visits(rows)
            self.failing = False
        except StoreError as error:
            self._waiting.update(taken)
            self._count = self._waiting.total()
            self.failing = True
            logger.bind(action="visits", waiting=self._count).warning("visits wait: {error}", error=str(error))
