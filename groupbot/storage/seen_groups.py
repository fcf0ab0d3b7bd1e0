"""The groups that accounts have seen, whether config.toml names them or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from groupbot.chat.capabilities import Standing
from groupbot.core.events import Rank
from groupbot.storage.engine import Database
from groupbot.storage.tables import groups


@dataclass(frozen=True, kw_only=True, slots=True)
class SeenGroup:
    """A group as an account last read it. `group`: the name that config.toml gave it then, else its platform id."""

    account: str
    group: str
    topic: str
    standing: Standing
    read_at: datetime | None


class SeenGroups:
    """Read the groups that accounts have seen."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(self) -> Sequence[SeenGroup]:
        """Return all, by account and name. Raises StoreError."""
        query = select(groups).order_by(groups.c.account, groups.c.topic, groups.c.group)
        async with self._database.read() as conn:
            return [
                SeenGroup(
                    account=row.account,
                    group=row.group,
                    topic=row.topic,
                    standing=Standing(rank=Rank(row.rank), members=row.members),
                    read_at=row.read_at,
                )
                for row in (await conn.execute(query)).all()
            ]
