"""People who came by a friendship request, over SQLAlchemy Core."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select

from groupbot.campaign.one_off import ONE_OFF
from groupbot.core.actions import AddMembers
from groupbot.delivery.values import State
from groupbot.storage.engine import Database
from groupbot.storage.facts import SqlFacts
from groupbot.storage.retry import retried
from groupbot.storage.tables import channel_marks, deliveries, facts, live_codes, members, trail_changes
from groupbot.tracking.channels import Source
from groupbot.tracking.facts import FactKind, StoredFact
from groupbot.tracking.ports import FactQuery

c = live_codes.c
d = deliveries.c
f = facts.c
m = members.c
_ON_THE_WAY = tuple(state.value for state in (State.PLANNED, State.SENDING, State.HELD, State.UNKNOWN))


class SqlFriendBook:
    """`inbound.friend_first.FriendBook` over a `Database`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._facts = SqlFacts(database)

    async def find(self, query: FactQuery) -> Sequence[StoredFact]:
        return await self._facts.find(query)

    async def greeting_of(self, account: str, member: str) -> str | None:
        query = (
            select(func.coalesce(f.text, ""))
            .where(f.member == member, f.account == account, f.kind == FactKind.FRIEND_REQUEST.value)
            .order_by(f.at.desc(), f.id.desc())
            .limit(1)
        )
        async with self._database.read() as conn:
            greeting: str | None = await conn.scalar(query)
            return greeting

    @retried
    async def mark(self, member: str, channel: str, *, at: datetime, key: str) -> bool:
        row = self._database.insert(channel_marks).values(
            member=member, channel=channel, source=Source.GREETING.value, at=at, key=key
        )
        async with self._database.write() as conn:
            new = await conn.scalar(row.on_conflict_do_nothing().returning(channel_marks.c.id)) is not None
            if new:
                await conn.execute(trail_changes.insert().values(member=member))
            return new

    async def pools_of(self, channel: str) -> Sequence[str]:
        query = (
            select(c.pool)
            .where(c.channel == channel, c.pool != "", c.closed.is_(False))
            .order_by(c.created_at.desc(), c.code)
        )
        async with self._database.read() as conn:
            return tuple(dict.fromkeys((await conn.execute(query)).scalars()))

    async def is_in(self, member: str, groups: Sequence[str]) -> bool:
        query = select(m.member).where(m.member == member, m.group.in_(groups), m.left_at.is_(None)).limit(1)
        async with self._database.read() as conn:
            return await conn.scalar(query) is not None

    async def invited(self, groups: Sequence[str]) -> Mapping[str, int]:
        """Return how many invitations into each of `groups` are on their way."""
        query = (
            select(d.group, func.count())
            .where(d.campaign == ONE_OFF, d.step == AddMembers.kind, d.group.in_(groups), d.state.in_(_ON_THE_WAY))
            .group_by(d.group)
        )
        async with self._database.read() as conn:
            return {group: int(count) for group, count in await conn.execute(query)}
