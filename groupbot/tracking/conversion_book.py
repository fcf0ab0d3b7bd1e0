"""What is kept besides conversions: costs, who is one person, phone tails, channel marks, and doubtful rows. Ports."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from groupbot.tracking.channels import Source as ChannelSource
from groupbot.tracking.money import units
from groupbot.tracking.stages import Conversion

NOBODY = "-"
"""Who took something back when nobody is named: "" stands for values that others replaced."""


def is_same(one: Conversion, other: Conversion) -> bool:
    """Tell whether two conversions count the same: member, stage, time and money."""
    return _counted(one) == _counted(other)


def _counted(one: Conversion) -> tuple[object, ...]:
    money = None if one.amount is None else (units(one.amount), one.currency)
    return one.member, one.stage, one.at, money


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """What `channel` cost on `day` (YYYY-MM-DD, in the campaign's zone); channel "" = of the campaign as a whole."""

    campaign: str
    channel: str
    day: str
    amount: Decimal
    currency: str
    key: str
    note: str = ""
    by: str = ""


class CostBook(Protocol):
    """Keep costs, and the daily sums with them in one transaction. Raises StoreError."""

    async def add(self, cost: Cost, *, now: datetime) -> bool:
        """Write `cost`; False = its key counts already, and nothing was changed."""
        ...

    async def undo(self, campaign: str, key: str, *, by: str, now: datetime) -> Cost | None:
        """Take a cost back and return it, None when none counts under that key."""
        ...

    async def list(self, campaign: str) -> Sequence[Cost]:
        """Return what counts, by day."""
        ...


class Aliases(Protocol):
    """Which accounts are one person. Raises StoreError."""

    async def join(self, member: str, other: str, *, by: str, now: datetime) -> str:
        """Let two members, and all that are one with either, be one person; return the id that stands for it."""
        ...

    async def part(self, member: str, *, by: str, now: datetime) -> bool:
        """Let `member` be a person of its own again; False = it was."""
        ...


class Tails(Protocol):
    """Last digits of phone numbers, as collected at sign-up. Raises StoreError."""

    async def add(self, tails: Mapping[str, Collection[str]], *, by: str, now: datetime) -> None:
        """Keep the tails of each member beside those that are known."""
        ...


class ChannelMarks(Protocol):
    """What says where a member came from. Raises StoreError."""

    async def mark(
        self, channels: Mapping[str, str], *, source: ChannelSource, campaign: str, by: str, now: datetime
    ) -> int:
        """Keep the channel of each member, in the place of what `source` said before; return how many differ."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class People:
    """The members of a campaign's groups, for matching.

    `names`: folded name (`matching.folded`) -> members; `tails`: last digits -> members; `persons`: member -> who
    stands for them; `groups`: the first group of each; `shown`: what each is called.
    """

    groups: Mapping[str, str]
    names: Mapping[str, Collection[str]] = field(default_factory=dict)
    tails: Mapping[str, Collection[str]] = field(default_factory=dict)
    persons: Mapping[str, str] = field(default_factory=dict)
    shown: Mapping[str, str] = field(default_factory=dict)


class Roll(Protocol):
    """Who may be meant. Raises StoreError."""

    async def people(self, campaign: str) -> People:
        """Return everybody who ever was in a group of `campaign`."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """A row that could be several members', or nobody's. `conversions`: without a member. `id`: 0 = not kept yet.

    `called`: what the row calls its person; `state`: open, taken or dropped. `member`: whose it was taken for.
    """

    campaign: str
    key: str
    batch: str
    row: int
    conversions: tuple[Conversion, ...]
    called: str = ""
    candidates: tuple[str, ...] = ()
    state: str = "open"
    member: str = ""
    by: str = ""
    id: int = 0


class Proposals(Protocol):
    """Keep doubtful rows until somebody settles them. Raises StoreError."""

    async def of_keys(self, campaign: str, keys: Sequence[str]) -> Mapping[str, Proposal]:
        """Return those under `keys`, in whatever state."""
        ...

    async def put(self, proposals: Sequence[Proposal], *, now: datetime) -> None:
        """Keep them as open, each in the place of one with its key."""
        ...

    async def list(self, campaign: str, *, state: str = "open") -> Sequence[Proposal]:
        """Return those of `state`, "" = all, by id."""
        ...

    async def get(self, ids: Sequence[int]) -> Sequence[Proposal]:
        """Return those that there are of `ids`, by id."""
        ...

    async def settle(self, proposal: int, *, state: str, member: str, by: str, now: datetime) -> bool:
        """Turn an open one into `state`, and forget what its row called the person; False = it is not open."""
        ...
