"""Plugins' work by the calendar, on APScheduler with its memory store: nothing of it survives a restart by itself."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Self

from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from groupbot.i18n import _
from groupbot.plugin_host.errors import PluginError
from groupbot.plugin_host.schedules import Cron, Every, Schedule

_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = re.compile(r"(?<![/\d])[0-7](?!\d)")
"""A day by its number; what follows `/` is a step."""


class ApsJobs:
    """`plugin_host.ports.Jobs`; an async context manager. A run that is still going makes the next one fall out."""

    def __init__(self) -> None:
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )

    async def __aenter__(self) -> Self:
        self._scheduler.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._scheduler.shutdown(wait=False)

    def add(self, name: str, schedule: Schedule, job: Callable[[], Awaitable[None]]) -> Callable[[], None]:
        added = self._scheduler.add_job(_run, _trigger(schedule), [job], name=name)

        def end() -> None:
            with suppress(JobLookupError):
                added.remove()

        return end


def next_run(schedule: Schedule, after: datetime) -> datetime:
    """Return the first instant after `after` at which `schedule` runs; raises PluginError for none, or bad cron."""
    if isinstance(schedule, Every):
        return after + timedelta(seconds=schedule.seconds)
    found: datetime | None = _trigger(schedule).get_next_fire_time(None, after + timedelta(microseconds=1))
    if found is None:
        raise PluginError(_("{expression!r} names no day that comes.").format(expression=schedule.expression))
    return found.astimezone(UTC)


def _trigger(schedule: Schedule) -> BaseTrigger:
    match schedule:
        case Every(seconds=seconds):
            return IntervalTrigger(seconds=seconds, timezone=UTC)
        case Cron(expression=expression, timezone=zone):
            try:
                return _cron(expression, zone)
            except (ValueError, LookupError) as error:
                raise PluginError(
                    _("{expression!r} is no cron expression: {reason}").format(expression=expression, reason=error),
                    hint=_("Five fields: minute hour day month weekday, as in `0 9 * * mon-fri`."),
                ) from error


def _cron(expression: str, zone: str) -> BaseTrigger:
    """Return the trigger of a crontab line; APScheduler counts weekdays from Monday, crontab from Sunday."""
    minute, hour, day, month, weekday = expression.split()
    named = _WEEKDAY.sub(lambda found: _WEEKDAYS[int(found[0])], weekday)
    return CronTrigger(minute=minute, hour=hour, day=day, month=month, day_of_week=named, timezone=zone)


async def _run(job: Callable[[], Awaitable[None]]) -> None:
    """Await `job`, which may be any callable: APScheduler awaits only what was defined by `async def`."""
    await job()
