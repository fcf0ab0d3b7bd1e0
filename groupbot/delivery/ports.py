"""What the dispatcher needs from the outside. tests/contract/ledger runs one suite over every `Ledger`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from groupbot.core.verdicts import Verdict
from groupbot.delivery.budgets import PastPost
from groupbot.delivery.values import (
    Candidate,
    Claim,
    Diversion,
    Look,
    Notice,
    Outcome,
    Ownership,
    Settlement,
)


class Ledger(Protocol):
    """The durable truth about deliveries. Every call is atomic; `now` is always the injected clock's.

    All methods raise StoreError when the database can't answer; nothing was changed then. `begin` and `finish` are
    committed in the order of the calls, and one that waits behind a failing one fails with it.
    """

    async def acquire(self, account: str, instance: str, now: datetime) -> tuple[Ownership, tuple[Notice, ...]]:
        """Take `account` over with a new epoch.

        What an older epoch left `sending` becomes `unknown` and is reported.
        """
        ...

    async def release(self, ownership: Ownership, now: datetime) -> None:
        """Give the account back, if still owned."""
        ...

    async def look(self, ownership: Ownership, now: datetime, limit: int) -> Look:
        """Return what `candidates`, `overdue` (at most `limit` each) and `next_look` give, and whether a block is over.

        One consistent look, which is also one trip to the database: what a lane asks each time it wakes. With `limit`
        overdue ones there are no candidates yet: thousands that are late in one lane are compared pair by pair.
        """
        ...

    async def candidates(self, ownership: Ownership, now: datetime, limit: int) -> Sequence[Candidate]:
        """Return at most `limit` deliveries of the account that may go out now, best first.

        Order: priority (high first), due, ordinal. Left out: paused campaigns and accounts, lanes where an earlier
        delivery of the campaign is not done or still blocks, lanes locked by another delivery.
        """
        ...

    async def overdue(self, ownership: Ownership, now: datetime, limit: int) -> Sequence[Candidate]:
        """Return at most `limit` planned deliveries of the account that are late by now, whatever keeps them back.

        Left out: paused campaigns, and what a person approved.
        """
        ...

    async def next_look(self, account: str, now: datetime) -> datetime | None:
        """Return the next instant after `now` at which `candidates` may give something new; None = nothing in sight."""
        ...

    async def begin(self, claim: Claim, ownership: Ownership, now: datetime) -> str | None:
        """Commit `sending` before a send and return the token that proves the claim.

        None = don't send: paused, edited, taken over, overtaken or locked since it was read.
        """
        ...

    async def finish(self, token: str, delivery: int, outcome: Outcome, now: datetime) -> bool:
        """Commit how a claimed part ended. False = the claim was void (settled or taken over meanwhile).

        A `Sent`, `Retry` or `Refused` with its original token also replaces an `unknown` that a new owner wrote.
        """
        ...

    async def divert(self, candidate: Candidate, diversion: Diversion, ownership: Ownership, now: datetime) -> bool:
        """Commit that a planned part waits, is held or is left out. False = it changed since it was read."""
        ...

    async def settle(self, campaign: str, key: str, how: Settlement, now: datetime, *, part: int | None = None) -> bool:
        """Commit a person's decision on a held or unknown delivery. False = it is not open."""
        ...

    async def settle_echoes(self, account: str, now: datetime) -> Sequence[Notice]:
        """Match the account's recorded echoes, each at most once, with its unknown parts; report what became known."""
        ...

    async def expire(self, account: str, now: datetime) -> Sequence[Notice]:
        """End blocks whose time is over.

        Held becomes skipped. Unknown meets its policy: `resend` plans it again, `skip` leaves it out, under `ask` it
        stays unknown and lets later steps pass.
        """
        ...

    async def posted_since(self, account: str, since: datetime) -> Sequence[PastPost]:
        """Return what the account posted, or may have, since `since`, for pacing and budgets after a restart."""
        ...


class Ownerships(Protocol):
    """Decide which daemon posts on an account."""

    async def try_take(self, account: str) -> tuple[Ownership, tuple[Notice, ...]] | None:
        """Take `account`, with what its last owner left open; None = somebody alive has it. Raises StoreError."""
        ...

    async def holds(self, ownership: Ownership) -> bool:
        """Tell whether `ownership` still stands; after a freeze it may not. Raises StoreError."""
        ...


class Waker(Protocol):
    """Wake lanes. A lane is an account's name."""

    async def wait(self, lane: str, until: datetime | None) -> None:
        """Return at `until`, or when poked; with None only when poked or at the re-check (settings, at most 30 s)."""
        ...

    def poke(self, lane: str | None = None) -> None:
        """Wake `lane` (None = all) now; a poke between two waits is not lost."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """What a guard is asked about: one part on its way out."""

    candidate: Candidate
    now: datetime


class Guard(Protocol):
    """Judge a part before it goes out. A guard that raises or takes too long holds the delivery (fail closed)."""

    @property
    def name(self) -> str:
        """Stable name, shown in reasons and alerts."""
        ...

    async def check(self, draft: Draft) -> Verdict:
        """Return Allow, Defer, Hold or Block."""
        ...
