"""The ledger in memory: passes tests/contract/ledger like the database does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from groupbot.core.ids import token as new_token
from groupbot.core.policies import UnknownThen
from groupbot.delivery.budgets import PastPost, cost
from groupbot.delivery.echo import Attempt, Echo, match
from groupbot.delivery.values import (
    OPEN,
    Ask,
    Candidate,
    Claim,
    Diversion,
    Drop,
    Look,
    Lost,
    Notice,
    Outcome,
    Ownership,
    Refused,
    Retry,
    Sent,
    Settlement,
    State,
    Wait,
)
from groupbot.errors import StoreError
from groupbot.testing.store import Account, Lock, MemoryStore, Post, Row

_OF_THE_PLAN = (
    *("campaign", "key", "step", "group", "member", "lane", "account"),
    *("due", "until", "priority", "parts", "policies"),
)
"""What a candidate has of its plan as it is."""


class MemoryLedger:
    """`delivery.ports.Ledger` over a `MemoryStore`.

    `failures`: how many of the next calls raise StoreError, as a locked or full database does.
    """

    def __init__(self, store: MemoryStore | None = None) -> None:
        self.store = store or MemoryStore()
        self.failures = 0

    def record_echo(
        self, account: str, fingerprint: str, at: datetime, message_id: str, *, group: str = "", member: str = ""
    ) -> None:
        """Note that a post of the account's own came back, as the recorder does for a daemon."""
        echoes = self.store.echoes.setdefault(account, [])
        number = sum(map(len, self.store.echoes.values())) + 1
        place = f"g:{group}" if group else f"m:{member}"
        echoes.append(Echo(fact=number, place=place, fingerprint=fingerprint, at=at, message_id=message_id))

    def pause_account(self, account: str, *, paused: bool = True) -> None:
        """Stop or allow posting on an account, as a person or a limit notice does."""
        self.store.accounts[account].paused = paused

    async def acquire(self, account: str, instance: str, now: datetime) -> tuple[Ownership, tuple[Notice, ...]]:
        self._answer()
        held = self.store.accounts.setdefault(account, Account())
        held.owner, held.epoch = instance, held.epoch + 1
        notices: list[Notice] = []
        for row in self.store.rows.values():
            if row.plan.account == account and row.state is State.SENDING:
                reason = f"the daemon stopped while part {row.next_part + 1} was being sent"
                self._close(row, "unknown", error=reason)
                self.store.lose(row, reason, now)
                notices.append(row.notice(State.UNKNOWN, reason))
        return Ownership(account=account, instance=instance, epoch=held.epoch), tuple(notices)

    async def release(self, ownership: Ownership, now: datetime) -> None:  # noqa: ARG002
        self._answer()
        held = self.store.accounts[ownership.account]
        if (held.owner, held.epoch) == (ownership.instance, ownership.epoch):
            held.owner = None

    async def look(self, ownership: Ownership, now: datetime, limit: int) -> Look:
        account = ownership.account
        overdue = await self.overdue(ownership, now, limit)
        return Look(
            over=any(row.plan.account == account and _is_over(row, now) for row in self.store.rows.values()),
            overdue=overdue,
            candidates=await self.candidates(ownership, now, limit) if len(overdue) < limit else [],
            next=await self.next_look(account, now),
        )

    async def candidates(self, ownership: Ownership, now: datetime, limit: int) -> Sequence[Candidate]:
        self._answer()
        free = [
            row
            for row in self.store.rows.values()
            if row.plan.account == ownership.account and self._may_go(row, ownership, now)
        ]
        free.sort(key=lambda row: (-row.plan.priority, *row.order[:2], -row.next_part, row.id))
        return [self.candidate(row) for row in free[:limit]]

    async def overdue(self, ownership: Ownership, now: datetime, limit: int) -> Sequence[Candidate]:
        self._answer()
        late = [
            row
            for row in self.store.rows.values()
            if row.plan.account == ownership.account and row.state is State.PLANNED and row.not_before <= now
            if row.late_at is not None and row.late_at < now and not row.approved
            if self.store.runs(row.plan.campaign, row.plan.group)
        ]
        return [self.candidate(row) for row in sorted(late, key=lambda row: row.order)[:limit]]

    async def next_look(self, account: str, now: datetime) -> datetime | None:
        self._answer()
        rows = self.store.rows.values()
        instants = [row.not_before for row in rows if row.plan.account == account and row.state is State.PLANNED]
        instants += [row.blocks_until for row in rows if row.state in OPEN and row.blocks_until is not None]
        instants += [lock.until for lock in self.store.locks.values()]
        return min((instant for instant in instants if instant > now), default=None)

    async def begin(self, claim: Claim, ownership: Ownership, now: datetime) -> str | None:
        self._answer()
        candidate = claim.candidate
        row = self.store.by_id(candidate.id)
        read = (candidate.next_part, candidate.plan_version, candidate.account)
        if (row.next_part, row.plan_version, row.plan.account) != read or not self._may_go(row, ownership, now):
            return None
        self.store.locks[row.turn] = Lock(row=row.id, until=claim.lock_until)
        row.state, row.token, row.claimed_at, row.blocks_until = State.SENDING, new_token(), now, None
        self.store.posts.append(
            Post(
                token=row.token,
                row=row,
                account=row.plan.account,
                part=row.next_part,
                fingerprint=claim.fingerprint,
                started_at=now,
            )
        )
        return row.token

    async def finish(self, token: str, delivery: int, outcome: Outcome, now: datetime) -> bool:
        self._answer()
        row = self.store.by_id(delivery)
        is_claimed = row.token == token and row.state in {State.SENDING, State.UNKNOWN}
        if not is_claimed and not isinstance(outcome, Lost):
            self._note_void(token, row, outcome)
        if not is_claimed or (isinstance(outcome, Lost) and row.state is not State.SENDING):
            return False
        self._end(row, outcome, now)
        return True

    async def divert(self, candidate: Candidate, diversion: Diversion, ownership: Ownership, now: datetime) -> bool:
        self._answer()
        row = self.store.by_id(candidate.id)
        read = (State.PLANNED, candidate.next_part, candidate.plan_version, candidate.account)
        if (row.state, row.next_part, row.plan_version, row.plan.account) != read or not self._owns(ownership):
            return False
        match diversion:
            case Wait(until=until, aside=aside):
                row.not_before, row.blocks_until = until, now if aside else None
                return True
            case Drop(reason=reason):
                row.state, row.reason = State.SKIPPED, reason
            case Ask(reason=reason):
                row.blocks_until = self.store.block_until(row, now)
                row.state, row.reason = State.HELD, reason
        self.store.unlock(row)
        return True

    async def settle(self, campaign: str, key: str, how: Settlement, now: datetime, *, part: int | None = None) -> bool:
        self._answer()
        row = self.store.rows.get((campaign, key))
        if row is None or row.state not in {*OPEN, State.FAILED} or part not in {None, row.next_part}:
            return False
        row.blocks_until = None
        match how:
            case Settlement.SKIP:
                row.state, row.reason = State.SKIPPED, "left out by a person"
                return True
            case Settlement.SENT:
                self._close(row, "sent")
                if row.next_part + 1 == len(row.plan.parts):
                    row.state, row.sent_at, row.next_part = State.SENT, row.claimed_at or now, row.next_part + 1
                    return True
                row.late_at = _next_late(row, row.claimed_at or now)
                row.next_part, row.attempt = row.next_part + 1, 0
            case Settlement.RESEND:
                row.attempt, row.approved = row.attempt + 1, True
        row.state, row.not_before, row.reason = self.store.planned_again(row), now, ""
        return True

    async def settle_echoes(self, account: str, now: datetime) -> Sequence[Notice]:
        self._answer()
        posts = {post.token: post for post in self.store.posts if post.account == account}
        known = {post.message_id for post in posts.values()} - {None}
        echoes = self.store.echoes.get(account, [])
        causes = [_attempt(post) for post in posts.values() if _may_echo(post)]
        notices: list[Notice] = []
        for attempt, echo in match(causes, [echo for echo in echoes if echo.message_id not in known]):
            echoes.remove(echo)
            row = posts[attempt.token].row
            more = row.next_part + 1 < len(row.plan.parts) and self.store.planned_again(row) is State.PLANNED
            late_at = _next_late(row, attempt.started_at) if more else None
            outcome = Sent(message_id=echo.message_id, next_at=now if more else None, late_at=late_at)
            if row.state is State.UNKNOWN and row.token == attempt.token:
                self._end(row, outcome, now)
                notices.append(row.notice(State.SENT, "its echo came back"))
        return notices

    async def expire(self, account: str, now: datetime) -> Sequence[Notice]:
        self._answer()
        notices: list[Notice] = []
        for row in self.store.rows.values():
            if row.plan.account == account and _is_over(row, now):
                row.blocks_until = None
                self._expire(row, now)
                notices.append(row.notice(row.state, row.reason))
        return notices

    async def posted_since(self, account: str, since: datetime) -> Sequence[PastPost]:
        self._answer()
        return [
            PastPost(
                at=post.started_at,
                group="" if post.row.plan.member else post.row.plan.group,
                cost=cost(post.row.plan.parts[post.part].content),
            )
            for post in self.store.posts
            if post.account == account and post.started_at >= since and post.outcome not in {"retry", "failed"}
        ]

    def _answer(self) -> None:
        if self.failures:
            self.failures -= 1
            raise StoreError("The database is locked by another program.")

    def _owns(self, ownership: Ownership) -> bool:
        return self.store.accounts[ownership.account].owner == ownership.instance

    def _may_go(self, row: Row, ownership: Ownership, now: datetime) -> bool:
        return (
            row.state is State.PLANNED
            and row.not_before <= now
            and self.store.runs(row.plan.campaign, row.plan.group)
            and self._owns(ownership)
            and not self.store.accounts[row.plan.account].paused
            and self.store.has_lane(row, now)
        )

    def _close(self, row: Row, outcome: str, *, message_id: str | None = None, error: str = "") -> None:
        if post := self.store.post_of(row):
            post.outcome, post.message_id, post.error = outcome, message_id, error

    def _note_void(self, token: str, row: Row, outcome: Outcome) -> None:
        """Keep what became of a post whose claim was void by then: the delivery doesn't change, the fact stands."""
        names = {Sent: "sent", Retry: "retry", Refused: "failed"}
        for post in self.store.posts:
            if post.token == token and post.row is row:
                post.outcome = names[type(outcome)]
                post.message_id = outcome.message_id if isinstance(outcome, Sent) else None
                post.error = "" if isinstance(outcome, Sent) else outcome.error

    def _end(self, row: Row, outcome: Outcome, now: datetime) -> None:
        row.blocks_until = None
        match outcome:
            case Sent(message_id=message_id, note=note):
                self._close(row, "sent", message_id=message_id)
                self._advance(row, outcome, now, note=note)
            case Refused(error=error, next_at=next_at):
                self._close(row, "failed", error=error)
                if next_at is not None:
                    self._advance(row, outcome, now, note=error)
                else:
                    row.state, row.reason = State.FAILED, error
                    self.store.unlock(row)
            case Retry(not_before=not_before, error=error, lock_until=lock_until):
                self._close(row, "retry", error=error)
                row.state, row.not_before, row.attempt = self.store.tried_again(row), not_before, row.attempt + 1
                self._relock(row, lock_until)
            case Lost(error=error):
                self._close(row, "unknown", error=error)
                self.store.lose(row, error, now)

    def _advance(self, row: Row, end: Sent | Refused, now: datetime, *, note: str) -> None:
        row.attempt, row.reason = 0, note or row.reason
        if end.next_at is None:
            row.state, row.sent_at, row.next_part = State.SENT, now, len(row.plan.parts)
        else:
            row.state, row.not_before, row.next_part = self.store.planned_again(row), end.next_at, row.next_part + 1
            row.late_at = end.late_at
        self._relock(row, end.lock_until if end.next_at is not None else None)

    def _relock(self, row: Row, until: datetime | None) -> None:
        if until is None:
            self.store.unlock(row)
        elif row.turn in self.store.locks and self.store.locks[row.turn].row == row.id:
            self.store.locks[row.turn].until = until

    def _expire(self, row: Row, now: datetime) -> None:
        if row.state is State.HELD:
            row.state, row.reason = State.SKIPPED, f"{row.reason}; nobody decided in time"
        elif row.plan.policies.unknown is UnknownThen.SKIP:
            row.state = State.SKIPPED
        elif row.plan.policies.unknown is UnknownThen.RESEND:
            row.state, row.not_before, row.attempt = self.store.tried_again(row), now, row.attempt + 1

    def candidate(self, row: Row) -> Candidate:
        """Return what is read of `row`."""
        plan = row.plan
        return Candidate(
            id=row.id,
            not_before=row.not_before,
            late_at=row.late_at,
            next_part=row.next_part,
            attempt=row.attempt,
            plan_version=row.plan_version,
            approved=row.approved,
            timezone=self.store.campaigns[plan.campaign].timezone,
            **{name: getattr(plan, name) for name in _OF_THE_PLAN},
        )


def _is_over(row: Row, now: datetime) -> bool:
    return row.state in OPEN and row.blocks_until is not None and row.blocks_until <= now


def _next_late(row: Row, ended_at: datetime) -> datetime | None:
    gap = timedelta(seconds=row.plan.parts[row.next_part + 1].gap_s)
    return row.plan.policies.latest(ended_at + gap, row.plan.until)


def _may_echo(post: Post) -> bool:
    return post.outcome in {"sending", "unknown"} or (post.outcome == "sent" and post.message_id is None)


def _attempt(post: Post) -> Attempt:
    plan = post.row.plan
    return Attempt(
        token=post.token,
        place=f"m:{plan.member}" if plan.member else f"g:{plan.group}",
        fingerprint=post.fingerprint,
        started_at=post.started_at,
        is_open=post.outcome == "unknown",
    )
