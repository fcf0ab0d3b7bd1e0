"""What must be in order before a campaign's first post: computed, signed off once by a person, and guarded."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from groupbot.campaign.approvals import SIGN_OFF, Approvals, Decided, Moment
from groupbot.campaign.values import Campaign
from groupbot.core.verdicts import ALLOW, Defer, Verdict
from groupbot.delivery.ports import Draft
from groupbot.i18n import _

REQUIRED = "checklist"
"""The key of a campaign's parameters that says that it waits for the signature."""
TOLD = "told"
"""The occurrence under which it is kept which squads were told; its step is "", the digest `squad_digest`."""
LOOK_AGAIN = timedelta(seconds=30)


class Point(StrEnum):
    """What is looked at."""

    MATERIALS = "materials"
    STANDBY = "standby"
    RIGHTS = "rights"
    LEADERS = "leaders"
    APPROVALS = "approvals"
    TASKS = "tasks"


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One point. `lacking`: names of what is not in order; nothing lacks = it is."""

    point: Point
    lacking: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether it is in order."""
        return not self.lacking


@dataclass(frozen=True, kw_only=True, slots=True)
class Checklist:
    """All points of a campaign. `signed`: None = nobody has signed. `squads`: of its groups, in their order."""

    campaign: str
    items: tuple[Item, ...]
    squads: tuple[str, ...] = ()
    required: bool = False
    signed: Decided | None = None

    @property
    def waits(self) -> bool:
        """Whether the campaign waits for the signature."""
        return self.required and self.signed is None


class Known(Protocol):
    """Where campaigns are looked up. Raises StoreError."""

    async def get(self, campaign: str) -> Campaign | None:
        """Return a campaign as stored."""
        ...


class SignOffGuard:
    """Let nothing of a campaign out that waits for its signature."""

    name = "checklist"

    def __init__(self, campaigns: Known, approvals: Approvals) -> None:
        self._campaigns = campaigns
        self._approvals = approvals
        self._passed: dict[str, int] = {}
        """Campaigns that wait for nobody, as of which launch or edit: it is read again after the next one."""

    async def check(self, draft: Draft) -> Verdict:
        name, version = draft.candidate.campaign, draft.candidate.plan_version
        if self._passed.get(name) == version:
            return ALLOW
        campaign = await self._campaigns.get(name)
        if campaign is None or not is_required(campaign) or await signature(self._approvals, name):
            self._passed[name] = version
            return ALLOW
        return Defer(until=draft.now + LOOK_AGAIN, reason=_("its checklist is not signed off"))


def is_required(campaign: Campaign) -> bool:
    """Return whether the campaign was launched to wait for the signature."""
    return campaign.params.get(REQUIRED) is True


async def signature(approvals: Approvals, campaign: str) -> Decided | None:
    """Return who signed a campaign's checklist, None when nobody did. Raises StoreError."""
    return next(iter((await approvals.decided(of_campaign(campaign, SIGN_OFF))).values()), None)


def of_campaign(campaign: str, occurrence: str) -> Moment:
    """Return under what something is kept that concerns a whole campaign."""
    return Moment(campaign=campaign, step="", occurrence=occurrence)


def squad_digest(squad: str) -> str:
    """Return under what it is kept that a squad was told."""
    return hashlib.sha256(squad.encode()).hexdigest()[:32]
