"""How people come into groups, and how many are there, over SQLAlchemy Core."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import and_, case, func, or_, select

from groupbot.storage.engine import Database
from groupbot.storage.retry import retried
from groupbot.storage.tables import campaign_groups, campaigns, facts, group_entries, groups, members
from groupbot.tracking.capacity import Door
from groupbot.tracking.facts import FactKind

e = group_entries.c
f = facts.c
g = groups.c
m = members.c
_MOVES = (FactKind.JOIN.value, FactKind.LEAVE.value)


class SqlEntries:
    """`desk.entries.EntryStore` over a `Database`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def doors(self) -> Mapping[str, Door]:
        query = select(group_entries)
        async with self._database.read() as conn:
            return {
                row.group: Door(
                    group=row.group,
                    image=row.image,
                    expires_at=row.expires_at,
                    closed=row.closed,
                    by=row.by,
                    taken_at=row.taken_at,
                    entered_at=row.entered_at,
                )
                for row in await conn.execute(query)
            }

    @retried
    async def keep(self, door: Door) -> None:
        values = {name: getattr(door, name) for name in Door.__dataclass_fields__}
        row = self._database.insert(group_entries).values(**values)
        anew = {name: row.excluded[name] for name in values if name != "group"}
        async with self._database.write() as conn:
            await conn.execute(row.on_conflict_do_update(index_elements=[e.group], set_=anew))

    @retried
    async def close(self, group: str) -> bool:
        row = self._database.insert(group_entries).values(group=group, closed=True)
        open_ones = row.on_conflict_do_update(
            index_elements=[e.group], set_={"closed": True}, where=e.closed.is_(False)
        )
        async with self._database.write() as conn:
            return await conn.scalar(open_ones.returning(e.group)) is not None

    @retried
    async def enter(self, group: str, at: datetime) -> None:
        row = self._database.insert(group_entries).values(group=group, entered_at=at)
        async with self._database.write() as conn:
            await conn.execute(row.on_conflict_do_update(index_elements=[e.group], set_={"entered_at": at}))

    async def counts(self, names: Sequence[str]) -> Mapping[str, int]:
        newest = (
            select(g.group, func.max(g.read_at).label("read_at"))
            .where(g.group.in_(names), g.read_at.is_not(None))
            .group_by(g.group)
            .subquery()
        )
        read = select(g.group, func.max(g.members), newest.c.read_at).join(
            newest, and_(newest.c.group == g.group, newest.c.read_at == g.read_at)
        )
        since = newest.c.read_at
        moves = case((f.kind == FactKind.JOIN.value, 1), else_=-1)  # a member who left and came back counts once
        moved = (
            select(m.group, func.sum(moves))
            .join(newest, newest.c.group == m.group)
            .join(facts, and_(f.group == m.group, f.member == m.member))
            .where(or_(m.joined_at > since, m.left_at > since), f.at > since, f.kind.in_(_MOVES))
        )
        async with self._database.read() as conn:
            counted = await conn.execute(read.group_by(g.group, newest.c.read_at))
            found = {name: int(count) for name, count, _at in counted}
            for name, more in await conn.execute(moved.group_by(m.group)):
                found[name] += int(more)
        return found

    async def moves(self, names: Sequence[str], since: datetime) -> Mapping[str, Sequence[tuple[datetime, int]]]:
        kinds = {FactKind.JOIN.value: 1, FactKind.LEAVE.value: -1}
        query = select(f.group, f.at, f.kind).where(
            f.group.in_(names), f.at >= since, f.kind.in_(sorted(kinds)), f.found_late.is_(False)
        )
        found: defaultdict[str, list[tuple[datetime, int]]] = defaultdict(list)
        async with self._database.read() as conn:
            for group, at, kind in await conn.execute(query):
                found[group].append((at, kinds[kind]))
        return found

    async def running(self, sop: str) -> frozenset[str]:
        c, of = campaigns.c, campaign_groups.c
        query = select(of.group).join(campaigns, c.id == of.campaign).where(c.sop == sop, c.state == "running")
        async with self._database.read() as conn:
            return frozenset((await conn.execute(query.where(of.paused.is_(False)))).scalars())
