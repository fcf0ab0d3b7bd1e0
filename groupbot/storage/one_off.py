"""Single orders in the store, and the posts that one of them may take back."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from groupbot.campaign.values import Campaign, PostView
from groupbot.delivery.values import NewDelivery
from groupbot.storage import signals
from groupbot.storage.engine import Database
from groupbot.storage.rows import body_of, campaign_row, planned_row
from groupbot.storage.tables import campaigns, contents, deliveries, posts

d = deliveries.c
p = posts.c


class SqlOrders:
    """`campaign.ports.Orders` over a `Database`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert = database.insert

    async def submit(self, campaign: Campaign, row: NewDelivery) -> bool:
        body_id, body = body_of(row.parts)
        standing = self._insert(campaigns).values(**campaign_row(campaign), state=campaign.state.value)
        content = self._insert(contents).values(id=body_id, parts=body)
        planned = self._insert(deliveries).values(**planned_row(row, 0), not_before=row.due)
        known = planned.on_conflict_do_nothing(index_elements=[d.campaign, d.key])

        def work(conn: Connection) -> bool:
            conn.execute(standing.on_conflict_do_nothing())
            conn.execute(content.on_conflict_do_nothing())
            if conn.scalar(known.returning(d.id)) is None:
                return False
            conn.execute(signals.raised(self._insert))
            return True

        return await self._database.transact(work)  # somebody waits for the answer that it may be

    async def posts_of(self, campaign: str, key: str) -> Sequence[PostView]:
        query = (
            select(p.part, p.account, p.group, p.member, p.kind, p.message_id, p.started_at)
            .join(deliveries, d.id == p.delivery)
            .where(d.campaign == campaign, d.key == key, p.outcome == "sent")
            .order_by(p.part, p.started_at)
        )
        async with self._database.read() as conn:
            return [
                PostView(
                    part=row.part,
                    account=row.account,
                    group=row.group,
                    member=row.member,
                    kind=row.kind,
                    message_id=row.message_id,
                    at=row.started_at,
                )
                for row in (await conn.execute(query)).all()
            ]
