"""Settling unknown parts by the account's own recorded echoes: the queries around `delivery.echo.match`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal_column, or_, select, update
from sqlalchemy.engine import Connection

from groupbot.delivery.echo import SKEW, WINDOW, Attempt, Echo, match
from groupbot.delivery.values import Sent
from groupbot.i18n import _
from groupbot.storage import outcomes
from groupbot.storage.candidates import OPEN
from groupbot.storage.tables import campaigns, deliveries, facts, posts

p = posts.c
f = facts.c
d = deliveries.c
_UNSETTLED: ColumnElement[bool] = literal_column("posts.outcome IN ('sending','unknown')")  # for the partial index


def any_open(conn: Connection, account: str) -> bool:
    """Tell whether the account has a delivery whose outcome is unknown; asked at every echo, so by its index alone."""
    return conn.execute(_unknown_deliveries(account).limit(1)).first() is not None


def settle(conn: Connection, account: str, now: datetime) -> list[tuple[Any, str]]:
    """Write what echoes prove; return each delivery row that became known, with the reason in words."""
    first = (conn.execute(select(func.min(p.started_at)).where(_open_of(account)))).scalar()
    if first is None:
        return []
    attempts = _attempts(conn, account, first)
    seen = _echoes(conn, account, first)
    settled: list[tuple[Any, str]] = []
    for attempt, echo in match([attempt for attempt, _post in attempts], seen):
        post = next(post for candidate, post in attempts if candidate is attempt)
        if _prove(conn, post, echo, now):
            row = (conn.execute(select(deliveries).where(d.id == post.delivery))).one()
            settled.append((row._mapping, _("its echo came back")))  # noqa: SLF001
    return settled


def _prove(conn: Connection, post: Any, echo: Echo, now: datetime) -> bool:
    row = (conn.execute(select(deliveries).where(d.id == post.delivery))).one()
    running = (conn.execute(select(campaigns.c.state).where(campaigns.c.id == row.campaign))).scalar_one()
    more = row.next_part + 1 < row.parts and running != "cancelled"
    late_at = outcomes.next_late(conn, row, post.started_at) if more else None
    outcome = Sent(message_id=echo.message_id, next_at=now if more else None, late_at=late_at)
    taken = outcomes.sent(conn, post.token, post.delivery, outcome, now)
    conn.execute(update(facts).where(f.id == echo.fact).values(post=f"{post.token}/{post.delivery}"))
    return taken


def _attempts(conn: Connection, account: str, first: datetime) -> list[tuple[Attempt, Any]]:
    """Return what could have caused an echo: unknown parts, those under way, and sent ones without a message id."""
    rows = conn.execute(
        select(posts).where(
            p.account == account,
            p.started_at >= first - WINDOW - SKEW,
            or_(p.outcome.in_(("sending", "unknown")), and_(p.outcome == "sent", p.message_id.is_(None))),
        )
    )
    return [
        (
            Attempt(
                token=f"{row.token}/{row.delivery}",
                place=_place(row.group, row.member),
                fingerprint=row.fingerprint,
                started_at=row.started_at,
                is_open=row.outcome == "unknown",
            ),
            row,
        )
        for row in rows
    ]


def _echoes(conn: Connection, account: str, first: datetime) -> list[Echo]:
    known = select(p.message_id).where(
        p.account == account, p.started_at >= first - WINDOW - SKEW, p.message_id.is_not(None)
    )
    rows = conn.execute(
        select(f.id, f.group, f.member, f.fingerprint, f.at, f.message_id).where(
            f.kind == "own_post",
            f.account == account,
            f.at >= first - SKEW,
            f.post.is_(None),
            or_(f.message_id.is_(None), f.message_id.not_in(known)),
        )
    )
    return [
        Echo(
            fact=row.id,
            place=_place(row.group, row.member),
            fingerprint=row.fingerprint or "",
            at=row.at,
            message_id=row.message_id,
        )
        for row in rows
    ]


def _open_of(account: str) -> Any:
    return and_(p.account == account, _UNSETTLED, p.outcome == "unknown", p.delivery.in_(_unknown_deliveries(account)))


def _unknown_deliveries(account: str) -> Any:
    return select(d.id).where(d.account == account, OPEN, d.state == "unknown")  # OPEN: for the partial index


def _place(group: str | None, member: str | None) -> str:
    """Name the conversation; a post to a member carries the group that it is about, too."""
    return f"m:{member}" if member else f"g:{group}"
