"""What people said about steps before they were posted, and what still waits for that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, literal_column, select, update

from groupbot.campaign.approvals import Decided, Decision, Moment, Waiting, near
from groupbot.delivery.values import State
from groupbot.storage import signals
from groupbot.storage.candidates import load_parts_cached, load_policies_cached
from groupbot.storage.engine import Database
from groupbot.storage.retry import retried
from groupbot.storage.tables import approvals, campaigns, contents, deliveries

a = approvals.c
c = campaigns.c
d = deliveries.c
_ASKED: ColumnElement[bool] = literal_column("deliveries.ask_at IS NOT NULL")
"""Written out: a database uses a partial index only when it can see the index's own condition."""
_TO_LOOK_AT = (_ASKED, d.state.in_(("planned", "held")), d.next_part == 0)


class SqlApprovals:
    """`campaign.approvals.Approvals` over a `Database`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def waiting(self, now: datetime) -> Sequence[Waiting]:
        query = (
            select(
                *(d.campaign, d.key, d.step, d.group, d.state, d.due, d.policies, d.reason),
                *(contents.c.parts, c.timezone),
            )
            .join(contents, contents.c.id == d.content)
            .join(campaigns, c.id == d.campaign)
            .where(*_TO_LOOK_AT, c.state.in_(("running", "paused")))
            .order_by(d.due, d.campaign, d.ordinal, d.group)
        )
        async with self._database.read() as conn:
            rows = (await conn.execute(query)).all()
        found = [one for row in rows if (one := _waiting(row)) is not None]
        return near(found, now)

    async def decided(self, moment: Moment) -> Mapping[str, Decided]:
        query = select(approvals).where(*_of(moment))
        async with self._database.read() as conn:
            rows = (await conn.execute(query)).all()
        return {
            row.digest: Decided(moment=moment, digest=row.digest, decision=Decision(row.decision), by=row.by, at=row.at)
            for row in rows
        }

    @retried
    async def decide(self, decisions: Sequence[Decided]) -> None:
        async with self._database.write() as conn:
            for one in decisions:
                said = {"decision": one.decision.value, "by": one.by, "at": one.at}
                row = {
                    "campaign": one.moment.campaign,
                    "step": one.moment.step,
                    "occurrence": one.moment.occurrence,
                    "digest": one.digest,
                }
                new = self._database.insert(approvals).values(row | said)
                await conn.execute(new.on_conflict_do_update(index_elements=list(row), set_=said))
            await signals.raise_(conn, self._database.insert)

    @retried
    async def release(self, rows: Sequence[Waiting], now: datetime) -> int:
        count = 0
        async with self._database.write() as conn:
            for row in rows:
                mine = (d.campaign == row.campaign, d.key == row.key, d.state == "held")
                held = (await conn.execute(select(d.policies, d.until).where(*mine))).first()
                if held is None:
                    continue
                anew = {
                    "state": "planned",
                    "blocks_until": None,
                    "not_before": now,
                    "reason": "",
                    "late_at": load_policies_cached(held.policies).latest(now, held.until),
                }
                count += (await conn.execute(update(deliveries).where(*mine).values(anew))).rowcount
            await signals.raise_(conn, self._database.insert)
        return count


def _of(moment: Moment) -> tuple[Any, ...]:
    return a.campaign == moment.campaign, a.step == moment.step, a.occurrence == moment.occurrence


def _waiting(row: Any) -> Waiting | None:
    approval = load_policies_cached(row.policies).approval
    if approval is None:
        return None
    return Waiting(
        campaign=row.campaign,
        key=row.key,
        step=row.step,
        group=row.group,
        state=State(row.state),
        due=row.due,
        timezone=row.timezone,
        approval=approval,
        parts=load_parts_cached(row.parts),
        reason=row.reason,
    )
