"""How far the roll-ups have read, inside the caller's transaction.

`turn` counts whoever wrote trails. A chunk is read and worked out without a lock and written only if the turn is still
the one that it was read at: two rollers, or a roller and a person who is forgotten, never overwrite each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from groupbot.storage.tables import rollup_marks

r = rollup_marks.c
TURN, CURSOR, POSTS, OURS = "turn", "cursor", "posts", "ours"
_BEHIND, _SCOPE, _PRUNED, _RULES = "cursor:", "scope:", "pruned:", "rules:"
WIPE = "wipe"
"""Value of a campaign's own cursor while its trails and sums are being deleted, to be made anew."""
_INSERT: Mapping[str, Any] = {
    "sqlite": sqlite.insert(rollup_marks),
    "postgresql": postgresql.insert(rollup_marks),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Marks:
    """Every mark as read in one snapshot."""

    values: Mapping[str, str]

    @property
    def turn(self) -> int:
        """Return how often trails were written."""
        return int(self.values.get(TURN, "0"))

    @property
    def cursor(self) -> int:
        """Return the id of the last fact that was read."""
        return int(self.values.get(CURSOR, "0"))

    @property
    def posts(self) -> str:
        """Return the instant (ISO 8601) until which posts were looked for, "" = none were."""
        return self.values.get(POSTS, "")

    @property
    def behind(self) -> Mapping[str, str]:
        """Return the cursors of campaigns that are read anew, by campaign; `WIPE` = their old sums still go."""
        return {name[len(_BEHIND) :]: value for name, value in self.values.items() if name.startswith(_BEHIND)}

    def scope(self, campaign: str) -> str | None:
        """Return what was noted of a campaign's scope, None when it was never seen."""
        return self.values.get(scope_mark(campaign))

    @property
    def rules(self) -> Mapping[str, str]:
        """Return by campaign the digest of the settings that its first fact was counted by."""
        return {name[len(_RULES) :]: value for name, value in self.values.items() if name.startswith(_RULES)}

    @property
    def pruned(self) -> Mapping[str, datetime]:
        """Return by fact kind before when facts were deleted."""
        return {
            name[len(_PRUNED) :]: datetime.fromisoformat(value)
            for name, value in self.values.items()
            if name.startswith(_PRUNED)
        }


def read_marks(conn: Connection) -> Marks:
    """Return every mark."""
    return Marks(values={row.name: row.value for row in conn.execute(select(rollup_marks))})


def take_turn(conn: Connection, seen: int | None) -> bool:
    """Lock the turn and count one on; False, and nothing changed, when it is not `seen` any more. None = whatever."""
    conn.execute(_INSERT[conn.dialect.name].values(name=TURN, value="0").on_conflict_do_nothing())
    turn = int(conn.execute(select(r.value).where(r.name == TURN).with_for_update()).scalar_one())
    if seen is not None and turn != seen:
        return False
    write_mark(conn, TURN, str(turn + 1))
    return True


def write_mark(conn: Connection, name: str, value: str | None) -> None:
    """Set a mark; None takes it away."""
    if value is None:
        conn.execute(delete(rollup_marks).where(r.name == name))
        return
    row = _INSERT[conn.dialect.name].values(name=name, value=value)
    conn.execute(row.on_conflict_do_update(index_elements=[r.name], set_={"value": value}))


def behind_mark(campaign: str) -> str:
    """Name the cursor of a campaign that is read anew."""
    return f"{_BEHIND}{campaign}"


def scope_mark(campaign: str) -> str:
    """Name the note of a campaign's scope."""
    return f"{_SCOPE}{campaign}"


def rules_mark(campaign: str) -> str:
    """Name the note of what settings a campaign was counted by."""
    return f"{_RULES}{campaign}"


def pruned_mark(kind: str) -> str:
    """Name the note of before when facts of a kind were deleted."""
    return f"{_PRUNED}{kind}"


def counted_upto(conn: Connection) -> int | None:
    """Return the last fact that every campaign has counted, None when nothing is counted yet."""
    marks = read_marks(conn)
    if CURSOR not in marks.values:
        return None
    return min([marks.cursor, *(0 if value == WIPE else int(value) for value in marks.behind.values())])


def note_pruned(conn: Connection, kind: str, before: datetime) -> None:
    """Note that facts of `kind` from before `before` were deleted."""
    known = read_marks(conn).pruned.get(kind)
    write_mark(conn, pruned_mark(kind), (max(before, known) if known else before).isoformat())
