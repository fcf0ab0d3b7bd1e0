"""Deliveries that wait for a person's word, over all campaigns: read often, so by the index of open ones."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import exists, literal, select

from groupbot.campaign.standby import BY_HAND
from groupbot.campaign.views import Pending
from groupbot.core.policies import UnknownThen
from groupbot.delivery.values import State
from groupbot.storage.candidates import OPEN, load_policies_cached
from groupbot.storage.engine import Database
from groupbot.storage.tables import campaigns, deliveries, tasks

d = deliveries.c
c = campaigns.c


async def pending(database: Database, states: Sequence[State]) -> tuple[Pending, ...]:
    """Return what is in one of `states`, held or unknown, in campaigns that were not cancelled, by time.

    Left out: what a person posts by hand, whose task asks for it.
    """
    t = tasks.c
    own = (t.campaign == d.campaign, t.key == literal(BY_HAND).concat(d.key), t.state == "open")
    query = (
        select(
            *(d.campaign, d.key, d.step, d.group, d.state, d.next_part, d.reason),
            *(d.due, d.policies, d.claimed_at, c.timezone),
        )
        .join(campaigns, c.id == d.campaign)
        .where(OPEN, d.state.in_([state.value for state in states]), c.state != "cancelled")
        .where(~exists().where(*own).correlate(deliveries))
        .order_by(d.due, d.campaign, d.ordinal, d.group)
    )
    async with database.read() as conn:
        rows = (await conn.execute(query)).all()
    return tuple(
        Pending(
            campaign=row.campaign,
            key=row.key,
            step=row.step,
            group=row.group,
            state=State(row.state),
            part=row.next_part,
            reason=row.reason,
            due=row.due,
            timezone=row.timezone,
            asks=row.state == State.HELD.value or load_policies_cached(row.policies).unknown is UnknownThen.ASK,
            since=row.claimed_at if row.state == State.UNKNOWN.value else None,
        )
        for row in rows
    )
