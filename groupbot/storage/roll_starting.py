"""Beginning to count a campaign, and beginning again: when it is new, when its scope changed, when a person asks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from loguru import logger
from sqlalchemy import delete, insert, literal, select
from sqlalchemy.engine import Connection

from groupbot.errors import StoreError
from groupbot.i18n import _
from groupbot.storage import roll_reading as reading
from groupbot.storage.roll_marks import (
    WIPE,
    Marks,
    behind_mark,
    read_marks,
    rules_mark,
    scope_mark,
    take_turn,
    write_mark,
)
from groupbot.storage.roll_writing import write_posts
from groupbot.storage.tables import conversions, members, rollups, trail_changes, trail_posts, trails
from groupbot.storage.trails import pieces
from groupbot.tracking.days import instant, millis
from groupbot.tracking.metrics import cost
from groupbot.tracking.scope import Scope

AT_ONCE = 5_000
"""Rows deleted in one transaction: it holds SQLite's only writer for some 50 ms."""
t = trails.c
u = rollups.c


def is_due(marks: Marks, scopes: Sequence[Scope], now: datetime) -> bool:
    """Tell whether `begin` has something to do."""
    if any(value == WIPE for value in marks.behind.values()):
        return True
    return any(_differs(marks, one, millis(now)) for one in scopes)


def begin(conn: Connection, scopes: Sequence[Scope], now: datetime, digest: str) -> bool:
    """Do the next step of beginning a campaign; False when none is to be begun. `digest`: of the rules."""
    marks = read_marks(conn)
    by_name = {one.campaign: one for one in scopes}
    for name, value in marks.behind.items():
        if value == WIPE:
            take_turn(conn, None)
            _wipe(conn, marks, name, by_name.get(name))
            return True
    for one in scopes:
        if not _differs(marks, one, millis(now)):
            continue
        take_turn(conn, None)
        if marks.scope(one.campaign) is not None and (pruned := _pruned(marks, one)) is not None:
            logger.bind(action="rollups", campaign=one.campaign, deleted_before=pruned.isoformat()).warning(
                "the campaign's groups or end changed, but facts are deleted: what was counted stays as it is"
            )
            write_mark(conn, scope_mark(one.campaign), _noted(one))
        else:
            _over(conn, one, digest)
        return True
    return False


def start_over(conn: Connection, scopes: Sequence[Scope], campaign: str, digest: str) -> None:
    """Let a campaign be counted from its first fact on. Raises StoreError, see `Roller.rebuild`."""
    one = next((one for one in scopes if one.campaign == campaign), None)
    if one is None:
        raise StoreError(_("There is no campaign {id}.").format(id=campaign))
    if (pruned := _pruned(read_marks(conn), one)) is not None:
        raise StoreError(
            _("Facts from before {day} were deleted and {campaign} began earlier: its sums can't be made anew.").format(
                day=pruned.date().isoformat(), campaign=campaign
            ),
            hint=_("What was counted before stays as it is; `groupbot tracking verify` compares it with the trails."),
        )
    take_turn(conn, None)
    _over(conn, one, digest)


def counted_otherwise(conn: Connection, digest: str, now: datetime) -> Sequence[str]:
    """Return campaigns that still count and whose past was counted by other rules than those of `digest`."""
    marks = read_marks(conn)
    older = {campaign for campaign, rules in marks.rules.items() if rules != digest}
    return sorted(campaign for campaign in older if json.loads(marks.scope(campaign) or "[[],0,0]")[2] > millis(now))


def _over(conn: Connection, one: Scope, digest: str) -> None:
    write_mark(conn, rules_mark(one.campaign), digest)
    write_mark(conn, scope_mark(one.campaign), _noted(one))
    write_mark(conn, behind_mark(one.campaign), WIPE)


def _noted(one: Scope) -> str:
    return json.dumps([sorted(one.groups), one.since, one.until], ensure_ascii=False)


def _differs(marks: Marks, one: Scope, now: int) -> bool:
    """Tell whether a campaign was never begun, or whether facts that were read may count otherwise by now."""
    noted = marks.scope(one.campaign)
    if noted is None:
        return True
    groups, since, until = json.loads(noted)
    if set(groups) != one.groups or since != one.since:
        return True
    return bool(until != one.until and min(until, one.until) <= now)


def _pruned(marks: Marks, one: Scope) -> datetime | None:
    """Return before when facts were deleted if that reaches into the campaign, None = it has all of its facts."""
    latest = max(marks.pruned.values(), default=None)
    return latest if latest is not None and millis(latest) > one.since else None


def _wipe(conn: Connection, marks: Marks, campaign: str, one: Scope | None) -> None:
    """Delete some of what was counted, and set the campaign's cursor before its first fact once all is gone."""
    some = select(t.person).where(t.campaign == campaign).limit(AT_ONCE)
    gone = conn.execute(delete(trails).where(t.campaign == campaign, t.person.in_(some))).rowcount
    if gone == AT_ONCE:
        return
    conn.execute(delete(rollups).where(u.campaign == campaign, u.metric.not_like(f"{cost('')}%")))
    conn.execute(delete(trail_posts).where(trail_posts.c.campaign == campaign))
    conn.execute(delete(trail_changes).where(trail_changes.c.campaign == campaign))
    if one is None:  # the campaign is gone from the store
        write_mark(conn, behind_mark(campaign), None)
        return
    write_posts(conn, campaign, [found.post for found in reading.posts_of(conn, campaign)])
    _note_people(conn, one)
    first = reading.first_fact(conn, one)
    is_ahead = first is None or first > marks.cursor
    write_mark(conn, behind_mark(campaign), None if is_ahead else str((first or 1) - 1))


def _note_people(conn: Connection, one: Scope) -> None:
    """Have everybody looked at who was there when the campaign began, or of whom something besides facts is known."""
    m, v = members.c, conversions.c
    converted = select(literal(one.campaign), v.member).where(v.campaign == one.campaign, v.undone_at.is_(None))
    conn.execute(insert(trail_changes).from_select(["campaign", "member"], converted.distinct()))
    for some in pieces(sorted(one.groups)):
        seats = select(literal(one.campaign), m.member).where(m.group.in_(some), m.joined_at < instant(one.until))
        conn.execute(insert(trail_changes).from_select(["campaign", "member"], seats.distinct()))
