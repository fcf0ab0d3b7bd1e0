"""Who is one person, by which last digits of a phone they are known, and who may be meant by a row of an import."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from groupbot.errors import GroupbotError
from groupbot.i18n import _
from groupbot.storage.conversions import note_changes
from groupbot.storage.engine import Database
from groupbot.storage.retry import retried
from groupbot.storage.tables import campaign_groups, contact_tails, member_aliases, members
from groupbot.tracking.conversion_book import People
from groupbot.tracking.matching import folded

a = member_aliases.c
m = members.c
t = contact_tails.c


class SqlAliases:
    """`tracking.conversion_book.Aliases` over a `Database`. A person without a row is one of their own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @retried
    async def join(self, member: str, other: str, *, by: str, now: datetime) -> str:
        async with self._database.write() as conn:
            person, second = await _person(conn, member), await _person(conn, other)
            if person == second:
                return person
            moved = {second, *await _accounts(conn, second)}
            await conn.execute(update(member_aliases).where(a.person == second).values(person=person, by=by, at=now))
            await conn.execute(
                self._database.insert(member_aliases).values(member=second, person=person, by=by, at=now)
            )
            await note_changes(conn, [("", one) for one in (*moved, person)])
        return person

    @retried
    async def part(self, member: str, *, by: str, now: datetime) -> bool:  # noqa: ARG002 - who did it is audited
        async with self._database.write() as conn:
            if await _accounts(conn, member):
                raise GroupbotError(
                    _("{member} stands for other accounts.").format(member=member),
                    hint=_("Take those apart from it instead: {members}.").format(
                        members=" ".join(sorted(await _accounts(conn, member)))
                    ),
                )
            person = await _person(conn, member)
            gone = await conn.execute(delete(member_aliases).where(a.member == member))
            if gone.rowcount:
                await note_changes(conn, [("", member), ("", person)])
        return bool(gone.rowcount)


class SqlTails:
    """`tracking.conversion_book.Tails` over a `Database`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @retried
    async def add(self, tails: Mapping[str, Collection[str]], *, by: str, now: datetime) -> None:
        rows = [
            {"member": member, "tail": tail, "at": now, "by": by}
            for member, mine in sorted(tails.items())
            for tail in sorted(mine)
        ]
        if rows:
            async with self._database.write() as conn:
                await conn.execute(self._database.insert(contact_tails).on_conflict_do_nothing(), rows)


class SqlRoll:
    """`tracking.conversion_book.Roll` over a `Database`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def people(self, campaign: str) -> People:
        theirs = select(campaign_groups.c.group).where(campaign_groups.c.campaign == campaign)
        seats = select(m.member, m.group, m.name).where(m.group.in_(theirs)).order_by(m.joined_at, m.group, m.member)
        whose = select(m.member).where(m.group.in_(theirs))
        known = select(t.member, t.tail).where(t.member.in_(whose)).order_by(t.tail, t.member)
        joined = select(a.member, a.person).where(or_(a.member.in_(whose), a.person.in_(whose)))
        groups: dict[str, str] = {}
        names: dict[str, dict[str, None]] = {}
        tails: dict[str, dict[str, None]] = {}
        shown: dict[str, str] = {}
        async with self._database.read() as conn:
            for row in await conn.execute(seats):
                groups.setdefault(row.member, row.group)
                if name := folded(row.name):
                    names.setdefault(name, {})[row.member] = None
                    shown.setdefault(row.member, row.name)
            for member, tail in await conn.execute(known):
                tails.setdefault(tail, {})[member] = None
            persons = {row.member: row.person for row in (await conn.execute(joined)).all()}
        return People(groups=groups, names=names, tails=tails, persons=persons, shown=shown)


async def _person(conn: AsyncConnection, member: str) -> str:
    found = (await conn.execute(select(a.person).where(a.member == member))).scalar()
    return str(found) if found is not None else member


async def _accounts(conn: AsyncConnection, person: str) -> list[str]:
    return list((await conn.execute(select(a.member).where(a.person == person))).scalars())
