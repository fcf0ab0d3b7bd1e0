"""Work out what a chunk of facts changes in one campaign: new trails, sums and conversions. Reads, never writes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import select
from sqlalchemy.engine import Connection

from groupbot.storage import roll_reading as reading
from groupbot.storage.roll_counting import KnownPosts, Sums
from groupbot.storage.roll_outside import outside, tagged
from groupbot.storage.roll_people import Ground, People
from groupbot.storage.roll_standing import Standings
from groupbot.storage.tables import conversions
from groupbot.storage.trails import TrailRows, pieces
from groupbot.tracking.contributions import Cell
from groupbot.tracking.days import day_of, instant, millis
from groupbot.tracking.facts import FactKind
from groupbot.tracking.observing import Found, Lens, Seen, observed
from groupbot.tracking.origins import visits_of
from groupbot.tracking.replies import Posts, StepPost
from groupbot.tracking.scope import Scope
from groupbot.tracking.stages import Conversion, Source
from groupbot.tracking.talks import REACHES_BACK, Said, talks
from groupbot.tracking.trail import Reached, Standing, Trail, kept_behind, merge


@dataclass(frozen=True, kw_only=True, slots=True)
class Chunk:
    """What came in for one campaign. `read`: the last fact that was read before, `upto`: the last with `facts`.

    `changed`: members of whom something besides facts changed. `reseated`: those of them of whom it became known only
    now that they came or left before the campaign began. `posts`: new posts of its steps.
    """

    scope: Scope
    facts: Sequence[Seen] = ()
    changed: frozenset[str] = frozenset()
    reseated: frozenset[str] = frozenset()
    posts: Sequence[StepPost] = ()
    read: int = 0
    upto: int = 0


@dataclass(kw_only=True, slots=True)
class Folded:
    """What is to be written for one campaign. `gone`: trails that became part of others."""

    scope: Scope
    trails: TrailRows = field(default_factory=TrailRows)
    gone: set[str] = field(default_factory=set)
    sums: Counter[Cell] = field(default_factory=Counter)
    conversions: list[Conversion] = field(default_factory=list)
    posts: Sequence[StepPost] = ()


def fold(conn: Connection, chunk: Chunk, ground: Ground) -> Folded:
    """Return what `chunk` changes."""
    return _Fold(conn, chunk, ground).done()


class _Fold:
    def __init__(self, conn: Connection, chunk: Chunk, ground: Ground) -> None:
        self._conn = conn
        self._chunk = chunk
        self._ground = ground
        self._scope = chunk.scope
        self._people = People(conn=conn, scope=chunk.scope, ground=ground)
        self._old, self._new = self._people.old, self._people.new
        self._conversions: list[Conversion] = []
        self._known = KnownPosts(conn, chunk.scope)
        self._lens = self._reading_glass({fact.group for fact in chunk.facts if fact.group is not None})

    def done(self) -> Folded:
        late = self._late_writers()
        pieces_, found = self._observe()
        changed = {self._ground.person(member) for member in (*self._chunk.changed, *late)}
        self._people.load({*pieces_, *changed, *self._chunk.changed})
        made = self._make_anew(changed, found)
        for person, more in pieces_.items():
            if person not in made:
                old = self._old.get(person)
                self._new[person] = merge(old, more) if old is not None else more
        for person, told in self._cared().items():
            self._new[person] = merge(self._new.get(person) or self._old.get(person) or Trail(), told)
        self._look_outside({*changed, *(person for person in self._new if person not in self._old)}, found)
        Standings(self._people).conclude()
        sums = Sums(self._people, self._known)
        sums.count(self._chunk.posts)
        return Folded(
            scope=self._scope,
            trails=self._rows(sums.changed),
            gone=self._people.gone,
            sums=sums.cells,
            conversions=self._conversions,
            posts=self._chunk.posts,
        )

    def _rows(self, changed: Mapping[str, Trail]) -> TrailRows:
        rows, nowhere = TrailRows(), Standing()
        for person, trail in sorted(changed.items()):
            old = None if person in self._people.gone else self._old.get(person)
            rows.add(self._scope.campaign, person, trail, nowhere if old is None else old.standing)
        return rows

    def _reading_glass(self, groups: Collection[str]) -> Lens:
        chunk, rolling = self._chunk, self._ground.rolling
        wanted = {*groups, *(post.group for post in chunk.posts)}
        fresh: defaultdict[str, dict[int, StepPost]] = defaultdict(dict)
        for post in (*self._known.of(wanted), *chunk.posts):
            fresh[post.group][post.number] = post
        return Lens(
            scope=self._scope,
            posts={group: Posts(posts.values()) for group, posts in fresh.items()},
            rules=rolling.rules.messages,
            window_ms=rolling.reply_window_ms,
            channel_of=lambda text: rolling.words.keyword(text)[0],
        )

    def _late_writers(self) -> set[str]:
        """Return whose messages were read before it was known that a step had been posted ahead of them."""
        found: set[str] = set()
        for post in self._chunk.posts:
            found |= set(reading.writers_after(self._conn, post, self._chunk.read))
        return found

    def _observe(self) -> tuple[dict[str, Trail], dict[str, dict[str, Found]]]:
        by_member: defaultdict[str, list[Seen]] = defaultdict(list)
        for fact in self._chunk.facts:
            by_member[fact.member].append(fact)
        told: dict[str, Trail] = {}
        found: dict[str, dict[str, Found]] = {}
        for member, facts in by_member.items():
            trail, stages = observed(member, facts, self._lens)
            if not (trail.messages or trail.joins or trail.leaves):
                continue
            person = self._ground.person(member)
            told[person] = merge(told[person], trail) if person in told else trail
            if stages:
                found[member] = dict(stages)
        return told, found

    def _make_anew(self, changed: Collection[str], found: dict[str, dict[str, Found]]) -> set[str]:
        """Make trails from all facts there are, of people of whom something besides facts changed."""
        made = set(changed)
        self._people.anew |= made
        if not made:
            return made
        accounts = {member for person in made for member in self._ground.accounts(person)}
        facts = reading.facts_of_members(self._conn, accounts, self._chunk.upto)
        groups = {fact.group for each in facts.values() for fact in each if fact.group is not None}
        self._lens = self._reading_glass({*groups, *self._lens.posts})
        for person in made:
            trails = []
            for member in self._ground.accounts(person):
                trail, stages = observed(member, facts.get(member, ()), self._lens)
                trails.append(trail if facts.get(member) else replace(trail, members=frozenset()))
                found[member] = {**found.get(member, {}), **stages}
            self._new[person] = self._with_old(person, trails)
            self._people.gone |= {one for one in self._ground.accounts(person) if one != person and one in self._old}
        return made

    def _with_old(self, person: str, trails: Sequence[Trail]) -> Trail:
        """Return the trail that `trails` make, with what only the old ones can tell."""
        fresh = Trail()
        for trail in trails:
            fresh = merge(fresh, trail)
        accounts = self._ground.accounts(person)
        olds = [self._old[one] for one in accounts if one in self._old]
        is_reseated = not self._chunk.reseated.isdisjoint(accounts)
        horizon = max((millis(at) for at in self._ground.pruned.values()), default=0)
        for old in olds:
            hints = old.hints if horizon > self._scope.since else visits_of(old)
            present = {} if is_reseated else old.present
            fresh = merge(fresh, Trail(talks=old.talks, questions=old.questions, present=present, hints=hints))
        if horizon > self._scope.since and olds:
            behind = olds[0]
            for old in olds[1:]:
                behind = merge(behind, old)
            fresh = kept_behind(behind, fresh, day_of(horizon, self._scope.zone), horizon)
        return replace(fresh, standing=olds[0].standing) if olds else fresh

    def _cared(self) -> Mapping[str, Trail]:
        """Return whom our people talked to, and what came of questions, by person."""
        staff = self._ground.staff.names
        if not staff:
            return {}
        told: dict[str, Trail] = {}
        spans: dict[str, tuple[int, int, bool]] = {}
        for fact in self._chunk.facts:
            if fact.kind != FactKind.MESSAGE or fact.group not in self._scope.groups or not self._scope.holds(fact.at):
                continue
            first, last, spoke = spans.get(fact.group, (fact.at, fact.at, False))
            spans[fact.group] = min(first, fact.at), max(last, fact.at), spoke or fact.member in staff
        for group, (first, last, _spoke) in spans.items():
            until = last + REACHES_BACK
            words = reading.messages_between(self._conn, group, first, until, self._chunk.upto, staff)
            since = first - REACHES_BACK if words else first
            heard = reading.messages_between(
                self._conn, group, since, max([last, *(one.at for one in words)]), self._chunk.upto, ()
            )
            said = {(one.account, one.event_id): one for one in (*heard, *words) if self._scope.holds(one.at)}
            for member, trail in talks(map(self._said, said.values())).items():
                person = self._ground.person(member)
                told[person] = merge(told[person], trail) if person in told else trail
        self._people.load(told.keys() - self._new.keys())  # of some their join is told later
        return told

    def _said(self, fact: Seen) -> Said:
        return Said(
            at=fact.at,
            group=fact.group or "",
            member=fact.member,
            event_id=fact.event_id,
            text=fact.text,
            quoted=fact.quoted,
            mentions=tuple(one for one in fact.mentions if one not in self._ground.staff.ids),
            staff=self._ground.staff.names.get(fact.member, ""),
        )

    def _look_outside(self, persons: Collection[str], found: Mapping[str, Mapping[str, Found]]) -> None:
        """Take in conversions, marks, tags and seats of `persons`, and what rules found in anybody's messages."""
        rolling = self._ground.rolling
        accounts = {member: person for person in persons for member in self._ground.accounts(person)}
        known = outside(self._conn, self._scope, accounts, rolling.rules, rolling.words)
        fresh: dict[str, list[Conversion]] = {}
        for person in persons:
            base = self._new.setdefault(person, Trail())
            stages: set[Reached] = set()
            for member in self._ground.accounts(person):
                if member in known:
                    hints, seats = known[member].on(base)
                    base = replace(base, hints=hints, present=seats)
                    stages.update(known[member].stages)
                    fresh.setdefault(person, []).extend(tagged(self._scope, member, known[member]))
            ordered = tuple(sorted(stages, key=lambda reached: (reached.at, reached.key)))
            self._new[person] = base if ordered == base.stages else replace(base, stages=ordered)
        for member, stages_found in found.items():
            person = self._ground.person(member)
            fresh.setdefault(person, []).extend(self._ruled(member, stages_found.values(), self._new.get(person)))
        self._convert(fresh)

    def _ruled(self, member: str, found: Iterable[Found], trail: Trail | None) -> list[Conversion]:
        """Return conversions of what rules found, unless the same was found in an earlier message."""
        if trail is None or self._people.is_ours(trail, member):
            return []
        first = {reached.stage: reached.at for reached in reversed(trail.stages) if reached.key.startswith("rule:")}
        return [
            Conversion(
                campaign=self._scope.campaign,
                member=member,
                group=one.group,
                stage=one.stage,
                at=instant(one.at),
                source=Source.RULE,
                key=one.key,
            )
            for one in found
            if one.at < first.get(one.stage, one.at + 1)
        ]

    def _convert(self, fresh: Mapping[str, list[Conversion]]) -> None:
        """Keep the new ones of `fresh` in their people's trails; a key that was ever used is left alone."""
        keys = {one.key for each in fresh.values() for one in each}
        used: set[str] = set()
        v = conversions.c
        for some in pieces(sorted(keys)):
            query = select(v.key).where(v.campaign == self._scope.campaign, v.key.in_(some))
            used |= set(self._conn.execute(query).scalars())
        for person, each in fresh.items():
            new = [one for one in each if one.key not in used]
            if not new or person not in self._new:
                continue
            self._conversions += new
            reached = [Reached(one.stage, millis(one.at), None, "", one.key, one.group) for one in new]
            self._new[person] = merge(self._new[person], Trail(stages=tuple(reached)))
