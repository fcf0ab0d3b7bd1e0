"""What a database can meet, in the operator's words and with a way out."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import traceback
from collections.abc import Callable

import pytest
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from groupbot.errors import ConfigError, StoreError
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.engine import Database, async_url

FILL = "INSERT INTO contents (id, parts) VALUES (?, ?)"


async def refusal(database: Database, sql: str = FILL, values: tuple[str, ...] = ("a", "b")) -> StoreError:
    """Return what a write to `database` is refused with."""
    with pytest.raises(StoreError) as refused:
        async with database.write() as conn:
            await conn.exec_driver_sql(sql, values)
    assert refused.value.hint
    return refused.value


async def fill(database: Database, *bodies: str | Exception) -> None:
    """Write rows in one transaction; what is an exception is raised in it."""
    async with database.write() as conn:
        for number, body in enumerate(bodies):
            if isinstance(body, Exception):
                raise body
            await conn.exec_driver_sql(FILL, (str(number), body))


async def rows(database: Database) -> int:
    async with database.read() as conn:
        return int((await conn.exec_driver_sql("SELECT count(*) FROM contents")).scalar_one())


async def test_a_database_locked_by_another_program(database: Database, tmp_path) -> None:
    other = sqlite3.connect(tmp_path / "bot.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    error = await refusal(database)
    assert "locked" in error.message
    assert await rows(database) == 0, "reading goes on"
    other.execute("ROLLBACK")
    other.close()
    async with database.write() as conn:
        await conn.exec_driver_sql(FILL, ("a", "b"))
    assert await rows(database) == 1


async def test_a_short_lock_is_waited_for(database: Database, tmp_path) -> None:
    patient = Database(f"sqlite:///{tmp_path}/bot.db", busy_timeout_s=10)
    other = sqlite3.connect(tmp_path / "bot.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def write() -> None:
        async with patient.write() as conn:
            await conn.exec_driver_sql(FILL, ("a", "b"))

    writing = asyncio.create_task(write())
    await asyncio.wait([writing], timeout=0.05)
    assert not writing.done()
    other.execute("ROLLBACK")
    other.close()
    async with asyncio.timeout(10):
        await writing
    assert await rows(patient) == 1
    await patient.close()


async def test_a_full_disk_is_named_and_leaves_nothing_half_written(database: Database) -> None:
    async with database.engine.connect() as conn:  # one connection with a page limit stands for a full disk
        pages = (await conn.exec_driver_sql("PRAGMA page_count")).scalar_one()
        await conn.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    with pytest.raises(StoreError) as refused:
        await fill(database, "small", "x" * 500_000)
    assert "disk is full" in refused.value.message
    assert refused.value.hint
    assert await rows(database) == 0


async def test_a_folder_that_does_not_exist(tmp_path) -> None:
    database = Database(f"sqlite:///{tmp_path}/nowhere/bot.db")
    assert "can't be opened" in (await refusal(database)).message
    await database.close()
    async with asyncio.timeout(5):  # the driver's thread says goodbye to the loop a moment after it failed
        while any("_connection_worker" in thread.name for thread in threading.enumerate()):  # noqa: ASYNC110
            await asyncio.sleep(0.001)


async def test_a_file_that_may_not_be_written(database: Database, tmp_path) -> None:
    await database.close()
    database = Database(f"sqlite:///file:{tmp_path}/bot.db?mode=ro&uri=true")
    assert "can't be opened or written" in (await refusal(database)).message
    await database.close()


async def test_a_database_that_was_never_set_up(tmp_path) -> None:
    database = Database(f"sqlite:///{tmp_path}/new.db")
    error = await refusal(database)
    assert "not been set up" in error.message
    assert "groupbot db upgrade" in error.hint
    with pytest.raises(StoreError):
        await SqlCampaigns(database).list()
    await database.close()


async def test_a_file_that_is_no_database(tmp_path) -> None:
    (tmp_path / "bot.db").write_text("this is a letter to my aunt\n" * 200)
    database = Database(f"sqlite:///{tmp_path}/bot.db")
    assert "no SQLite database" in (await refusal(database)).message
    await database.close()


@pytest.mark.parametrize("url", ["", "groupbot.db", "mysql://host/name", "mongodb://host", "sqlite//x.db"])
def test_a_url_that_is_none_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(ConfigError) as refused:
        async_url(url)
    assert "sqlite:///groupbot.db" in refused.value.hint


@pytest.mark.parametrize(
    ("url", "driver"),
    [("sqlite:///a.db", "sqlite+aiosqlite"), ("postgresql://u@h/db", "postgresql+psycopg")],
)
def test_operators_need_not_know_drivers(url: str, driver: str) -> None:
    assert async_url(url).drivername == driver


async def test_a_committed_row_is_on_disk_before_the_block_ends(database: Database) -> None:
    found = {}
    async with database.read() as conn:
        for pragma in ("journal_mode", "synchronous", "foreign_keys"):
            found[pragma] = (await conn.exec_driver_sql(f"PRAGMA {pragma}")).scalar_one()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


async def test_writers_of_one_process_queue_instead_of_failing(database: Database) -> None:
    async def write(number: int) -> None:
        async with database.write() as conn:
            await conn.exec_driver_sql(FILL, (str(number), "x"))
            await asyncio.sleep(0.002)

    await asyncio.gather(*(write(number) for number in range(20)))
    assert await rows(database) == 20


async def test_a_block_that_raises_writes_nothing(database: Database) -> None:
    with pytest.raises(KeyError):
        await fill(database, "a", KeyError())
    assert await rows(database) == 0


def insert(name: str) -> Callable[[Connection], object]:
    return lambda conn: conn.exec_driver_sql(FILL, (name, "x"))


def count(conn: Connection) -> int:
    return int(conn.exec_driver_sql("SELECT count(*) FROM contents").scalar_one())


async def test_the_ledgers_own_transactions_meet_a_lock_in_the_same_words(database: Database, tmp_path) -> None:
    other = sqlite3.connect(tmp_path / "bot.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="locked"):
        await database.transact(insert("a"))
    assert await database.query(count) == 0
    other.execute("ROLLBACK")
    other.close()
    await database.transact(insert("a"))
    assert await database.query(count) == 1


async def test_the_ledgers_own_transactions_are_whole_or_nothing(database: Database) -> None:
    def half(conn: Connection) -> None:
        insert("a")(conn)
        raise KeyError

    with pytest.raises(KeyError):
        await database.transact(half)
    assert await database.query(count) == 0


async def test_a_caller_that_is_cancelled_leaves_a_whole_transaction_and_a_free_database(database: Database) -> None:
    begun, may_go_on = threading.Event(), threading.Event()

    def slow(conn: Connection) -> None:
        insert("a")(conn)
        begun.set()
        assert may_go_on.wait(5)
        insert("b")(conn)

    task = asyncio.create_task(database.transact(slow))
    assert await asyncio.to_thread(begun.wait, 5)
    task.cancel()
    await asyncio.wait([task], timeout=0.05)
    may_go_on.set()
    await asyncio.gather(task, return_exceptions=True)
    await database.transact(insert("c"))
    assert await database.query(count) == 3


async def test_no_fault_shows_what_was_to_be_written(database: Database, tmp_path) -> None:
    words = "the-code"
    other = sqlite3.connect(tmp_path / "bot.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError) as locked:
        await fill(database, words)
    other.execute("ROLLBACK")
    other.close()
    await fill(database, words)
    with pytest.raises(IntegrityError) as by_task:
        await fill(database, words)
    with pytest.raises(IntegrityError) as in_thread:
        await database.transact(lambda conn: conn.exec_driver_sql(FILL, ("0", words)))
    for raised in (locked, by_task, in_thread):
        assert "the-code" not in "".join(traceback.format_exception(raised.value))
