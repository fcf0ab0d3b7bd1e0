"""Who is in which group, in the database: tracking's Roster over SQLAlchemy Core."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from groupbot.chat.capabilities import Standing
from groupbot.core.events import Rank
from groupbot.storage.batch import Batcher
from groupbot.storage.engine import Database
from groupbot.storage.tables import campaign_groups, groups, members, trail_changes
from groupbot.tracking.facts import Fact, FactKind
from groupbot.tracking.roster import Changes, Reading, Seat, StoredRoster, changes


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


_READ_AT = select(func.max(groups.c.read_at)).where(groups.c.group == bindparam("of_group"))
_SEATS = select(members).where(members.c.group == bindparam("of_group")).order_by(members.c.member)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Noted:
    """A reading on its way to the database."""

    reading: Reading
    changes: Changes


class SqlRoster:
    """Tracking's Roster, and the campaigns' Standings, on SQLite and PostgreSQL.

    Readings that come at the same moment, as those of all accounts do after a start, are noted in one transaction.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._readings: Batcher[Noted, None] = Batcher(self._note, name="rosters", choose=_one_per_group)

    async def read(self, group: str) -> StoredRoster:
        """Return what is known of `group`."""
        return await self._database.query(lambda conn: _read(conn, group))

    async def standings(self, names: Sequence[str]) -> Mapping[tuple[str, str], Standing]:
        """Return how accounts stood in the groups called `names` when they last read them, by (account, group)."""
        query = select(groups).where(groups.c.group.in_(names), groups.c.read_at.is_not(None))
        async with self._database.read() as conn:
            return {
                (row.account, row.group): Standing(rank=Rank(row.rank), members=row.members)
                for row in await conn.execute(query)
            }

    async def apply(self, reading: Reading, stored: StoredRoster) -> None:
        """Note a reading. One that fails along with others is tried again alone: it must not pay for theirs."""
        noted = Noted(reading=reading, changes=changes(stored, reading))
        try:
            await self._readings.submit(noted)
        except Exception:  # noqa: BLE001 - the fault may be another reading's; its own is raised here
            await self._note([noted])

    async def _note(self, batch: Sequence[Noted]) -> Sequence[None]:
        """Write `batch` in one transaction, in an order that all writers keep."""
        ordered = sorted(batch, key=lambda noted: (noted.reading.group, noted.reading.account))
        await self._database.transact(lambda conn: _write(conn, ordered))
        return [None] * len(batch)


def _write(conn: Connection, batch: Sequence[Noted]) -> None:
    dialect = conn.dialect.name
    for statement, rows in (
        (_SEAT[dialect], [row for noted in batch for row in _fresh(noted)]),
        (_RETURN, [_seat_of(noted, member) for noted in batch for member in noted.changes.back]),
        (_UNSEAT, [_seat_of(noted, member) for noted in batch for member in noted.changes.gone]),
        (_RENAME, [row for noted in batch for row in _renamed(noted)]),
        (_NOTE[dialect], [_group_row(noted.reading) for noted in batch]),
    ):
        if rows:
            conn.execute(statement, rows)
    _note_found(conn, [(noted.reading.group, person.id) for noted in batch for person in noted.changes.fresh])


def _note_found(conn: Connection, found: Sequence[tuple[str, str]]) -> None:
    """Have those counted who were found in groups of campaigns without having been seen to come."""
    c = campaign_groups.c
    query = select(c.campaign, c.group).where(c.group.in_({group for group, _member in found}))
    running = conn.execute(query).all() if found else []
    rows = [
        {"campaign": row.campaign, "member": member} for row in running for group, member in found if group == row.group
    ]
    if rows:
        conn.execute(insert(trail_changes), rows)


def _one_per_group(waiting: Sequence[Noted]) -> Sequence[Noted]:
    """Two readings of one group are noted in their order, each in a transaction of its own."""
    first: dict[str, Noted] = {}
    for noted in waiting:
        first.setdefault(noted.reading.group, noted)
    return list(first.values())


def move_seats(conn: Connection, moves: Sequence[Fact]) -> None:
    """Let the roster follow joins and leaves in their order; only a member's last move in a group counts."""
    last = {(fact.group, fact.member): fact for fact in moves if fact.group is not None}
    takes = [_seat_row(fact) for fact in last.values() if fact.kind is FactKind.JOIN]
    leaves = [_seat_row(fact) | {"left_at": fact.at} for fact in last.values() if fact.kind is FactKind.LEAVE]
    if takes:
        conn.execute(_TAKE[conn.dialect.name], takes)
    if leaves:
        conn.execute(_LEAVE[conn.dialect.name], leaves)


async def forget_seats(conn: AsyncConnection, member: str, pseudonym: str) -> int:
    """Replace `member` by `pseudonym` in the roster; return how many seats were the member's."""
    await conn.execute(update(members).where(members.c.inviter == member).values(inviter=pseudonym))
    seats = update(members).where(members.c.member == member).values(member=pseudonym, name="")
    return (await conn.execute(seats)).rowcount


def _read(conn: Connection, group: str) -> StoredRoster:
    read_at = conn.execute(_READ_AT, {"of_group": group}).scalar()
    seats = {
        row.member: Seat(
            member=row.member,
            name=row.name,
            joined_at=row.joined_at,
            left_at=row.left_at,
            inviter=row.inviter,
            found_late=row.found_late,
        )
        for row in conn.execute(_SEATS, {"of_group": group})
    }
    return StoredRoster(read_at=read_at, seats=seats)


def _fresh(noted: Noted) -> Iterator[dict[str, Any]]:
    reading = noted.reading
    for person in noted.changes.fresh:
        yield {"group": reading.group, "member": person.id, "name": person.name, "joined_at": reading.at}


def _seat_of(noted: Noted, member: str) -> dict[str, Any]:
    return {"of_group": noted.reading.group, "read_at": noted.reading.at, "who": member}


def _renamed(noted: Noted) -> Iterator[dict[str, Any]]:
    for person in noted.changes.renamed:
        yield {"of_group": noted.reading.group, "who": person.id, "called": person.name}


def _group_row(reading: Reading) -> dict[str, Any]:
    return {
        "account": reading.account,
        "group": reading.group,
        "topic": reading.topic,
        "members": len(reading.members),
        "rank": reading.rank.value,
        "read_at": reading.at,
    }


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
