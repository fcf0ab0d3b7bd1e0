"""The one way to the database: short write transactions, consistent reads, and faults in the operator's words.

SQLite: WAL, synchronous=FULL (a committed `sending` survives a power cut), BEGIN IMMEDIATE for writes so that two
writers wait instead of failing half-way, busy_timeout 10 s.
"""

from __future__ import annotations

import asyncio
import contextvars
import re
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import create_engine, event
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from groupbot.errors import ConfigError
from groupbot.i18n import _
from groupbot.storage import postgresql
from groupbot.storage.faults import store_errors
from groupbot.storage.retry import retried

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",  # as hosting companies write it
}
_READ = "groupbot_read"
_CACHE_MB = 32
"""SQLite's page cache of one connection at most. Its default of 2 MB holds less than the indexes of a campaign with
10,000 deliveries: an UPDATE of four of them took 0.36 ms with it and 0.08 ms with 8 MB or more."""
_PASSWORD = re.compile(r"(://[^:@/]*:)[^@]*(?=@)")

T = TypeVar("T")


def async_url(url: str) -> URL:
    """Return `url` with the driver that groupbot uses.

    Raises ConfigError for a URL that is none, or of a database that groupbot does not speak.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:  # ValueError: a port that is no number
        raise ConfigError(
            _("database.url is not a database URL: {url}").format(url=_PASSWORD.sub(r"\1***", url)),
            hint=_("Write sqlite:///groupbot.db or postgresql://user@host/name."),
        ) from error
    backend = parsed.get_backend_name()
    if backend not in _DRIVERS:
        raise ConfigError(
            _("database.url names {backend}, which groupbot does not speak").format(backend=backend),
            hint=_("Write sqlite:///groupbot.db or postgresql://user@host/name."),
        )
    if backend == "sqlite" and parsed.database in {None, "", ":memory:"}:
        raise ConfigError(
            _("database.url names no file: everything would be lost at the end."),
            hint=_("Write sqlite:///groupbot.db."),
        )
    return parsed.set(drivername=_DRIVERS[backend])


class Database:
    """One engine. `write()` and `read()` give connections; both turn faults into StoreError.

    `insert` is the dialect's own, for ON CONFLICT, which SQLite and PostgreSQL spell alike.
    """

    def __init__(self, url: str, *, busy_timeout_s: float = 10.0) -> None:
        self.url = async_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        options: dict[str, Any] = {} if self.is_sqlite else postgresql.engine_options(self.url, busy_timeout_s)
        options |= {"hide_parameters": True}  # errors are logged, and values are login codes and members' words
        self._snapshot: dict[str, Any] = {_READ: True} if self.is_sqlite else postgresql.SNAPSHOT
        try:
            self.engine: AsyncEngine = create_async_engine(self.url, **options)
            self.thread_engine: Engine = create_engine(_thread_url(self.url), **options)
        except ImportError as error:
            raise ConfigError(
                _("database.url names PostgreSQL, whose driver is not installed: {detail}").format(detail=error),
                hint=_("Install it with groupbot: pip install 'groupbot[postgres]'"),
            ) from error
        self._one_writer = asyncio.Lock()
        self.insert: Callable[..., Any] = sqlite_insert if self.is_sqlite else postgresql_insert
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="ledger-write")
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="ledger-read")
        if self.is_sqlite:
            for engine in (self.engine.sync_engine, self.thread_engine):
                _prepare_sqlite(engine, busy_timeout_s)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that commits when the block ends and rolls back when it raises.

        Writers of this process queue here: SQLite's own waiting sleeps in steps of up to 100 ms.
        """
        async with AsyncExitStack() as stack:
            stack.enter_context(store_errors())
            if self.is_sqlite:
                await stack.enter_async_context(self._one_writer)
            yield await stack.enter_async_context(self.engine.begin())

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Open a connection that sees one snapshot and takes no lock."""
        with store_errors():
            async with self.engine.connect() as plain:
                conn = await plain.execution_options(**self._snapshot)
                yield conn

    async def transact(self, work: Callable[[Connection], T]) -> T:
        """Run `work` as one write transaction in the writer's thread.

        For the ledger, whose transactions are many and short: one hop for all of its statements, where the asyncio
        driver takes one for each (8 statements: 0.4 ms of CPU instead of 2.7). `work` is called again when the database
        undid it because it met another transaction.
        """

        def commit() -> T:
            with self.thread_engine.begin() as conn:
                return work(conn)

        async with AsyncExitStack() as stack:
            if self.is_sqlite:
                await stack.enter_async_context(self._one_writer)
            return await retried(self._in)(self._writer, commit)

    async def query(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on one snapshot in the reader's thread; it takes no lock."""
        return await self._in(self._reader, lambda: self.on_snapshot(work))

    def on_snapshot(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on one snapshot in the caller's thread: for what takes longer than others should wait for it."""
        with self.thread_engine.connect() as plain:
            return work(plain.execution_options(**self._snapshot))

    async def _in(self, threads: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        context = contextvars.copy_context()
        with store_errors():
            return await asyncio.get_running_loop().run_in_executor(threads, context.run, work)

    async def close(self) -> None:
        """Return every connection; idempotent."""
        await self.engine.dispose()
        self._writer.shutdown()
        self._reader.shutdown()
        self.thread_engine.dispose()


def _prepare_sqlite(engine: Engine, busy_timeout_s: float) -> None:
    @event.listens_for(engine, "connect")
    def connect(dbapi: Any, _entry: ConnectionPoolEntry) -> None:
        dbapi.isolation_level = None  # transactions are begun below, not by the driver
        cursor = dbapi.cursor()
        for pragma in (
            f"busy_timeout={int(busy_timeout_s * 1000)}",
            "journal_mode=WAL",
            "synchronous=FULL",
            f"cache_size=-{_CACHE_MB * 1024}",
            "foreign_keys=ON",
            "secure_delete=ON",  # forgotten words must not stay in free pages
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(conn: Connection) -> None:
        conn.exec_driver_sql("BEGIN" if conn.get_execution_options().get(_READ) else "BEGIN IMMEDIATE")


def _thread_url(url: URL) -> URL:
    """Return the URL for the engine that works in threads; psycopg speaks both ways under one name."""
    return url.set(drivername="sqlite") if url.get_backend_name() == "sqlite" else url


def database_file(database: Database) -> Path | None:
    """Return the file of a SQLite database, None for a server or memory."""
    name = database.url.database
    return Path(name) if database.is_sqlite and name and name != ":memory:" else None
