"""Waking lanes at the next due instant, and running work by the calendar.

`misfire_grace_time=None`: APScheduler's default of one second drops a wake after a stall of the loop. Every wait is
also bounded by a re-check, so a clock that jumps or a wake that is lost costs at most that long.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Self

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger
from loguru import logger

from groupbot.core.clock import Clock


class ApsWaker:
    """`delivery.ports.Waker` on an AsyncIOScheduler with its memory job store; an async context manager."""

    def __init__(self, clock: Clock, *, recheck_s: float = 30.0) -> None:
        self._clock = clock
        self._recheck = timedelta(seconds=recheck_s)
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        self._scheduler.add_listener(_report, EVENT_JOB_ERROR)
        self._events: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    async def __aenter__(self) -> Self:
        self._scheduler.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._scheduler.shutdown(wait=False)

    async def wait(self, lane: str, until: datetime | None) -> None:
        """Return at `until`, when poked, or after the re-check interval, which no clock change can stretch."""
        event = self._events[lane]
        now = self._clock.now()
        if until is None or until > now:
            if until is not None and until < now + self._recheck:
                self._wake_at(lane, until, event)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._recheck.total_seconds()):
                    await event.wait()
        event.clear()

    def _wake_at(self, lane: str, until: datetime, event: asyncio.Event) -> None:
        name = f"wake-{lane}"
        self._scheduler.add_job(_set, DateTrigger(until), [event], id=name, name=name, replace_existing=True)

    def poke(self, lane: str | None = None) -> None:
        """Wake `lane`, or every lane that ever waited."""
        for name in [lane] if lane is not None else list(self._events):
            self._events[name].set()

    def every(self, name: str, interval_s: float, job: Callable[[], Awaitable[None]]) -> None:
        """Run `job` every `interval_s` seconds; a run that is still going makes the next one wait."""
        self._scheduler.add_job(_run, IntervalTrigger(seconds=interval_s), [job], id=name, name=name)

    def cron(self, name: str, expression: str, timezone: str, job: Callable[[], Awaitable[None]]) -> None:
        """Run `job` by a five-field crontab expression in an IANA zone."""
        trigger = CronTrigger.from_crontab(expression, timezone=timezone)
        self._scheduler.add_job(_run, trigger, [job], id=name, name=name)


async def _set(event: asyncio.Event) -> None:
    """Wake a waiter; a coroutine, so that it runs on the loop and not in APScheduler's thread pool."""
    event.set()


async def _run(job: Callable[[], Awaitable[None]]) -> None:
    """Await `job`, which may be any callable: APScheduler awaits only what was defined by `async def`."""
    await job()


def _report(event: JobExecutionEvent) -> None:
    logger.bind(job=event.job_id).opt(exception=event.exception).error("scheduled work failed")
