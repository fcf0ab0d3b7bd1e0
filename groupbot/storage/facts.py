"""Facts in the database: tracking's FactStore over SQLAlchemy Core. Statements are built once, at import."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Row, Table, bindparam, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningInsert

from groupbot.core.ids import token
from groupbot.storage.audit import forget_asked
from groupbot.storage.engine import Database
from groupbot.storage.faults import store_errors
from groupbot.storage.forgetting import forget_elsewhere, names_of
from groupbot.storage.move_corrections import correct_move
from groupbot.storage.people import forget_id
from groupbot.storage.retry import retried
from groupbot.storage.roll_marks import counted_upto, note_pruned
from groupbot.storage.roster import forget_seats, move_seats
from groupbot.storage.tables import campaign_groups, campaigns, deliveries, facts, posts
from groupbot.tracking.facts import COUNTED, MOVES, Fact, FactKind, StoredFact
from groupbot.tracking.moves import SAME_MOVE, Move, sifted
from groupbot.tracking.ports import FactQuery, Forgotten

PRUNE_CHUNK = 5_000
"""Rows deleted in one transaction, so that a recorder waits some 50 ms for retention at most."""
_MANY = 500
"""Members in one IN list; both databases take thousands of parameters."""


def insert_new(table: Table, *returning: Column[Any]) -> Mapping[str, ReturningInsert[Any]]:
    """Return, by dialect name, an INSERT that passes over rows whose key exists and returns those that were added."""
    return {
        "sqlite": sqlite.insert(table).on_conflict_do_nothing().returning(*returning),
        "postgresql": postgresql.insert(table).on_conflict_do_nothing().returning(*returning),
    }


_INSERT = insert_new(facts, facts.c.account, facts.c.event_id, facts.c.member)
_RECENT_MOVES = select(
    facts.c.group, facts.c.member, facts.c.kind, facts.c.at, facts.c.account, facts.c.found_late
).where(
    facts.c.kind.in_(sorted(MOVES)),
    facts.c.member.in_(bindparam("who", expanding=True)),
    facts.c.at.between(bindparam("earliest"), bindparam("latest")),
)
_USE_ECHO = (
    update(facts)
    .where(facts.c.id == bindparam("fact_id"), facts.c.kind == FactKind.OWN_POST, facts.c.post.is_(None))
    .values(post=bindparam("token"), campaign=bindparam("in_campaign"), step=bindparam("of_step"))
)


@dataclass(frozen=True, kw_only=True, slots=True)
class CampaignScope:
    """Which facts are a campaign's: those of its groups from `since` (UTC) on. `timezone`: its IANA zone."""

    groups: tuple[str, ...]
    since: datetime
    timezone: str


class SqlFacts:
    """Tracking's FactStore on SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def append(self, facts: Sequence[Fact], *, recorded_at: datetime) -> tuple[Fact, ...]:
        """Add what is new and return it in order, and move the roster's seats, in one transaction."""
        if not facts:
            return ()
        return await self._database.transact(lambda conn: append_facts(conn, facts, recorded_at))

    async def find(self, query: FactQuery) -> tuple[StoredFact, ...]:
        """Return facts by (at, id)."""
        wanted = select(facts).order_by(facts.c.at, facts.c.id).limit(query.limit)
        if query.groups is not None:
            wanted = wanted.where(facts.c.group.in_(query.groups))
        if query.kinds is not None:
            wanted = wanted.where(facts.c.kind.in_(sorted(query.kinds)))
        if query.member is not None:
            wanted = wanted.where(facts.c.member == query.member)
        if query.since is not None:
            wanted = wanted.where(facts.c.at >= query.since)
        if query.until is not None:
            wanted = wanted.where(facts.c.at < query.until)
        async with self._database.read() as conn:
            return tuple(_stored(row) for row in await conn.execute(wanted))

    @retried
    async def forget(self, member: str) -> Forgotten:
        """Take a person out of facts and roster, and out of the database file's free space."""
        async with self._database.write() as conn:
            if self._database.is_sqlite:
                await conn.exec_driver_sql("PRAGMA secure_delete=ON")
            forgotten = await forget_member(conn, member, f"forgotten:{token()}")
        if self._database.is_sqlite:
            await self._empty_wal()
        return forgotten

    async def _empty_wal(self) -> None:
        """Move the write-ahead log, which still holds what was overwritten, into the file; a busy one goes later."""
        with store_errors():
            async with self._database.engine.connect() as conn:  # not `read()`: a checkpoint needs no transaction
                driver: Any = (await conn.get_raw_connection()).driver_connection
                await (await driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")).close()

    async def prune(self, kind: FactKind, before: datetime) -> int:
        """Delete old facts of `kind` in short transactions; return how many. What was not counted yet stays."""
        old = select(facts.c.id).where(facts.c.kind == kind, facts.c.at < before).limit(PRUNE_CHUNK)
        total = 0
        while True:
            async with self._database.write() as conn:
                counted = await conn.run_sync(counted_upto)
                read = old if counted is None else old.where(facts.c.id <= counted)
                gone = (await conn.execute(delete(facts).where(facts.c.id.in_(read)))).rowcount
                if gone and kind in COUNTED:
                    await conn.run_sync(note_pruned, kind.value, before)
            total += gone
            if gone < PRUNE_CHUNK:
                return total

    async def campaign_scope(self, campaign: str) -> CampaignScope | None:
        """Return which facts belong to `campaign`; None when there is no such campaign."""
        async with self._database.read() as conn:
            found = await conn.execute(
                select(campaigns.c.created_at, campaigns.c.timezone).where(campaigns.c.id == campaign)
            )
            row = found.one_or_none()
            if row is None:
                return None
            names = select(campaign_groups.c.group).where(campaign_groups.c.campaign == campaign)
            groups = tuple((await conn.execute(names.order_by(campaign_groups.c.group))).scalars())
        return CampaignScope(groups=groups, since=row.created_at, timezone=row.timezone)


def append_facts(conn: Connection, told: Sequence[Fact], recorded_at: datetime) -> tuple[Fact, ...]:
    """Do what `SqlFacts.append` does, inside the caller's transaction."""
    candidates, better = sifted(told, _recent_moves(conn, told))
    for one in better:
        correct_move(conn, one)
    if not candidates:
        return ()
    rows = [_row(fact, recorded_at) for fact in candidates]
    result = conn.execute(_INSERT[conn.dialect.name], rows)
    added = {(row.account, row.event_id, row.member) for row in result}
    new = tuple({fact.key: fact for fact in reversed(candidates) if fact.key in added}.values())[::-1]
    move_seats(conn, [fact for fact in new if fact.kind in MOVES])
    return new


async def forget_member(conn: AsyncConnection, member: str, pseudonym: str) -> Forgotten:
    """Replace `member` by `pseudonym` in facts and roster, inside the caller's transaction.

    Event ids and message ids go too: platforms build them from member ids, and they lead back to the words.
    """
    rows: dict[str, int] = {}
    names = await names_of(conn, member)
    mine = await conn.execute(select(facts.c.id, facts.c.kind).where(facts.c.member == member))
    blank = {"member": pseudonym, "name": "", "text": None, "message_id": None, "extra": None}
    changes = []
    for row in mine.all():
        rows[row.kind] = rows.get(row.kind, 0) + 1
        changes.append({"fact_id": row.id, "event_id": f"{pseudonym}:{row.id}"} | blank)
    if changes:
        await conn.execute(update(facts).where(facts.c.id == bindparam("fact_id")), changes)
    by = await conn.execute(update(facts).where(facts.c.actor == member).values(actor=pseudonym))
    rows |= {"invitations": by.rowcount, "mentions": await _forget_mentions(conn, member, pseudonym)}
    rows["seats"] = await forget_seats(conn, member, pseudonym)
    rows["posts"] = await _forget_posts(conn, member, pseudonym)
    rows["audit"] = await forget_asked(conn, member, pseudonym)
    rows["ids"] = await forget_id(conn, member)
    rows |= await forget_elsewhere(conn, member, pseudonym, names)
    return Forgotten(pseudonym=pseudonym, rows={what: n for what, n in rows.items() if n})


async def _forget_posts(conn: AsyncConnection, member: str, pseudonym: str) -> int:
    """Take a person out of the 1:1 posts to them, waiting ones included: those are then cancelled."""
    await conn.execute(update(posts).where(posts.c.member == member).values(member=pseudonym))
    mine = deliveries.c.member == member
    key = func.replace(deliveries.c.key, member, pseudonym)
    gone = await conn.execute(update(deliveries).where(mine, deliveries.c.state == "planned").values(state="cancelled"))
    changed = await conn.execute(
        update(deliveries).where(mine).values(member=pseudonym, lane=f"m:{pseudonym}", key=key)
    )
    return max(changed.rowcount, gone.rowcount)


async def _forget_mentions(conn: AsyncConnection, member: str, pseudonym: str) -> int:
    quoted = json.dumps(member, ensure_ascii=False)
    found = await conn.execute(select(facts.c.id, facts.c.extra).where(facts.c.extra.contains(quoted, autoescape=True)))
    changes = []
    for row in found.all():
        extra = json.loads(row.extra)
        names = [pseudonym if name == member else name for name in extra.get("mentions", [])]
        if names != extra.get("mentions", []):
            changes.append({"fact_id": row.id, "extra": _json(extra | {"mentions": names})})
    if changes:
        await conn.execute(update(facts).where(facts.c.id == bindparam("fact_id")), changes)
    return len(changes)


def _recent_moves(conn: Connection, told: Sequence[Fact]) -> list[Move]:
    moving = [fact for fact in told if fact.kind in MOVES]
    if not moving:
        return []
    span = {
        "earliest": min(fact.at for fact in moving) - SAME_MOVE,
        "latest": max(fact.at for fact in moving) + SAME_MOVE,
    }
    who = sorted({fact.member for fact in moving})
    known: list[Move] = []
    for start in range(0, len(who), _MANY):
        found = conn.execute(_RECENT_MOVES, span | {"who": who[start : start + _MANY]})
        known += [_move(row) for row in found]
    return known


def _move(row: Row[*tuple[Any, ...]]) -> Move:
    return Move(
        group=row.group,
        member=row.member,
        kind=FactKind(row.kind),
        at=row.at,
        account=row.account,
        found_late=row.found_late,
    )


def _row(fact: Fact, recorded_at: datetime) -> dict[str, Any]:
    return {
        "at": fact.at,
        "recorded_at": recorded_at,
        "kind": fact.kind.value,
        "account": fact.account,
        "event_id": fact.event_id,
        "group": fact.group,
        "member": fact.member,
        "name": fact.name,
        "text": fact.text,
        "message_id": fact.message_id,
        "campaign": fact.campaign,
        "step": fact.step,
        "channel": fact.channel,
        "actor": fact.actor,
        "found_late": fact.found_late,
        "fingerprint": fact.fingerprint,
        "extra": _json(fact.extra) if fact.extra else None,
    }


def _stored(row: Row[*tuple[Any, ...]]) -> StoredFact:
    fact = Fact(
        at=row.at,
        kind=FactKind(row.kind),
        account=row.account,
        event_id=row.event_id,
        group=row.group,
        member=row.member,
        name=row.name,
        text=row.text,
        message_id=row.message_id,
        campaign=row.campaign,
        step=row.step,
        channel=row.channel,
        actor=row.actor,
        found_late=row.found_late,
        fingerprint=row.fingerprint,
        extra=json.loads(row.extra) if row.extra else {},
    )
    return StoredFact(id=row.id, recorded_at=row.recorded_at, fact=fact, post=row.post)


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
