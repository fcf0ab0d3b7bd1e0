"""Whose chat ids are whose, and the codes that bind them, in the store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from groupbot.admin.people import Binding
from groupbot.storage.engine import Database
from groupbot.storage.retry import retried
from groupbot.storage.tables import codes, people_ids

c = codes.c
i = people_ids.c


class SqlPeople:
    """`admin.people.PeopleStore` over a `Database`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def bindings(self) -> Sequence[Binding]:
        query = select(people_ids).order_by(i.person, i.account, i.member)
        async with self._database.read() as conn:
            return [Binding(**row) for row in (await conn.execute(query)).mappings()]

    @retried
    async def forget(self, person: str) -> int:
        async with self._database.write() as conn:
            await conn.execute(delete(codes).where(c.person == person))
            return (await conn.execute(delete(people_ids).where(i.person == person))).rowcount

    @retried
    async def issue(self, code_hash: str, person: str, expires_at: datetime) -> None:
        new = self._database.insert(codes).values(hash=code_hash, person=person, expires_at=expires_at)
        async with self._database.write() as conn:
            await conn.execute(delete(codes).where(c.person == person))
            await conn.execute(new)

    @retried
    async def redeem(self, code_hash: str, account: str, member: str, now: datetime) -> str | None:
        fits = (c.hash == code_hash, c.used_at.is_(None), c.expires_at > now)
        async with self._database.write() as conn:
            used = await conn.execute(update(codes).where(*fits).values(used_at=now).returning(c.person))
            person: str | None = used.scalar()
            if person is not None:
                bound = self._database.insert(people_ids).values(
                    account=account, member=member, person=person, bound_at=now
                )
                await conn.execute(
                    bound.on_conflict_do_update(
                        index_elements=[i.account, i.member], set_={"person": person, "bound_at": now}
                    )
                )
        return person


async def forget_id(conn: AsyncConnection, member: str) -> int:
    """Take a chat id away from whoever it was bound to, inside the caller's transaction; return how many bindings."""
    return (await conn.execute(delete(people_ids).where(i.member == member))).rowcount
