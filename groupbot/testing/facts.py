"""Facts and roster in memory: passes tests/contract/facts like the database does."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from groupbot.chat.capabilities import Standing
from groupbot.core.events import Person
from groupbot.tracking.facts import MOVES, Fact, FactKey, FactKind, StoredFact
from groupbot.tracking.moves import Correction, Move, sifted
from groupbot.tracking.ports import FactQuery, Forgotten
from groupbot.tracking.roster import Reading, Seat, StoredRoster


class MemoryFacts:
    """A FactStore and the Roster that follows it. `rows` and `seats` may be looked at by tests."""

    def __init__(self) -> None:
        self.rows: dict[int, StoredFact] = {}
        self.seats: dict[str, dict[str, Seat]] = {}
        self.read_at: dict[str, datetime] = {}
        self.ranks: dict[tuple[str, str], Standing] = {}
        self._keys: dict[FactKey, int] = {}
        self._next = 1

    async def append(self, facts: Sequence[Fact], *, recorded_at: datetime) -> tuple[Fact, ...]:
        """Add what is new and return it in order."""
        known = [Move.of(row.fact) for row in self.rows.values() if row.fact.kind in MOVES]
        added: list[Fact] = []
        fresh, better = sifted(facts, known)
        for one in better:
            self._correct(one)
        for fact in fresh:
            if fact.key not in self._keys:
                self.rows[self._next] = StoredFact(id=self._next, recorded_at=recorded_at, fact=fact)
                self._keys[fact.key] = self._next
                self._next += 1
                added.append(fact)
                self._move(fact)
        return tuple(added)

    def _correct(self, one: Correction) -> None:
        """Put a recorded move right, and the seat that it made."""
        for number, row in self.rows.items():
            fact = row.fact
            if Move.of(fact) == one.move:
                actor = fact.actor or one.actor
                told = replace(fact, at=one.at, found_late=one.found_late, actor=actor)
                self.rows[number] = replace(row, fact=told)
                seat = self.seats.get(fact.group or "", {}).get(fact.member)
                if seat is not None and fact.kind is FactKind.JOIN and seat.joined_at == fact.at:
                    anew = replace(seat, joined_at=one.at, found_late=one.found_late, inviter=seat.inviter or actor)
                    self.seats[fact.group or ""][fact.member] = anew
                elif seat is not None and seat.left_at == fact.at:
                    begun = one.at if seat.joined_at == fact.at else seat.joined_at
                    self.seats[fact.group or ""][fact.member] = replace(seat, left_at=one.at, joined_at=begun)

    async def find(self, query: FactQuery) -> tuple[StoredFact, ...]:
        """Return facts by (at, id)."""
        rows = [row for row in self._by_time() if _matches(row.fact, query)]
        return tuple(rows[: query.limit])

    async def forget(self, member: str) -> Forgotten:
        """Take a person out of facts and roster."""
        pseudonym = f"forgotten:{secrets.token_hex(8)}"
        changed: Counter[str] = Counter()
        for row in list(self.rows.values()):
            fact = self._without(row, member, pseudonym, changed)
            self.rows[row.id] = replace(row, fact=fact)
        self._keys = {row.fact.key: row.id for row in self.rows.values()}
        for seats in self.seats.values():
            for seat in list(seats.values()):
                seats[seat.member] = replace(seat, inviter=pseudonym) if seat.inviter == member else seat
            if member in seats:
                seats[pseudonym] = replace(seats.pop(member), member=pseudonym, name="")
                changed["seats"] += 1
        return Forgotten(pseudonym=pseudonym, rows=dict(changed))

    async def prune(self, kind: FactKind, before: datetime) -> int:
        """Delete old facts of `kind`; return how many."""
        old = [row for row in self.rows.values() if row.fact.kind is kind and row.fact.at < before]
        for row in old:
            del self.rows[row.id], self._keys[row.fact.key]
        return len(old)

    async def read(self, group: str) -> StoredRoster:
        """Return what is known of `group`."""
        return StoredRoster(read_at=self.read_at.get(group), seats=dict(self.seats.get(group, {})))

    async def standings(self, groups: Sequence[str]) -> Mapping[tuple[str, str], Standing]:
        """Return how accounts stood in `groups` when they last read them."""
        return {place: standing for place, standing in self.ranks.items() if place[1] in groups}

    async def apply(self, reading: Reading, stored: StoredRoster) -> None:  # noqa: ARG002 - the seats are at hand
        """Note a reading."""
        seats = self.seats.setdefault(reading.group, {})
        listed = {person.id: person for person in reading.members}
        if reading.baseline:
            _seat_listed(seats, listed, reading.at)
        for person in reading.members:
            if person.name and person.id in seats:
                seats[person.id] = replace(seats[person.id], name=person.name)
        self.ranks[reading.account, reading.group] = Standing(rank=reading.rank, members=len(reading.members))
        self.read_at[reading.group] = max(reading.at, self.read_at.get(reading.group, reading.at))

    def _by_time(self) -> list[StoredFact]:
        return sorted(self.rows.values(), key=lambda row: (row.fact.at, row.id))

    def _move(self, fact: Fact) -> None:
        if fact.kind not in MOVES or fact.group is None:
            return
        seats = self.seats.setdefault(fact.group, {})
        before = seats.get(fact.member)
        if fact.kind is FactKind.LEAVE:
            stayed = before or Seat(member=fact.member, name=fact.name, joined_at=fact.at, found_late=fact.found_late)
            seats[fact.member] = replace(stayed, left_at=fact.at)
            return
        seats[fact.member] = Seat(
            member=fact.member,
            name=fact.name or (before.name if before else ""),
            joined_at=fact.at,
            inviter=fact.actor,
            found_late=fact.found_late,
        )

    def _without(self, row: StoredFact, member: str, pseudonym: str, changed: Counter[str]) -> Fact:
        fact = row.fact
        if fact.member == member:
            changed[fact.kind.value] += 1
            event_id = f"{pseudonym}:{row.id}"
            fact = replace(fact, member=pseudonym, name="", text=None, message_id=None, extra={}, event_id=event_id)
        if fact.actor == member:
            changed["invitations"] += 1
            fact = replace(fact, actor=pseudonym)
        mentions = fact.extra.get("mentions", [])
        if member in mentions:
            changed["mentions"] += 1
            others = [pseudonym if name == member else name for name in mentions]
            fact = replace(fact, extra=dict(fact.extra) | {"mentions": others})
        return fact


def _seat_listed(seats: dict[str, Seat], listed: dict[str, Person], at: datetime) -> None:
    for member, person in listed.items():
        seat = seats.get(member)
        if seat is None:
            seats[member] = Seat(member=member, name=person.name, joined_at=at)
        elif seat.left_at is not None and seat.left_at < at:
            seats[member] = replace(seat, joined_at=at, left_at=None, inviter=None)
    for member, seat in list(seats.items()):
        if member not in listed and seat.left_at is None and seat.joined_at < at:
            seats[member] = replace(seat, left_at=at)


def _matches(fact: Fact, query: FactQuery) -> bool:
    return (
        (query.groups is None or fact.group in query.groups)
        and (query.kinds is None or fact.kind in query.kinds)
        and (query.member is None or fact.member == query.member)
        and (query.since is None or fact.at >= query.since)
        and (query.until is None or fact.at < query.until)
    )
