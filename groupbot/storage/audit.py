"""The audit in the store."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from groupbot.admin.audit import BY_ITSELF, AuditEntry, AuditQuery, Result
from groupbot.storage.engine import Database
from groupbot.storage.forgetting import blot
from groupbot.storage.tables import audit

a = audit.c


class SqlAudit:
    """`admin.audit.AuditLog` over a `Database`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def write(self, entry: AuditEntry) -> None:
        values = {name: getattr(entry, name) for name in AuditEntry.__dataclass_fields__}
        row = self._database.insert(audit).values(values | {"result": entry.result.value})
        await self._database.transact(lambda conn: conn.execute(row).rowcount)

    async def list(self, query: AuditQuery) -> Sequence[AuditEntry]:
        asked = {a.actor: query.actor, a.action: query.action, a.result: query.result and query.result.value}
        rows = select(audit).where(*(column == value for column, value in asked.items() if value is not None))
        if query.since is not None:
            rows = rows.where(a.at >= query.since)
        async with self._database.read() as conn:
            found = (await conn.execute(rows.order_by(a.at.desc(), a.id.desc()).limit(query.limit))).all()
        return [
            AuditEntry(
                at=row.at,
                actor=row.actor,
                role=row.role,
                account=row.account,
                place=row.place,
                action=row.action,
                result=Result(row.result),
                detail=row.detail,
            )
            for row in found
        ]


async def forget_asked(conn: AsyncConnection, member: str, pseudonym: str) -> int:
    """Replace a person's id by `pseudonym` in the audit, inside the caller's transaction; return how many rows.

    An actor with a role is somebody of [[people]], whose name is no id: what they did stays theirs.
    """
    replaced = blot(member, pseudonym)
    alone = f":{member}"
    held = or_(a.actor == member, a.place.endswith(alone, autoescape=True), a.detail.contains(member, autoescape=True))
    changes = []
    for row in (await conn.execute(select(a.id, a.actor, a.role, a.account, a.place, a.detail).where(held))).all():
        is_id = not row.role and row.actor != BY_ITSELF
        anew = {
            "actor": pseudonym if is_id and row.actor == member else row.actor,
            "place": f"m:{row.account}:{pseudonym}" if row.place == f"m:{row.account}:{member}" else row.place,
            "detail": replaced(row.detail),
        }
        if anew != {"actor": row.actor, "place": row.place, "detail": row.detail}:
            changes.append({"entry": row.id} | anew)
    if changes:
        await conn.execute(update(audit).where(a.id == bindparam("entry")), changes)
    return len(changes)
