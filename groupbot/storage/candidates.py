"""Reading what may go out: the conditions that `candidates` and `begin` share, and the next instant to look again."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
)

from groupbot.core.content import load_parts
from groupbot.core.policies import load_policies
from groupbot.delivery.values import NOTICE, Candidate
from groupbot.storage.tables import accounts, campaign_groups, campaigns, contents, deliveries, lane_locks

d = deliveries.c
_earlier = deliveries.alias("earlier")
e = _earlier.c
# Written out, not bound: a database uses a partial index only when it can see the index's own condition.
PLANNED: ColumnElement[bool] = literal_column("deliveries.state = 'planned'")
_EARLIER_LIVE: ColumnElement[bool] = literal_column("earlier.state IN ('planned','sending','held','unknown')")
OPEN: ColumnElement[bool] = literal_column("deliveries.state IN ('sending','held','unknown')")

load_parts_cached = lru_cache(maxsize=4096)(load_parts)
load_policies_cached = lru_cache(maxsize=1024)(load_policies)


def campaign_runs() -> ColumnElement[bool]:
    """Return: the delivery's campaign is running, and not paused in its group."""
    running = exists().where(campaigns.c.id == d.campaign, campaigns.c.state == "running").correlate(deliveries)
    return running & ~paused_there()


def paused_there() -> ColumnElement[bool]:
    """Return: the delivery's campaign is paused in its group."""
    g = campaign_groups.c
    return exists().where(g.campaign == d.campaign, g.group == d.group, g.paused).correlate(deliveries)


def owned_by(instance: ColumnElement[str]) -> ColumnElement[bool]:
    """Return: the delivery's account belongs to `instance` and is not paused."""
    mine = exists().where(accounts.c.name == d.account, accounts.c.owner == instance, accounts.c.paused.is_(False))
    return mine.correlate(deliveries)


def first_in_lane(now: ColumnElement[object]) -> ColumnElement[bool]:
    """Return: no earlier delivery of the campaign in this lane is unfinished or still blocks."""
    before = or_(
        e.due < d.due,
        and_(e.due == d.due, or_(e.ordinal < d.ordinal, and_(e.ordinal == d.ordinal, e.id < d.id))),
    )
    # What is to be sent again stays in the way until its own account has planned it anew, a moment after its time.
    again = and_(e.state == "unknown", e.blocks_until.is_not(None), e.policies.contains('"unknown": "resend"'))
    # What is late keeps nobody waiting: its account may be down, paused or gone from config.toml.
    in_time = or_(e.late_at.is_(None), e.late_at >= now)
    waiting = and_(literal_column("earlier.state = 'planned'"), e.blocks_until.is_(None))  # else it stepped aside
    waits = and_(or_(waiting, again), in_time)
    blocks = or_(literal_column("earlier.state = 'sending'"), e.blocks_until > now, waits)
    near = (e.campaign == d.campaign, e.lane == d.lane, e.due <= d.due)  # the part that the index answers
    in_the_way = exists().where(*near, _EARLIER_LIVE, before, blocks)
    return ~in_the_way.correlate(deliveries)


def lane_free(now: ColumnElement[object]) -> ColumnElement[bool]:
    """Return: no other delivery, of whatever campaign, holds the lane in which it takes its turn (`Candidate.turn`)."""
    lock = lane_locks.c
    turn = case((d.lane.startswith(f"{NOTICE}:"), literal("g:").concat(d.group)), else_=d.lane)
    return ~exists().where(lock.lane == turn, lock.delivery != d.id, lock.until > now).correlate(deliveries)


_now = bindparam("now", type_=d.due.type)
_account: ColumnElement[str] = bindparam("account", type_=d.account.type)

DUE: Select[tuple[object, ...]] = (
    select(deliveries, contents.c.parts.label("body"), campaigns.c.timezone.label("zone"))
    .join(contents, contents.c.id == d.content)
    .join(campaigns, campaigns.c.id == d.campaign)
    .where(d.account == _account, PLANNED, d.not_before <= _now, campaigns.c.state == "running", ~paused_there())
    .limit(bindparam("limit", type_=d.id.type))
)
"""What an account is to post by `now`, whatever keeps it back but a pause."""
CANDIDATES = DUE.where(
    owned_by(bindparam("instance", type_=accounts.c.owner.type)), first_in_lane(_now), lane_free(_now)
).order_by(d.priority.desc(), d.due, d.ordinal, d.next_part.desc(), d.id)
OVERDUE = DUE.where(d.late_at < _now, d.approved.is_(False)).order_by(d.due, d.ordinal, d.id)

OVER = select(deliveries).where(d.account == _account, OPEN, d.blocks_until <= _now)
"""Whatever keeps its lane waiting though its time is over."""

NEXT_LOOK = select(
    select(func.min(d.not_before)).where(d.account == _account, PLANNED, d.not_before > _now).scalar_subquery(),
    select(func.min(d.blocks_until)).where(OPEN, d.blocks_until > _now).scalar_subquery(),
    select(func.min(lane_locks.c.until)).where(lane_locks.c.until > _now).scalar_subquery(),
)


def as_candidate(m: RowMapping) -> Candidate:
    """Return the value of one row of `CANDIDATES`."""
    return Candidate(
        id=m["id"],
        campaign=m["campaign"],
        key=m["key"],
        step=m["step"],
        group=m["group"],
        member=m["member"],
        lane=m["lane"],
        account=m["account"],
        due=m["due"],
        until=m["until"],
        late_at=m["late_at"],
        not_before=m["not_before"],
        priority=m["priority"],
        parts=load_parts_cached(m["body"]),
        next_part=m["next_part"],
        attempt=m["attempt"],
        plan_version=m["plan_version"],
        policies=load_policies_cached(m["policies"]),
        approved=m["approved"],
        timezone=m["zone"],
    )
