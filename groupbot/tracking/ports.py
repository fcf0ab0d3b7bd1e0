"""What tracking needs of a store. storage/ implements it, tests/contract/facts holds every implementation to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from groupbot.tracking.facts import Fact, FactKind, StoredFact
from groupbot.tracking.roster import Reading, StoredRoster


@dataclass(frozen=True, kw_only=True, slots=True)
class FactQuery:
    """Which facts to list; a field left None doesn't narrow. `since` is inclusive, `until` exclusive (UTC)."""

    groups: tuple[str, ...] | None = None
    kinds: frozenset[FactKind] | None = None
    member: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Forgotten:
    """What `forget` changed: rows by what they were (fact kinds, "seats", "invitations", "mentions").

    `pseudonym` is random and kept nowhere else: it stands for the person in every row, so that counts stay true.
    """

    pseudonym: str
    rows: Mapping[str, int]


class FactStore(Protocol):
    """Keep facts. Every method raises StoreError when the database can't do it now; nothing is half done then."""

    async def append(self, facts: Sequence[Fact], *, recorded_at: datetime) -> tuple[Fact, ...]:
        """Add what is new and return it in order; one transaction for all of `facts`.

        Known keys are dropped, and second reports of one move (see `moves.without_repeats`). Joins and leaves that
        are new change the roster in the same transaction: a crash can't leave a join counted but its seat empty.
        """
        ...

    async def find(self, query: FactQuery) -> tuple[StoredFact, ...]:
        """Return facts by (at, id)."""
        ...

    async def forget(self, member: str) -> Forgotten:
        """Take a person's id, name and words out of every row, keep the rows for their counts; can't be undone."""
        ...

    async def prune(self, kind: FactKind, before: datetime) -> int:
        """Delete facts of `kind` that happened before `before`; return how many."""
        ...


class Roster(Protocol):
    """Keep who is in which group. Raises StoreError like FactStore."""

    async def read(self, group: str) -> StoredRoster:
        """Return what is known of `group`; an unknown group has no seats and was never read."""
        ...

    async def apply(self, reading: Reading, stored: StoredRoster) -> None:
        """Note topic, size and time of a reading and the names in it; a baseline also seats who is listed and
        unseats who is not. `stored`: what `read` gave for the group just before; seats that facts changed after the
        reading stay as they are, also when that was after `read`.
        """
        ...
