"""Work out what a chunk of facts changes in one campaign: new trails, sums and conversions. Reads, never writes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.engine import Connection

from groupbot.storage import roll_reading as reading
from groupbot.storage.roll_outside import outside, tagged
from groupbot.storage.roll_reading import Staff
from groupbot.storage.tables import conversions
from groupbot.storage.trails import pieces, read_led, read_trails
from groupbot.tracking.contributions import SEATS, Cell, asks, change
from groupbot.tracking.days import day_of, instant, millis
from groupbot.tracking.facts import FactKind
from groupbot.tracking.observing import Found, Lens, Seen, observed
from groupbot.tracking.origins import Inviter, Visits, inviter_of, stand, visit_hint, without_visits
from groupbot.tracking.replies import Posts, StepPost
from groupbot.tracking.rolling import Rolling
from groupbot.tracking.scope import Scope
from groupbot.tracking.seats import Sitting, places, sittings
from groupbot.tracking.stages import Conversion, Source
from groupbot.tracking.talks import REACHES_BACK, Said, talks
from groupbot.tracking.trail import Reached, Standing, Trail, kept_behind, merge

_CONCLUDED_FROM = (*SEATS, "members", "words", "stages", "hints")
"""The parts of a trail that its standing comes of."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Chunk:
    """What came in for one campaign. `read`: the last fact that was read before, `upto`: the last with `facts`.

    `changed`: members of whom something besides facts changed. `posts`: new posts of its steps.
    """

    scope: Scope
    facts: Sequence[Seen] = ()
    changed: frozenset[str] = frozenset()
    posts: Sequence[StepPost] = ()
    read: int = 0
    upto: int = 0


@dataclass(kw_only=True, slots=True)
class Folded:
    """What is to be written for one campaign. `gone`: trails that became part of others."""

    scope: Scope
    trails: dict[str, Trail] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    sums: Counter[Cell] = field(default_factory=Counter)
    conversions: list[Conversion] = field(default_factory=list)
    posts: Sequence[StepPost] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """What every campaign's folding stands on. `pruned`: by fact kind, before when facts are deleted."""

    rolling: Rolling
    staff: Staff
    aliases: Mapping[str, str]
    pruned: Mapping[str, datetime]

    def person(self, member: str) -> str:
        """Return the member id that stands for all of a person's."""
        return self.aliases.get(member, member)


def fold(conn: Connection, chunk: Chunk, ground: Ground) -> Folded:
    """Return what `chunk` changes."""
    return _Fold(conn, chunk, ground).done()


class _Fold:
    def __init__(self, conn: Connection, chunk: Chunk, ground: Ground) -> None:
        self._conn = conn
        self._chunk = chunk
        self._ground = ground
        self._scope = chunk.scope
        self._frame = chunk.scope.frame
        self._old: dict[str, Trail] = {}
        self._new: dict[str, Trail] = {}
        self._stays: dict[str, Sequence[Sitting]] = {}
        self._folded = Folded(scope=chunk.scope, posts=chunk.posts)
        self._anew: set[str] = set()
        self._accounts: dict[str, list[str]] = {}
        for member, person in ground.aliases.items():
            self._accounts.setdefault(person, []).append(member)
        self._known: dict[str, list[StepPost]] = {}
        self._lens = self._reading_glass({fact.group for fact in chunk.facts if fact.group is not None})

    def done(self) -> Folded:
        late = self._late_writers()
        pieces_, found = self._observe()
        changed = {self._ground.person(member) for member in (*self._chunk.changed, *late)}
        self._load({*pieces_, *changed, *self._chunk.changed})
        made = self._make_anew(changed, found)
        for person, more in pieces_.items():
            if person not in made:
                old = self._old.get(person)
                self._new[person] = merge(old, more) if old is not None else more
        for person, told in self._cared().items():
            self._new[person] = merge(self._new.get(person) or self._old.get(person) or Trail(), told)
        self._look_outside({*changed, *(person for person in self._new if person not in self._old)}, found)
        self._conclude()
        self._count()
        return self._folded

    def _reading_glass(self, groups: Collection[str]) -> Lens:
        chunk, rolling = self._chunk, self._ground.rolling
        wanted = {group for group in groups if group in self._scope.groups} | {post.group for post in chunk.posts}
        self._know(wanted)
        fresh: defaultdict[str, dict[int, StepPost]] = defaultdict(dict)
        for post in (*(post for group in wanted for post in self._known[group]), *chunk.posts):
            fresh[post.group][post.number] = post
        return Lens(
            scope=self._scope,
            posts={group: Posts(posts.values()) for group, posts in fresh.items()},
            rules=rolling.rules.messages,
            window_ms=rolling.reply_window_ms,
            channel_of=lambda text: rolling.words.keyword(text)[0],
        )

    def _know(self, groups: Collection[str]) -> None:
        missing = {group for group in groups if group not in self._known}
        if missing:
            self._known |= reading.known_posts(self._conn, self._scope.campaign, missing)

    def _ids(self, person: str) -> list[str]:
        return [person, *self._accounts.get(person, ())]

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

    def _load(self, persons: Collection[str]) -> None:
        """Read the trails of `persons`, and of those whose trails are to become part of theirs."""
        wanted = {one for person in persons for one in self._ids(person)}
        self._old |= read_trails(self._conn, self._scope.campaign, wanted)

    def _make_anew(self, changed: Collection[str], found: dict[str, dict[str, Found]]) -> set[str]:
        """Make trails from all facts there are, of people of whom something besides facts changed."""
        made = set(changed)
        self._anew = set(made)
        if not made:
            return made
        accounts = {member for person in made for member in self._ids(person)}
        facts = reading.facts_of_members(self._conn, accounts, self._chunk.upto)
        groups = {fact.group for each in facts.values() for fact in each if fact.group is not None}
        self._lens = self._reading_glass({*groups, *self._lens.posts})
        for person in made:
            trails = []
            for member in self._ids(person):
                trail, stages = observed(member, facts.get(member, ()), self._lens)
                trails.append(trail if facts.get(member) else replace(trail, members=frozenset()))
                found[member] = {**found.get(member, {}), **stages}
            self._new[person] = self._with_old(person, trails)
            self._folded.gone |= {one for one in self._ids(person) if one != person and one in self._old}
        return made

    def _with_old(self, person: str, trails: Sequence[Trail]) -> Trail:
        """Return the trail that `trails` make, with what only the old ones can tell."""
        fresh = Trail()
        for trail in trails:
            fresh = merge(fresh, trail)
        olds = [self._old[one] for one in self._ids(person) if one in self._old]
        for old in olds:
            fresh = merge(fresh, Trail(talks=old.talks, questions=old.questions, present=old.present, hints=old.hints))
        horizon = max((millis(at) for at in self._ground.pruned.values()), default=0)
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
        self._load(told.keys() - self._new.keys())  # of some their join is told later
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
        accounts = {member: person for person in persons for member in self._ids(person)}
        known = outside(self._conn, self._scope, accounts, rolling.rules, rolling.words)
        fresh: dict[str, list[Conversion]] = {}
        for person in persons:
            base = self._new.get(person, Trail())
            stages: list[Reached] = []
            for member in self._ids(person):
                if member in known:
                    hints, seats = known[member].on(base)
                    base = replace(base, hints=hints, present=seats)
                    stages += known[member].stages
                    fresh.setdefault(person, []).extend(tagged(self._scope, member, known[member]))
            ordered = tuple(sorted(set(stages), key=lambda reached: (reached.at, reached.key)))
            self._new[person] = replace(base, stages=ordered)
        for member, stages_found in found.items():
            person = self._ground.person(member)
            fresh.setdefault(person, []).extend(self._ruled(member, stages_found.values(), self._new.get(person)))
        self._convert(fresh)

    def _ruled(self, member: str, found: Iterable[Found], trail: Trail | None) -> list[Conversion]:
        """Return conversions of what rules found, unless the same was found in an earlier message."""
        if trail is None or self._is_ours(trail, member):
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
            self._folded.conversions += new
            reached = [Reached(one.stage, millis(one.at), None, "", one.key, one.group) for one in new]
            self._new[person] = merge(self._new[person], Trail(stages=tuple(reached)))

    def _is_ours(self, trail: Trail, person: str) -> bool:
        ours = self._ground.staff.ids
        return person in ours or not ours.isdisjoint(trail.members)

    def _conclude(self) -> None:
        """Conclude where people stand, and then those whom they brought in, until nothing changes any more."""
        waiting = {person for person in self._new if self._is_moved(person)}
        self._read_visits(waiting)
        while waiting:
            ordered = sorted(waiting, key=lambda person: (self._since(person), person))
            inviters = self._inviters(ordered)
            moved = [person for person in ordered if self._stand(person, inviters)]
            if not moved:
                return
            led = read_led(self._conn, self._scope.campaign, self._all_ids(moved))
            for person, trail in led.items():
                if person not in self._old and person not in self._folded.gone:
                    self._old[person] = trail
                    self._new.setdefault(person, trail)
            leaders = set(moved)
            place = {person: count for count, person in enumerate(ordered)}
            waiting = {
                person
                for person in self._new
                if (by := self._leader(person)) in leaders and place.get(person, -1) < place[by]
            }

    def _is_moved(self, person: str) -> bool:
        """Tell whether anything is new that a conclusion may come of: most chunks bring messages alone."""
        old = self._old.get(person)
        if old is None or person in self._anew:
            return True
        new = self._new[person]
        return any(getattr(old, name) != getattr(new, name) for name in _CONCLUDED_FROM)

    def _all_ids(self, persons: Iterable[str]) -> set[str]:
        return {one for person in persons for one in self._ids(person)}

    def _leader(self, person: str) -> str:
        by = inviter_of(self._new[person], self._seat(person))
        leader = self._ground.person(by) if by else ""
        return leader if leader != person else ""

    def _seat(self, person: str) -> Sequence[Sitting]:
        if person not in self._stays:
            self._stays[person] = sittings(self._new[person], self._scope.since)
        return self._stays[person]

    def _since(self, person: str) -> int:
        stays = self._seat(person)
        return stays[0].since if stays else self._scope.until

    def _read_visits(self, persons: Iterable[str]) -> None:
        """Look for the visits that led to joins which were not judged before."""
        window = self._ground.rolling.visit_window_ms
        wanted = {person: stay for person in persons if (stay := self._fresh_join(person)) is not None}
        if not wanted:
            return
        first, last = min(stay.since for stay in wanted.values()), max(stay.since for stay in wanted.values())
        groups = {stay.group for stay in wanted.values()}
        visits = reading.read_visits(self._conn, self._scope.campaign, groups, first - window - 60_000, last)
        by_group: defaultdict[str, list[Visits]] = defaultdict(list)
        for one in visits:
            by_group[one.group].append(one)
        for person, stay in wanted.items():
            trail = without_visits(self._new[person])
            hint = visit_hint(stay, by_group[stay.group], window)
            self._new[person] = replace(trail, hints=trail.hints | {hint}) if hint else trail

    def _fresh_join(self, person: str) -> Sitting | None:
        """Return a person's first join when it is another than it was, or was looked at anew."""
        stays = self._seat(person)
        if not stays or stays[0].present:
            return None
        old = self._old.get(person)
        if old is not None and old.standing.joined == stays[0].since and old.standing.group == stays[0].group:
            return None
        return stays[0]

    def _inviters(self, persons: Iterable[str]) -> Mapping[str, Trail]:
        wanted = {by for person in persons if (by := self._leader(person))}
        return read_trails(self._conn, self._scope.campaign, wanted - self._new.keys() - self._old.keys())

    def _stand(self, person: str, inviters: Mapping[str, Trail]) -> bool:
        """Conclude where a person stands; tell whether that changes it for those whom they brought in."""
        trail, leader = self._new[person], self._leader(person)
        inviter = None
        if leader:
            known = self._new.get(leader) or self._old.get(leader) or inviters.get(leader)
            where = known.standing if known is not None else None
            inviter = Inviter(
                person=leader,
                joined=where.joined if where else None,
                channel=where.channel if where else "",
                variant=where.variant if where else "",
                ours=leader in self._ground.staff.ids,
            )
        rolling = self._ground.rolling
        standing = stand(
            trail,
            self._seat(person),
            rolling.words,
            inviter,
            window_days=rolling.mark_window_days,
            ours=self._is_ours(trail, person),
        )
        before = trail.standing
        self._new[person] = replace(trail, standing=standing)
        told = (standing.joined, standing.channel, standing.variant, standing.ours)
        is_first = person in self._anew or person not in self._old
        self._anew.discard(person)
        self._old.setdefault(person, Trail())
        return told != (before.joined, before.channel, before.variant, before.ours) or is_first

    def _count(self) -> None:
        """Work out how the sums change."""
        folded, frame = self._folded, self._frame
        fresh = {post.number: post for post in self._chunk.posts}
        none = Trail()
        for person in folded.gone:
            folded.sums.update(change(self._old[person], none, frame))
            self._ask_again(self._old[person], none)
        for person, trail in self._new.items():
            before = self._old.get(person, none)
            if trail != before and not (before == none and _is_empty(trail)):
                folded.trails[person] = trail
                folded.sums.update(change(before, trail, frame))
                if _sits_elsewhere(before, trail):
                    self._ask_again(before, trail)
        if fresh:
            self._ask([post for post in fresh.values() if not self._is_known(post)])

    def _ask_again(self, before: Trail, after: Trail) -> None:
        """Count anew which posts, known before this chunk, asked a person."""
        self._know((places(before) | places(after)) & self._scope.groups)
        self._folded.sums.update(asks(after, self._frame, self._posts_of(after)))
        self._folded.sums.subtract(asks(before, self._frame, self._posts_of(before)))

    def _posts_of(self, trail: Trail) -> Iterable[StepPost]:
        """Return the posts, known before this chunk, in the groups of `trail`."""
        return (post for group in places(trail) for post in self._known.get(group, ()))

    def _is_known(self, post: StepPost) -> bool:
        return any(known.number == post.number for known in self._known.get(post.group, ()))

    def _ask(self, posts: Sequence[StepPost]) -> None:
        """Count whom new posts asked: everybody who sat there."""
        by_group: defaultdict[str, list[StepPost]] = defaultdict(list)
        for post in posts:
            by_group[post.group].append(post)
        for group, members in reading.ever_seated(self._conn, by_group).items():
            persons = {self._ground.person(member) for member in members}
            others = read_trails(self._conn, self._scope.campaign, persons - self._new.keys())
            for person in persons - self._folded.gone:
                trail = self._new.get(person) or others.get(person)
                if trail is not None:
                    self._folded.sums.update(asks(trail, self._frame, by_group[group]))


def _is_empty(trail: Trail) -> bool:
    """Tell whether nothing is known of a person here: they were only named."""
    return replace(trail, members=frozenset(), standing=Standing()) == Trail()


def _sits_elsewhere(before: Trail, after: Trail) -> bool:
    """Tell whether which posts asked a person, or where that is counted, may differ."""
    one, other = before.standing, after.standing
    if (one.channel, one.variant, one.ours) != (other.channel, other.variant, other.ours):
        return True
    return any(getattr(before, name) != getattr(after, name) for name in SEATS)
