"""Who sits in which group, and what a fresh member list says about it. Pure."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from groupbot.core.events import Person, Rank
from groupbot.tracking.facts import NAME_LIMIT

UNSURE = timedelta(seconds=60)
"""A seat that changed this near to a reading is not judged by it: the list may be older than the change, or the
platform's clock may differ from ours. The next reading judges it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Seat:
    """A member's place in a group. `left_at` is None while the member is there.

    `joined_at` of a member who was there at the first reading is the instant of that reading.
    """

    member: str
    name: str = ""
    joined_at: datetime
    left_at: datetime | None = None
    inviter: str | None = None
    found_late: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredRoster:
    """What the store knows of a group. `read_at` is None until its member list was read for the first time."""

    read_at: datetime | None = None
    seats: Mapping[str, Seat] = field(default_factory=dict)

    @property
    def present(self) -> tuple[Seat, ...]:
        """Return the seats of those who are there."""
        return tuple(seat for seat in self.seats.values() if seat.left_at is None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """A member list as one account read it. `group` is the name that config.toml gives it.

    `baseline`: take the list as it is, without anybody having come or gone.
    """

    account: str
    group: str
    topic: str
    at: datetime
    members: tuple[Person, ...]
    baseline: bool
    rank: Rank = Rank.UNKNOWN


@dataclass(frozen=True, kw_only=True, slots=True)
class Differences:
    """Who came and who went while nobody looked."""

    joined: tuple[Person, ...] = ()
    left: tuple[Person, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """What a reading changes in the roster by itself; joins and leaves that it shows go the way of all facts.

    `fresh`: to be seated, `back`: seated before and there again, `gone`: there before and no more (all three only by a
    baseline). `renamed`: those with a seat whose name is new. Names are cut to what is kept of them.
    """

    fresh: tuple[Person, ...] = ()
    back: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    renamed: tuple[Person, ...] = ()


def changes(stored: StoredRoster, reading: Reading) -> Changes:
    """Return what `reading` changes in `stored`."""
    listed = {person.id: Person(id=person.id, name=person.name[:NAME_LIMIT]) for person in reading.members}
    seated = [(person, stored.seats[person.id]) for person in listed.values() if person.id in stored.seats]
    renamed = tuple(person for person, seat in seated if person.name not in {"", seat.name})
    if not reading.baseline:
        return Changes(renamed=renamed)
    return Changes(
        fresh=tuple(person for person in listed.values() if person.id not in stored.seats),
        back=tuple(seat.member for _person, seat in seated if seat.left_at is not None),
        gone=tuple(seat.member for seat in stored.present if seat.member not in listed),
        renamed=renamed,
    )


def compare(stored: StoredRoster, members: Sequence[Person], at: datetime, ours: Container[str]) -> Differences:
    """Return what the list `members`, read at `at`, tells beyond `stored`. Bot accounts (`ours`) don't count.

    An empty list says nothing: a group with a bot in it has a member, so the reading failed.
    """
    if not members:
        return Differences()
    listed = {person.id for person in members}
    joined = tuple(person for person in members if person.id not in ours and _came(stored.seats.get(person.id), at))
    left = tuple(
        Person(id=seat.member, name=seat.name)
        for seat in stored.present
        if seat.member not in listed and seat.member not in ours and at - seat.joined_at > UNSURE
    )
    return Differences(joined=joined, left=left)


def _came(seat: Seat | None, at: datetime) -> bool:
    if seat is None:
        return True
    return seat.left_at is not None and at - seat.left_at > UNSURE
