"""The words of the ledger: what a delivery can be, what a claim holds, how an attempt can end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from groupbot.core.actions import OF_ACCOUNT
from groupbot.core.content import Part
from groupbot.core.policies import Policies


class State(StrEnum):
    """Where a delivery stands.

    planned -> sending -> planned (next part) | sent; side exits held, skipped, failed, unknown, cancelled.
    """

    PLANNED = "planned"
    SENDING = "sending"
    HELD = "held"
    UNKNOWN = "unknown"
    SENT = "sent"
    SKIPPED = "skipped"
    FAILED = "failed"
    CANCELLED = "cancelled"


NOTICE = "notice"
"""Queue of what members see as a message. It keeps an order of its own, and takes turns with the group's parts."""
OPEN = frozenset({State.HELD, State.UNKNOWN})
"""States that wait for a person or an echo."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ownership:
    """This process holds `account`. `epoch` grows at every change of owner; a claim of an older epoch is void."""

    account: str
    instance: str
    epoch: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A delivery whose next part may go out now, as read; `Ledger.begin` checks again whether it still may."""

    id: int
    campaign: str
    key: str
    step: str
    group: str
    member: str | None
    lane: str
    account: str
    due: datetime
    until: datetime | None
    not_before: datetime
    priority: int
    parts: tuple[Part, ...]
    next_part: int
    attempt: int
    plan_version: int
    policies: Policies
    late_at: datetime | None = None
    """Last instant at which the part is not late; None = it never is. Fixed when the part before it ended."""
    approved: bool = False
    timezone: str = "Asia/Shanghai"

    @property
    def part(self) -> Part:
        """The part to send next."""
        return self.parts[self.next_part]

    @property
    def is_last(self) -> bool:
        """Whether no part follows."""
        return self.next_part + 1 >= len(self.parts)

    @property
    def turn(self) -> str:
        """The lane in which nothing else may be under way meanwhile: its own, or the group's for a notice."""
        return turn_of(self.lane, self.group)

    @property
    def is_of_account(self) -> bool:
        """Whether the part goes to no conversation: something that the account does for itself."""
        return self.part.content.kind in OF_ACCOUNT

    @property
    def paced_group(self) -> str:
        """The group whose pace it counts for; "" for a post to a member."""
        return "" if self.member else self.group

    @property
    def address(self) -> str:
        """`campaign/key`: what a person types to name it."""
        return f"{self.campaign}/{self.key}"


def turn_of(lane: str, group: str) -> str:
    """Return `Candidate.turn` for a delivery of `lane` in `group`."""
    return f"g:{group}" if lane.startswith(f"{NOTICE}:") else lane


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """The wish to send one part of `candidate` now. `fingerprint`: of the part, to recognise its echo."""

    candidate: Candidate
    fingerprint: str
    lock_until: datetime
    """Until when no other delivery may start in the lane if nothing is heard of this one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """The platform took the part. `next_at`: when the next part may go, None after the last one; `late_at`: its end.
    `lock_until`: how long the lane stays reserved for it, None = free for others between the parts.
    """

    message_id: str | None
    next_at: datetime | None = None
    late_at: datetime | None = None
    lock_until: datetime | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Retry:
    """Surely not posted; try again at `not_before`. `lock_until` as in `Sent`, when earlier parts are posted."""

    not_before: datetime
    error: str
    lock_until: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Lost:
    """Nobody knows whether it was posted. The policy of the delivery says what follows."""

    error: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """The platform will never take this part. `next_at` as in `Sent`, when the parts after it go on."""

    error: str
    next_at: datetime | None = None
    late_at: datetime | None = None
    lock_until: datetime | None = None


Outcome = Sent | Retry | Lost | Refused


@dataclass(frozen=True, kw_only=True, slots=True)
class Wait:
    """Leave it planned, look again at `until`. `aside`: later steps of its lane don't wait for it."""

    until: datetime
    reason: str
    aside: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """A person must decide: `held`."""

    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Drop:
    """It won't go out: `skipped`."""

    reason: str


Diversion = Wait | Ask | Drop


class Settlement(StrEnum):
    """What a person says about an open delivery: the part was posted, post it (again), or leave it out."""

    SENT = "sent"
    RESEND = "resend"
    SKIP = "skip"


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """A change that happened to a delivery other than by sending it; the dispatcher tells a person."""

    address: str
    group: str
    account: str
    step: str
    state: State
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NewDelivery:
    """A planned row on its way into the ledger.

    `lane` keeps order: `g:<group>`, `m:<member>` for 1:1 steps, `a:<account>` for what is done in no conversation
    (place "account"). A `queue` (at most 9 letters) gives it a lane of its own beside these.
    """

    campaign: str
    key: str
    step: str
    phase: str
    group: str
    account: str
    due: datetime
    ordinal: int
    parts: tuple[Part, ...]
    policies: Policies = Policies()
    until: datetime | None = None
    place: str = "group"
    member: str | None = None
    priority: int = 0
    queue: str = ""

    @property
    def late_at(self) -> datetime | None:
        """The last instant at which it is not late; None = it never is."""
        return self.policies.latest(self.due, self.until)

    @property
    def lane(self) -> str:
        """What keeps its order."""
        if self.queue:
            return f"{self.queue}:{self.member or self.group or self.account}"
        if self.place == "account":
            return f"a:{self.account}"
        return f"m:{self.member}" if self.member else f"g:{self.group}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What an account has to do, all seen at one moment.

    `over`: a block's time has come, so `Ledger.expire` has work. `overdue`, `candidates` and `next` are what the calls
    of these names give.
    """

    over: bool
    overdue: Sequence[Candidate]
    candidates: Sequence[Candidate]
    next: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryView:
    """A delivery as a person or a report sees it. `started_at`: when its first part was posted, None before."""

    campaign: str
    key: str
    group: str
    step: str
    phase: str
    account: str
    state: State
    part: int
    parts: int
    due: datetime
    grace_s: float
    started_at: datetime | None = None
    sent_at: datetime | None = None
    message_id: str | None = None
    reason: str = ""
    timezone: str = "Asia/Shanghai"
