"""What the commands about conversions call, as a port; groupbot/desk has it, for the command line, too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from groupbot.tracking.conversion_book import Proposal

if TYPE_CHECKING:
    from groupbot.tracking.imports.deciding import Fate, Outcome
    from groupbot.tracking.planning import PlanLine


class ListKind(StrEnum):
    """What a file lists."""

    ORDERS = "orders"
    ATTENDANCE = "attendance"
    TAILS = "tails"
    """Members and their phone numbers, of which the last digits are kept."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ListAsked:
    """A file to be read. `campaign`: "" = the one that runs; `at`: the time of rows without one, as written.

    `least_minutes`: how long one must stay to have attended; `again`: what people took back or dropped counts, too.
    """

    data: bytes
    file: str
    kind: ListKind
    campaign: str = ""
    stage: str = "paid"
    currency: str = ""
    at: str = ""
    least_minutes: float = 0
    again: bool = False
    by: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadFile:
    """What became, or would become, of a file's rows. `counts` add up to all rows.

    `money`: currency -> what came in and what went back by rows that are taken or changed; `unread`: columns and sheets
    that were not understood; `strange_channels`: in no [[channels]] block, so left out.
    `early`: how many that are taken or changed are from before `began`, the campaign's first day.
    """

    campaign: str
    file: str
    is_written: bool
    outcomes: Sequence[Outcome]
    counts: Mapping[Fate, int]
    money: Mapping[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    strange_channels: tuple[str, ...] = ()
    batch: str = ""
    early: int = 0
    began: date | None = None

    @property
    def left_out(self) -> Sequence[Outcome]:
        """What is left out, first what counts although its row says that nothing was paid."""
        left = [one for one in self.outcomes if one.fate.value == "rejected"]
        return sorted(left, key=lambda one: one.code != "still-counts")

    @property
    def has_doubt(self) -> bool:
        """Whether rows wait for a person's word."""
        return any(one.fate.value == "proposed" for one in self.outcomes)


@dataclass(frozen=True, kw_only=True, slots=True)
class Meant:
    """A member of a campaign, found by a word. `groups`: the first of theirs; `shown`: what they are called."""

    campaign: str
    member: str
    group: str = ""
    shown: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class MarkAsked:
    """A stage that somebody reached, by a person's word. `amount`, `at`: as written, "" = none, now."""

    campaign: str
    member: str
    stage: str
    amount: str = ""
    at: str = ""
    currency: str = ""
    key: str = ""
    by: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """A conversion, a refund or a cost, as it is told. `is_new`: False = it counted already.

    `also`: the key of the refund of the same order, which is taken back with it; "" = none.
    `title`: what people call the stage, or the cost with its channel; `shown`: the member's name, "" = not known.
    """

    key: str
    campaign: str
    what: str
    at: str
    title: str = ""
    member: str = ""
    shown: str = ""
    group: str = ""
    amount: Decimal | None = None
    currency: str = ""
    is_new: bool = True
    also: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CostAsked:
    """Money that a channel cost, "" = the campaign as a whole. `day`: as written, "" = today."""

    campaign: str
    channel: str
    amount: str
    day: str = ""
    note: str = ""
    currency: str = ""
    key: str = ""
    by: str = ""


class ConversionDesk(Protocol):
    """Conversions, costs and channels. Raises StoreError, CampaignError and ConfigError; nothing is half done then."""

    async def file(self, account: str, message_id: str) -> tuple[bytes, str]:
        """Return the file that a message brings, and its name. Raises CampaignError and ChatError."""
        ...

    async def read(self, asked: ListAsked, *, write: bool) -> ReadFile:
        """Read a list; with `write` what is certain counts from now on, and what is doubtful is proposed."""
        ...

    async def find(self, campaign: str, word: str) -> Meant:
        """Return the one member of a campaign that `word` means: an id or a nickname."""
        ...

    async def mark(self, asked: MarkAsked) -> Counted:
        """Write that a member reached a stage."""
        ...

    async def counted(self, key: str, campaign: str = "") -> Counted:
        """Return what counts under a key."""
        ...

    async def undo(self, key: str, campaign: str = "", *, by: str) -> Counted:
        """Take it back and return it."""
        ...

    async def spend(self, asked: CostAsked) -> Counted:
        """Write a cost."""
        ...

    async def come_from(self, campaign: str, word: str, channel: str, *, by: str) -> Meant:
        """Write which channel a member came by."""
        ...

    async def keep_tail(self, campaign: str, word: str, tail: str, *, by: str) -> Meant:
        """Keep the last digits of a member's phone number."""
        ...

    async def same(self, campaign: str, word: str, other: str, *, by: str) -> Meant:
        """Let two members be one person; return the one that stands for both."""
        ...

    async def apart(self, campaign: str, word: str, *, by: str) -> Meant:
        """Let a member be a person of their own again."""
        ...

    async def proposals(self, campaign: str = "") -> Sequence[Proposal]:
        """Return the open ones."""
        ...

    async def proposed(self, ids: Sequence[int]) -> Sequence[Proposal]:
        """Return those that there are of `ids`, of any campaign."""
        ...

    async def settle(self, choices: Mapping[int, str], *, by: str) -> Sequence[Counted]:
        """Take proposals for members (ids), or drop those of "". All or none: raises CampaignError for a wrong one."""
        ...

    async def plan(self, campaign: str = "") -> Sequence[PlanLine]:
        """Return the plan of the channels beside what came of it."""
        ...
