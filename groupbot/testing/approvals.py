"""Approvals in memory, for tests of what asks for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from groupbot.campaign.approvals import Decided, Moment, Waiting, near
from groupbot.campaign.values import CampaignState
from groupbot.delivery.values import State
from groupbot.testing.store import MemoryStore, Row

_LIVE = frozenset({CampaignState.RUNNING, CampaignState.PAUSED})


class MemoryApprovals:
    """`campaign.approvals.Approvals` over a `MemoryStore`."""

    def __init__(self, store: MemoryStore | None = None) -> None:
        self._store = store or MemoryStore()
        self._kept: dict[tuple[Moment, str], Decided] = {}

    async def waiting(self, now: datetime) -> Sequence[Waiting]:
        rows = sorted(self._store.rows.values(), key=lambda row: (row.plan.due, row.plan.campaign, row.plan.ordinal))
        return near([one for row in rows if (one := self._waiting(row)) is not None], now)

    async def decided(self, moment: Moment) -> Mapping[str, Decided]:
        return {digest: said for (of, digest), said in self._kept.items() if of == moment}

    async def decide(self, decisions: Sequence[Decided]) -> None:
        self._kept |= {(one.moment, one.digest): one for one in decisions}

    async def release(self, rows: Sequence[Waiting], now: datetime) -> int:
        found = [self._store.rows[row.campaign, row.key] for row in rows]
        held = [row for row in found if row.state is State.HELD]
        for row in held:
            row.state, row.blocks_until, row.not_before, row.reason = State.PLANNED, None, now, ""
            row.late_at = row.plan.policies.latest(now, row.plan.until)
        return len(held)

    def _waiting(self, row: Row) -> Waiting | None:
        plan, campaign = row.plan, self._store.campaigns[row.plan.campaign]
        begun = row.next_part > 0 or row.state not in {State.PLANNED, State.HELD}
        if plan.policies.approval is None or begun or campaign.state not in _LIVE:
            return None
        return Waiting(
            campaign=plan.campaign,
            key=plan.key,
            step=plan.step,
            group=plan.group,
            state=row.state,
            due=plan.due,
            timezone=campaign.timezone,
            approval=plan.policies.approval,
            parts=plan.parts,
        )
