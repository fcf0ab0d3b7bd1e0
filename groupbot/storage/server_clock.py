"""What the database's own machine takes for the time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from groupbot.storage.engine import Database


async def server_time(database: Database) -> datetime | None:
    """Return the server's clock, None for SQLite, which has none of its own. Raises StoreError."""
    if database.is_sqlite:
        return None
    async with database.read() as conn:
        now: datetime | None = await conn.scalar(select(func.clock_timestamp()))
    return now
