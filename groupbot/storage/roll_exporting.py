"""A campaign's sums, members and conversions as plain tables, as docs/tracking.md describes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select
from sqlalchemy.engine import Connection

from groupbot.errors import StoreError
from groupbot.i18n import _
from groupbot.storage.engine import Database
from groupbot.storage.tables import campaigns, conversions, rollups, trails
from groupbot.storage.trails import trail_of
from groupbot.tracking.contributions import Frame, told_once
from groupbot.tracking.days import instant, millis
from groupbot.tracking.money import SCALE, amount
from groupbot.tracking.seats import breaks, sittings

MONEY = ("revenue:", "refunds:", "cost:")
"""Metrics that are sums of money."""
SUMS = ("day", "metric", "group", "channel", "variant", "n")
MEMBERS = (
    *("person", "group", "channel", "source", "variant", "inviter", "joined_at", "present", "found_late"),
    *("first_words_at", "messages", "left_at", "ours", "stages"),
)
CONVERSIONS = ("at", "member", "group", "stage", "amount", "currency", "source", "key", "by", "undone_at", "undone_by")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """A table. Instants are wall time in the campaign's zone with its offset; money is a decimal number."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


async def sheets(database: Database, campaign: str) -> Sequence[Sheet]:
    """Return the tables of a campaign. Raises StoreError when there is none."""
    return await database.query(lambda conn: _sheets(conn, campaign))


def _sheets(conn: Connection, campaign: str) -> Sequence[Sheet]:
    c = campaigns.c
    found = conn.execute(select(c.timezone, c.created_at).where(c.id == campaign)).first()
    if found is None:
        raise StoreError(_("There is no campaign {id}.").format(id=campaign))
    zone = ZoneInfo(found.timezone)
    frame = Frame(zone=zone, began=millis(found.created_at))
    t, v, u = trails.c, conversions.c, rollups.c
    sums = select(*(u[name] for name in SUMS)).where(u.campaign == campaign).order_by(*(u[name] for name in SUMS[:-1]))
    people = select(trails).where(t.campaign == campaign).order_by(t.joined_at, t.person)
    reached = select(*(v[name] for name in CONVERSIONS)).where(v.campaign == campaign).order_by(v.at, v.id)
    return [
        Sheet(name="sums", columns=SUMS, rows=[(*row[:-1], _counted(row.metric, row.n)) for row in conn.execute(sums)]),
        Sheet(name="members", columns=MEMBERS, rows=[_member(row, frame) for row in conn.execute(people)]),
        Sheet(name="conversions", columns=CONVERSIONS, rows=[_reached(row, zone) for row in conn.execute(reached)]),
    ]


def _counted(metric: str, n: int) -> int | Decimal:
    return Decimal(n) / SCALE if metric.startswith(MONEY) else n


def _member(row: Row[*tuple[Any, ...]], frame: Frame) -> Sequence[Any]:
    trail = trail_of(row)
    stays = sittings(trail, frame.began)
    first = stays[0] if stays else None
    is_late = first is not None and not first.present and (first.join is None or trail.joins[first.join].found_late)
    heard = told_once(trail)
    return (
        row.person,
        row.group,
        row.channel,
        trail.standing.why,
        row.variant,
        row.inviter,
        _when(row.joined_at, frame.zone),
        int(first is not None and first.present),
        int(is_late),
        _moment(min(trail.spoke.values(), default=None), frame.zone),
        sum(heard.values()),
        _moment(breaks(stays)[1], frame.zone),
        int(trail.standing.ours),
        " ".join(dict.fromkeys(reached.stage for reached in trail.stages)),
    )


def _reached(row: Row[*tuple[Any, ...]], zone: ZoneInfo) -> Sequence[Any]:
    told = row._asdict()
    told |= {name: _when(told[name], zone) for name in ("at", "undone_at")}
    told["amount"] = "" if row.amount is None else amount(row.amount)
    return list(told.values())


def _moment(at: int | None, zone: ZoneInfo) -> str:
    return "" if at is None else _when(instant(at), zone)


def _when(at: datetime | None, zone: ZoneInfo) -> str:
    return "" if at is None else at.astimezone(zone).isoformat(timespec="seconds")
