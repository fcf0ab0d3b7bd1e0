"""A counter by which one process tells another that something is to be looked at now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from groupbot.storage.engine import Database
from groupbot.storage.tables import signals

CHANGED = "changed"


def raised(make_insert: Callable[..., Any]) -> Any:
    """Return the statement that counts one change. `make_insert` is the dialect's own insert()."""
    row = make_insert(signals).values(name=CHANGED, revision=1)
    return row.on_conflict_do_update(index_elements=[signals.c.name], set_={"revision": signals.c.revision + 1})


async def raise_(conn: AsyncConnection, make_insert: Callable[..., Any]) -> None:
    """Count one change inside the caller's transaction."""
    await conn.execute(raised(make_insert))


async def revision(database: Database) -> int:
    """Return the present count; it grows with every change that a daemon should see at once."""
    async with database.read() as conn:
        return int(await conn.scalar(select(signals.c.revision).where(signals.c.name == CHANGED)) or 0)
