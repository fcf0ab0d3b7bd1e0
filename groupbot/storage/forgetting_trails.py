"""Taking a person's id out of trails, conversions and what tells where they came from; the sums stay as they are."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.engine import Connection

from groupbot.storage.roll_marks import take_turn
from groupbot.storage.tables import (
    assignments,
    channel_marks,
    contact_tails,
    conversions,
    member_aliases,
    proposals,
    trail_changes,
    trails,
)


def forget_tracking(conn: Connection, member: str, pseudonym: str) -> dict[str, int]:
    """Replace `member` by `pseudonym`, inside the caller's transaction; return how many rows of which kind."""
    take_turn(conn, None)
    a = member_aliases.c
    conn.execute(update(member_aliases).where(a.person == member).values(person=pseudonym))
    aliases = conn.execute(update(member_aliases).where(a.member == member).values(member=pseudonym)).rowcount
    conn.execute(update(trail_changes).where(trail_changes.c.member == member).values(member=pseudonym))
    conn.execute(update(assignments).where(assignments.c.unit == member).values(unit=pseudonym))
    tails = conn.execute(delete(contact_tails).where(contact_tails.c.member == member)).rowcount
    return {
        "trails": _trails(conn, member, pseudonym),
        "conversions": _keyed(conn, conversions, member, pseudonym, detail=""),
        "channels": _keyed(conn, channel_marks, member, pseudonym),
        "proposals": _proposals(conn, member, pseudonym),
        "aliases": aliases,
        "tails": tails,
    }


def _trails(conn: Connection, member: str, pseudonym: str) -> int:
    t = trails.c
    named = or_(t.person == member, t.inviter == member, t.state.contains(_quoted(member), autoescape=True))
    rows = conn.execute(select(t.campaign, t.person, t.inviter, t.state).where(named)).all()
    for row in rows:
        anew = {
            "person": pseudonym if row.person == member else row.person,
            "inviter": pseudonym if row.inviter == member else row.inviter,
            "state": _renamed(row.state, member, pseudonym),
        }
        conn.execute(update(trails).where(t.campaign == row.campaign, t.person == row.person).values(anew))
    return len(rows)


def _keyed(conn: Connection, table: Any, member: str, pseudonym: str, **more: str) -> int:
    rows = conn.execute(select(table.c.id, table.c.key).where(table.c.member == member)).all()
    for row in rows:
        anew = {"member": pseudonym, "key": row.key.replace(member, pseudonym)} | more
        conn.execute(update(table).where(table.c.id == row.id).values(anew))
    return len(rows)


def _proposals(conn: Connection, member: str, pseudonym: str) -> int:
    """Blank the rows that are the person's; one that may be somebody else's stays to be decided."""
    p = proposals.c
    named = or_(p.member == member, p.candidates.contains(_quoted(member), autoescape=True))
    rows = conn.execute(select(p.id, p.member, p.candidates).where(named)).all()
    for row in rows:
        others = [one for one in json.loads(row.candidates) if one != member]
        anew: dict[str, str] = {"candidates": json.dumps(others, ensure_ascii=False)}
        if row.member == member or not others:
            anew |= {"values": "{}", "member": pseudonym if row.member == member else row.member}
            if row.member != member:
                anew["state"] = "dropped"
        conn.execute(update(proposals).where(p.id == row.id).values(anew))
    return len(rows)


def _quoted(member: str) -> str:
    return json.dumps(member, ensure_ascii=False)


def _renamed(state: str, member: str, pseudonym: str) -> str:
    """Return a trail's text with the id replaced: where it stands alone, and within keys, which are made of ids."""
    told = _walked(json.loads(state), member, pseudonym)
    for row in (*told.get("c", ()), *told.get("h", ())):
        row[4] = row[4].replace(member, pseudonym)
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _walked(value: Any, member: str, pseudonym: str) -> Any:
    match value:
        case str():
            return pseudonym if value == member else value
        case list():
            return [_walked(item, member, pseudonym) for item in value]
        case dict():
            return {key: _walked(item, member, pseudonym) for key, item in value.items()}
    return value
