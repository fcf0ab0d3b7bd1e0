"""Another account, or a person, for what an account can't post: who is down, and what becomes of its deliveries.

Only what is surely not being sent moves: a part under way, and one whose outcome is unknown, stay with their account.
What moved comes back by a person's word alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from groupbot.campaign.by_hand import task_for
from groupbot.campaign.one_off import ONE_OFF
from groupbot.campaign.values import NewTask
from groupbot.core.actions import Recall
from groupbot.core.events import AccountState
from groupbot.delivery.budgets import WarmUp
from groupbot.delivery.values import Candidate, NewDelivery, Ownership

BY_HAND = "by-hand/"
"""Begins the key of a task that stands for a whole delivery: ticking it off makes the delivery sent."""
FIRST_TALK = "first-talk/"
"""Begins the key of a task about one newcomer."""
LASTING = (BY_HAND, FIRST_TALK)
"""What begins the keys of tasks that no plan holds, so that no edit of one ends them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StandbyRules:
    """When others stand in. `after`: an account is out of reach for so long before they do; `ahead`: what is due so
    soon moves too; `by_hand`: so long before it is late, what nobody can post becomes a person's.
    """

    after: timedelta = timedelta(minutes=2)
    ahead: timedelta = timedelta(seconds=30)
    by_hand: timedelta = timedelta(minutes=10)
    failures: int = 5
    """Attempts in a row without a post after which an account is held, 0 = never."""
    ramp_up_days: int = 3
    """Local days after a hold that are posted at the pace of the warm-up's last ones."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Health:
    """How an account stands in the store. `held_at`: since when it is held by itself, None = it is not."""

    account: str
    state: AccountState
    since: datetime | None
    paused: bool = False
    reason: str = ""
    held_at: datetime | None = None
    resumed_at: datetime | None = None

    @property
    def can_post(self) -> bool:
        """Whether it posts now. A limit notice pauses; who was resumed since is limited no more."""
        return self.state in {AccountState.ONLINE, AccountState.LIMITED} and not self.paused


class Handovers(Protocol):
    """The ledger's side of standing in. tests/contract/ledger runs one suite over every implementation.

    Every call is one transaction. Raises StoreError.
    """

    async def waiting(self, account: str, until: datetime, limit: int) -> Sequence[Candidate]:
        """Return at most `limit` planned posts to groups that `account` is to make by `until`, earliest first.

        Left out: campaigns that are paused.
        """
        ...

    async def move(self, ownership: Ownership, to: str, rows: Sequence[Candidate]) -> frozenset[int]:
        """Give `rows`, as they were read, to the account `to`; return the ids of those that moved.

        Left alone: what changed, was claimed or edited since, and all of it when `ownership` is void or `to` is paused.
        """
        ...

    async def to_person(self, ownership: Ownership, row: Candidate, task: NewTask, now: datetime) -> bool:
        """Hold `row`, as it was read, and keep `task` for it; False = it changed since, nothing was done.

        Ticking the task off makes the delivery sent, all of its parts.
        """
        ...

    async def close_tasks(self) -> int:
        """Cancel the open tasks whose delivery is settled in another way; return how many."""
        ...

    async def give_back(self, account: str) -> int:
        """Let `account` post what others have of it and is not begun by them now; return how many deliveries."""
        ...

    async def leave_there(self, account: str) -> int:
        """Let others keep what they have of `account`, which nobody asks about again; return how many deliveries."""
        ...

    async def away(self, account: str) -> int:
        """Return how many planned deliveries of `account` others are to post."""
        ...


class Healths(Protocol):
    """What the store knows of accounts. Raises StoreError."""

    async def healths(self) -> Sequence[Health]:
        """Return how every account stands, by name."""
        ...

    async def returned(self, account: str, now: datetime) -> None:
        """Note that an account that was held by itself posts again since `now`."""
        ...

    async def last_attempts(self, account: str, since: datetime, limit: int) -> Sequence[str]:
        """Return how the account's last attempts since `since` ended, newest first: sent, unknown, failed, retry."""
        ...


def is_down(health: Health, now: datetime, rules: StandbyRules) -> bool:
    """Tell whether others stand in for the account. A person's pause alone is no reason: it may be meant."""
    if health.paused:
        return health.held_at is not None
    if health.state is AccountState.REFUSED:
        return True
    away = health.state in {AccountState.OFFLINE, AccountState.LOGIN_NEEDED}
    return away and health.since is not None and now - health.since >= rules.after


def fails_again(outcomes: Sequence[str], rules: StandbyRules) -> bool:
    """Tell whether the newest attempts show that an account gets nothing out."""
    newest = outcomes[: rules.failures]
    return bool(rules.failures) and len(newest) == rules.failures and "sent" not in newest


@dataclass(frozen=True, kw_only=True, slots=True)
class Stay:
    """It waits for its account."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MoveTo:
    """Another account posts it."""

    account: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ByHand:
    """A person posts it."""


Fate = Stay | MoveTo | ByHand


def fate(
    row: Candidate, standins: Iterable[str], able: Callable[[str, Candidate], bool], now: datetime, rules: StandbyRules
) -> Fate:
    """Return what becomes of a delivery whose account is down: the first of `standins` that is able posts it."""
    if any(part.content.kind == Recall.kind for part in row.parts):
        return Stay()  # only its author may take a post back
    for account in standins:
        if account != row.account and able(account, row):
            return MoveTo(account=account)
    late_soon = row.late_at is not None and row.late_at - now <= rules.by_hand
    if late_soon and row.not_before <= now and row.campaign != ONE_OFF:
        return ByHand()
    return Stay()


def person_task(row: Candidate, why: str) -> NewTask:
    """Return the task for what is left of `row`; `why` the bot can't."""
    left = row.parts[row.next_part :]
    new = NewDelivery(
        campaign=row.campaign,
        key=BY_HAND + row.key,
        step=row.step,
        phase="",
        group=row.group,
        account=row.account,
        due=row.due,
        ordinal=0,
        parts=left,
        policies=row.policies,
    )
    return task_for(new, [why] * len(left))


def ramp_up(health: Health, today: date, since: date, warm_up: WarmUp, rules: StandbyRules) -> WarmUp | None:
    """Return the slow days of an account that came back on `since`, the last entries of `warm_up`; None = over."""
    days = min(rules.ramp_up_days, len(warm_up.posts))
    if health.resumed_at is None or not days or (today - since).days >= days:
        return None
    return WarmUp(since=since, posts=warm_up.posts[-days:], shares=warm_up.shares[-days:])
