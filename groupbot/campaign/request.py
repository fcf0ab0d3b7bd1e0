"""What an operator asks a launch for, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from groupbot.campaign.values import Edition, Reconciled
from groupbot.chat.directory import Directory
from groupbot.core.ids import slug
from groupbot.delivery.values import NewDelivery
from groupbot.sop.planned import Plan, PlannedDelivery, Problem


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What an operator asks for. `roles`: SOP role -> account; a role without one speaks by the group's own account.

    `voices`: group -> role -> account, where a group differs; the role "" stands for who speaks where nobody is named.
    `start` is that of the earliest group. `kept`: deliveries, by key, that stay as they are whatever the plan says.
    """

    plan: Plan
    groups: Sequence[str]
    start: date
    sop_text: str = ""
    roles: Mapping[str, str] | None = None
    voices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    params: Mapping[str, object] | None = None
    campaign_id: str | None = None
    allow_past: bool = False
    edition: Edition = Edition()  # noqa: RUF009 - frozen
    kept: Mapping[str, NewDelivery] = field(default_factory=dict)

    @property
    def campaign(self) -> str:
        """The id: given, or the SOP's name and start date, so that the same launch is the same campaign."""
        return self.campaign_id or f"{slug(self.plan.sop)}-{self.start:%Y%m%d}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Launched:
    """What a launch did. With an error among `problems` nothing was changed. `tasks`: how many people have to do."""

    campaign: str
    done: Reconciled
    problems: tuple[Problem, ...]
    tasks: int = 0

    @property
    def ok(self) -> bool:
        """Whether it was carried out."""
        return not any(problem.level == "error" for problem in self.problems)


def account_for(request: Request, directory: Directory, delivery: PlannedDelivery) -> str:
    """Return the account that speaks: the one its role is mapped to in the group or at all, else the group's own."""
    own = request.voices.get(delivery.group, {})
    mapped = own.get(delivery.speaker, "") if delivery.speaker else ""
    mapped = mapped or (request.roles or {}).get(delivery.speaker, "") or own.get("", "")
    group = directory.get(delivery.group)
    return mapped or (group.account if group else "")


def roles_of(request: Request, group: str) -> Mapping[str, str]:
    """Return role -> account as it holds in `group`."""
    own = {role: account for role, account in request.voices.get(group, {}).items() if role}
    return {**(request.roles or {}), **own} if own else request.roles or {}
