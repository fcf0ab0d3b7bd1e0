"""Putting a recorded move right by a second report of it: when it was, who invited the member, that it was seen."""

from __future__ import annotations

from sqlalchemy import case, func, insert, or_, update
from sqlalchemy.engine import Connection

from groupbot.storage.tables import facts, members, trail_changes
from groupbot.tracking.facts import FactKind
from groupbot.tracking.moves import Correction

f = facts.c
m = members.c


def correct_move(conn: Connection, one: Correction) -> None:
    """Correct the fact, the seat that it made and what was counted of it, inside the caller's transaction."""
    move = one.move
    told = (f.group == move.group, f.member == move.member, f.kind == move.kind.value, f.at == move.at)
    differs = [f.at != one.at, f.found_late != one.found_late]
    if one.actor is not None:
        differs.append(f.actor.is_(None))
    anew = {"at": one.at, "found_late": one.found_late, "actor": func.coalesce(f.actor, one.actor)}
    changed = conn.execute(update(facts).where(*told, f.account == move.account, or_(*differs)).values(anew))
    if not changed.rowcount:
        return
    seat = update(members).where(m.group == move.group, m.member == move.member)
    if move.kind is FactKind.JOIN:
        inviter = func.coalesce(m.inviter, one.actor)
        values = {"joined_at": one.at, "found_late": one.found_late, "inviter": inviter}
        conn.execute(seat.where(m.joined_at == move.at).values(values))
    else:
        # of somebody whose coming nobody saw, the leave is the seat's beginning, too
        begun = case((m.joined_at == move.at, one.at), else_=m.joined_at)
        conn.execute(seat.where(m.left_at == move.at).values(left_at=one.at, joined_at=begun))
    conn.execute(insert(trail_changes).values(member=move.member))
