"""When each group of a campaign begins, as the campaign's record keeps it: so that an edit plans as the launch did.

A campaign starts with its earliest group. What a group has of its own (first day, event, values, accounts, shift)
stands below `groups` in the campaign's parameters; a group without an entry begins with the campaign.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from groupbot.campaign.values import Campaign
from groupbot.sop.planned import PlanGroup
from groupbot.sop.starts import GroupStart

GROUPS = "groups"
"""The key of the campaign's parameters."""
Own = Mapping[str, Any]
"""What one group has of its own, as JSON values."""


def own_of(one: GroupStart, *, values: Mapping[str, str], accounts: Mapping[str, str]) -> Own:
    """Return what the record keeps of a group; `values`: variables that the launch gave it alone."""
    found = {
        "start": one.start.isoformat(),
        "event": one.event.isoformat() if one.event else None,
        "set": dict(values),
        "accounts": dict(accounts),
        "shift_s": one.shift.total_seconds(),
    }
    return {key: value for key, value in found.items() if value}


def owns(params: Mapping[str, object]) -> Mapping[str, Own]:
    """Return group -> what it has of its own."""
    found = params.get(GROUPS)
    return found if isinstance(found, Mapping) else {}


def kept_owns(before: Mapping[str, object], now: Mapping[str, object], named: Iterable[str]) -> dict[str, object]:
    """Return the parameters `now` with what groups that are not `named` had `before`: a launch leaves them alone."""
    gone = set(named)
    others = {group: own for group, own in owns(before).items() if group not in gone}
    merged = {**others, **owns(now)}
    return {**now, GROUPS: merged} if merged else dict(now)


def start_of(campaign: Campaign, group: PlanGroup, event: datetime | None) -> GroupStart:
    """Return how `group` begins in `campaign`; `event` is that of groups without one of their own."""
    own = owns(campaign.params).get(group.name, {})
    return GroupStart(
        group=replace(group, variables={**group.variables, **own.get("set", {})}),
        start=date.fromisoformat(own["start"]) if "start" in own else campaign.start,
        event=datetime.fromisoformat(own["event"]) if "event" in own else event,
        shift=timedelta(seconds=own.get("shift_s", 0)),
    )


def accounts_of(params: Mapping[str, object]) -> dict[str, Mapping[str, str]]:
    """Return group -> role ("" = who speaks where nobody is named) -> account, where the launch said so."""
    return {group: own["accounts"] for group, own in owns(params).items() if own.get("accounts")}


def days_of_start(campaign: Campaign, groups: Sequence[str]) -> dict[date, int]:
    """Return how many of `groups` begin on which day, earliest first."""
    own = owns(campaign.params)
    days = [date.fromisoformat(own.get(group, {}).get("start", campaign.start.isoformat())) for group in groups]
    return {day: days.count(day) for day in sorted(set(days))}
