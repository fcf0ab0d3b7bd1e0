"""The other ways to do the same work: a scheduler's job per delivery, a queue's job per delivery."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import procrastinate
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from procrastinate import PsycopgConnector
from procrastinate.jobs import Job
from sqlalchemy import create_engine, event

from tests.benchmarks.ours import Size
from tests.benchmarks.rig import Figures


class _Tally:
    """Counts posts. A job is stored as its function's name, so what the function counts in must be importable."""

    def __init__(self) -> None:
        self.left = 0
        self.done = asyncio.Event()

    def expect(self, posts: int) -> None:
        self.left = posts
        self.done = asyncio.Event()

    def count(self) -> None:
        self.left -= 1
        if self.left == 0:
            self.done.set()


TALLY = _Tally()


async def deliver(account: str, group: str, text: str) -> None:
    """Post to nowhere."""
    TALLY.count()


def _rates(size: Size, added_s: float, sent_s: float) -> Figures:
    return {"enqueue": size.rows / added_s, "send": size.rows / sent_s, "whole": size.rows / (added_s + sent_s)}


async def apscheduler(file: Path, size: Size, pragmas: Sequence[str] = ()) -> Figures:
    """Add a job for each delivery to a SQLAlchemyJobStore on SQLite, then let it run them all.

    Without `pragmas` SQLite's defaults hold: a rollback journal, synchronous=FULL as well.
    """
    engine = create_engine(f"sqlite:///{file}")

    @event.listens_for(engine, "connect")
    def connect(dbapi: Any, _entry: Any) -> None:
        for pragma in pragmas:
            dbapi.execute(f"PRAGMA {pragma}")

    scheduler = AsyncIOScheduler(
        timezone=UTC,
        jobstores={"default": SQLAlchemyJobStore(engine=engine)},
        job_defaults={"misfire_grace_time": None},
    )
    scheduler.start(paused=True)
    TALLY.expect(size.rows)
    first = datetime.now(UTC) - timedelta(seconds=60)
    began = time.perf_counter()
    for n in range(size.rows):
        step = n // size.groups
        words = [size.account(n), size.group(n), f"step {step}: see you at eight"]
        scheduler.add_job(deliver, "date", words, run_date=first + timedelta(seconds=step))
    added = time.perf_counter()
    scheduler.resume()
    await TALLY.done.wait()
    ended = time.perf_counter()
    scheduler.shutdown()
    await asyncio.sleep(0)  # it ends itself by a callback on the loop
    engine.dispose()
    return _rates(size, added - began, ended - added)


async def procrastinate_jobs(url: str, size: Size, chunk: int = 2_000) -> Figures:
    """Defer a job for each delivery, `lock` = its group so that order holds, then run a worker over all of them."""
    app = procrastinate.App(connector=PsycopgConnector(conninfo=url))
    task: Callable[..., Awaitable[None]] = deliver
    app.task(task, name="deliver", queue="posts")
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        TALLY.expect(size.rows)
        began = time.perf_counter()
        for at in range(0, size.rows, chunk):
            jobs = [_job(size, n) for n in range(at, min(at + chunk, size.rows))]
            await app.job_manager.batch_defer_jobs_async(jobs)
        added = time.perf_counter()
        await app.run_worker_async(
            queues=["posts"], concurrency=size.accounts, wait=False, listen_notify=False, install_signal_handlers=False
        )
        ended = time.perf_counter()
    assert TALLY.left == 0
    return _rates(size, added - began, ended - added)


def _job(size: Size, row: int) -> Job:
    step = row // size.groups
    words = {"account": size.account(row), "group": size.group(row), "text": f"step {step}: see you at eight"}
    return Job(id=None, queue="posts", lock=size.group(row), queueing_lock=None, task_name="deliver", task_kwargs=words)
