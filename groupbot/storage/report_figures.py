"""What a report asks of the store beside the daily sums: posts on time, incidents, what was asked, and by whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import Integer, and_, case, extract, func, or_, select
from sqlalchemy.sql import ColumnElement

from groupbot.campaign.results import ON_TIME
from groupbot.reports.campaign.values import Incidents, MemberFigures, Posts
from groupbot.storage.engine import Database
from groupbot.storage.tables import (
    campaign_groups,
    code_visits,
    deliveries,
    facts,
    incidents,
    live_codes,
    members,
    posts,
    trails,
)
from groupbot.storage.trails import trail_of
from groupbot.tracking.days import instant
from groupbot.tracking.facts import FactKind
from groupbot.tracking.money import amount
from groupbot.tracking.seats import breaks, sittings
from groupbot.tracking.stages import JOINED, LEFT, REFUNDED, REPLIED
from groupbot.tracking.trail import Trail

d = deliveries.c
p = posts.c
of = campaign_groups.c
MOST_MESSAGES = 50_000
"""Messages of one day that are searched for questions; the newest."""


async def posts_by_step(
    database: Database, campaign: str, groups: Sequence[str], since: datetime, until: datetime
) -> Mapping[str, Posts]:
    """Return what became of the deliveries in `groups` due in [since, until), by step, in the order of the steps."""
    first = and_(p.delivery == d.id, p.part == 0, p.outcome == "sent")
    begun = deliveries.outerjoin(posts, first)
    delay = extract("epoch", p.started_at) - extract("epoch", d.due)
    in_window = and_(d.until.is_not(None), p.started_at <= d.until)
    is_late = and_(delay > ON_TIME.total_seconds(), ~in_window)
    went = p.started_at.is_not(None)
    counted: dict[str, ColumnElement[int]] = {
        "on_time": _count(and_(went, ~is_late)),
        "late": _count(and_(went, is_late)),
        "missed": _count(and_(~went, d.state.in_(("skipped", "failed")))),
        "open": _count(and_(~went, d.state.in_(("held", "unknown")))),
    }
    query = (
        select(d.step, *(count.label(name) for name, count in counted.items()))
        .select_from(begun)
        .where(d.campaign == campaign, d.group.in_(groups), d.due >= since, d.due < until, d.state != "cancelled")
        .group_by(d.step)
        .order_by(func.min(d.due), d.step)
    )
    async with database.read() as conn:
        rows = (await conn.execute(query)).all()
    return {row.step: Posts(on_time=row.on_time, late=row.late, missed=row.missed, open=row.open) for row in rows}


async def last_due(database: Database, campaign: str) -> datetime | None:
    """Return when the last delivery of a campaign is due, None when it has none."""
    query = select(func.max(d.due)).where(d.campaign == campaign, d.state != "cancelled")
    async with database.read() as conn:
        found: datetime | None = await conn.scalar(query)
        return found


async def incidents_of(database: Database, groups: Sequence[str], since: datetime, until: datetime) -> Incidents:
    """Return how many incidents of `groups` were opened in [since, until), and how many are not resolved now."""
    c = incidents.c
    opened = and_(c.opened_at >= since, c.opened_at < until)
    is_open = c.state != "resolved"
    query = select(_count(opened), _count(is_open)).where(c.group.in_(groups), or_(opened, is_open))
    async with database.read() as conn:
        first, now = (await conn.execute(query)).one()
    return Incidents(opened=first, open=now)


async def said(
    database: Database, groups: Sequence[str], since: datetime, until: datetime
) -> Sequence[tuple[str, str, str]]:
    """Return (account, member, words) of the newest messages of `groups` in [since, until)."""
    c = facts.c
    query = (
        select(c.account, c.member, c.text)
        .where(c.group.in_(groups), c.kind == FactKind.MESSAGE.value, c.at >= since, c.at < until)
        .where(c.text.is_not(None))
        .order_by(c.at.desc(), c.id.desc())
        .limit(MOST_MESSAGES)
    )
    async with database.read() as conn:
        return [(row.account, row.member, row.text) for row in await conn.execute(query)]


async def members_of(database: Database, campaign: str, currency: str) -> Sequence[MemberFigures]:
    """Return every person of a campaign but our own, by when they joined. `currency`: in which `paid` is added up."""
    t, m = trails.c, members.c
    query = select(trails).where(t.campaign == campaign).order_by(t.joined_at, t.person)
    called = select(m.member, func.max(m.name)).where(m.name != "").group_by(m.member)
    here = called.where(m.group.in_(select(of.group).where(of.campaign == campaign)))
    async with database.read() as conn:
        names = {member: name for member, name in await conn.execute(here)}  # noqa: C416 - a row is no pair to mypy
        rows = (await conn.execute(query)).all()
    found = []
    for row in rows:
        trail = trail_of(row)
        if not trail.standing.ours:
            found.append(
                MemberFigures(
                    member=row.person,
                    name=names.get(row.person, ""),
                    group=row.group,
                    channel=row.channel,
                    variant=row.variant,
                    inviter=row.inviter,
                    reached=_reached(trail, row.joined_at),
                    paid=_paid(trail, currency),
                )
            )
    return found


def _reached(trail: Trail, joined: datetime | None) -> Mapping[str, datetime]:
    """Return when a person first reached each stage."""
    first = {JOINED: joined} if joined is not None else {}
    if trail.spoke:
        first[REPLIED] = instant(min(trail.spoke.values()))
    for one in trail.stages:
        first.setdefault(one.stage, instant(one.at))  # the earliest comes first
    _back, left = breaks(sittings(trail, 0))
    if left is not None:
        first[LEFT] = instant(left)
    return first


def _paid(trail: Trail, currency: str) -> Decimal:
    mine = (one for one in trail.stages if one.amount is not None and one.currency == currency)
    return amount(sum(-one.amount if one.stage == REFUNDED else one.amount for one in mine if one.amount is not None))


async def visits(
    database: Database, campaign: str, groups: Sequence[str], zone: ZoneInfo
) -> Mapping[tuple[str, str, str, str], int]:
    """Return how often live codes were visited, by (day, channel, variant, group shown).

    Counted are the campaign's own codes, and of codes without a campaign what led into its groups.
    """
    v, c = code_visits.c, live_codes.c
    mine = or_(c.campaign == campaign, and_(c.campaign == "", v.group.in_(groups)))
    query = (
        select(v.minute, c.channel, c.variant, v.group, func.sum(v.visits))
        .join(live_codes, c.code == v.code)
        .where(mine)
        .group_by(v.minute, c.channel, c.variant, v.group)
    )
    found: Counter[tuple[str, str, str, str]] = Counter()
    async with database.read() as conn:
        for minute, channel, variant, group, count in await conn.execute(query):
            found[minute.astimezone(zone).date().isoformat(), channel, variant, group] += int(count)
    return found


def _count(which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((which, 1), else_=0)), 0).cast(Integer)
