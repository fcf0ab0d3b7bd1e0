"""A desk of alerts with channels in memory and time that stands still."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from groupbot.chat.channels import AlertDesk, ChannelError

DEADLINE_S = 5.0


class Notes:
    """`Alerts` that keep what they are told."""

    def __init__(self):
        self.texts = []

    async def send(self, alert):
        self.texts.append(alert.text)


class Line:
    """A channel that fails so many times, or hangs until it is released; `texts` is what a person got."""

    def __init__(self, name="mail-1", *, failures=0, hangs=False, error=None):
        self.name = name
        self.texts = []
        self.attempts = 0
        self._failures = failures
        self._error = error or ChannelError("no route")
        self._free = asyncio.Event()
        self._changed = asyncio.Condition()
        if not hangs:
            self._free.set()

    async def tell(self, alert):
        async with self._changed:
            self.attempts += 1
            self._changed.notify_all()
        await self._free.wait()
        if self.attempts <= self._failures:
            raise self._error
        async with self._changed:
            self.texts.append(alert.text)
            self._changed.notify_all()

    def release(self):
        self._free.set()

    async def has(self, text):
        await self._until(lambda: text in self.texts)

    async def was_tried(self):
        await self._until(lambda: self.attempts)

    async def _until(self, condition):
        async with asyncio.timeout(DEADLINE_S), self._changed:
            await self._changed.wait_for(condition)


class Office:
    """Make desks; as a call, run one for the length of a block and stop it in order."""

    def __init__(self):
        self.log = Notes()
        self.now = 0.0

    def desk(self, *channels, **options):
        return AlertDesk(log=self.log, channels=channels, monotonic=lambda: self.now, **options)

    @asynccontextmanager
    async def __call__(self, *channels, **options) -> AsyncIterator[AlertDesk]:
        desk = self.desk(*channels, **options)
        task = asyncio.create_task(desk.run())
        yield desk
        desk.close()
        async with asyncio.timeout(DEADLINE_S):
            await task
