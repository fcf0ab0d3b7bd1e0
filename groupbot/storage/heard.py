"""What a member said, by the id of the message."""

from __future__ import annotations

from sqlalchemy import select

from groupbot.admin.risk_ports import Heard
from groupbot.storage.engine import Database
from groupbot.storage.tables import facts
from groupbot.tracking.facts import FactKind

f = facts.c


async def heard(database: Database, account: str, message_id: str) -> Heard | None:
    """Return a member's message as it was recorded; nothing for a post of our own. Raises StoreError."""
    which = (f.account == account, f.event_id == message_id, f.kind == FactKind.MESSAGE.value)
    async with database.read() as conn:
        row = (await conn.execute(select(f.group, f.text).where(*which).limit(1))).first()
    return Heard(group=row.group or "", text=row.text or "") if row is not None else None
