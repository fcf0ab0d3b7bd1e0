"""Wakers: a wait ends at its instant or when poked, no poke is lost, and cron work that fails runs again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import pytest
from loguru import logger

from groupbot.core.clock import SystemClock
from groupbot.delivery.ports import Waker
from groupbot.scheduling.waker import ApsWaker
from groupbot.testing import FakeClock, FakeWaker

DEADLINE_S = 10.0
FAR = timedelta(hours=3)
SOON = timedelta(milliseconds=30)


class Rig:
    """A waker, what its clock says, and how to let time pass it."""

    def __init__(self, waker: Waker, now: Callable[[], datetime], let_pass: Callable[[timedelta], None]) -> None:
        self.waker = waker
        self.now = now
        self.let_pass = let_pass

    def waiting(self, lane: str, until: datetime | None) -> asyncio.Task[None]:
        return asyncio.create_task(self.waker.wait(lane, until))


@pytest.fixture(params=["fake", "aps"])
async def rig(request) -> AsyncIterator[Rig]:
    if request.param == "fake":
        clock = FakeClock()
        fake = FakeWaker(clock)
        yield Rig(fake, clock.now, lambda span: fake.advance(span.total_seconds()))
        return
    async with ApsWaker(SystemClock(), recheck_s=3600) as waker:
        yield Rig(waker, SystemClock().now, lambda _span: None)


async def ends(*tasks: asyncio.Task[None]) -> None:
    async with asyncio.timeout(DEADLINE_S):
        await asyncio.gather(*tasks)


async def still_waits(*tasks: asyncio.Task[None]) -> bool:
    """Tell whether nothing ended after everything that was ready has run."""
    done, _ = await asyncio.wait(tasks, timeout=0.02)
    return not done


async def stop(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_wait_ends_at_its_instant(rig: Rig) -> None:
    until = rig.now() + SOON
    task = rig.waiting("main", until)
    await asyncio.sleep(0)
    rig.let_pass(SOON)
    await ends(task)
    assert rig.now() >= until


async def test_a_wait_does_not_end_before_its_instant(rig: Rig) -> None:
    task = rig.waiting("main", rig.now() + FAR)
    rig.let_pass(FAR / 2)
    assert await still_waits(task)
    await stop(task)


@pytest.mark.parametrize("ahead", [FAR, None])
async def test_a_poke_ends_a_wait(rig: Rig, ahead: timedelta | None) -> None:
    task = rig.waiting("main", rig.now() + ahead if ahead else None)
    assert await still_waits(task)
    rig.waker.poke("main")
    await ends(task)


async def test_a_poke_of_one_lane_leaves_the_others_waiting(rig: Rig) -> None:
    one, other = rig.waiting("one", None), rig.waiting("other", None)
    assert await still_waits(one, other)
    rig.waker.poke("one")
    await ends(one)
    assert await still_waits(other)
    await stop(other)


async def test_a_poke_of_all_ends_every_wait(rig: Rig) -> None:
    tasks = [rig.waiting("one", None), rig.waiting("other", rig.now() + FAR)]
    assert await still_waits(*tasks)
    rig.waker.poke()
    await ends(*tasks)


async def test_a_poke_between_two_waits_is_not_lost(rig: Rig) -> None:
    rig.waker.poke("main")
    await ends(rig.waiting("main", None))
    rig.waker.poke()
    await ends(rig.waiting("main", rig.now() + FAR))


async def test_a_poke_counts_once(rig: Rig) -> None:
    rig.waker.poke("main")
    rig.waker.poke("main")
    await ends(rig.waiting("main", None))
    task = rig.waiting("main", None)
    assert await still_waits(task)
    await stop(task)


@pytest.mark.parametrize("ago", [timedelta(0), timedelta(days=3)])
async def test_an_instant_that_is_over_ends_the_wait_at_once(rig: Rig, ago: timedelta) -> None:
    await ends(rig.waiting("main", rig.now() - ago))


async def test_a_later_wait_of_a_lane_replaces_its_wake(rig: Rig) -> None:
    first = rig.waiting("main", rig.now() + FAR)
    assert await still_waits(first)
    rig.waker.poke("main")
    await ends(first)
    second = rig.waiting("main", rig.now() + SOON)
    await asyncio.sleep(0)
    rig.let_pass(SOON)
    await ends(second)


@pytest.fixture
async def aps() -> AsyncIterator[ApsWaker]:
    async with ApsWaker(SystemClock(), recheck_s=0.03) as waker:
        yield waker


@pytest.mark.parametrize("until", [None, datetime(2999, 1, 1, tzinfo=UTC)])
async def test_the_recheck_bounds_every_wait(aps: ApsWaker, until: datetime | None) -> None:
    async with asyncio.timeout(DEADLINE_S):
        await aps.wait("main", until)


async def test_the_recheck_is_real_time_whatever_the_clock_says() -> None:
    clock = FakeClock()
    async with ApsWaker(clock, recheck_s=0.03) as waker, asyncio.timeout(DEADLINE_S):
        clock.set(clock.now() - timedelta(days=400))
        await waker.wait("main", clock.now() + timedelta(days=399))


class Works:
    """A job that fails the first times."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.runs = 0
        self.done = asyncio.Event()

    async def __call__(self) -> None:
        self.runs += 1
        if self.runs <= self.failures:
            raise RuntimeError("report failed")
        self.done.set()


@pytest.fixture
def logged():
    lines: list[str] = []
    sink = logger.add(lambda message: lines.append(f"{message.record['extra']} {message}"), level="ERROR")
    yield lines
    logger.remove(sink)


async def test_a_job_that_fails_is_logged_by_name_and_runs_again(aps: ApsWaker, logged: list[str]) -> None:
    job = Works(failures=2)
    aps.every("evening-report", 0.01, job)
    async with asyncio.timeout(DEADLINE_S):
        await job.done.wait()
    assert job.runs == 3
    assert len(logged) == 2
    assert "evening-report" in logged[0]
    assert "report failed" in logged[0]


async def test_a_cron_job_that_fails_keeps_its_place_in_the_calendar(aps: ApsWaker, logged: list[str]) -> None:
    job = Works(failures=1)
    aps.cron("nightly", "30 23 * * *", "Asia/Shanghai", job)
    for expected in (1, 2):
        aps._scheduler.modify_job("nightly", next_run_time=SystemClock().now())
        async with asyncio.timeout(DEADLINE_S):
            while job.runs < expected:  # noqa: ASYNC110 - no event tells it
                await asyncio.sleep(0.001)
    assert job.done.is_set()
    assert len(logged) == 1
    following = aps._scheduler.get_job("nightly").next_run_time
    assert following > SystemClock().now()
    assert f"{following:%H:%M %Z}" == "23:30 CST"


async def test_a_run_that_still_goes_on_is_not_doubled(aps: ApsWaker) -> None:
    running, most = 0, 0
    runs, enough = 0, asyncio.Event()

    async def slow() -> None:
        nonlocal running, most, runs
        running, runs = running + 1, runs + 1
        most = max(most, running)
        await asyncio.sleep(0.02)
        running -= 1
        if runs == 3:
            enough.set()

    aps.every("slow", 0.005, slow)
    async with asyncio.timeout(DEADLINE_S):
        await enough.wait()
    assert most == 1


async def test_a_crontab_that_is_none_is_refused(aps: ApsWaker) -> None:
    with pytest.raises(ValueError, match="Wrong number of fields"):
        aps.cron("bad", "every evening", "Asia/Shanghai", Works(0))
