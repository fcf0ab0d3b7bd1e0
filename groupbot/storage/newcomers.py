"""Since when members are in a group."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from groupbot.storage.engine import Database
from groupbot.storage.tables import facts
from groupbot.tracking.facts import FactKind

f = facts.c


class SqlNewcomers:
    """`inbound.risk.Newcomers` over a `Database`: only a join that was seen counts.

    Who was there at the first reading of a list, or was found in one after a gap, may have been there for years.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def joined_at(self, group: str, member: str) -> datetime | None:
        seen = (f.member == member, f.group == group, f.kind == FactKind.JOIN.value, f.found_late.is_(False))
        async with self._database.read() as conn:
            found: datetime | None = await conn.scalar(select(func.max(f.at)).where(*seen))
        return found
