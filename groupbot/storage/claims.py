"""The hot path of the ledger: what begins and what ends at the same moment shares one transaction and set-wise SQL.

The claim is one conditional UPDATE. Its conditions are those of `candidates`, so a pause, an edit, a cancel or a new
owner that was committed in between leaves zero rows, and nothing is sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, tuple_, update
from sqlalchemy.engine import Connection

from groupbot.core.ids import token as new_token
from groupbot.delivery.budgets import cost
from groupbot.delivery.values import Claim, Lost, Outcome, Refused, Retry, Sent
from groupbot.errors import StoreError
from groupbot.i18n import _
from groupbot.storage import outcomes
from groupbot.storage.batch import Batcher
from groupbot.storage.candidates import PLANNED, campaign_runs, first_in_lane, lane_free, owned_by
from groupbot.storage.engine import Database
from groupbot.storage.tables import accounts, deliveries, lane_locks, posts

d = deliveries.c


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Begin:
    """A claim on its way to the database."""

    claim: Claim
    instance: str
    now: datetime


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Finish:
    """An outcome on its way to the database."""

    token: str
    delivery: int
    outcome: Outcome
    now: datetime


_now = bindparam("now", type_=d.due.type)
_CLAIM = (
    update(deliveries)
    .where(
        d.id.in_(bindparam("ids", expanding=True)),  # for the primary key; the rows below say which version of each
        tuple_(d.id, d.next_part, d.plan_version, d.account).in_(bindparam("rows", expanding=True)),
        PLANNED,
        d.not_before <= _now,
        campaign_runs(),
        owned_by(bindparam("instance", type_=accounts.c.owner.type)),
        first_in_lane(_now),
        lane_free(_now),
    )
    .values(
        state="sending",
        token=bindparam("token"),
        epoch=select(accounts.c.epoch).where(accounts.c.name == d.account).correlate(deliveries).scalar_subquery(),
        claimed_at=_now,
        blocks_until=None,
    )
    .returning(d.id)
)
_SENT_LAST = (
    update(deliveries)
    .where(
        d.id.in_(bindparam("ids", expanding=True)),
        tuple_(d.id, d.token).in_(bindparam("rows", expanding=True)),
        d.state.in_(("sending", "unknown")),
    )
    .values(state="sent", next_part=d.parts, sent_at=_now, blocks_until=None, attempt=0)
    .returning(d.id)
)
_POST = insert(posts)
_POST_SENT = (
    update(posts)
    .where(posts.c.token == bindparam("by_token"), posts.c.delivery == bindparam("by_delivery"))
    .values(outcome="sent", finished_at=bindparam("at"), message_id=bindparam("sent_id"))
)
_UNLOCK = delete(lane_locks).where(lane_locks.c.delivery.in_(bindparam("ids", expanding=True)))

_OWNERS = (
    select(accounts.c.name)
    .where(accounts.c.name.in_(bindparam("names", expanding=True)))
    .order_by(accounts.c.name)
    .with_for_update(read=True)
)
_LANES = (
    select(lane_locks.c.lane)
    .where(
        lane_locks.c.lane.in_(bindparam("lanes", expanding=True))
        | lane_locks.c.delivery.in_(bindparam("ids", expanding=True))
    )
    .order_by(lane_locks.c.lane)
    .with_for_update()
)


def _reserve(database: Database) -> Any:
    """Return the statement that takes lanes which nobody else holds."""
    row = database.insert(lane_locks)
    return row.on_conflict_do_update(
        index_elements=[lane_locks.c.lane],
        set_={"delivery": row.excluded.delivery, "until": row.excluded.until},
        where=(lane_locks.c.until <= _now) | (lane_locks.c.delivery == row.excluded.delivery),
    ).returning(lane_locks.c.delivery)


class Claims:
    """Begin and finish sends in shared transactions."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._reserve = _reserve(database)
        self._doubtful: list[tuple[str, Begin]] = []
        self._batcher: Batcher[Begin | Finish, str | None] = Batcher(
            self._commit, name="ledger-commit", choose=_one_begin_per_lane
        )

    async def begin(self, begin: Begin) -> str | None:
        """Return the claim's token, or None when it may not be sent."""
        return await self._batcher.submit(begin)

    async def finish(self, finish: Finish) -> bool:
        """Return whether the outcome was taken."""
        return await self._batcher.submit(finish) is not None

    async def close(self) -> None:
        """Wait for what is being committed."""
        await self._batcher.close()

    async def give_back(self, account: str, now: datetime) -> None:
        """Plan again what a lost connection may have left claimed: its caller was told of the fault and sent nothing.

        The row's lock is waited for, since the server may still be at the commit that nobody heard the end of.
        """
        for doubt in [doubt for doubt in self._doubtful if doubt[1].claim.candidate.account == account]:
            token, claim = doubt[0], doubt[1].claim
            delivery = claim.candidate.id
            lock_until = claim.lock_until if claim.candidate.next_part else None
            again = Retry(not_before=now, error=_("the database was lost before it was sent"), lock_until=lock_until)

            def work(conn: Connection, token: str = token, delivery: int = delivery, again: Retry = again) -> bool:
                conn.execute(select(d.id).where(d.id == delivery).with_for_update())
                mine = conn.scalar(select(d.id).where(d.id == delivery, d.token == token, d.state == "sending"))
                return mine is not None and outcomes.retry(conn, token, delivery, again, now)

            await self._database.transact(work)
            self._doubtful.remove(doubt)

    async def _commit(self, items: Sequence[Begin | Finish]) -> Sequence[str | None]:
        begins = [item for item in items if isinstance(item, Begin)]
        finishes = [item for item in items if isinstance(item, Finish)]
        token = new_token()

        def work(conn: Connection) -> tuple[set[int], set[int]]:
            if not self._database.is_sqlite:
                _lock_in_order(conn, begins, finishes)
            done = self._finish(conn, finishes) if finishes else set()
            return done, self._begin(conn, begins, token) if begins else set()

        try:
            done, begun = await self._database.transact(work)
        except StoreError:
            self._doubtful += [(token, begin) for begin in begins]
            raise
        return [
            (token if item.claim.candidate.id in begun else None)
            if isinstance(item, Begin)
            else (item.token if item.delivery in done else None)
            for item in items
        ]

    def _begin(self, conn: Connection, begins: Sequence[Begin], token: str) -> set[int]:
        now = max(begin.now for begin in begins)
        held = self._lock(conn, begins, now)
        wanted = {b.claim.candidate.id: b for b in begins if b.claim.candidate.id in held}
        claimed: set[int] = set()
        for instance in {b.instance for b in wanted.values()}:
            rows = [
                (c.id, c.next_part, c.plan_version, c.account)
                for c in (b.claim.candidate for b in wanted.values() if b.instance == instance)
            ]
            values = {"ids": [row[0] for row in rows], "rows": rows, "now": now, "instance": instance, "token": token}
            result = conn.execute(_CLAIM, values)
            claimed |= set(result.scalars())
        if claimed:
            conn.execute(_POST, [_post(wanted[n], token) for n in sorted(claimed)])
        if lost := held - claimed:
            conn.execute(_UNLOCK, {"ids": sorted(lost)})
        return claimed

    def _lock(self, conn: Connection, begins: Sequence[Begin], now: datetime) -> set[int]:
        """Reserve the lanes; return the deliveries that have theirs. Also what keeps two processes apart."""
        values = [
            {"lane": b.claim.candidate.turn, "delivery": b.claim.candidate.id, "until": b.claim.lock_until, "now": now}
            for b in sorted(begins, key=lambda b: b.claim.candidate.turn)
        ]
        return set((conn.execute(self._reserve, values)).scalars())

    def _finish(self, conn: Connection, finishes: Sequence[Finish]) -> set[int]:
        now = max(finish.now for finish in finishes)
        last = {f.delivery: f for f in finishes if _is_plain_end(f.outcome)}
        done: set[int] = set()
        if last:
            rows = [(f.delivery, f.token) for f in last.values()]
            done = set((conn.execute(_SENT_LAST, {"ids": list(last), "rows": rows, "now": now})).scalars())
            conn.execute(_POST_SENT, [_post_sent(f) for f in last.values()])
            conn.execute(_UNLOCK, {"ids": sorted(done)})
        for finish in finishes:
            if finish.delivery not in last and self._finish_one(conn, finish):
                done.add(finish.delivery)
        return done

    def _finish_one(self, conn: Connection, finish: Finish) -> bool:
        match finish.outcome:
            case Sent() as sent:
                return outcomes.sent(conn, finish.token, finish.delivery, sent, finish.now)
            case Retry() as retry:
                return outcomes.retry(conn, finish.token, finish.delivery, retry, finish.now)
            case Refused() as refused:
                return outcomes.refused(conn, finish.token, finish.delivery, refused, finish.now)
            case Lost() as lost:
                return outcomes.lost(conn, finish.token, finish.delivery, lost, finish.now)


def _lock_in_order(conn: Connection, begins: Sequence[Begin], finishes: Sequence[Finish]) -> None:
    """Take PostgreSQL's row locks in the one order that all daemons keep: accounts, then lanes by name.

    The share of the account's row keeps a new owner out until this claim is seen by it or undone.
    """
    if begins:
        conn.execute(_OWNERS, {"names": sorted({b.claim.candidate.account for b in begins})})
    if len(begins) + len(finishes) > 1:
        lanes = [b.claim.candidate.turn for b in begins]
        conn.execute(_LANES, {"lanes": lanes, "ids": [f.delivery for f in finishes]})


def _is_plain_end(outcome: Outcome) -> bool:
    return isinstance(outcome, Sent) and outcome.next_at is None and not outcome.note


def _one_begin_per_lane(items: Sequence[Begin | Finish]) -> Sequence[Begin | Finish]:
    """Two begins in one lane can't see each other inside one statement, so the second waits a transaction."""
    lanes: set[str] = set()
    chosen: list[Begin | Finish] = []
    for item in items:
        if isinstance(item, Begin):
            lane = item.claim.candidate.turn
            if lane in lanes:
                continue
            lanes.add(lane)
        chosen.append(item)
    return chosen


def _post(begin: Begin, token: str) -> dict[str, object]:
    candidate = begin.claim.candidate
    spent = cost(candidate.part.content)
    return {
        "token": token,
        "delivery": candidate.id,
        "part": candidate.next_part,
        "account": candidate.account,
        "group": candidate.group,
        "member": candidate.member,
        "kind": spent.kind,
        "amount": spent.amount,
        "fingerprint": begin.claim.fingerprint,
        "outcome": "sending",
        "started_at": begin.now,
    }


def _post_sent(finish: Finish) -> dict[str, object]:
    outcome = finish.outcome
    return {
        "by_token": finish.token,
        "by_delivery": finish.delivery,
        "at": finish.now,
        "sent_id": outcome.message_id if isinstance(outcome, Sent) else None,
    }
