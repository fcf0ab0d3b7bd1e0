"""The ledger on SQLite and PostgreSQL: one table, one code path."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from groupbot.delivery.values import (
    Ask,
    Candidate,
    Claim,
    Diversion,
    Drop,
    Notice,
    Outcome,
    Ownership,
    Settlement,
    State,
    Wait,
)
from groupbot.i18n import _
from groupbot.storage import echoes, outcomes
from groupbot.storage.candidates import CANDIDATES, NEXT_LOOK, OPEN, as_candidate
from groupbot.storage.claims import Begin, Claims, Finish
from groupbot.storage.engine import Database
from groupbot.storage.tables import accounts, deliveries, lane_locks, posts

d = deliveries.c
a = accounts.c


class SqlLedger:
    """`delivery.ports.Ledger` over a `Database`. See the port for what each call promises."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._claims = Claims(database)

    async def close(self) -> None:
        """Wait for what is being committed."""
        await self._claims.close()

    async def acquire(self, account: str, instance: str, now: datetime) -> tuple[Ownership, tuple[Notice, ...]]:
        async with self._database.write() as conn:
            epoch = await self._take_over(conn, account, instance, now)
            left = (await conn.execute(select(deliveries).where(d.account == account, d.state == "sending"))).all()
            notices = [await self._orphan(conn, row._mapping, now) for row in left]  # noqa: SLF001
        return Ownership(account=account, instance=instance, epoch=epoch), tuple(notices)

    async def _take_over(self, conn: AsyncConnection, account: str, instance: str, now: datetime) -> int:
        taken = await conn.execute(
            update(accounts)
            .where(a.name == account)
            .values(owner=instance, epoch=a.epoch + 1, state="offline", changed_at=now)
            .returning(a.epoch)
        )
        epoch = taken.scalar()
        if epoch is None:
            await conn.execute(accounts.insert().values(name=account, owner=instance, epoch=1, changed_at=now))
            epoch = 1
        return int(epoch)

    async def _orphan(self, conn: AsyncConnection, row: Any, now: datetime) -> Notice:
        reason = _("the daemon stopped while part {part} was being sent").format(part=row["next_part"] + 1)
        await conn.execute(
            update(posts)
            .where(posts.c.token == row["token"], posts.c.delivery == row["id"])
            .values(outcome="unknown", finished_at=now, error=reason)
        )
        await outcomes.mark_lost(conn, row, reason, now)
        return _notice(row, State.UNKNOWN, reason)

    async def release(self, ownership: Ownership, now: datetime) -> None:
        async with self._database.write() as conn:
            await conn.execute(
                update(accounts)
                .where(a.name == ownership.account, a.owner == ownership.instance, a.epoch == ownership.epoch)
                .values(owner=None, state="offline", changed_at=now)
            )

    async def candidates(self, ownership: Ownership, now: datetime, limit: int) -> Sequence[Candidate]:
        values = {"account": ownership.account, "instance": ownership.instance, "now": now, "limit": limit}
        async with self._database.read() as conn:
            return [as_candidate(row) for row in (await conn.execute(CANDIDATES, values)).all()]

    async def next_look(self, account: str, now: datetime) -> datetime | None:
        async with self._database.read() as conn:
            row = (await conn.execute(NEXT_LOOK, {"account": account, "now": now})).one()
        return min((instant for instant in row if instant is not None), default=None)

    async def begin(self, claim: Claim, ownership: Ownership, now: datetime) -> str | None:
        return await self._claims.begin(Begin(claim=claim, instance=ownership.instance, now=now))

    async def finish(self, token: str, delivery: int, outcome: Outcome, now: datetime) -> bool:
        return await self._claims.finish(Finish(token=token, delivery=delivery, outcome=outcome, now=now))

    async def divert(self, candidate: Candidate, diversion: Diversion, ownership: Ownership, now: datetime) -> bool:
        async with self._database.write() as conn:
            match diversion:
                case Wait(until=until):
                    values: dict[str, Any] = {"not_before": until}
                case Drop(reason=reason):
                    values = {"state": "skipped", "reason": reason}
                case Ask(reason=reason):
                    row = {"campaign": candidate.campaign, "lane": candidate.lane, "due": candidate.due, "ordinal": 0}
                    row["ordinal"] = await conn.scalar(select(d.ordinal).where(d.id == candidate.id))
                    until = await outcomes.block_until(conn, row, candidate.policies, now)
                    values = {"state": "held", "reason": reason, "blocks_until": until}
            result = await conn.execute(
                update(deliveries)
                .where(
                    d.id == candidate.id,
                    d.state == "planned",
                    d.next_part == candidate.next_part,
                    d.plan_version == candidate.plan_version,
                    select(a.name)
                    .where(a.name == d.account, a.owner == ownership.instance)
                    .correlate(deliveries)
                    .exists(),
                )
                .values(**values)
                .returning(d.id)
            )
            if not isinstance(diversion, Wait):
                await conn.execute(delete(lane_locks).where(lane_locks.c.delivery == candidate.id))
            return result.scalar() is not None

    async def settle(self, campaign: str, key: str, how: Settlement, now: datetime, *, part: int | None = None) -> bool:
        async with self._database.write() as conn:
            row = (
                await conn.execute(select(deliveries).where(d.campaign == campaign, d.key == key, d.state.in_(_OPEN)))
            ).first()
            if row is None or part not in {None, row.next_part}:
                return False
            await conn.execute(update(deliveries).where(d.id == row.id).values(**_settled(row, how, now)))
            if how is Settlement.SENT:
                await conn.execute(
                    update(posts).where(posts.c.token == row.token, posts.c.delivery == row.id).values(outcome="sent")
                )
            return True

    async def settle_echoes(self, account: str, now: datetime) -> Sequence[Notice]:
        async with self._database.read() as conn:
            if not await echoes.any_open(conn, account):
                return []
        async with self._database.write() as conn:
            return [_notice(row, State.SENT, reason) for row, reason in await echoes.settle(conn, account, now)]

    async def expire(self, account: str, now: datetime) -> Sequence[Notice]:
        over = select(deliveries).where(d.account == account, OPEN, d.blocks_until <= now)
        async with self._database.read() as conn:
            if (await conn.execute(over.limit(1))).first() is None:
                return []
        notices: list[Notice] = []
        async with self._database.write() as conn:
            for row in (await conn.execute(over)).all():
                state, values = outcomes.expired(row, now)
                await conn.execute(update(deliveries).where(d.id == row.id).values(blocks_until=None, **values))
                notices.append(_notice(row._mapping, state, values.get("reason", row.reason)))  # noqa: SLF001
        return notices

    async def posted_since(self, account: str, since: datetime) -> Mapping[str, Sequence[datetime]]:
        found: defaultdict[str, list[datetime]] = defaultdict(list)
        async with self._database.read() as conn:
            rows = await conn.execute(
                select(posts.c.group, posts.c.member, posts.c.started_at).where(
                    posts.c.account == account, posts.c.started_at >= since, posts.c.outcome.not_in(("retry", "failed"))
                )
            )
            for group, member, at in rows:
                found["" if member else group].append(at)
        return found


_OPEN = ("held", "unknown")


def _settled(row: Any, how: Settlement, now: datetime) -> dict[str, Any]:
    """Return the columns of an open delivery after a person's word on it."""
    by_hand = {"blocks_until": None, "approved": True, "not_before": now}
    match how:
        case Settlement.SKIP:
            return {"state": "skipped", "blocks_until": None, "reason": _("left out by a person")}
        case Settlement.RESEND:
            return by_hand | {"state": "planned", "attempt": row.attempt + 1, "reason": ""}
        case Settlement.SENT if row.next_part + 1 >= row.parts:
            return {"state": "sent", "blocks_until": None, "next_part": row.parts, "sent_at": row.claimed_at or now}
        case Settlement.SENT:
            return by_hand | {"state": "planned", "next_part": row.next_part + 1, "attempt": 0, "reason": ""}


def _notice(row: Any, state: State, reason: str) -> Notice:
    return Notice(
        address=f"{row['campaign']}/{row['key']}",
        group=row["group"],
        account=row["account"],
        step=row["step"],
        state=state,
        reason=reason,
    )
