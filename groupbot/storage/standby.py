"""Standing in for an account that can't post, over SQLAlchemy Core.

The move is one conditional UPDATE with the conditions of a claim: the row as it was read, still planned, its account
still this process's by owner and epoch. A claim names the account that it was read with, so whoever comes second of a
move and a claim changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, exists, func, literal, or_, select, tuple_, update
from sqlalchemy.engine import Connection

from groupbot.campaign.standby import BY_HAND, Health
from groupbot.campaign.values import NewTask
from groupbot.core.content import dump_parts
from groupbot.core.events import AccountState
from groupbot.delivery.values import Candidate, Ownership
from groupbot.i18n import _
from groupbot.storage import outcomes
from groupbot.storage.candidates import DUE, PLANNED, as_candidate
from groupbot.storage.engine import Database
from groupbot.storage.tables import accounts, deliveries, lane_locks, posts, signals, tasks

a = accounts.c
d = deliveries.c
t = tasks.c

_WAITING = DUE.where(d.place == "group", d.member.is_(None)).order_by(d.due, d.ordinal, d.id)


class SqlStandby:
    """`campaign.standby.Handovers` and `Healths` over a `Database`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def waiting(self, account: str, until: datetime, limit: int) -> Sequence[Candidate]:
        values = {"account": account, "now": until, "limit": limit}
        return await self._database.query(
            lambda conn: [as_candidate(row) for row in conn.execute(_WAITING, values).mappings()]
        )

    async def move(self, ownership: Ownership, to: str, rows: Sequence[Candidate]) -> frozenset[int]:
        if not rows:
            return frozenset()

        def work(conn: Connection) -> frozenset[int]:
            self._share_accounts(conn, ownership.account, to)
            there = exists().where(a.name == to, a.paused.is_(False))
            moved = conn.execute(
                update(deliveries)
                .where(*_as_read(rows), _is_mine(ownership), there)
                .values(account=to, moved_from=func.coalesce(d.moved_from, d.account))
                .returning(d.id)
            )
            ids = frozenset(moved.scalars())
            if ids:
                self._tell_others(conn)
            return ids

        return await self._database.transact(work)

    async def to_person(self, ownership: Ownership, row: Candidate, task: NewTask, now: datetime) -> bool:
        def work(conn: Connection) -> bool:
            self._share_accounts(conn, ownership.account)
            here = conn.execute(select(deliveries).where(*_as_read([row]), _is_mine(ownership))).mappings().first()
            if here is None:
                return False
            held = {
                "state": "held",
                "reason": _("a person posts it by hand"),
                "blocks_until": outcomes.block_until(conn, here, row.policies, now),
            }
            changed = conn.execute(
                update(deliveries).where(*_as_read([row]), _is_mine(ownership)).values(**held).returning(d.id)
            )
            if changed.scalar() is None:
                return False
            conn.execute(delete(lane_locks).where(lane_locks.c.delivery == row.id))
            self._keep(conn, task)
            return True

        return await self._database.transact(work)

    async def close_tasks(self) -> int:
        own = and_(d.campaign == t.campaign, literal(BY_HAND).concat(d.key) == t.key)
        in_time = or_(d.state == "held", and_(d.state == "skipped", d.reason != outcomes.left_out()))
        still_open = exists().where(own, in_time).correlate(tasks)
        by_hand = (t.state == "open", t.key.startswith(BY_HAND))
        if await self._database.query(lambda conn: conn.scalar(select(t.id).where(*by_hand).limit(1))) is None:
            return 0  # nearly always: asked every few seconds, and a look takes no lock
        over = update(tasks).where(*by_hand, ~still_open).values(state="cancelled")
        return await self._database.transact(lambda conn: conn.execute(over).rowcount)

    async def give_back(self, account: str) -> int:
        return await self._end_absence(account, {"account": account})

    async def leave_there(self, account: str) -> int:
        return await self._end_absence(account, {})

    async def _end_absence(self, account: str, posted_by: dict[str, str]) -> int:
        ended = update(deliveries).where(d.moved_from == account, PLANNED).values(moved_from=None, **posted_by)

        def work(conn: Connection) -> int:
            count = len(conn.execute(ended.returning(d.id)).all())
            if count:
                self._tell_others(conn)
            return count

        return await self._database.transact(work)

    async def away(self, account: str) -> int:
        query = select(func.count()).select_from(deliveries).where(d.moved_from == account, PLANNED)
        return await self._database.query(lambda conn: int(conn.scalar(query) or 0))

    async def healths(self) -> Sequence[Health]:
        query = select(accounts).order_by(a.name)
        return await self._database.query(lambda conn: [_health(row) for row in conn.execute(query)])

    async def returned(self, account: str, now: datetime) -> None:
        back = (
            update(accounts)
            .where(a.name == account, a.paused.is_(False), a.held_at.is_not(None))
            .values(held_at=None, resumed_at=now)
        )
        await self._database.transact(lambda conn: conn.execute(back).rowcount)

    async def last_attempts(self, account: str, since: datetime, limit: int) -> Sequence[str]:
        p = posts.c
        ended = (p.account == account, p.started_at >= since, p.outcome != "sending")
        query = select(p.outcome).where(*ended).order_by(p.started_at.desc(), p.token).limit(limit)
        return await self._database.query(lambda conn: list(conn.scalars(query)))

    def _share_accounts(self, conn: Connection, *names: str) -> None:
        """Keep new owners out until this is done, in the order of names that all daemons keep."""
        if not self._database.is_sqlite:
            conn.execute(select(a.name).where(a.name.in_(names)).order_by(a.name).with_for_update(read=True))

    def _tell_others(self, conn: Connection) -> None:
        row = self._database.insert(signals).values(name="changed", revision=1)
        more = {"revision": signals.c.revision + 1}
        conn.execute(row.on_conflict_do_update(index_elements=[signals.c.name], set_=more))

    def _keep(self, conn: Connection, task: NewTask) -> None:
        values = {name: getattr(task, name) for name in NewTask.__dataclass_fields__} | {
            "parts": dump_parts(task.parts)
        }
        again = {"state": "open", "parts": values["parts"], "text": task.text, "reminded_at": None, "reminders": 0}
        row = self._database.insert(tasks).values(**values)
        conn.execute(row.on_conflict_do_update(index_elements=[t.campaign, t.key], set_=again))


def settle_by_hand(conn: Connection, campaign: str, key: str, now: datetime | None) -> None:
    """Make the delivery sent whose task by hand was ticked off, in that transaction."""
    if not key.startswith(BY_HAND):
        return
    conn.execute(
        update(deliveries)
        .where(d.campaign == campaign, d.key == key.removeprefix(BY_HAND), d.state.in_(("held", "skipped")))
        .values(
            state="sent",
            next_part=d.parts,
            sent_at=now or func.coalesce(d.claimed_at, d.due),
            blocks_until=None,
            reason=_("posted by hand"),
        )
    )


def _as_read(rows: Sequence[Candidate]) -> tuple[Any, ...]:
    read = [(row.id, row.next_part, row.plan_version, row.account) for row in rows]
    return (
        d.id.in_([row.id for row in rows]),
        tuple_(d.id, d.next_part, d.plan_version, d.account).in_(read),
        PLANNED,
        d.place == "group",
        d.member.is_(None),
    )


def _is_mine(ownership: Ownership) -> Any:
    mine = exists().where(
        a.name == d.account,
        a.name == ownership.account,
        a.owner == ownership.instance,
        a.epoch == ownership.epoch,
    )
    return mine.correlate(deliveries)


def _health(row: Any) -> Health:
    return Health(
        account=row.name,
        state=AccountState(row.state),
        since=row.changed_at,
        paused=row.paused,
        reason=row.paused_reason if row.paused else "",
        held_at=row.held_at,
        resumed_at=row.resumed_at,
    )
