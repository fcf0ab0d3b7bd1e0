"""Standing in over a `MemoryStore`: passes tests/contract/ledger like the database does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from groupbot.campaign.standby import BY_HAND, Health
from groupbot.campaign.values import NewTask, TaskView
from groupbot.core.events import AccountState
from groupbot.delivery.values import Candidate, Ownership, State
from groupbot.testing.ledger import MemoryLedger
from groupbot.testing.store import MemoryStore, Row

_NEVER_BACK = "left out by a person"


class MemoryStandby:
    """`campaign.standby.Handovers` and `Healths` over the store of a `MemoryLedger`. `health`: what a test sets."""

    def __init__(self, ledger: MemoryLedger) -> None:
        self._ledger = ledger
        self.store: MemoryStore = ledger.store
        self.health: dict[str, Health] = {}

    async def waiting(self, account: str, until: datetime, limit: int) -> Sequence[Candidate]:
        due = [
            row
            for row in self.store.rows.values()
            if row.plan.account == account and row.state is State.PLANNED and row.not_before <= until
            if row.plan.place == "group" and self.store.runs(row.plan.campaign, row.plan.group)
        ]
        return [self._ledger.candidate(row) for row in sorted(due, key=lambda row: row.order)[:limit]]

    async def move(self, ownership: Ownership, to: str, rows: Sequence[Candidate]) -> frozenset[int]:
        there = self.store.accounts.get(to)
        if there is None or there.paused:
            return frozenset()
        moved = [row for row, _read in self._as_read(ownership, rows)]
        for row in moved:
            row.moved_from = row.moved_from or row.plan.account
            row.plan = replace(row.plan, account=to)
        return frozenset(row.id for row in moved)

    async def to_person(self, ownership: Ownership, row: Candidate, task: NewTask, now: datetime) -> bool:
        for kept, _read in self._as_read(ownership, [row]):
            kept.blocks_until = self.store.block_until(kept, now)
            kept.state, kept.reason = State.HELD, "a person posts it by hand"
            self.store.unlock(kept)
            values = {name: getattr(task, name) for name in NewTask.__dataclass_fields__}
            self.store.tasks[task.campaign, task.key] = TaskView(state="open", **values)
            return True
        return False

    async def close_tasks(self) -> int:
        over = [key for key, task in self.store.tasks.items() if task.state == "open" and self._is_over(task)]
        for key in over:
            self.store.tasks[key] = replace(self.store.tasks[key], state="cancelled")
        return len(over)

    async def give_back(self, account: str) -> int:
        rows = list(self._away(account))
        for row in rows:
            row.plan, row.moved_from = replace(row.plan, account=account), None
        return len(rows)

    async def leave_there(self, account: str) -> int:
        rows = list(self._away(account))
        for row in rows:
            row.moved_from = None
        return len(rows)

    async def away(self, account: str) -> int:
        return len(list(self._away(account)))

    async def healths(self) -> Sequence[Health]:
        return [self._health(name) for name in sorted(self.store.accounts)]

    async def returned(self, account: str, now: datetime) -> None:
        self.health[account] = replace(self._health(account), held_at=None, resumed_at=now)

    async def last_attempts(self, account: str, since: datetime, limit: int) -> Sequence[str]:
        ended = [post for post in self.store.posts if post.account == account and post.outcome != "sending"]
        newest = sorted((post for post in ended if post.started_at >= since), key=lambda post: post.started_at)
        return [post.outcome for post in reversed(newest)][:limit]

    def _health(self, account: str) -> Health:
        held = self.store.accounts[account]
        known = self.health.get(account) or Health(account=account, state=AccountState.ONLINE, since=None)
        return replace(known, paused=held.paused)

    def _as_read(self, ownership: Ownership, rows: Iterable[Candidate]) -> Iterator[tuple[Row, Candidate]]:
        account = self.store.accounts[ownership.account]
        if (account.owner, account.epoch) != (ownership.instance, ownership.epoch):
            return
        for read in rows:
            row = self.store.by_id(read.id)
            same = (row.next_part, row.plan_version, row.plan.account) == (
                read.next_part,
                read.plan_version,
                ownership.account,
            )
            if same and row.state is State.PLANNED and row.plan.place == "group":
                yield row, read

    def _away(self, account: str) -> Iterator[Row]:
        return (row for row in self.store.rows.values() if row.moved_from == account and row.state is State.PLANNED)

    def _is_over(self, task: TaskView) -> bool:
        if not task.key.startswith(BY_HAND):
            return False
        row = self.store.rows[task.campaign, task.key.removeprefix(BY_HAND)]
        left_out = row.state is State.SKIPPED and row.reason == _NEVER_BACK
        return row.state not in {State.HELD, State.SKIPPED} or left_out


def settle_by_hand(store: MemoryStore, campaign: str, key: str, now: datetime | None) -> None:
    """Make the delivery sent whose task by hand was ticked off."""
    row = store.rows.get((campaign, key.removeprefix(BY_HAND))) if key.startswith(BY_HAND) else None
    if row is not None and row.state in {State.HELD, State.SKIPPED}:
        row.state, row.next_part, row.sent_at = State.SENT, len(row.plan.parts), now or row.plan.due
        row.blocks_until, row.reason = None, "posted by hand"
