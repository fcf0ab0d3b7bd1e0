"""Which campaigns a fact counts for. Pure; instants are milliseconds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from groupbot.tracking.contributions import Frame
from groupbot.tracking.days import DAY_MS, millis


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """What counts for a campaign: what happened in its groups from `since` on and before `until`."""

    campaign: str
    groups: frozenset[str]
    since: int
    until: int
    zone: ZoneInfo

    @property
    def frame(self) -> Frame:
        """Return what its days are worked out by."""
        return Frame(zone=self.zone, began=self.since)

    def holds(self, at: int) -> bool:
        """Tell whether an instant is the campaign's."""
        return self.since <= at < self.until


def scope(
    campaign: str, groups: Iterable[str], zone: str, created_at: datetime, last_due: datetime | None, after_days: int
) -> Scope:
    """Return a campaign's scope: from its creation until `after_days` days after its last post was due."""
    since = millis(created_at)
    last = since if last_due is None else max(since, millis(last_due))
    return Scope(
        campaign=campaign, groups=frozenset(groups), since=since, until=last + after_days * DAY_MS, zone=ZoneInfo(zone)
    )


def by_group(scopes: Iterable[Scope]) -> Mapping[str, Sequence[Scope]]:
    """Return the scopes that each group counts for: several campaigns may run in one at a time."""
    found: dict[str, list[Scope]] = {}
    for one in scopes:
        for group in one.groups:
            found.setdefault(group, []).append(one)
    return found
