"""Incidents and blocked members in memory, for tests of risk control."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from groupbot.admin.risk_ports import Blocked
from groupbot.risk.incidents import Incident, IncidentState, NewIncident, opened


@dataclass(slots=True)
class MemoryIncidents:
    """`risk.incidents.Incidents` in memory, by number."""

    kept: dict[int, Incident] = field(default_factory=dict)

    async def open(self, new: NewIncident, at: datetime) -> tuple[Incident, bool]:
        for known in await self.unresolved():
            if (known.group, known.member) == (new.group, new.member):
                return known, False
        made = opened(new, len(self.kept) + 1, at)
        self.kept[made.number] = made
        return made, True

    async def get(self, number: int) -> Incident | None:
        return self.kept.get(number)

    async def unresolved(self) -> tuple[Incident, ...]:
        return tuple(one for one in self.kept.values() if one.state is not IncidentState.RESOLVED)

    async def of_member(self, member: str, limit: int = 5) -> tuple[Incident, ...]:
        found = [one for one in self.kept.values() if one.member == member]
        return tuple(sorted(found, key=lambda one: (one.opened_at, one.number), reverse=True)[:limit])

    async def change(self, changed: Incident) -> bool:
        if self.kept[changed.number].revision != changed.revision:
            return False
        self.kept[changed.number] = replace(changed, revision=changed.revision + 1)
        return True


@dataclass(slots=True)
class MemoryBlocked:
    """`admin.risk_ports.BlockedMembers` in memory, by member."""

    kept: dict[str, Blocked] = field(default_factory=dict)

    async def block(self, blocked: Blocked) -> None:
        self.kept[blocked.member] = blocked

    async def release(self, member: str) -> bool:
        return self.kept.pop(member, None) is not None

    async def among(self, members: Sequence[str]) -> Sequence[Blocked]:
        return [self.kept[member] for member in members if member in self.kept]

    async def list(self) -> Sequence[Blocked]:
        return sorted(self.kept.values(), key=lambda one: (one.at, one.member))
