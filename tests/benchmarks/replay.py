"""Hear what the engine says to SQLite, and say the same again with the bare driver."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection

from groupbot.storage.engine import Database

PRAGMAS = (
    *("busy_timeout=10000", "journal_mode=WAL", "synchronous=FULL"),
    *("cache_size=-32768", "foreign_keys=ON", "secure_delete=ON"),
)
"""Those of groupbot.storage.engine."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """One statement; `many` = its parameters are a list, for executemany."""

    sql: str
    parameters: Any
    many: bool


@dataclass(kw_only=True, slots=True)
class Transaction:
    """The statements of one transaction, BEGIN included, and whether it committed."""

    said: list[Said] = field(default_factory=list)
    committed: bool = False


@contextmanager
def overheard(database: Database) -> Iterator[list[Transaction]]:
    """Give the transactions of the engine's threads, in the order of their ends."""
    ended: list[Transaction] = []
    under_way: dict[int, Transaction] = {}

    def say(conn: Connection, _cursor: Any, sql: str, parameters: Any, _context: Any, _many: Any) -> None:
        many = isinstance(parameters, list)  # `_many` is also true of one INSERT with many rows
        under_way.setdefault(id(conn), Transaction()).said.append(Said(sql=sql, parameters=parameters, many=many))

    def end(*, committed: bool) -> Callable[[Connection], None]:
        def ends(conn: Connection) -> None:
            if done := under_way.pop(id(conn), None):
                done.committed = committed
                ended.append(done)

        return ends

    hooks = (("before_cursor_execute", say), ("commit", end(committed=True)), ("rollback", end(committed=False)))
    for name, hook in hooks:
        event.listen(database.thread_engine, name, hook)
    try:
        yield ended
    finally:
        for name, hook in hooks:
            event.remove(database.thread_engine, name, hook)


def replay(file: Path, transactions: Sequence[Transaction]) -> float:
    """Run `transactions` on `file` with the bare driver, rows read as the engine reads them; return the seconds."""
    conn = sqlite3.connect(file, isolation_level=None)
    try:
        for pragma in PRAGMAS:
            conn.execute(f"PRAGMA {pragma}")
        began = time.perf_counter()
        for transaction in transactions:
            for said in transaction.said:
                run = conn.executemany if said.many else conn.execute
                rows = run(said.sql, said.parameters)
                if rows.description:
                    rows.fetchall()
            if transaction.committed:
                conn.commit()
            else:
                conn.rollback()
        return time.perf_counter() - began
    finally:
        conn.close()
