"""Whether the daily sums are what the trails add up to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.engine import Connection

from groupbot.errors import StoreError
from groupbot.i18n import _
from groupbot.storage import roll_reading as reading
from groupbot.storage.tables import rollups, trails
from groupbot.storage.trails import trail_of
from groupbot.tracking.contributions import Cell, asks, contributions
from groupbot.tracking.metrics import cost
from groupbot.tracking.scope import Scope
from groupbot.tracking.seats import places

AT_ONCE = 2_000
"""Trails in memory at a time."""
u = rollups.c
t = trails.c


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """A sum that is not what the trails add up to."""

    cell: Cell
    stored: int
    added_up: int


def differences(conn: Connection, scopes: Sequence[Scope], campaign: str) -> Sequence[Difference]:
    """Return where a campaign's sums differ from its trails. Raises StoreError for an unknown one."""
    one = next((one for one in scopes if one.campaign == campaign), None)
    if one is None:
        raise StoreError(_("There is no campaign {id}.").format(id=campaign))
    query = select(u.day, u.metric, u.group, u.channel, u.variant, u.n).where(u.campaign == campaign)
    rows = conn.execute(query.where(u.metric.not_like(f"{cost('')}%")))
    stored = Counter({Cell(*row[:-1]): row[-1] for row in rows})
    counted = added_up(conn, one)
    return [
        Difference(cell=cell, stored=stored[cell], added_up=counted[cell])
        for cell in sorted(stored.keys() | counted.keys())
        if stored[cell] != counted[cell]
    ]


def added_up(conn: Connection, one: Scope) -> Counter[Cell]:
    """Return what a campaign's trails add up to."""
    counted: Counter[Cell] = Counter()
    posts = reading.known_posts(conn, one.campaign, one.groups)
    query = select(trails).where(t.campaign == one.campaign).execution_options(yield_per=AT_ONCE)
    for row in conn.execute(query):
        trail = trail_of(row)
        counted.update(contributions(trail, one.frame))
        theirs = [post for group in places(trail) for post in posts.get(group, ())]
        counted.update(asks(trail, one.frame, theirs))
    return counted
