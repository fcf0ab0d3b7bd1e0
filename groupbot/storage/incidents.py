"""Incidents, and who is blocked everywhere, in the store."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from groupbot.admin.risk_ports import Blocked
from groupbot.campaign.one_off import ONE_OFF
from groupbot.core.content import Part, Text
from groupbot.risk.incidents import Entry, Incident, IncidentState, NewIncident, Outcome, What, opened
from groupbot.storage.engine import Database
from groupbot.storage.retry import retried
from groupbot.storage.rows import body_of
from groupbot.storage.tables import blocked_members, cards, contents, deliveries, incidents

i = incidents.c
b = blocked_members.c
c = cards.c
d = deliveries.c
_ASKED = ("open", "answering")
_BLANK = "…"
"""What stands in place of the words of somebody who is forgotten."""
_LIVE = (IncidentState.OPEN.value, IncidentState.ACKED.value)


class SqlIncidents:
    """`risk.incidents.Incidents` over a `Database`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @retried
    async def open(self, new: NewIncident, at: datetime) -> tuple[Incident, bool]:
        values = _values(opened(new, 0, at))
        made_of = self._database.insert(incidents).values(values).on_conflict_do_nothing().returning(incidents)
        same = (i.group == new.group, i.member == new.member, i.state.in_(_LIVE))
        async with self._database.write() as conn:
            made = (await conn.execute(made_of)).first()
            row = made or (await conn.execute(select(incidents).where(*same))).one()
        return _incident(row), made is not None

    async def get(self, number: int) -> Incident | None:
        found = await self._read(i.number == number)
        return found[0] if found else None

    async def unresolved(self) -> tuple[Incident, ...]:
        return tuple(await self._read(i.state.in_(_LIVE)))

    async def of_member(self, member: str, limit: int = 5) -> tuple[Incident, ...]:
        found = await self._read(i.member == member)
        return tuple(sorted(found, key=lambda one: (one.opened_at, one.number), reverse=True)[:limit])

    @retried
    async def change(self, changed: Incident) -> bool:
        values = _values(changed) | {"revision": changed.revision + 1}
        which = (i.number == changed.number, i.revision == changed.revision)
        async with self._database.write() as conn:
            return (await conn.execute(update(incidents).where(*which).values(values))).rowcount == 1

    async def _read(self, which: ColumnElement[bool]) -> list[Incident]:
        async with self._database.read() as conn:
            return [
                _incident(row) for row in (await conn.execute(select(incidents).where(which).order_by(i.number))).all()
            ]


class SqlBlocked:
    """`admin.risk_ports.BlockedMembers` over a `Database`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @retried
    async def block(self, blocked: Blocked) -> None:
        values = {name: getattr(blocked, name) for name in Blocked.__dataclass_fields__}
        anew = {name: value for name, value in values.items() if name != "member"}
        row = self._database.insert(blocked_members).values(values)
        async with self._database.write() as conn:
            await conn.execute(row.on_conflict_do_update(index_elements=["member"], set_=anew))

    @retried
    async def release(self, member: str) -> bool:
        async with self._database.write() as conn:
            return (await conn.execute(delete(blocked_members).where(b.member == member))).rowcount == 1

    async def among(self, members: Sequence[str]) -> Sequence[Blocked]:
        return await self._read(b.member.in_(members)) if members else ()

    async def list(self) -> Sequence[Blocked]:
        return await self._read()

    async def _read(self, *which: ColumnElement[bool]) -> Sequence[Blocked]:
        query = select(blocked_members).where(*which).order_by(b.at, b.member)
        async with self._database.read() as conn:
            rows = (await conn.execute(query)).all()
        return [Blocked(member=row.member, name=row.name, by=row.by, reason=row.reason, at=row.at) for row in rows]


async def forget_risks(conn: AsyncConnection, member: str) -> int:
    """Delete a person's incidents and block, and what was posted about them, inside the caller's transaction.

    Return how many rows. Cards and posts stay as rows, without words.
    """
    numbers = [str(number) for number in (await conn.execute(select(i.number).where(i.member == member))).scalars()]
    named = json.dumps(member, ensure_ascii=False)
    about = or_(
        and_(c.kind == "incident", c.subject.in_(numbers)),
        and_(c.kind == "risk", c.about.contains(named, autoescape=True)),
    )
    told = list((await conn.execute(select(c.number).where(about))).scalars())
    await conn.execute(update(cards).where(c.number.in_(told), c.state.in_(_ASKED)).values(state="withdrawn"))
    await conn.execute(update(cards).where(c.number.in_(told)).values(text=_BLANK, about="[]"))
    await _silence(conn, [f"card/{number}" for number in told], [f"incident/{number}/" for number in numbers])
    gone = await conn.execute(delete(incidents).where(i.member == member))
    freed = await conn.execute(delete(blocked_members).where(b.member == member))
    return gone.rowcount + freed.rowcount + len(told)


async def _silence(conn: AsyncConnection, keys: Sequence[str], beginnings: Sequence[str]) -> None:
    """Take the words out of single orders with these keys; one that waits is cancelled."""
    which = and_(
        d.campaign == ONE_OFF, or_(d.key.in_(keys), *(d.key.startswith(one, autoescape=True) for one in beginnings))
    )
    said = list((await conn.execute(select(d.content).where(which))).scalars())
    if not said:
        return
    name, text = body_of((Part(content=Text(text=_BLANK)),))
    if await conn.scalar(select(contents.c.id).where(contents.c.id == name)) is None:
        await conn.execute(contents.insert().values(id=name, parts=text))
    await conn.execute(update(deliveries).where(which, d.state == "planned").values(state="cancelled"))
    await conn.execute(update(deliveries).where(which).values(content=name, parts=1))
    held = select(d.id).where(d.content == contents.c.id).exists()
    await conn.execute(delete(contents).where(contents.c.id.in_(said), contents.c.id != name, ~held))


def _values(incident: Incident) -> dict[str, Any]:
    """Return the columns of a row; its number is given by the database."""
    values: dict[str, Any] = {
        name: getattr(incident, name) for name in Incident.__dataclass_fields__ if name != "number"
    }
    history = [[entry.at.isoformat(), entry.what.value, entry.by, entry.text] for entry in incident.history]
    return values | {
        "state": incident.state.value,
        "outcome": incident.outcome.value if incident.outcome is not None else None,
        "history": json.dumps(history, ensure_ascii=False),
    }


def _incident(row: Row[Any]) -> Incident:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
    history = tuple(
        Entry(at=datetime.fromisoformat(at), what=What(what), by=by, text=text)
        for at, what, by, text in json.loads(row.history)
    )
    outcome = Outcome(row.outcome) if row.outcome else None
    return Incident(**values | {"state": IncidentState(row.state), "outcome": outcome, "history": history})
