"""Who is in which group, in the database: tracking's Roster over SQLAlchemy Core."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from groupbot.chat.capabilities import Standing
from groupbot.core.events import Rank
from groupbot.storage.engine import Database
from groupbot.storage.retry import retried
from groupbot.storage.tables import groups, members
from groupbot.tracking.facts import NAME_LIMIT, Fact, FactKind
from groupbot.tracking.roster import Reading, Seat, StoredRoster


def _take_seat(dialect: Any) -> Any:
    insert = dialect.insert(members)
    new = insert.excluded
    return insert.on_conflict_do_update(
        index_elements=[members.c.group, members.c.member],
        set_={
            "name": func.coalesce(func.nullif(new.name, ""), members.c.name),
            "joined_at": new.joined_at,
            "left_at": None,
            "inviter": new.inviter,
            "found_late": new.found_late,
        },
    )


def _leave_seat(dialect: Any) -> Any:
    insert = dialect.insert(members)
    return insert.on_conflict_do_update(
        index_elements=[members.c.group, members.c.member], set_={"left_at": insert.excluded.left_at}
    )


def _note_group(dialect: Any) -> Any:
    insert = dialect.insert(groups)
    new = insert.excluded
    return insert.on_conflict_do_update(
        index_elements=[groups.c.account, groups.c.group],
        set_={name: new[name] for name in ("topic", "members", "rank", "read_at")},
    )


_DIALECTS: dict[str, Any] = {"sqlite": sqlite, "postgresql": postgresql}
_TAKE = {name: _take_seat(dialect) for name, dialect in _DIALECTS.items()}
_LEAVE = {name: _leave_seat(dialect) for name, dialect in _DIALECTS.items()}
_NOTE = {name: _note_group(dialect) for name, dialect in _DIALECTS.items()}
_SEAT = {name: dialect.insert(members).on_conflict_do_nothing() for name, dialect in _DIALECTS.items()}
_RENAME = (
    update(members)
    .where(members.c.group == bindparam("of_group"), members.c.member == bindparam("who"))
    .values(name=bindparam("called"))
)
_RETURN = (
    update(members)
    .where(members.c.group == bindparam("of_group"), members.c.member == bindparam("who"))
    .where(members.c.left_at < bindparam("read_at"))
    .values(joined_at=bindparam("read_at"), left_at=None, inviter=None)
)
_UNSEAT = (
    update(members)
    .where(members.c.group == bindparam("of_group"), members.c.member == bindparam("who"))
    .where(members.c.left_at.is_(None), members.c.joined_at < bindparam("read_at"))
    .values(left_at=bindparam("read_at"))
)


class SqlRoster:
    """Tracking's Roster, and the campaigns' Standings, on SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, group: str) -> StoredRoster:
        """Return what is known of `group`."""
        async with self._database.read() as conn:
            return await _read(conn, group)

    async def standings(self, names: Sequence[str]) -> Mapping[tuple[str, str], Standing]:
        """Return how accounts stood in the groups called `names` when they last read them, by (account, group)."""
        query = select(groups).where(groups.c.group.in_(names), groups.c.read_at.is_not(None))
        async with self._database.read() as conn:
            return {
                (row.account, row.group): Standing(rank=Rank(row.rank), members=row.members)
                for row in await conn.execute(query)
            }

    @retried
    async def apply(self, reading: Reading) -> None:
        """Note a reading, in one transaction."""
        async with self._database.write() as conn:
            stored = await _read(conn, reading.group)
            if reading.baseline:
                await _seat(conn, reading, stored)
            await _rename(conn, reading, stored)
            noted = {
                "account": reading.account,
                "group": reading.group,
                "topic": reading.topic,
                "members": len(reading.members),
                "rank": reading.rank.value,
                "read_at": reading.at,
            }
            await conn.execute(_NOTE[conn.dialect.name], noted)


async def move_seats(conn: AsyncConnection, moves: Sequence[Fact]) -> None:
    """Let the roster follow joins and leaves in their order; only a member's last move in a group counts."""
    last = {(fact.group, fact.member): fact for fact in moves if fact.group is not None}
    takes = [_seat_row(fact) for fact in last.values() if fact.kind is FactKind.JOIN]
    leaves = [_seat_row(fact) | {"left_at": fact.at} for fact in last.values() if fact.kind is FactKind.LEAVE]
    if takes:
        await conn.execute(_TAKE[conn.dialect.name], takes)
    if leaves:
        await conn.execute(_LEAVE[conn.dialect.name], leaves)


async def forget_seats(conn: AsyncConnection, member: str, pseudonym: str) -> int:
    """Replace `member` by `pseudonym` in the roster; return how many seats were the member's."""
    await conn.execute(update(members).where(members.c.inviter == member).values(inviter=pseudonym))
    seats = update(members).where(members.c.member == member).values(member=pseudonym, name="")
    return (await conn.execute(seats)).rowcount


async def _read(conn: AsyncConnection, group: str) -> StoredRoster:
    read_at = (await conn.execute(select(func.max(groups.c.read_at)).where(groups.c.group == group))).scalar()
    found = await conn.execute(select(members).where(members.c.group == group).order_by(members.c.member))
    seats = {
        row.member: Seat(
            member=row.member,
            name=row.name,
            joined_at=row.joined_at,
            left_at=row.left_at,
            inviter=row.inviter,
            found_late=row.found_late,
        )
        for row in found
    }
    return StoredRoster(read_at=read_at, seats=seats)


async def _seat(conn: AsyncConnection, reading: Reading, stored: StoredRoster) -> None:
    listed = {person.id: person.name[:NAME_LIMIT] for person in reading.members}
    fresh = [
        {"group": reading.group, "member": member, "name": name, "joined_at": reading.at}
        for member, name in listed.items()
        if member not in stored.seats
    ]
    if fresh:
        await conn.execute(_SEAT[conn.dialect.name], fresh)
    who = {"of_group": reading.group, "read_at": reading.at}
    back = [who | {"who": seat.member} for seat in stored.seats.values() if seat.left_at and seat.member in listed]
    if back:
        await conn.execute(_RETURN, back)
    gone = [who | {"who": seat.member} for seat in stored.present if seat.member not in listed]
    if gone:
        await conn.execute(_UNSEAT, gone)


async def _rename(conn: AsyncConnection, reading: Reading, stored: StoredRoster) -> None:
    changed = [
        {"of_group": reading.group, "who": person.id, "called": person.name[:NAME_LIMIT]}
        for person in reading.members
        if person.name and person.id in stored.seats and stored.seats[person.id].name != person.name[:NAME_LIMIT]
    ]
    if changed:
        await conn.execute(_RENAME, changed)


def _seat_row(fact: Fact) -> dict[str, Any]:
    return {
        "group": fact.group,
        "member": fact.member,
        "name": fact.name,
        "joined_at": fact.at,
        "left_at": None,
        "inviter": fact.actor if fact.kind is FactKind.JOIN else None,
        "found_late": fact.found_late,
    }
