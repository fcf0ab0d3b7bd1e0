"""Making a draft live in some groups: cancel, move, re-arm, insert by key, then move the groups' pointer.

All of it is one transaction of the caller, so a group is wholly on the old version or wholly on the new one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, delete, exists, func, insert, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from groupbot.campaign.values import Reconciled
from groupbot.i18n import _
from groupbot.storage.tables import campaign_groups, deliveries, drafts

d = deliveries.c
n = drafts.c

_COPIED = (
    *("step", "phase", "group", "place", "member", "lane", "account", "due", "until", "late_at", "ordinal", "priority"),
    *("content", "parts", "policies", "ask_at", "plan_version"),
)
_VISIBLE = ("due", "until", "content", "account", "policies", "priority")
"""Columns whose change a person would notice; the others follow silently (a step put above others renumbers them)."""


async def apply(conn: AsyncConnection, campaign: str, version: int, groups: Sequence[str]) -> Reconciled:
    """Bring `groups` of `campaign` to the draft `version` and say what changed."""
    here = and_(d.campaign == campaign, d.group.in_(groups))
    cancelled = rearmed = moved = 0
    if await conn.scalar(select(d.id).where(here).limit(1)) is not None:  # else the joins below find it out row by row
        same = and_(n.campaign == d.campaign, n.key == d.key, n.plan_version == version)
        cancelled = await _cancel(conn, here, same)
        rearmed = await _rearm(conn, here, same)
        moved = await _move(conn, here, same)
    inserted = await _insert(conn, campaign, version, groups)
    await conn.execute(
        update(campaign_groups)
        .where(campaign_groups.c.campaign == campaign, campaign_groups.c.group.in_(groups))
        .values(plan_version=version)
    )
    await conn.execute(delete(drafts).where(n.campaign == campaign, n.group.in_(groups)))
    return Reconciled(inserted=inserted + rearmed, moved=moved, cancelled=cancelled)


async def _cancel(conn: AsyncConnection, here: Any, same: Any) -> int:
    """Take out what the draft no longer has and nobody began."""
    untouched = and_(d.next_part == 0, d.state.in_(("planned", "held")))
    return await _count(
        conn,
        update(deliveries)
        .where(here, untouched, ~exists().where(same).correlate(deliveries))
        .values(state="cancelled", reason=_("taken out of the SOP"), blocks_until=None),
    )


async def _rearm(conn: AsyncConnection, here: Any, same: Any) -> int:
    """Plan again what an edit took out and this one brings back; what was ever claimed stays as it is."""
    return await _count(
        conn,
        update(deliveries)
        .where(here, same, d.state == "cancelled", d.token.is_(None), d.next_part == 0)
        .values(state="planned", reason="", not_before=n.due, moved_from=None, **{name: n[name] for name in _COPIED}),
    )


async def _move(conn: AsyncConnection, here: Any, same: Any) -> int:
    unsent = and_(here, same, d.state.in_(("planned", "held")), d.next_part == 0)
    differs = or_(*(d[name].is_distinct_from(n[name]) for name in _VISIBLE))
    moved = await conn.scalar(select(func.count()).select_from(deliveries.join(drafts, same)).where(unsent, differs))
    later = update(deliveries).where(unsent, d.due != n.due).values(not_before=n.due)
    await conn.execute(later)
    await conn.execute(
        update(deliveries).where(unsent).values({name: n[name] for name in _COPIED} | {"moved_from": None})
    )
    under_way = and_(here, same, d.state.in_(("sending", "unknown")), d.next_part == 0)
    await conn.execute(update(deliveries).where(under_way).values(plan_version=n.plan_version))  # still wanted
    return int(moved or 0)


async def _insert(conn: AsyncConnection, campaign: str, version: int, groups: Sequence[str]) -> int:
    known = exists().where(d.campaign == n.campaign, d.key == n.key).correlate(drafts)
    source = select(n.campaign, n.key, *(n[name] for name in _COPIED), n.due, literal("planned")).where(
        n.campaign == campaign, n.plan_version == version, n.group.in_(groups), ~known
    )
    names = ["campaign", "key", *_COPIED, "not_before", "state"]
    return await _count(conn, insert(deliveries).from_select(names, source))


async def _count(conn: AsyncConnection, statement: Any) -> int:
    done = await conn.execute(statement, execution_options={"preserve_rowcount": True})  # an INSERT's is dropped else
    return int(done.rowcount)
