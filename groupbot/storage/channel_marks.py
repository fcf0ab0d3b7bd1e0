"""What people, imports and members' own words say about where a member came from, in the store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from groupbot.core.ids import token
from groupbot.storage.conversions import chunks, note_changes
from groupbot.storage.engine import Database
from groupbot.storage.retry import retried
from groupbot.storage.tables import channel_marks
from groupbot.tracking.channels import Source

k = channel_marks.c


class SqlChannelMarks:
    """`tracking.conversion_book.ChannelMarks` over a `Database`. What is replaced stays, as taken back."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @retried
    async def mark(self, channels: Mapping[str, str], *, source: Source, campaign: str, by: str, now: datetime) -> int:
        said = (k.source == source.value, k.campaign == campaign, k.undone_at.is_(None))
        async with self._database.write() as conn:
            known: dict[str, str] = {}
            for some in chunks(sorted(channels)):
                rows = await conn.execute(select(k.member, k.channel).where(*said, k.member.in_(some)))
                known |= {row.member: row.channel for row in rows}
            new = {member: channel for member, channel in channels.items() if known.get(member) != channel}
            for some in chunks(sorted(new)):
                gone = update(channel_marks).where(*said, k.member.in_(some))
                await conn.execute(gone.values(undone_at=now, undone_by=by))
            if marked := {member: channel for member, channel in new.items() if channel}:
                shared: dict[str, Any] = {"campaign": campaign, "source": source.value, "at": now, "by": by}
                rows_new = [
                    shared | {"member": member, "channel": channel, "key": f"{source.value}:{token()}"}
                    for member, channel in sorted(marked.items())
                ]
                await conn.execute(insert(channel_marks), rows_new)
            await note_changes(conn, [(campaign, member) for member in new])
        return len(new)
