"""The groups that accounts have seen, whether config.toml names them or not."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from groupbot.campaign.one_off import ONE_OFF
from groupbot.campaign.values import CampaignState
from groupbot.chat.capabilities import Standing
from groupbot.core.events import Rank
from groupbot.storage.candidates import OPEN, PLANNED
from groupbot.storage.engine import Database
from groupbot.storage.tables import campaigns, deliveries, groups


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

    async def campaigns_in(self, group: str, states: Collection[CampaignState]) -> Sequence[str]:
        """Return the campaigns in one of `states` that still have something to post in `group`. Raises StoreError."""
        d, c = deliveries.c, campaigns.c
        live = c.state.in_([state.value for state in states])
        open_ = or_(OPEN, PLANNED)
        query = select(c.id).join(deliveries, d.campaign == c.id).where(d.group == group, open_, live, c.id != ONE_OFF)
        async with self._database.read() as conn:
            return sorted(set((await conn.execute(query)).scalars()))
