"""The ledger on SQLite and PostgreSQL: one table, one code path."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, delete, select, update
from sqlalchemy.engine import Connection

from groupbot.core.events import AccountState
from groupbot.delivery.budgets import Cost, PastPost
from groupbot.delivery.values import (
    Ask,
    Candidate,
    Claim,
    Diversion,
    Drop,
    Look,
    Notice,
    Outcome,
    Ownership,
    Settlement,
    State,
    Wait,
)
from groupbot.i18n import _
from groupbot.storage import echoes, outcomes
from groupbot.storage.candidates import CANDIDATES, NEXT_LOOK, OPEN, OVER, OVERDUE, as_candidate
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
        return await self._database.transact(lambda conn: self._acquire(conn, account, instance, now))

    async def acquire_from(
        self, epoch: int, account: str, instance: str, now: datetime
    ) -> tuple[Ownership, tuple[Notice, ...]] | None:
        """Do what `acquire` does, unless the account has another epoch than `epoch` by now; 0 = it had no row."""

        def work(conn: Connection) -> tuple[Ownership, tuple[Notice, ...]] | None:
            present = conn.scalar(select(a.epoch).where(a.name == account).with_for_update()) or 0
            return self._acquire(conn, account, instance, now) if present == epoch else None

        return await self._database.transact(work)

    def _acquire(
        self, conn: Connection, account: str, instance: str, now: datetime
    ) -> tuple[Ownership, tuple[Notice, ...]]:
        epoch = _take_over(conn, self._database.insert(accounts), account, instance, now)
        under_way = select(deliveries).where(d.account == account, OPEN, d.state == "sending")  # OPEN: for its index
        left = conn.execute(under_way).mappings().all()
        notices = tuple(_orphan(conn, row, now) for row in left)
        return Ownership(account=account, instance=instance, epoch=epoch), notices

    async def release(self, ownership: Ownership, now: datetime) -> None:
        mine = (a.name == ownership.account, a.owner == ownership.instance, a.epoch == ownership.epoch)
        given_back = update(accounts).where(*mine).values(owner=None, **_offline(now))
        await self._database.transact(lambda conn: conn.execute(given_back).rowcount)

    async def look(self, ownership: Ownership, now: datetime, limit: int) -> Look:
        await self._claims.give_back(ownership.account, now)
        account = ownership.account

        def work(conn: Connection) -> Look:
            overdue = _overdue(conn, account, now, limit)
            return Look(
                over=conn.execute(OVER, {"account": account, "now": now}).first() is not None,
                overdue=overdue,
                candidates=_candidates(conn, ownership, now, limit) if len(overdue) < limit else [],
                next=_next_look(conn, account, now),
            )

        return await self._database.query(work)

    async def candidates(self, ownership: Ownership, now: datetime, limit: int) -> Sequence[Candidate]:
        await self._claims.give_back(ownership.account, now)
        return await self._database.query(lambda conn: _candidates(conn, ownership, now, limit))

    async def overdue(self, ownership: Ownership, now: datetime, limit: int) -> Sequence[Candidate]:
        return await self._database.query(lambda conn: _overdue(conn, ownership.account, now, limit))

    async def next_look(self, account: str, now: datetime) -> datetime | None:
        return await self._database.query(lambda conn: _next_look(conn, account, now))

    async def begin(self, claim: Claim, ownership: Ownership, now: datetime) -> str | None:
        return await self._claims.begin(Begin(claim=claim, instance=ownership.instance, now=now))

    async def finish(self, token: str, delivery: int, outcome: Outcome, now: datetime) -> bool:
        return await self._claims.finish(Finish(token=token, delivery=delivery, outcome=outcome, now=now))

    async def divert(self, candidate: Candidate, diversion: Diversion, ownership: Ownership, now: datetime) -> bool:
        as_read = (
            d.id == candidate.id,
            d.state == "planned",
            d.next_part == candidate.next_part,
            d.plan_version == candidate.plan_version,
            d.account == candidate.account,
            select(a.name).where(a.name == d.account, a.owner == ownership.instance).correlate(deliveries).exists(),
        )

        def work(conn: Connection) -> bool:
            values = _diverted(conn, candidate, diversion, now)
            changed = conn.execute(update(deliveries).where(*as_read).values(**values).returning(d.id))
            if not isinstance(diversion, Wait):
                conn.execute(delete(lane_locks).where(lane_locks.c.delivery == candidate.id))
            return changed.scalar() is not None

        return await self._database.transact(work)

    async def settle(self, campaign: str, key: str, how: Settlement, now: datetime, *, part: int | None = None) -> bool:
        open_ = select(deliveries).where(d.campaign == campaign, d.key == key, d.state.in_(_OPEN))

        def work(conn: Connection) -> bool:
            row = conn.execute(open_).first()
            if row is None or part not in {None, row.next_part}:
                return False
            conn.execute(update(deliveries).where(d.id == row.id).values(**_settled(conn, row, how, now)))
            if how is Settlement.SENT:
                its_post = (posts.c.token == row.token, posts.c.delivery == row.id)
                conn.execute(update(posts).where(*its_post).values(outcome="sent"))
            return True

        return await self._database.transact(work)

    async def settle_echoes(self, account: str, now: datetime) -> Sequence[Notice]:
        if not await self._database.query(lambda conn: echoes.any_open(conn, account)):
            return []
        settled = await self._database.transact(lambda conn: echoes.settle(conn, account, now))
        return [_notice(row, State.SENT, reason) for row, reason in settled]

    async def expire(self, account: str, now: datetime) -> Sequence[Notice]:
        def work(conn: Connection) -> list[Notice]:
            notices: list[Notice] = []
            for row in conn.execute(OVER, {"account": account, "now": now}).all():
                values = outcomes.expired(row, now)
                changed = update(deliveries).where(d.id == row.id).values(blocks_until=None, **values)
                state, reason = conn.execute(changed.returning(d.state, d.reason)).one()
                notices.append(_notice(row._mapping, State(state), reason))  # noqa: SLF001
            return notices

        return await self._database.transact(work)

    async def posted_since(self, account: str, since: datetime) -> Sequence[PastPost]:
        p = posts.c
        query = select(p.group, p.member, p.started_at, p.kind, p.amount).where(
            p.account == account, p.started_at >= since, p.outcome.not_in(("retry", "failed"))
        )
        return [
            PastPost(at=at, group="" if member else group, cost=Cost(kind=kind, amount=amount))
            for group, member, at, kind, amount in await self._database.query(lambda conn: conn.execute(query).all())
        ]


def _candidates(conn: Connection, ownership: Ownership, now: datetime, limit: int) -> list[Candidate]:
    values = {"account": ownership.account, "instance": ownership.instance, "now": now, "limit": limit}
    return [as_candidate(row) for row in conn.execute(CANDIDATES, values).mappings()]


def _overdue(conn: Connection, account: str, now: datetime, limit: int) -> list[Candidate]:
    values = {"account": account, "now": now, "limit": limit}
    return [as_candidate(row) for row in conn.execute(OVERDUE, values).mappings()]


def _next_look(conn: Connection, account: str, now: datetime) -> datetime | None:
    looks = conn.execute(NEXT_LOOK, {"account": account, "now": now}).one()
    return min((instant for instant in looks if instant is not None), default=None)


def _take_over(conn: Connection, row: Any, account: str, instance: str, now: datetime) -> int:
    """Make `instance` the owner and return the new epoch. `row` is the dialect's own insert()."""
    owned = {"owner": instance, "epoch": a.epoch + 1, **_offline(now)}
    first = row.values(name=account, owner=instance, epoch=1, changed_at=now)
    taken = conn.execute(first.on_conflict_do_update(index_elements=[a.name], set_=owned).returning(a.epoch))
    return int(taken.scalar_one())


def _offline(now: datetime) -> dict[str, Any]:
    """Return the columns of an account that is connected to nothing. Its login code is void, and shown as no detail."""
    detail = case((a.state == AccountState.LOGIN_NEEDED.value, ""), else_=a.detail)
    return {"state": AccountState.OFFLINE.value, "detail": detail, "changed_at": now}


def _orphan(conn: Connection, row: Any, now: datetime) -> Notice:
    reason = _("the daemon stopped while part {part} was being sent").format(part=row["next_part"] + 1)
    its_post = (posts.c.token == row["token"], posts.c.delivery == row["id"])
    conn.execute(update(posts).where(*its_post).values(outcome="unknown", finished_at=now, error=reason))
    outcomes.mark_lost(conn, row, reason, now)
    return _notice(row, State.UNKNOWN, reason)


def _diverted(conn: Connection, candidate: Candidate, diversion: Diversion, now: datetime) -> dict[str, Any]:
    """Return the columns of a planned delivery that does not go out now."""
    match diversion:
        case Wait(until=until, aside=aside):
            return {"not_before": until, "blocks_until": now if aside else None}
        case Drop(reason=reason):
            return {"state": "skipped", "reason": reason}
        case Ask(reason=reason):
            row = conn.execute(select(deliveries).where(d.id == candidate.id)).mappings().one()
            until = outcomes.block_until(conn, row, candidate.policies, now)
            return {"state": "held", "reason": reason, "blocks_until": until}


_OPEN = ("held", "unknown", "failed")
"""What a person may settle: what waits for a word, and what the platform refused before its cause was mended."""


def _settled(conn: Connection, row: Any, how: Settlement, now: datetime) -> dict[str, Any]:
    """Return the columns of an open delivery after a person's word on it.

    "Post it" passes guards and lateness; "it was posted" is a fact about one part, and the next meets its own rules.
    """
    again = {"state": outcomes.planned_unless_cancelled(), "blocks_until": None, "not_before": now, "reason": ""}
    match how:
        case Settlement.SKIP:
            return {"state": "skipped", "blocks_until": None, "reason": outcomes.left_out()}
        case Settlement.RESEND:
            return again | {"attempt": row.attempt + 1, "approved": True}
        case Settlement.SENT if row.next_part + 1 >= row.parts:
            return {"state": "sent", "blocks_until": None, "next_part": row.parts, "sent_at": row.claimed_at or now}
        case Settlement.SENT:
            late_at = outcomes.next_late(conn, row, row.claimed_at or now)
            return again | {"next_part": row.next_part + 1, "attempt": 0, "late_at": late_at}


def _notice(row: Any, state: State, reason: str) -> Notice:
    return Notice(
        address=f"{row['campaign']}/{row['key']}",
        group=row["group"],
        account=row["account"],
        step=row["step"],
        state=state,
        reason=reason,
    )
