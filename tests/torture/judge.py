"""Judge a run from the outside: what members saw against what the ledger says. Pure.

It knows nothing of the product but the plan it was given, so a mistake that the ledger makes consistently shows too.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise


@dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """One post as its receivers saw it. `place`: the group's id there; `sight`: words, URL or file name."""

    place: str
    sight: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Expected:
    """One planned delivery. `parts`: what members see of each; `rank`: its order within campaign and group."""

    address: str
    campaign: str
    place: str
    rank: int
    parts: tuple[str, ...]
    policy: str = "ask"
    near: bool = True
    """Its parts are near enough together to keep other campaigns out of the group."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One delivery as the ledger lists it. `part`: the next one, or the one that is in question."""

    address: str
    state: str
    part: int
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Violation:
    """A broken promise: `kind` is stray, lost, early, doubled, order, interleaved, rows, unnamed or unfinished."""

    kind: str
    what: str


Spot = tuple[str, int]
"""Address of a delivery and index of a part."""


@dataclass(frozen=True, kw_only=True)
class Judge:
    """Find what is wrong with `posts` and `rows`, given the plan.

    `in_question`: parts that were in the send window of some crash. Only those may be doubled, and only under `resend`.
    """

    plan: Sequence[Expected]
    in_question: Collection[Spot] = ()
    by_address: Mapping[str, Expected] = field(init=False)
    by_sight: Mapping[tuple[str, str], Spot] = field(init=False)

    def __post_init__(self) -> None:
        sights = [((e.place, sight), (e.address, n)) for e in self.plan for n, sight in enumerate(e.parts)]
        object.__setattr__(self, "by_sight", dict(sights))
        object.__setattr__(self, "by_address", {e.address: e for e in self.plan})
        if len(self.by_sight) != len(sights) or len(self.by_address) != len(self.plan):
            raise ValueError("a plan under judgement needs parts that differ within a group")

    def spots(self, posts: Sequence[Post]) -> list[Spot]:
        """Return the planned part of each post, in order; strays are left out."""
        found = (self.by_sight.get((post.place, post.sight)) for post in posts)
        return [spot for spot in found if spot is not None]

    def violations(self, posts: Sequence[Post], rows: Sequence[Row], *, finished: bool = False) -> list[Violation]:
        """Return every broken promise. `finished`: nothing may be left to send or to decide."""
        return [
            *self._strays(posts),
            *self._doubles(posts),
            *self._order(posts),
            *self._interleaved(posts),
            *self._rows(rows),
            *self._against_ledger(Counter(self.spots(posts)), rows),
            *(self._unfinished(rows) if finished else ()),
        ]

    def _strays(self, posts: Sequence[Post]) -> list[Violation]:
        strays = (post for post in posts if (post.place, post.sight) not in self.by_sight)
        return [Violation(kind="stray", what=f"{post.place}: {post.sight!r}") for post in strays]

    def _doubles(self, posts: Sequence[Post]) -> list[Violation]:
        many = {spot: count for spot, count in Counter(self.spots(posts)).items() if count > 1}
        return [
            Violation(kind="doubled", what=f"{address} part {part}: {count} times")
            for (address, part), count in many.items()
            if self.by_address[address].policy != "resend" or (address, part) not in self.in_question
        ]

    def _order(self, posts: Sequence[Post]) -> list[Violation]:
        lanes: dict[tuple[str, str], list[tuple[int, int, Spot]]] = defaultdict(list)
        for address, part in self.spots(posts):
            expected = self.by_address[address]
            lanes[expected.campaign, expected.place].append((expected.rank, part, (address, part)))
        return [
            Violation(kind="order", what=f"{later[2]} after {earlier[2]}")
            for lane in lanes.values()
            for earlier, later in pairwise(lane)
            if later[:2] < earlier[:2]
        ]

    def _interleaved(self, posts: Sequence[Post]) -> list[Violation]:
        """Find posts of another campaign between the parts of one delivery that nothing interrupted."""
        disturbed = {address for address, _part in self.in_question}
        places: dict[str, list[str]] = defaultdict(list)
        for address, _part in self.spots(posts):
            places[self.by_address[address].place].append(address)
        found: list[Violation] = []
        for addresses in places.values():
            last = {address: n for n, address in enumerate(addresses)}
            first = {address: n for n, address in reversed(list(enumerate(addresses)))}
            for address in last.keys() - disturbed:
                mine = self.by_address[address]
                between = {a for a in addresses[first[address] : last[address]] if mine.near and a != address}
                others = sorted(a for a in between if self.by_address[a].campaign != mine.campaign)
                found += [Violation(kind="interleaved", what=f"{other} within {address}") for other in others]
        return found

    def _rows(self, rows: Sequence[Row]) -> list[Violation]:
        counted = Counter(row.address for row in rows)
        wrong = [(a, counted[a]) for a in self.by_address if counted[a] != 1]
        wrong += [(a, n) for a, n in counted.items() if a not in self.by_address]
        return [Violation(kind="rows", what=f"{address}: {count} rows") for address, count in wrong]

    def _against_ledger(self, seen: Counter[Spot], rows: Sequence[Row]) -> list[Violation]:
        """Compare, part by part, what the ledger says was posted with what was."""
        found: list[Violation] = []
        for row in rows:
            expected = self.by_address.get(row.address)
            if expected is None:
                continue
            if row.state not in {"sent", "planned", "sending", "cancelled"} and not row.reason:
                found.append(Violation(kind="unnamed", what=f"{row.address} is {row.state} without a reason"))
            posted = len(expected.parts) if row.state == "sent" else row.part
            # The part in question may be seen or not: `unknown` says so, and `skipped` what the policy made of it.
            open_until = posted + 1 if row.state in {"unknown", "sending"} or row.state == "skipped" else posted
            for part in range(len(expected.parts)):
                if part < posted and not seen[row.address, part]:
                    found.append(Violation(kind="lost", what=f"{row.address} part {part} ({row.state} {row.part})"))
                if part >= open_until and seen[row.address, part] and (row.address, part) not in self.in_question:
                    found.append(Violation(kind="early", what=f"{row.address} part {part} ({row.state} {row.part})"))
        return found

    def _unfinished(self, rows: Sequence[Row]) -> list[Violation]:
        skipped_by_policy = {a for a, _part in self.in_question if a in self.by_address}
        done = {"sent"}
        return [
            Violation(kind="unfinished", what=f"{row.address} is {row.state}: {row.reason}")
            for row in rows
            if row.state not in done
            and not (
                row.state == "skipped"
                and row.address in skipped_by_policy
                and self.by_address[row.address].policy == "skip"
            )
        ]
