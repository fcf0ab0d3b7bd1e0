"""Members as operators see them, and what is noted about them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from groupbot.admin.members import MemberNote, MemberView, NoteKind, Seat, Trust
from groupbot.core.clock import Clock
from groupbot.storage.conversions import note_changes
from groupbot.storage.engine import Database
from groupbot.storage.facts import SqlFacts
from groupbot.storage.retry import retried
from groupbot.storage.tables import facts, member_notes, members
from groupbot.tracking.facts import FactKind

MOST = 12
"""Members that are found by a name at most: what fits on a phone."""
m = members.c
n = member_notes.c


class SqlMembers:
    """`admin.members.Members` over a `Database`. `counted`: the groups in which ids are the same tomorrow."""

    def __init__(self, database: Database, clock: Clock, counted: Callable[[], Collection[str]]) -> None:
        self._database = database
        self._clock = clock
        self._counted = counted

    async def find(self, word: str, groups: Collection[str] | None = None) -> Sequence[MemberView]:
        places = [name for name in self._counted() if groups is None or name in groups]
        async with self._database.read() as conn:
            for meant in (m.member == word, m.name == word, func.lower(m.name).contains(word.lower(), autoescape=True)):
                if ids := await _ids(conn, places, meant):
                    return await _views(conn, ids, places)
        return ()

    @retried
    async def tag(self, member: str, *, add: Collection[str], remove: Collection[str], by: str) -> None:
        async with self._database.write() as conn:
            await _drop(conn, member, NoteKind.TAG, n.value.in_([*add, *remove]))
            for tag in dict.fromkeys(add):
                await self._add(conn, member, NoteKind.TAG, tag, by)
            await note_changes(conn, [("", member)])  # a tag may reach a stage

    @retried
    async def trust(self, member: str, level: Trust | None, *, by: str) -> None:
        async with self._database.write() as conn:
            await _drop(conn, member, NoteKind.TRUST)
            if level is not None:
                await self._add(conn, member, NoteKind.TRUST, level.value, by)

    @retried
    async def note(self, member: str, text: str, *, by: str) -> None:
        async with self._database.write() as conn:
            await self._add(conn, member, NoteKind.NOTE, text, by)

    async def forget(self, member: str) -> Mapping[str, int]:
        return (await SqlFacts(self._database).forget(member)).rows

    async def _add(self, conn: AsyncConnection, member: str, kind: NoteKind, value: str, by: str) -> None:
        row = {"member": member, "kind": kind.value, "value": value, "by": by, "at": self._clock.now()}
        await conn.execute(self._database.insert(member_notes).values(row))


async def _drop(conn: AsyncConnection, member: str, kind: NoteKind, *which: ColumnElement[bool]) -> None:
    await conn.execute(delete(member_notes).where(n.member == member, n.kind == kind.value, *which))


async def _ids(conn: AsyncConnection, places: Sequence[str], meant: ColumnElement[bool]) -> list[str]:
    query = select(m.member).where(m.group.in_(places), meant).distinct().order_by(m.member).limit(MOST)
    return list((await conn.execute(query)).scalars())


async def _views(conn: AsyncConnection, ids: Sequence[str], places: Sequence[str]) -> list[MemberView]:
    here = m.member.in_(ids), m.group.in_(places)
    rows = (await conn.execute(select(members).where(*here).order_by(m.joined_at, m.group))).all()
    spoken = await _messages(conn, ids, places)
    inviters = await _names(conn, {row.inviter for row in rows if row.inviter}, places)
    noted = (await conn.execute(select(member_notes).where(n.member.in_(ids)).order_by(n.at, n.id))).all()
    return [
        MemberView(
            id=member,
            names=tuple(dict.fromkeys(row.name for row in rows if row.member == member and row.name)),
            seats=tuple(
                Seat(
                    group=row.group,
                    since=row.joined_at,
                    left_at=row.left_at,
                    inviter=inviters.get(row.inviter, ""),
                    found_late=row.found_late,
                    messages=spoken.get((member, row.group), 0),
                )
                for row in rows
                if row.member == member
            ),
            notes=tuple(
                MemberNote(kind=NoteKind(row.kind), value=row.value, by=row.by, at=row.at)
                for row in noted
                if row.member == member
            ),
        )
        for member in ids
    ]


async def _messages(conn: AsyncConnection, ids: Sequence[str], places: Sequence[str]) -> dict[tuple[str, str], int]:
    f = facts.c
    counted = select(f.member, f.group, func.count()).where(f.member.in_(ids), f.kind == FactKind.MESSAGE.value)
    rows: Any = await conn.execute(counted.where(f.group.in_(places)).group_by(f.member, f.group))
    return {(member, group): count for member, group, count in rows}


async def _names(conn: AsyncConnection, ids: Collection[str], places: Sequence[str]) -> dict[str, str]:
    """Return what these are called in `places`, by id; who is in none of them goes without a name."""
    query = select(m.member, m.name).where(m.member.in_(sorted(ids)), m.group.in_(places), m.name != "")
    return {row.member: row.name for row in (await conn.execute(query)).all()}
