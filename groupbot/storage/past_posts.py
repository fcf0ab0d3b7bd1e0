"""Whether accounts have ever posted from this database."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import exists, literal, select, union_all

from groupbot.storage.engine import Database
from groupbot.storage.tables import posts


async def ever_posted(database: Database, accounts: Sequence[str]) -> frozenset[str]:
    """Return those of `accounts` that have. Raises StoreError."""
    if not accounts:
        return frozenset()
    one_each = [select(literal(name)).where(exists().where(posts.c.account == name)) for name in accounts]
    async with database.read() as conn:
        return frozenset((await conn.execute(union_all(*one_each))).scalars())
