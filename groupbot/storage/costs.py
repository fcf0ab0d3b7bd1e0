"""What channels cost, in the store, with the daily sums that reports read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from groupbot.storage.conversions import lock_campaigns
from groupbot.storage.engine import Database
from groupbot.storage.retry import retried
from groupbot.storage.rollups import add_sums
from groupbot.storage.tables import costs
from groupbot.tracking import metrics
from groupbot.tracking.contributions import Cell
from groupbot.tracking.conversion_book import Cost
from groupbot.tracking.money import amount, units

c = costs.c


class SqlCosts:
    """`tracking.conversion_book.CostBook` over a `Database`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @retried
    async def add(self, cost: Cost, *, now: datetime) -> bool:
        values = {name: getattr(cost, name) for name in type(cost).__dataclass_fields__ if name != "amount"}
        async with self._database.write() as conn:
            await lock_campaigns(conn, [cost.campaign])
            if (await conn.execute(select(c.id).where(*_counting(cost.campaign, cost.key)))).first() is not None:
                return False
            await conn.execute(insert(costs).values(**values, amount=units(cost.amount), at=now))
            await _sum(conn, cost, units(cost.amount))
        return True

    @retried
    async def undo(self, campaign: str, key: str, *, by: str, now: datetime) -> Cost | None:
        mine = _counting(campaign, key)
        async with self._database.write() as conn:
            await lock_campaigns(conn, [campaign])
            row = (await conn.execute(select(costs).where(*mine))).first()
            if row is None:
                return None
            await conn.execute(update(costs).where(*mine).values(undone_at=now, undone_by=by))
            await _sum(conn, _cost(row), -row.amount)
        return _cost(row)

    async def counting(self, key: str) -> Sequence[Cost]:
        """Return what counts under `key`, one for each campaign at most."""
        query = select(costs).where(c.key == key, c.undone_at.is_(None)).order_by(c.campaign)
        async with self._database.read() as conn:
            return [_cost(row) for row in await conn.execute(query)]

    async def list(self, campaign: str) -> Sequence[Cost]:
        query = select(costs).where(c.campaign == campaign, c.undone_at.is_(None)).order_by(c.day, c.id)
        async with self._database.read() as conn:
            return [_cost(row) for row in await conn.execute(query)]


async def _sum(conn: AsyncConnection, cost: Cost, n: int) -> None:
    """Add `n` to the sum of the cost's day."""
    cell = Cell(day=cost.day, metric=metrics.cost(cost.currency), group="", channel=cost.channel, variant="")
    await conn.run_sync(add_sums, cost.campaign, Counter({cell: n}))


def _counting(campaign: str, key: str) -> tuple[Any, ...]:
    return c.campaign == campaign, c.key == key, c.undone_at.is_(None)


def _cost(row: Row[*tuple[Any, ...]]) -> Cost:
    return Cost(
        campaign=row.campaign,
        channel=row.channel,
        day=row.day,
        amount=amount(row.amount),
        currency=row.currency,
        key=row.key,
        note=row.note,
        by=row.by,
    )
