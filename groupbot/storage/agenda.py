"""What is due when, over all campaigns: counted by step and time, so that a day of many groups is a few rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select

from groupbot.campaign.one_off import ONE_OFF
from groupbot.campaign.views import Due
from groupbot.delivery.values import State
from groupbot.storage.engine import Database
from groupbot.storage.tables import campaigns, deliveries

d = deliveries.c
c = campaigns.c


async def between(
    database: Database,
    since: datetime,
    until: datetime | None = None,
    *,
    campaign: str | None = None,
    states: Sequence[State] = (),
    groups: Collection[str] | None = None,
) -> tuple[Due, ...]:
    """Return what is due from `since` on and before `until`, by time; without cancelled campaigns and deliveries.

    Of all campaigns, unless one is named, but for that of single orders. `groups`: only what goes there, None = all.
    """
    query = (
        select(d.campaign, d.step, d.due, d.state, c.timezone, func.count().label("number"))
        .join(campaigns, c.id == d.campaign)
        .where(d.due >= since, c.state != "cancelled", d.state != "cancelled")
        .group_by(d.campaign, d.step, d.due, d.state, c.timezone)
        .order_by(d.due, d.campaign, d.step)
    )
    if until is not None:
        query = query.where(d.due < until)
    query = query.where(d.campaign != ONE_OFF if campaign is None else d.campaign == campaign)
    if groups is not None:
        query = query.where(d.group.in_(groups))
    if states:
        query = query.where(d.state.in_([state.value for state in states]))
    async with database.read() as conn:
        rows = (await conn.execute(query)).all()
    found: dict[tuple[str, str, datetime], dict[State, int]] = {}
    zones = {row.campaign: row.timezone for row in rows}
    for row in rows:
        found.setdefault((row.campaign, row.step, row.due), {})[State(row.state)] = row.number
    return tuple(
        Due(campaign=name, step=step, due=due, timezone=zones[name], counts=counts)
        for (name, step, due), counts in found.items()
    )
