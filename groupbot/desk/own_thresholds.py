"""Keeping what groups say when they are honest, and going by the thresholds that it draws."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from loguru import logger

from groupbot.core.clock import Clock
from groupbot.errors import StoreError
from groupbot.risk.rules import Rules
from groupbot.risk.samples import WINDOW, Key, Sample

EVERY = timedelta(minutes=1)
"""A crash loses so much of what was heard; a line changes that late."""


class SampleStore(Protocol):
    """Keep samples of scores. Raises StoreError."""

    async def add(self, news: Mapping[Key, Mapping[int, int]], most: int, at: datetime) -> None:
        """Add what is new (by bin) to the samples, which hold `most` messages at most (0 = any number)."""
        ...

    async def all(self) -> Mapping[Key, Sample]:
        """Return every sample: of all daemons on this database."""
        ...


class OwnThresholds:
    """Thresholds from groups' own talk, looked after now and then."""

    def __init__(self, store: SampleStore, rules: Rules, clock: Clock) -> None:
        self._store = store
        self._rules = rules
        self._clock = clock
        self._looked_at: datetime | None = None

    async def look(self) -> None:
        """Keep what was heard, and draw the lines anew, once a minute. Raises StoreError."""
        now = self._clock.now()
        if self._looked_at is not None and now < self._looked_at + EVERY:
            return
        self._looked_at = now
        news = self._rules.samples.take()
        if news:
            most = WINDOW * self._rules.settings.own_thresholds.after
            try:
                await self._store.add(news, most, now)
            except StoreError:
                self._rules.samples.give_back(news)
                raise
        before = self._rules.samples.lines
        self._rules.draw(await self._store.all())
        for (group, concern), line in self._rules.samples.lines.items():
            if before.get((group, concern)) != line:
                logger.bind(action="threshold", group=group, concern=concern).info("threshold {line:.3f}", line=line)
