"""Tell a second report of one coming or going from a second coming or going.

Two accounts in one group both report a join, and a member list read just before a live join already holds the member.
The event ids differ, so the store's key can't see it; the instants are near, and that is what is judged here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from groupbot.tracking.facts import MOVES, Fact, FactKind

SAME_MOVE = timedelta(minutes=5)
"""Two reports this near are one move when they come from two accounts, or when one was found in a member list.

Longer than reading the lists of a hundred groups takes, shorter than a person stays away before coming back.
"""

_KNOWN = -1


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Correction:
    """What a second report tells better of a known move: the earlier instant, and what was seen live."""

    move: Move
    at: datetime
    found_late: bool
    actor: str | None

    @property
    def is_needed(self) -> bool:
        """Tell whether it changes more than who brought somebody in."""
        return (self.at, self.found_late) != (self.move.at, self.move.found_late) or self.actor is not None


def without_repeats(facts: Sequence[Fact], known: Iterable[Move]) -> tuple[Fact, ...]:
    """Return `facts` in order, less the joins and leaves that `known` or an earlier fact already tells."""
    return sifted(facts, known)[0]


def sifted(facts: Sequence[Fact], known: Iterable[Move]) -> tuple[tuple[Fact, ...], tuple[Correction, ...]]:
    """Return what `without_repeats` does, and what the repeats tell better of `known` moves.

    Of several reports of one move the earliest instant holds, it was found late only if all of them found it late, and
    whoever knows the inviter is believed: so their order makes no difference.
    """
    seen: dict[tuple[str | None, str], list[tuple[Move, int]]] = defaultdict(list)
    for move in known:
        seen[move.group, move.member].append((move, _KNOWN))
    kept: list[Fact] = []
    better: list[Correction] = []
    for fact in facts:
        if fact.kind in MOVES:
            told = seen[fact.group, fact.member]
            same = next(((move, place) for move, place in told if _same(fact, move)), None)
            if same is not None:
                move, place = same
                if place == _KNOWN:
                    better.append(_correction(move, fact))
                else:
                    kept[place] = _merged(kept[place], fact)
                continue
            told.append((Move.of(fact), len(kept)))
        kept.append(fact)
    return tuple(kept), tuple(one for one in better if one.is_needed)


def _merged(one: Fact, other: Fact) -> Fact:
    late = one.found_late and other.found_late
    return replace(one, at=min(one.at, other.at), found_late=late, actor=one.actor or other.actor)


def _correction(move: Move, fact: Fact) -> Correction:
    late = move.found_late and fact.found_late
    return Correction(move=move, at=min(move.at, fact.at), found_late=late, actor=fact.actor)


def _same(fact: Fact, move: Move) -> bool:
    if fact.kind is not move.kind or abs(fact.at - move.at) > SAME_MOVE:
        return False
    return fact.account != move.account or fact.found_late != move.found_late
