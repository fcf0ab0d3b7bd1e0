"""Approvals in memory, for tests of what asks for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from groupbot.campaign.approvals import Decided, Moment, Waiting, near
from groupbot.delivery.values import State


@dataclass(slots=True)
class MemoryApprovals:
    """`campaign.approvals.Approvals` in memory. `rows`: what must be looked at, in any order."""

    rows: list[Waiting] = field(default_factory=list)
    kept: dict[tuple[Moment, str], Decided] = field(default_factory=dict)

    async def waiting(self, now: datetime) -> Sequence[Waiting]:
        return near(sorted(self.rows, key=lambda row: (row.due, row.campaign, row.group)), now)

    async def decided(self, moment: Moment) -> Mapping[str, Decided]:
        return {digest: said for (of, digest), said in self.kept.items() if of == moment}

    async def decide(self, decisions: Sequence[Decided]) -> None:
        self.kept |= {(one.moment, one.digest): one for one in decisions}

    async def release(self, rows: Sequence[Waiting], now: datetime) -> int:  # noqa: ARG002 - no grace to count
        keys = {(row.campaign, row.key) for row in rows}
        held = [row for row in self.rows if (row.campaign, row.key) in keys and row.state is State.HELD]
        self.rows = [replace(row, state=State.PLANNED) if row in held else row for row in self.rows]
        return len(held)
