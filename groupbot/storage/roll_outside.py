"""What is known of people besides facts: conversions, marks, tags, their seats and what they wrote in private."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.engine import Connection

from groupbot.storage.tables import channel_marks, conversions, facts, member_notes, members
from groupbot.storage.trails import pieces
from groupbot.tracking.channels import Source
from groupbot.tracking.days import instant, millis
from groupbot.tracking.facts import MOVES, FactKind
from groupbot.tracking.origins import ChannelWords
from groupbot.tracking.rules import Rules, tag_key
from groupbot.tracking.scope import Scope
from groupbot.tracking.stages import Conversion
from groupbot.tracking.stages import Source as Says
from groupbot.tracking.trail import Hint, Reached, Trail

f = facts.c
m = members.c


@dataclass(kw_only=True, slots=True)
class Outside:
    """What is known of one member in one campaign. `gone`: details of marks that were taken back."""

    stages: list[Reached] = field(default_factory=list)
    hints: set[Hint] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    seats: dict[str, int] = field(default_factory=dict)
    """Groups in which they were before anybody noted who came, with the instant from which that is known."""
    tags: dict[str, int] = field(default_factory=dict)
    """Stages that their tags reach, and when they were given."""

    def on(self, trail: Trail) -> tuple[frozenset[Hint], Mapping[str, int]]:
        """Return the hints and first seats of `trail` with these."""
        hints = {hint for hint in trail.hints if hint.detail not in self.gone} | self.hints
        seats = {**self.seats, **trail.present}
        return frozenset(hints), {group: min(at, self.seats.get(group, at)) for group, at in seats.items()}


@dataclass(kw_only=True, slots=True)
class _Moves:
    """Joins and leaves as facts tell them. `before`: the last from before the campaign began, by member and group."""

    before: dict[tuple[str, str], FactKind] = field(default_factory=dict)
    since: set[tuple[str, str, datetime]] = field(default_factory=set)


def outside(
    conn: Connection, one: Scope, who: Collection[str], rules: Rules, words: ChannelWords
) -> Mapping[str, Outside]:
    """Return what is known of each of `who` in campaign `one`."""
    found: defaultdict[str, Outside] = defaultdict(Outside)
    for some in pieces(sorted(who)):
        _stages(conn, one, some, found)
        _marks(conn, one, some, found)
        _seats(conn, one, some, _facts(conn, one, some, words, found), found)
        _tags(conn, one, some, rules, found)
    return found


def _stages(conn: Connection, one: Scope, who: Sequence[str], found: Mapping[str, Outside]) -> None:
    v = conversions.c
    query = select(v.member, v.group, v.stage, v.at, v.amount, v.currency, v.key)
    for row in conn.execute(query.where(v.campaign == one.campaign, v.member.in_(who), v.undone_at.is_(None))):
        reached = Reached(row.stage, millis(row.at), row.amount, row.currency, row.key, row.group)
        found[row.member].stages.append(reached)


def _marks(conn: Connection, one: Scope, who: Sequence[str], found: Mapping[str, Outside]) -> None:
    k = channel_marks.c
    query = select(k.member, k.channel, k.source, k.at, k.key, k.undone_at)
    for row in conn.execute(query.where(k.member.in_(who), k.campaign.in_(("", one.campaign)))):
        if row.undone_at is None:
            found[row.member].hints.add(Hint(row.source, row.channel, "", millis(row.at), row.key))
        else:
            found[row.member].gone.add(row.key)


def _facts(
    conn: Connection, one: Scope, who: Sequence[str], words: ChannelWords, found: Mapping[str, Outside]
) -> _Moves:
    """Read the words of friendship requests, and of what was written to an account in private; return the moves."""
    kinds = (FactKind.FRIEND_REQUEST.value, FactKind.MESSAGE.value)
    private = and_(f.group.is_(None), f.kind.in_(kinds), f.text.is_not(None))
    moves, began = _Moves(), instant(one.since)
    query = select(f.member, f.kind, f.group, f.at, f.text)
    query = query.where(f.member.in_(who), or_(private, f.kind.in_(sorted(MOVES)))).order_by(f.at, f.kind.desc(), f.id)
    for row in conn.execute(query):
        if row.kind in MOVES and row.at < began:
            moves.before[row.member, row.group] = FactKind(row.kind)
        elif row.kind in MOVES:
            moves.since.add((row.member, row.group, row.at))
        if row.kind in MOVES:
            continue
        is_greeting = row.kind == FactKind.FRIEND_REQUEST
        channel, word = words.greeting(row.text) if is_greeting else words.keyword(row.text)
        if channel:
            source = Source.GREETING if is_greeting else Source.KEYWORD
            found[row.member].hints.add(Hint(source.value, channel, "", millis(row.at), word))
    return moves


def _seats(
    conn: Connection,
    one: Scope,
    who: Sequence[str],
    moves: _Moves,
    found: Mapping[str, Outside],
) -> None:
    """Find who sat there when the campaign began, and seats that no move explains (a leave makes one, too).

    What moves tell of the time before goes before the list of seats, which holds the last stay alone.

    Who was seen to come, and was gone when the group was first read, is not known to have left: a seat holds one stay,
    so what it told would be lost when they come back.
    """
    began = instant(one.since)
    for (member, group), kind in moves.before.items():
        if group in one.groups and kind is FactKind.JOIN:
            found[member].seats[group] = one.since
    for row in conn.execute(select(m.member, m.group, m.joined_at, m.left_at).where(m.member.in_(who))):
        if row.group not in one.groups or millis(row.joined_at) >= one.until:
            continue
        if row.joined_at < began:
            is_told = (row.member, row.group) in moves.before
            if not is_told and (row.left_at is None or row.left_at > began):
                found[row.member].seats[row.group] = one.since
        elif (row.member, row.group, row.joined_at) not in moves.since:
            found[row.member].seats[row.group] = millis(row.joined_at)


def _tags(conn: Connection, one: Scope, who: Sequence[str], rules: Rules, found: Mapping[str, Outside]) -> None:
    n = member_notes.c
    if not rules.tags:
        return
    wanted = [tag for tag, _stage in rules.tags]
    query = select(n.member, n.value, n.at).where(n.member.in_(who), n.kind == "tag", n.value.in_(wanted))
    for row in conn.execute(query.where(n.at >= instant(one.since), n.at < instant(one.until))):
        for stage in (stage for tag, stage in rules.tags if tag == row.value):
            tags = found[row.member].tags
            tags[stage] = min(millis(row.at), tags.get(stage, millis(row.at)))


def tagged(one: Scope, member: str, known: Outside) -> list[Conversion]:
    """Return the conversions that a member's tags make and that are not there yet."""
    have = {reached.key for reached in known.stages}
    return [
        Conversion(
            campaign=one.campaign,
            member=member,
            stage=stage,
            at=instant(at),
            source=Says.TAG,
            key=tag_key(stage, member),
        )
        for stage, at in known.tags.items()
        if tag_key(stage, member) not in have
    ]
