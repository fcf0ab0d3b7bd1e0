"""What a crash, a lock and a full disk do to facts on SQLite."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from groupbot.chat.directory import Directory
from groupbot.errors import StoreError
from groupbot.storage.engine import Database
from groupbot.storage.facts import SqlFacts
from groupbot.testing.events import NOON, joined, message
from groupbot.tracking.facts import facts_of
from groupbot.tracking.ports import FactQuery
from groupbot.tracking.recorder import Limits, Recorder

DEADLINE_S = 30.0
ROOT = Path(__file__).parents[3]

WRITER = """
import asyncio, sys
from groupbot.chat.directory import Directory
from groupbot.core.clock import SystemClock
from groupbot.storage.engine import Database
from groupbot.storage.facts import SqlFacts
from groupbot.testing.events import message
from groupbot.tracking.recorder import Limits, Recorder

class NoAlerts:
    async def send(self, alert):
        raise AssertionError(alert)

async def main():
    recorder = Recorder(store=SqlFacts(Database(sys.argv[1])), directory=Directory([]), clock=SystemClock(),
                        alerts=NoAlerts(), limits=Limits(window_s=0.001, most=20))
    running = asyncio.create_task(recorder.run())
    async def acknowledge(number):
        await recorder.record(message(f"m{number}"))
        sys.stdout.write(f"m{number}\\n")
        sys.stdout.flush()
    for start in range(0, 10**6, 50):
        await asyncio.gather(*(acknowledge(number) for number in range(start, start + 50)))

asyncio.run(main())
"""


class StoppedClock:
    def now(self):
        return NOON


class Inbox:
    def __init__(self):
        self.codes = []
        self.told = asyncio.Event()

    async def send(self, alert):
        self.codes.append(alert.code)
        self.told.set()


def facts(*events):
    return [fact for event in events for fact in facts_of(event, Directory([]))]


async def test_a_batch_is_written_whole_or_not_at_all(database):
    store = SqlFacts(database)
    good = facts(message("m1"), joined("j1", "bob"))
    broken = replace(good[0], event_id="m2", account=None)
    with pytest.raises(IntegrityError):
        await store.append([*good, broken], recorded_at=NOON)
    assert await store.find(FactQuery()) == ()
    assert await store.append(good, recorded_at=NOON) == tuple(good)


async def test_facts_and_seats_fail_together(database):
    store = SqlFacts(database)
    async with database.write() as conn:
        await conn.exec_driver_sql(
            "CREATE TRIGGER no_seats BEFORE INSERT ON members BEGIN SELECT RAISE(ABORT, 'no seats'); END"
        )
    with pytest.raises(IntegrityError):
        await store.append(facts(joined("j1", "bob")), recorded_at=NOON)
    assert await store.find(FactQuery()) == ()


async def test_what_was_acknowledged_before_a_kill_is_in_the_database(database):
    url = database.url.set(drivername="sqlite").render_as_string()
    for after_lines in (1, 70, 400):
        writer = await asyncio.create_subprocess_exec(
            sys.executable, "-c", WRITER, url, stdout=subprocess.PIPE, cwd=ROOT, env=os.environ | {"PYTHONPATH": "."}
        )
        async with asyncio.timeout(DEADLINE_S):
            acknowledged = [await writer.stdout.readline() for _line in range(after_lines)]
            writer.send_signal(signal.SIGKILL)
            rest, _nothing = await writer.communicate()
        acknowledged += rest.splitlines(keepends=True)
        promised = {line.decode().strip() for line in acknowledged if line.endswith(b"\n")}
        kept = {row.fact.event_id for row in await SqlFacts(database).find(FactQuery())}
        assert len(promised) >= after_lines
        assert promised <= kept
        async with database.write() as conn:
            await conn.exec_driver_sql("DELETE FROM facts")


async def test_facts_wait_for_a_locked_database(database, tmp_path):
    impatient = Database(f"sqlite:///{tmp_path}/facts.db", busy_timeout_s=0.01)
    inbox = Inbox()
    recorder = Recorder(
        store=SqlFacts(impatient),
        directory=Directory([]),
        clock=StoppedClock(),
        alerts=inbox,
        limits=Limits(window_s=0.0),
    )
    other = sqlite3.connect(tmp_path / "facts.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    running = asyncio.create_task(recorder.run())
    mark = await recorder.submit(message("m1"))
    async with asyncio.timeout(DEADLINE_S):
        await inbox.told.wait()
        assert not mark.done()
        other.execute("ROLLBACK")
        assert (await mark).new
    other.close()
    await recorder.close()
    await running
    await impatient.close()
    assert inbox.codes == ["recorder-store"]


async def test_a_full_disk_is_told_and_nothing_is_half_written(database):
    store = SqlFacts(database)
    await store.append(facts(message("m1")), recorded_at=NOON)
    big = facts(*(message(f"x{n}", text="填" * 4000) for n in range(50)))
    with database.thread_engine.connect() as conn:  # one connection with a page limit stands for a full disk
        pages = conn.exec_driver_sql("PRAGMA page_count").scalar_one()
        conn.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    with pytest.raises(StoreError) as refused:
        await store.append(big, recorded_at=NOON)
    assert refused.value.hint
    assert [row.fact.event_id for row in await store.find(FactQuery())] == ["m1"]


async def test_a_forgotten_word_is_gone_from_the_file(database, tmp_path):
    store = SqlFacts(database)
    for number in range(200):
        text = "a-secret-word" if number % 20 == 0 else "good morning"
        await store.append(facts(message(f"m{number}", sender=f"wx{number % 2}", text=text)), recorded_at=NOON)

    def bytes_on_disk():
        return b"".join(path.read_bytes() for path in tmp_path.iterdir())

    assert b"a-secret-word" in bytes_on_disk()
    await store.forget("wx0")
    assert b"a-secret-word" not in bytes_on_disk()
    assert b"good morning" in bytes_on_disk()
