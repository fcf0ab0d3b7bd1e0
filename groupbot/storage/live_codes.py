"""Live codes and how often they were visited, over SQLAlchemy Core."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Connection

from groupbot.storage.engine import Database
from groupbot.storage.retry import retried
from groupbot.storage.tables import code_visits, facts, live_codes, trail_changes
from groupbot.tracking.facts import FactKind
from groupbot.tracking.live_codes import LiveCode, Visits

VISIT_WINDOW_S = 1800.0
"""How long before a join a visit may have led to it, see `[tracking] visit_window_s`."""
_MINUTE = timedelta(minutes=1)
c = live_codes.c
v = code_visits.c
_FIELDS = tuple(LiveCode.__dataclass_fields__)


class SqlLiveCodes:
    """`desk.live_codes.CodeStore` and `tracking.live_codes.VisitStore` over a `Database`."""

    def __init__(self, database: Database, *, window_s: float = VISIT_WINDOW_S) -> None:
        self._database = database
        self._window = timedelta(seconds=window_s)

    async def codes(self) -> Sequence[LiveCode]:
        query = select(*(c[name] for name in _FIELDS)).order_by(c.created_at, c.code)
        async with self._database.read() as conn:
            return [LiveCode(**row) for row in (await conn.execute(query)).mappings()]

    @retried
    async def add(self, code: LiveCode) -> bool:
        row = self._database.insert(live_codes).values(**asdict(code)).on_conflict_do_nothing()
        async with self._database.write() as conn:
            return await conn.scalar(row.returning(c.code)) is not None

    @retried
    async def change(self, code: str, **values: Any) -> bool:
        changed = update(live_codes).where(c.code == code).values(**values)
        async with self._database.write() as conn:
            return bool((await conn.execute(changed)).rowcount)

    async def visited(self) -> Mapping[str, int]:
        query = select(v.code, func.sum(v.visits)).group_by(v.code)
        async with self._database.read() as conn:
            return {code: int(count) for code, count in await conn.execute(query)}

    async def add_visits(self, visits: Sequence[Visits]) -> None:
        row = self._database.insert(code_visits)
        adding = row.on_conflict_do_update(
            index_elements=[v.code, v.minute, v.group], set_={"visits": v.visits + row.excluded.visits}
        )
        ordered = sorted(visits, key=lambda one: (one.code, one.minute, one.group))  # as other processes do
        rows = [{"code": one.code, "minute": one.minute, "group": one.group, "visits": one.count} for one in ordered]

        def work(conn: Connection) -> None:
            conn.execute(adding, rows)
            _note_joined(conn, visits, self._window)

        if rows:
            await self._database.transact(work)


def _note_joined(conn: Connection, visits: Sequence[Visits], window: timedelta) -> None:
    """Have those looked at again who joined after a visit that is told only now: their channel may be another."""
    f, changed = facts.c, trail_changes.c
    for group, minute in sorted({(one.group, one.minute) for one in visits if one.group}):
        joined = select(f.member).where(f.group == group, f.kind == FactKind.JOIN.value, f.member != "")
        near = joined.where(f.at >= minute, f.at <= minute + window + _MINUTE)
        waiting = select(changed.member).where(changed.campaign == "")
        fresh = near.where(f.member.not_in(waiting)).distinct()
        conn.execute(insert(trail_changes).from_select(["member"], fresh))
