"""Work out how the daily sums change with the trails of a chunk. Reads, never writes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from sqlalchemy.engine import Connection

from groupbot.storage import roll_reading as reading
from groupbot.storage.roll_people import People
from groupbot.tracking.contributions import SEATS, Cell, asks, change
from groupbot.tracking.replies import StepPost
from groupbot.tracking.scope import Scope
from groupbot.tracking.seats import places
from groupbot.tracking.trail import PARTS, Standing, Trail, differing


class KnownPosts:
    """The posts that a campaign's trails were read against so far, read group by group as they are needed."""

    def __init__(self, conn: Connection, scope: Scope) -> None:
        self._conn = conn
        self._scope = scope
        self._known: dict[str, list[StepPost]] = {}

    def of(self, groups: Collection[str]) -> list[StepPost]:
        """Return those in `groups`."""
        missing = {group for group in groups if group in self._scope.groups and group not in self._known}
        if missing:
            self._known |= reading.known_posts(self._conn, self._scope.campaign, missing)
        return [post for group in groups for post in self._known.get(group, ())]


class Sums:
    """Count what changes. `changed`: the trails to be written, `cells`: what is to be added to the sums."""

    def __init__(self, people: People, known: KnownPosts) -> None:
        self._people = people
        self._known = known
        self._frame = people.scope.frame
        self.changed: dict[str, Trail] = {}
        self.cells: Counter[Cell] = Counter()

    def count(self, posts: Sequence[StepPost]) -> None:
        """Count every trail that differs, and whom new `posts` asked."""
        people, none = self._people, Trail()
        for person in people.gone:
            change(people.old[person], none, self._frame, PARTS, self.cells)
            self._ask_again(people.old[person], none)
        for person, trail in people.new.items():
            before = people.old.get(person, none)
            parts = differing(before, trail)
            if not parts or (not before.members and before == none and _is_empty(trail)):
                continue
            self.changed[person] = trail
            change(before, trail, self._frame, parts, self.cells)
            if not parts.isdisjoint(SEATS) or ("standing" in parts and _is_counted_elsewhere(before, trail)):
                self._ask_again(before, trail)
        known = {post.number for post in self._known.of({post.group for post in posts})}
        self._ask([post for post in posts if post.number not in known])

    def _ask_again(self, before: Trail, after: Trail) -> None:
        """Count anew which posts, known before this chunk, asked a person."""
        self.cells.update(asks(after, self._frame, self._known.of(places(after))))
        self.cells.subtract(asks(before, self._frame, self._known.of(places(before))))

    def _ask(self, posts: Iterable[StepPost]) -> None:
        """Count whom new posts asked: everybody who sat there."""
        people = self._people
        by_group: defaultdict[str, list[StepPost]] = defaultdict(list)
        for post in posts:
            by_group[post.group].append(post)
        for group, members in reading.ever_seated(people.conn, by_group).items():
            persons = {people.ground.person(member) for member in members} - people.gone
            trails = people.read(persons - people.new.keys()) | people.new
            for person in persons & trails.keys():
                self.cells.update(asks(trails[person], self._frame, by_group[group]))


def _is_empty(trail: Trail) -> bool:
    """Tell whether nothing is known of a person here: they were only named."""
    return replace(trail, members=frozenset(), standing=Standing()) == Trail()


def _is_counted_elsewhere(before: Trail, after: Trail) -> bool:
    one, other = before.standing, after.standing
    return (one.channel, one.variant, one.ours) != (other.channel, other.variant, other.ours)
