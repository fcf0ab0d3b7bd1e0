"""Jobs of plugins: intervals and cron in words, run by a real scheduler, never twice at a time, gone when ended."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from groupbot.plugin_host.errors import PluginError
from groupbot.plugin_host.schedules import Cron, Every, parse_schedule
from groupbot.scheduling.jobs import ApsJobs, next_run

MONDAY = datetime(2026, 5, 18, 0, 0, tzinfo=UTC)  # 08:00 in Shanghai


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("10m", 600), ("every 2 hours", 7200), ("1.5h", 5400), ("1 day", 86_400), ("0.1s", 1), ("5MIN", 300)],
)
def test_an_interval_is_read(text, seconds):
    assert parse_schedule(text, "UTC") == Every(seconds=seconds)


@pytest.mark.parametrize("text", ["", "soon", "10", "10x", "0 9 * *", "0 9 * * * *", "m10"])
def test_anything_else_is_refused_in_words(text):
    with pytest.raises(PluginError, match="is no schedule"):
        parse_schedule(text, "UTC")


@pytest.mark.parametrize(
    ("expression", "day", "hour"),
    [
        ("0 9 * * *", 18, 9),
        ("0 7 * * *", 19, 7),
        ("0 9 * * 1", 18, 9),
        ("0 9 * * 0", 24, 9),
        ("0 9 * * 7", 24, 9),
        ("0 9 * * 2-3", 19, 9),
        ("0 9 * * sat,sun", 23, 9),
        ("0 */12 * * *", 18, 12),
        ("0 9 20 * *", 20, 9),
    ],
)
def test_cron_runs_by_the_projects_clock_and_counts_weekdays_as_crontab_does(expression, day, hour):
    found = next_run(Cron(expression=expression, timezone="Asia/Shanghai"), MONDAY)
    local = found + timedelta(hours=8)
    assert (local.day, local.hour, local.minute) == (day, hour, 0)


@pytest.mark.parametrize("expression", ["99 9 * * *", "a b c d e", "0 9 31 2 *"])
def test_a_cron_that_cannot_be_is_refused_in_words(expression):
    with pytest.raises(PluginError, match=r"no cron expression|no day that comes"):
        next_run(Cron(expression=expression, timezone="Asia/Shanghai"), MONDAY)


async def test_a_job_runs_again_and_again_until_it_is_ended():
    ran = asyncio.Queue()

    async def job() -> None:
        ran.put_nowait(1)

    async with ApsJobs() as jobs:
        end = jobs.add("tick", Every(seconds=0.02), job)
        async with asyncio.timeout(10):
            await ran.get()
            await ran.get()
        end()
        end()
        while not ran.empty():
            ran.get_nowait()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await ran.get()


async def test_a_bad_cron_is_refused_when_it_is_added():
    async with ApsJobs() as jobs:
        with pytest.raises(PluginError):
            jobs.add("bad", Cron(expression="99 9 * * *", timezone="UTC"), asyncio.Event().wait)
