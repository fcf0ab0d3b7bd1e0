"""Messages that brought files, as facts have them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from groupbot.chat.directory import Directory
from groupbot.core.events import MessageReceived, Person
from groupbot.storage.engine import Database
from groupbot.storage.tables import facts
from groupbot.tracking.facts import FactKind

f = facts.c


class SqlPastFiles:
    """`admin.sent_files.PastFiles` over a `Database`."""

    def __init__(self, database: Database, directory: Directory) -> None:
        self._database = database
        self._directory = directory

    async def since(self, at: datetime) -> Sequence[MessageReceived]:
        query = (
            select(f.at, f.account, f.event_id, f.group, f.member, f.name, f.text, f.message_id, f.extra)
            .where(f.kind == FactKind.MESSAGE.value, f.at >= at, f.extra.contains('"kind": "file"'))
            .order_by(f.at)
        )
        async with self._database.read() as conn:
            rows = (await conn.execute(query)).all()
        return [event for row in rows if (event := self._event(row)) is not None]

    def _event(self, row: Any) -> MessageReceived | None:
        """Return the message again, None when it came in a group that config.toml has no more."""
        chat = self._directory.chat_id(row.account, row.group) if row.group is not None else None
        if row.group is not None and chat is None:
            return None
        return MessageReceived(
            account=row.account,
            event_id=row.event_id,
            at=row.at,
            group=chat,
            sender=Person(id=row.member, name=row.name),
            message_id=row.message_id or "",
            kind=json.loads(row.extra)["kind"],
            text=row.text or "",
        )
