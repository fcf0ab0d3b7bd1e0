"""Trails as rows: reading and writing many at a time, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Row, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from groupbot.storage.tables import trails
from groupbot.tracking.days import instant
from groupbot.tracking.trail import Standing, Trail, dumped, loaded

MANY = 500
"""Values in one IN (...)."""
t = trails.c
T = TypeVar("T")
_KEY = ("campaign", "person")
_READ = select(t.person, t.group, t.channel, t.variant, t.inviter, t.state)


def _write(dialect: Any) -> Any:
    row = dialect.insert(trails)
    anew = {column.name: row.excluded[column.name] for column in trails.columns if column.name not in _KEY}
    return row.on_conflict_do_update(index_elements=[t.campaign, t.person], set_=anew)


_WRITE = {"sqlite": _write(sqlite), "postgresql": _write(postgresql)}
_GO_ON = (
    update(trails)
    .where(t.campaign == bindparam("of_campaign"), t.person == bindparam("of_person"))
    .values(state=bindparam("state"))
)


@dataclass(kw_only=True, slots=True)
class TrailRows:
    """Trails as they are written: made before the transaction, which other writers wait for.

    `stands`: of people who are new or stand elsewhere; `goes_on`: of all others, whose indexes stay untouched.
    """

    stands: list[dict[str, Any]] = field(default_factory=list)
    goes_on: list[dict[str, Any]] = field(default_factory=list)

    def add(self, campaign: str, person: str, trail: Trail, before: Standing) -> None:
        """Add a trail. `before`: where they stood as it is stored; who stood in a group has a row."""
        is_same = before is trail.standing or _columns(before) == _columns(trail.standing)
        if before.joined is not None and is_same:
            self.goes_on.append({"of_campaign": campaign, "of_person": person, "state": dumped(trail)})
        else:
            self.stands.append(_row(campaign, person, trail))


def pieces(values: Iterable[T]) -> Iterator[Sequence[T]]:
    """Yield `values` in pieces that fit into one statement."""
    held = list(values)
    return (held[start : start + MANY] for start in range(0, len(held), MANY))


def read_trails(conn: Connection, campaign: str, persons: Collection[str]) -> dict[str, Trail]:
    """Return the trails of `persons` who have one."""
    found: dict[str, Trail] = {}
    for some in pieces(sorted(persons)):
        rows = conn.execute(_READ.where(t.campaign == campaign, t.person.in_(some))).all()
        for person, group, channel, variant, inviter, state in rows:
            found[person] = loaded(state, group=group, channel=channel, variant=variant, inviter=inviter)
    return found


def read_led(conn: Connection, campaign: str, inviters: Collection[str]) -> dict[str, Trail]:
    """Return the trails of those whom `inviters` brought in."""
    found: dict[str, Trail] = {}
    for some in pieces(sorted(inviters)):
        rows = conn.execute(_READ.where(t.campaign == campaign, t.inviter.in_(some)))
        found |= {row.person: trail_of(row) for row in rows}
    return found


def write_trails(conn: Connection, rows: TrailRows) -> None:
    """Write trails, new and changed ones."""
    if rows.stands:
        conn.execute(_WRITE[conn.dialect.name], rows.stands)
    if rows.goes_on:
        conn.execute(_GO_ON, rows.goes_on)


def drop_trails(conn: Connection, campaign: str, persons: Collection[str]) -> None:
    """Delete trails that became part of others."""
    for some in pieces(sorted(persons)):
        conn.execute(delete(trails).where(t.campaign == campaign, t.person.in_(some)))


def trail_of(row: Row[*tuple[Any, ...]]) -> Trail:
    """Return the trail that a row holds."""
    return loaded(row.state, group=row.group, channel=row.channel, variant=row.variant, inviter=row.inviter)


def _columns(where: Standing) -> tuple[str, str, str, str, int | None]:
    return where.group, where.channel, where.variant, where.inviter, where.joined


def _row(campaign: str, person: str, trail: Trail) -> dict[str, Any]:
    where = trail.standing
    return {
        "campaign": campaign,
        "person": person,
        "group": where.group,
        "channel": where.channel,
        "variant": where.variant,
        "inviter": where.inviter,
        "joined_at": None if where.joined is None else instant(where.joined),
        "state": dumped(trail),
    }
