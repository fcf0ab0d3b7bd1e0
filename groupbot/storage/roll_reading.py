"""What the roller reads besides trails: facts, campaigns, posts, and what else is known of people. One snapshot."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, and_, func, literal_column, or_, select
from sqlalchemy.engine import Connection

from groupbot.campaign.one_off import ONE_OFF
from groupbot.core.content import Text, load_parts
from groupbot.storage.tables import (
    accounts,
    campaign_groups,
    campaigns,
    code_visits,
    contents,
    deliveries,
    facts,
    live_codes,
    member_aliases,
    members,
    people_ids,
    posts,
    trail_posts,
)
from groupbot.storage.trails import pieces
from groupbot.tracking.days import instant, millis
from groupbot.tracking.facts import COUNTED, FactKind
from groupbot.tracking.observing import Seen
from groupbot.tracking.origins import Visits
from groupbot.tracking.replies import StepPost, expected_words
from groupbot.tracking.rolling import Rolling
from groupbot.tracking.scope import Scope, scope

f = facts.c
d = deliveries.c
p = posts.c
tp = trail_posts.c
_SENT: ColumnElement[bool] = literal_column("posts.outcome = 'sent'")  # written out, for the partial index
KINDS = sorted(COUNTED)
_FACT = (f.id, f.at, f.kind, f.account, f.event_id, f.group, f.member, f.text, f.actor, f.found_late, f.extra)
_PLAIN = select(*_FACT).where(f.kind.in_(KINDS), f.member != "").order_by(f.id)


@dataclass(frozen=True, kw_only=True, slots=True)
class Staff:
    """Who is ours. `names`: of people, by id; `ids`: of people and of the accounts themselves."""

    names: Mapping[str, str]
    ids: frozenset[str]


class Found(NamedTuple):
    """A post of a step as the ledger has it."""

    campaign: str
    post: StepPost
    finished: str


def read_facts(conn: Connection, after: int, upto: int, limit: int, groups: Collection[str] | None) -> list[Seen]:
    """Return facts that may count, by id. `groups`: only theirs, None = all."""
    query = _PLAIN.where(f.id > after, f.id <= upto).limit(limit)
    if groups is not None:
        query = query.where(or_(f.group.in_(sorted(groups)), f.group.is_(None)))
    return [_seen(row) for row in conn.execute(query).all()]


def facts_of_members(conn: Connection, who: Collection[str], upto: int) -> dict[str, list[Seen]]:
    """Return all that is known of each member, with ids up to `upto`."""
    found: defaultdict[str, list[Seen]] = defaultdict(list)
    for some in pieces(sorted(who)):
        for row in conn.execute(_PLAIN.where(f.member.in_(some), f.id <= upto)):
            found[row.member].append(_seen(row))
    return found


def writers_after(conn: Connection, post: StepPost, upto: int) -> list[str]:
    """Return who wrote in a post's group after it, in facts that have been read."""
    wrote = select(f.member).where(f.group == post.group, f.at >= instant(post.at), f.id <= upto)
    return list(conn.execute(wrote.where(f.kind == FactKind.MESSAGE.value).distinct()).scalars())


def messages_between(
    conn: Connection, group: str, first: int, last: int, upto: int, who: Collection[str]
) -> list[Seen]:
    """Return what was said in a group from `first` to `last`; `who`: only by these, none = by anybody."""
    said = (f.group == group, f.at >= instant(first), f.at <= instant(last), f.kind == FactKind.MESSAGE.value)
    query = _PLAIN.where(*said, f.id <= upto)
    return [_seen(row) for row in conn.execute(query.where(f.member.in_(sorted(who))) if who else query)]


def newest_fact(conn: Connection) -> int:
    """Return the highest id of all facts, 0 = there is none."""
    return int(conn.execute(select(func.max(f.id))).scalar() or 0)


def first_fact(conn: Connection, one: Scope) -> int | None:
    """Return the lowest id of a fact in a campaign's groups since it began, None = there is none."""
    lowest: list[int] = []
    for some in pieces(sorted(one.groups)):
        query = select(func.min(f.id)).where(f.group.in_(some), f.at >= instant(one.since))
        if (found := conn.execute(query).scalar()) is not None:
            lowest.append(found)
    return min(lowest, default=None)


def read_scopes(conn: Connection, after_days: int, ends: dict[tuple[str, int], Any]) -> list[Scope]:
    """Return every campaign's scope. `ends`: last due instants by (campaign, plan version), kept for the next time."""
    c, g = campaigns.c, campaign_groups.c
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for campaign, group in conn.execute(select(g.campaign, g.group)):
        groups[campaign].append(group)
    found: list[Scope] = []
    for row in conn.execute(select(c.id, c.timezone, c.created_at, c.plan_version).where(c.id != ONE_OFF)).all():
        version = row.id, row.plan_version
        if version not in ends:
            ends[version] = conn.execute(select(func.max(d.due)).where(d.campaign == row.id)).scalar()
        found.append(scope(row.id, groups[row.id], row.timezone, row.created_at, ends[version], after_days))
    return found


def read_staff(conn: Connection, rolling: Rolling) -> Staff:
    """Return who is ours by now."""
    i = people_ids.c
    bound = {row.member: row.person for row in conn.execute(select(i.member, i.person))}
    names = dict(rolling.staff) | {member: person for member, person in bound.items() if person in rolling.people}
    own = conn.execute(select(accounts.c.own_id).where(accounts.c.own_id != "")).scalars()
    return Staff(names=names, ids=frozenset({*names, *own}))


def read_aliases(conn: Connection) -> dict[str, str]:
    """Return which person each further account is of."""
    a = member_aliases.c
    return {row.member: row.person for row in conn.execute(select(a.member, a.person))}


def turned(aliases: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the further accounts of each person."""
    found: dict[str, list[str]] = {}
    for member, person in aliases.items():
        found.setdefault(person, []).append(member)
    return found


def known_posts(conn: Connection, campaign: str, groups: Collection[str]) -> dict[str, list[StepPost]]:
    """Return the posts that trails were read against, by group."""
    found: dict[str, list[StepPost]] = {group: [] for group in groups}
    for some in pieces(sorted(groups)):
        for row in conn.execute(select(trail_posts).where(tp.campaign == campaign, tp.group.in_(some))):
            found[row.group].append(
                StepPost(
                    number=row.delivery,
                    step=row.step,
                    group=row.group,
                    at=millis(row.at),
                    ids=frozenset(json.loads(row.ids)),
                    expects=frozenset(json.loads(row.expects)),
                    parts=row.parts,
                )
            )
    return found


def new_posts(conn: Connection, since: Any, limit: int) -> list[Found]:
    """Return posts of steps in groups that trails don't know in full yet, settled at `since` or later, oldest first."""
    parts = select(func.count()).where(p.delivery == d.id, p.outcome == "sent").correlate(deliveries).scalar_subquery()
    lately = select(p.delivery, func.max(p.finished_at).label("finished")).where(_SENT, p.finished_at.is_not(None))
    if since is not None:
        lately = lately.where(p.finished_at >= since)
    recent = lately.group_by(p.delivery).subquery()
    known = and_(tp.campaign == d.campaign, tp.delivery == d.id)
    query = (
        select(d.id, d.campaign, d.step, d.group, recent.c.finished, contents.c.parts.label("body"))
        .join(recent, recent.c.delivery == d.id)
        .join(contents, contents.c.id == d.content)
        .outerjoin(trail_posts, known)
        .where(d.campaign != ONE_OFF, d.place == "group", d.member.is_(None))
        .where(or_(tp.delivery.is_(None), tp.parts < parts))
        .order_by(recent.c.finished, d.id)
        .limit(limit)
    )
    return list(_posted(conn, conn.execute(query).all()))


def newest_post(conn: Connection) -> str:
    """Return when the newest post was settled, "" = there is none."""
    newest = conn.execute(select(func.max(p.finished_at)).where(_SENT)).scalar()
    return "" if newest is None else newest.isoformat()


def posts_of(conn: Connection, campaign: str) -> list[Found]:
    """Return every post of a campaign's steps in groups."""
    query = (
        select(
            d.id, d.campaign, d.step, d.group, func.max(p.finished_at).label("finished"), contents.c.parts.label("body")
        )
        .join(posts, and_(p.delivery == d.id, p.outcome == "sent"))
        .join(contents, contents.c.id == d.content)
        .where(d.campaign == campaign, d.place == "group", d.member.is_(None))
        .group_by(d.id, d.campaign, d.step, d.group, contents.c.parts)
    )
    return list(_posted(conn, conn.execute(query).all()))


def _posted(conn: Connection, rows: Sequence[Row[*tuple[Any, ...]]]) -> Iterator[Found]:
    sent: defaultdict[int, list[Row[*tuple[Any, ...]]]] = defaultdict(list)
    for some in pieces(row.id for row in rows):
        query = select(p.delivery, p.message_id, p.started_at, p.finished_at)
        for part in conn.execute(query.where(p.delivery.in_(some), p.outcome == "sent")):
            sent[part.delivery].append(part)
    for row in rows:
        parts = sent[row.id]
        words = [part.content.text for part in load_parts(row.body) if isinstance(part.content, Text)]
        post = StepPost(
            number=row.id,
            step=row.step,
            group=row.group,
            at=millis(min(part.started_at for part in parts)),
            ids=frozenset(part.message_id for part in parts if part.message_id),
            expects=frozenset().union(*map(expected_words, words)) if words else frozenset(),
            parts=len(parts),
        )
        yield Found(row.campaign, post, row.finished.isoformat())


def read_visits(conn: Connection, campaign: str, groups: Iterable[str], first: int, last: int) -> list[Visits]:
    """Return the visits that showed the images of `groups` from `first` to `last`."""
    v, k = code_visits.c, live_codes.c
    found: list[Visits] = []
    query = select(v.group, v.minute, v.code, v.visits, k.channel, k.variant).join(live_codes, k.code == v.code)
    near = query.where(v.minute.between(instant(first), instant(last)), k.campaign.in_(("", campaign)))
    for some in pieces(sorted(set(groups))):
        found += [
            Visits(
                group=row.group,
                minute=millis(row.minute),
                code=row.code,
                channel=row.channel,
                variant=row.variant,
                visits=row.visits,
            )
            for row in conn.execute(near.where(v.group.in_(some)))
        ]
    return found


def ever_seated(conn: Connection, groups: Iterable[str]) -> dict[str, list[str]]:
    """Return who ever had a seat in each group."""
    found: dict[str, list[str]] = defaultdict(list)
    m = members.c
    for some in pieces(sorted(set(groups))):
        for row in conn.execute(select(m.group, m.member).where(m.group.in_(some))):
            found[row.group].append(row.member)
    return found


def _seen(row: Row[*tuple[Any, ...]]) -> Seen:
    number, at, kind, account, event_id, group, member, said, actor, late, told = row
    seen = Seen(number, millis(at), kind, account, event_id, group, member, said, actor or "", late)
    if not told or ('"quoted"' not in told and '"mentions"' not in told):  # most have neither
        return seen
    extra = json.loads(told)
    return seen._replace(quoted=extra.get("quoted") or "", mentions=tuple(extra.get("mentions", ())))
