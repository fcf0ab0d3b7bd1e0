"""Writing what was worked out: trails, sums, conversions and posts, inside the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from groupbot.storage.roll_folding import Folded
from groupbot.storage.rollups import add_sums
from groupbot.storage.tables import conversions, trail_posts
from groupbot.storage.trails import drop_trails, write_trails
from groupbot.tracking.days import instant
from groupbot.tracking.replies import StepPost

_CONVERT = {
    "sqlite": sqlite.insert(conversions).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(conversions).on_conflict_do_nothing(),
}
_POSTS = {
    name: (row := dialect.insert(trail_posts)).on_conflict_do_update(
        index_elements=["campaign", "delivery"], set_={"ids": row.excluded.ids, "parts": row.excluded.parts}
    )
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}


def write_folded(conn: Connection, folded: Folded, now: datetime) -> None:
    """Write what one campaign's chunk changes."""
    campaign = folded.scope.campaign
    drop_trails(conn, campaign, folded.gone)
    write_trails(conn, folded.trails)
    add_sums(conn, campaign, folded.sums)
    write_posts(conn, campaign, folded.posts)
    if folded.conversions:
        conn.execute(
            _CONVERT[conn.dialect.name],
            [
                {
                    "campaign": campaign,
                    "member": one.member,
                    "group": one.group,
                    "stage": one.stage,
                    "at": one.at,
                    "source": one.source.value,
                    "key": one.key,
                    "recorded_at": now,
                }
                for one in folded.conversions
            ],
        )


def write_posts(conn: Connection, campaign: str, posts: Sequence[StepPost]) -> None:
    """Note the posts that trails were read against."""
    rows = [
        {
            "campaign": campaign,
            "delivery": post.number,
            "step": post.step,
            "group": post.group,
            "at": instant(post.at),
            "parts": post.parts,
            "ids": json.dumps(sorted(post.ids), ensure_ascii=False),
            "expects": json.dumps(sorted(post.expects), ensure_ascii=False),
        }
        for post in posts
    ]
    if rows:
        conn.execute(_POSTS[conn.dialect.name], rows)
