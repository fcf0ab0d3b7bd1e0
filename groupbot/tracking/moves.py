"""Tell a second report of one coming or going from a second coming or going.

Two accounts in one group both report a join, and a member list read just before a live join already holds the member.
The event ids differ, so the store's key can't see it; the instants are near, and that is what is judged here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from groupbot.tracking.facts import MOVES, Fact, FactKind

SAME_MOVE = timedelta(minutes=5)
"""Two reports this near are one move when they come from two accounts, or when one was found in a member list.

Longer than reading the lists of a hundred groups takes, shorter than a person stays away before coming back.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """A coming or going that is already in the record."""

    group: str | None
    member: str
    kind: FactKind
    at: datetime
    account: str
    found_late: bool

    @classmethod
    def of(cls, fact: Fact) -> Move:
        """Return the move that a join or leave fact tells."""
        return cls(
            group=fact.group,
            member=fact.member,
            kind=fact.kind,
            at=fact.at,
            account=fact.account,
            found_late=fact.found_late,
        )


def without_repeats(facts: Sequence[Fact], known: Iterable[Move]) -> tuple[Fact, ...]:
    """Return `facts` in order, less the joins and leaves that `known` or an earlier fact already tells."""
    seen: dict[tuple[str | None, str], list[Move]] = defaultdict(list)
    for move in known:
        seen[move.group, move.member].append(move)
    kept: list[Fact] = []
    for fact in facts:
        if fact.kind in MOVES:
            earlier = seen[fact.group, fact.member]
            if any(_same(fact, move) for move in earlier):
                continue
            earlier.append(Move.of(fact))
        kept.append(fact)
    return tuple(kept)


def _same(fact: Fact, move: Move) -> bool:
    if fact.kind is not move.kind or abs(fact.at - move.at) > SAME_MOVE:
        return False
    return fact.account != move.account or fact.found_late != move.found_late
