"""How a claimed part ends, one delivery at a time: the rarer ways, and what a lost outcome leads to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, delete, literal, or_, select, update
from sqlalchemy.engine import Connection

from groupbot.core.policies import Policies, UnknownThen
from groupbot.delivery.echo import ECHO_WAIT
from groupbot.delivery.values import Lost, Refused, Retry, Sent
from groupbot.i18n import _
from groupbot.storage.candidates import load_parts_cached, load_policies_cached
from groupbot.storage.tables import campaign_groups, campaigns, contents, deliveries, lane_locks, posts

d = deliveries.c


def sent(conn: Connection, token: str, delivery: int, outcome: Sent, now: datetime) -> bool:
    """Write that a part was posted and, when `next_at` is set, plan the one after it."""
    _close_post(conn, token, delivery, now, outcome="sent", message_id=outcome.message_id)
    return _advance(conn, token, delivery, outcome, now, note=outcome.note)


def refused(conn: Connection, token: str, delivery: int, outcome: Refused, now: datetime) -> bool:
    """Write that the platform refused a part; go on with the next one when `next_at` is set, else fail."""
    _close_post(conn, token, delivery, now, outcome="failed", error=outcome.error)
    if outcome.next_at is not None:
        return _advance(conn, token, delivery, outcome, now, note=outcome.error)
    return _leave(conn, token, delivery, state="failed", reason=outcome.error, blocks_until=None)


def retry(conn: Connection, token: str, delivery: int, outcome: Retry, now: datetime) -> bool:
    """Write that nothing was posted and when to try again."""
    _close_post(conn, token, delivery, now, outcome="retry", error=outcome.error)
    result = conn.execute(
        update(deliveries)
        .where(_claimed(token, delivery))
        .values(
            state=planned_unless_taken_out(),
            not_before=outcome.not_before,
            attempt=d.attempt + 1,
            blocks_until=None,
        )
        .returning(d.id)
    )
    return _relocked(conn, result.scalar(), outcome.lock_until)


def lost(conn: Connection, token: str, delivery: int, outcome: Lost, now: datetime) -> bool:
    """Write that the outcome is unknown and do what the delivery's policy says."""
    row = (conn.execute(select(deliveries).where(_claimed(token, delivery), d.state == "sending"))).first()
    if row is None:
        return False
    _close_post(conn, token, delivery, now, outcome="unknown", error=outcome.error)
    mark_lost(conn, row._mapping, outcome.error, now)  # noqa: SLF001
    return True


def mark_lost(conn: Connection, row: Any, error: str, now: datetime) -> None:
    """Turn one `sending` row into `unknown`, for as long as its policy lets it keep the lane waiting."""
    policies = load_policies_cached(row["policies"])
    asks = policies.unknown is UnknownThen.ASK
    until = block_until(conn, row, policies, now) if asks else now + ECHO_WAIT
    conn.execute(update(deliveries).where(d.id == row["id"]).values(state="unknown", reason=error, blocks_until=until))
    conn.execute(delete(lane_locks).where(lane_locks.c.delivery == row["id"]))


def expired(row: Any, now: datetime) -> dict[str, Any]:
    """Return the columns of an open delivery whose block is over.

    Held: left out. Unknown: what its policy says; under `ask` it stays unknown and only stops blocking.
    """
    if row.state == "held":
        reason = _("{reason}; nobody decided in time").format(reason=row.reason)
        return {"state": "skipped", "reason": reason}
    match load_policies_cached(row.policies).unknown:
        case UnknownThen.RESEND:
            return {"state": planned_unless_taken_out(), "not_before": now, "attempt": row.attempt + 1}
        case UnknownThen.SKIP:
            return {"state": "skipped"}
        case UnknownThen.ASK:
            return {}


def block_until(conn: Connection, row: Any, policies: Policies, now: datetime) -> datetime:
    """Return how long an open question of `row` keeps the later steps of its lane waiting.

    The shorter of its own ask time-out and the last moment at which the next step is still within its grace.
    """
    patience: datetime = now + policies.ask_timeout
    following = (
        conn.execute(
            select(d.due, d.until, d.policies)
            .where(
                d.campaign == row["campaign"],
                d.lane == row["lane"],
                d.state == "planned",
                or_(d.due > row["due"], and_(d.due == row["due"], d.ordinal > row["ordinal"])),
            )
            .order_by(d.due, d.ordinal)
            .limit(1)
        )
    ).first()
    if following is None:
        return patience
    latest: datetime = following.until or following.due + load_policies_cached(following.policies).grace
    return min(patience, max(latest, now))


def left_out() -> str:
    """Return the reason of what a person left out."""
    return _("left out by a person")


def next_late(conn: Connection, row: Any, ended_at: datetime) -> datetime | None:
    """Return when the part after the present one of `row` is late, had the present one ended at `ended_at`."""
    parts = load_parts_cached(conn.execute(select(contents.c.parts).where(contents.c.id == row.content)).scalar_one())
    gap = timedelta(seconds=parts[row.next_part + 1].gap_s)
    return load_policies_cached(row.policies).latest(ended_at + gap, row.until)


def _advance(conn: Connection, token: str, delivery: int, end: Sent | Refused, now: datetime, *, note: str) -> bool:
    if end.next_at is None:
        values: dict[str, Any] = {"state": "sent", "sent_at": now, "next_part": d.parts}
    else:
        values = {"state": planned_unless_cancelled(), "next_part": d.next_part + 1}
        values |= {"not_before": end.next_at, "late_at": end.late_at}
    if note:
        values["reason"] = note
    result = conn.execute(
        update(deliveries)
        .where(_claimed(token, delivery))
        .values(attempt=0, blocks_until=None, **values)
        .returning(d.id)
    )
    return _relocked(conn, result.scalar(), end.lock_until if end.next_at is not None else None)


def _relocked(conn: Connection, delivery: int | None, until: datetime | None) -> bool:
    """Keep the lane of `delivery` until then, or free it; None = the claim was void, and the lane is another's."""
    if delivery is None:
        return False
    if until is None:
        conn.execute(delete(lane_locks).where(lane_locks.c.delivery == delivery))
    else:
        conn.execute(update(lane_locks).where(lane_locks.c.delivery == delivery).values(until=until))
    return True


def _leave(
    conn: Connection, token: str, delivery: int, *, state: str, reason: str, blocks_until: datetime | None
) -> bool:
    result = conn.execute(
        update(deliveries)
        .where(_claimed(token, delivery))
        .values(state=state, reason=reason, blocks_until=blocks_until)
        .returning(d.id)
    )
    return _relocked(conn, result.scalar(), None)


def _close_post(
    conn: Connection,
    token: str,
    delivery: int,
    now: datetime,
    *,
    outcome: str,
    message_id: str | None = None,
    error: str = "",
) -> None:
    conn.execute(
        update(posts)
        .where(posts.c.token == token, posts.c.delivery == delivery)
        .values(outcome=outcome, finished_at=now, message_id=message_id, error=error)
    )


def _claimed(token: str, delivery: int) -> Any:
    """Return: the row still carries this very claim. `unknown` counts: its original token may correct it."""
    return and_(d.id == delivery, d.token == token, d.state.in_(("sending", "unknown")))


def _cancelled() -> Any:
    done = select(literal(1)).where(campaigns.c.id == d.campaign, campaigns.c.state == "cancelled")
    return done.correlate(deliveries).exists()


def planned_unless_cancelled() -> Any:
    """Return the state of a delivery that is to be planned again: a cancelled campaign's is cancelled instead."""
    return case((_cancelled(), "cancelled"), else_="planned")


def planned_unless_taken_out() -> Any:
    """Return the state of a part that may be tried again: cancelled when an edit has left its delivery out since.

    A group whose edit is not live yet (a negative version) takes it out, or keeps it, when that goes live.
    """
    g = campaign_groups.c
    elsewhere = select(literal(1)).where(
        g.campaign == d.campaign, g.group == d.group, g.plan_version > 0, g.plan_version != d.plan_version
    )
    gone = and_(d.next_part == 0, elsewhere.correlate(deliveries).exists())
    return case((or_(_cancelled(), gone), "cancelled"), else_="planned")
