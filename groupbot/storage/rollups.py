"""The daily sums in the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from groupbot.storage.engine import Database
from groupbot.storage.tables import rollups
from groupbot.tracking.contributions import Cell
from groupbot.tracking.metrics import Dimension, Period

ALWAYS = Period()
u = rollups.c
_PLACE = ("campaign", "day", "metric", "group", "channel", "variant")
_ADD = {
    name: (row := dialect.insert(rollups)).on_conflict_do_update(
        index_elements=[u[column] for column in _PLACE], set_={"n": u.n + row.excluded.n}
    )
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
_DROP = delete(rollups).where(*(u[column] == bindparam(f"of_{column}") for column in _PLACE), u.n == 0)


async def _nothing() -> None:
    """Read no facts: whoever reads the sums so has had them refreshed."""


class SqlRollups:
    """`tracking.metrics.Rollups` over a `Database`. `refresh`: what reads new facts into the sums."""

    def __init__(self, database: Database, refresh: Callable[[], Awaitable[None]] = _nothing) -> None:
        self._database = database
        self._refresh = refresh

    async def sums(
        self, campaign: str, by: Sequence[Dimension], period: Period = ALWAYS, *, metrics: Sequence[str] = ()
    ) -> Mapping[tuple[str, ...], int]:
        columns = [u[dimension.value] for dimension in by]
        query = select(*columns, func.sum(u.n)).where(u.campaign == campaign)
        if columns:
            query = query.group_by(*columns)
        if period.first:
            query = query.where(u.day >= period.first)
        if period.last:
            query = query.where(u.day <= period.last)
        if metrics:
            query = query.where(or_(*(and_(u.metric >= name, u.metric < f"{name}\U0010ffff") for name in metrics)))
        async with self._database.read() as conn:
            rows = (await conn.execute(query)).all()
        return {tuple(row[:-1]): int(row[-1]) for row in rows if row[-1]}

    async def refresh(self) -> None:
        await self._refresh()


def add_sums(conn: Connection, campaign: str, changes: Counter[Cell]) -> None:
    """Add `changes` to a campaign's sums, inside the caller's transaction; a sum of nothing is no row."""
    rows: list[dict[str, Any]] = [
        dict(zip(_PLACE, (campaign, *cell), strict=True)) | {"n": count}
        for cell, count in sorted(changes.items())
        if count
    ]
    if not rows:
        return
    conn.execute(_ADD[conn.dialect.name], rows)
    if less := [row for row in rows if row["n"] < 0]:
        conn.execute(_DROP, [{f"of_{name}": row[name] for name in _PLACE} for row in less])
