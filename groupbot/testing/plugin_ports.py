"""What a plugin host stands on, without a store and without waiting."""

from __future__ import annotations

import itertools
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from groupbot.plugin_host.schedules import Schedule
from groupbot.scheduling.jobs import next_run
from groupbot.storage.plugin_store import stored_json
from groupbot.testing.clock import FakeClock


class MemoryPluginStore:
    """`plugin_host.ports.KeyValues` in memory. Values make the round trip through JSON, as in the database."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], str] = {}

    async def get(self, plugin: str, key: str) -> Any:
        found = self.rows.get((plugin, key))
        return None if found is None else json.loads(found)

    async def set(self, plugin: str, key: str, value: Any) -> None:
        self.rows[plugin, key] = stored_json(key, value)

    async def delete(self, plugin: str, key: str) -> None:
        self.rows.pop((plugin, key), None)

    async def keys(self, plugin: str, prefix: str) -> Sequence[str]:
        return sorted(key for owner, key in self.rows if owner == plugin and key.startswith(prefix))


class FakeJobs:
    """`plugin_host.ports.Jobs` in virtual time: jobs run when `advance` passes their instants."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self._numbers = itertools.count()
        self._jobs: dict[int, tuple[Schedule, Callable[[], Awaitable[None]]]] = {}
        self._due: dict[int, datetime] = {}

    def add(self, name: str, schedule: Schedule, job: Callable[[], Awaitable[None]]) -> Callable[[], None]:
        del name
        number = next(self._numbers)
        self._due[number] = next_run(schedule, self._clock.now())
        self._jobs[number] = (schedule, job)

        def end() -> None:
            self._jobs.pop(number, None)
            self._due.pop(number, None)

        return end

    async def advance(self, seconds: float) -> None:
        """Move the clock, and run each job at each of its instants on the way."""
        until = self._clock.now() + timedelta(seconds=seconds)
        while self._due and min(self._due.values()) <= until:
            number = min(self._due, key=lambda one: self._due[one])
            self._clock.set(max(self._due[number], self._clock.now()))
            schedule, job = self._jobs[number]
            self._due[number] = next_run(schedule, self._due[number])
            await job()
        self._clock.set(until)
