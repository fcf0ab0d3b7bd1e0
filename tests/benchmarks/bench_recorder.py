"""Compare the recorder's group commit with one transaction per event, in one run on one machine.

    python tests/benchmarks/bench_recorder.py [EVENTS]

EVENTS (default 5,000) messages go through the whole way in (pipeline, recorder, SQLite); a tenth of them go one
transaction each. Only the ratio means something on another machine.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

from groupbot.chat.alerts import Alert
from groupbot.chat.directory import Directory
from groupbot.core.clock import SystemClock
from groupbot.core.events import AnyEvent
from groupbot.inbound.pipeline import Pipeline
from groupbot.storage.engine import Database
from groupbot.storage.facts import SqlFacts
from groupbot.storage.tables import metadata
from groupbot.testing.events import message
from groupbot.tracking.facts import facts_of
from groupbot.tracking.ports import FactQuery
from groupbot.tracking.recorder import Recorder

DIRECTORY = Directory([])


class NoAlerts:
    """Alerts that must not come."""

    async def send(self, alert: Alert) -> None:
        raise AssertionError(alert)


async def stream(many: int) -> AsyncIterator[AnyEvent]:
    """Yield `many` messages as fast as they are taken."""
    for number in range(many):
        yield message(f"m{number}", sender=f"member-{number % 500}", text="我想报名，多少钱？")


async def fresh(folder: str, name: str) -> Database:
    """Return an empty database."""
    database = Database(f"sqlite:///{Path(folder) / name}.db")
    async with database.engine.begin() as conn:
        await conn.run_sync(metadata.create_all)
    return database


async def grouped(database: Database, many: int) -> float:
    """Return events per second through pipeline and recorder."""
    recorder = Recorder(store=SqlFacts(database), directory=DIRECTORY, clock=SystemClock(), alerts=NoAlerts())
    running = asyncio.create_task(recorder.run())
    start = time.perf_counter()
    await Pipeline(recorder=recorder).consume(stream(many))
    seconds = time.perf_counter() - start
    await recorder.close()
    await running
    return many / seconds


async def one_by_one(database: Database, many: int) -> float:
    """Return events per second with a transaction for each."""
    store, clock = SqlFacts(database), SystemClock()
    start = time.perf_counter()
    async for event in stream(many):
        await store.append(facts_of(event, DIRECTORY), recorded_at=clock.now())
    return many / (time.perf_counter() - start)


async def main(many: int) -> None:
    """Run both and print what came out."""
    with tempfile.TemporaryDirectory() as folder:
        rates = {}
        for name, run, count in (("grouped", grouped, many), ("one by one", one_by_one, max(1, many // 10))):
            database = await fresh(folder, name.replace(" ", "-"))
            rates[name] = await run(database, count)
            kept = len(await SqlFacts(database).find(FactQuery()))
            await database.close()
            sys.stdout.write(f"{name:>10}: {rates[name]:8,.0f} events/s ({kept} of {count} kept)\n")
        sys.stdout.write(f"     ratio: {rates['grouped'] / rates['one by one']:8.1f}\n")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000))
