"""Launching a plan: check what only the moment of launch can tell, then reconcile it with the ledger.

The same call launches, adds groups and edits: rows are matched by key, so doing it twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from groupbot.campaign.ports import Campaigns
from groupbot.campaign.values import Campaign, CampaignState, NewTask, Reconciled
from groupbot.chat.directory import Directory
from groupbot.core.ids import slug
from groupbot.delivery.values import NewDelivery
from groupbot.i18n import _
from groupbot.sop.planned import Plan, PlannedDelivery, Problem, Source

CHUNK = 2_000
"""Rows written in one transaction: ~50 ms of the write lock, so that a daemon's sends are not kept waiting."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What an operator asks for. `roles`: SOP role -> account; a role without one speaks by the group's own account."""

    plan: Plan
    groups: Sequence[str]
    start: date
    sop_text: str = ""
    roles: Mapping[str, str] | None = None
    params: Mapping[str, object] | None = None
    campaign_id: str | None = None
    allow_past: bool = False

    @property
    def campaign(self) -> str:
        """The id: given, or the SOP's name and start date, so that the same launch is the same campaign."""
        return self.campaign_id or f"{slug(self.plan.sop)}-{self.start:%Y%m%d}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Launched:
    """What a launch did. With an error among `problems` nothing was changed."""

    campaign: str
    done: Reconciled
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Whether it was carried out."""
        return not any(problem.level == "error" for problem in self.problems)


async def launch(request: Request, *, campaigns: Campaigns, directory: Directory, now: datetime) -> Launched:
    """Check `request` and, unless a problem is an error, make its plan live in its groups.

    Raises CampaignError when another launch of the same campaign overtakes this one, StoreError for the database.
    """
    known = await campaigns.get(request.campaign)
    existing = {row.key for row in await campaigns.deliveries(request.campaign)} if known else set()
    past = [d for d in request.plan.deliveries if _is_over(d, now) and d.key not in existing]
    problems = [
        *request.plan.problems,
        *_same(request, known),
        *_groups(request, directory),
        *_roles(request),
        *_speakers(request, directory),
        *_past(request, past, now, is_edit=known is not None),
    ]
    refused = Launched(campaign=request.campaign, done=Reconciled(), problems=tuple(problems))
    if not refused.ok:
        return refused
    record = Campaign(
        id=request.campaign,
        sop=request.plan.sop,
        title=request.plan.title,
        version=request.plan.version,
        timezone=request.plan.timezone,
        start=request.start,
        created_at=now,
        params=request.params or {},
        sop_text=request.sop_text,
    )
    gone = {delivery.key for delivery in past}
    rows = [_row(request, directory, delivery) for delivery in request.plan.deliveries if delivery.key not in gone]
    version = await campaigns.open_draft(record)
    for begin in range(0, len(rows), CHUNK):
        await campaigns.add_draft(record.id, version, rows[begin : begin + CHUNK])
    done = await campaigns.go_live(record, version, list(request.groups), _tasks(request))
    return replace(refused, done=done)


def _is_over(delivery: PlannedDelivery, now: datetime) -> bool:
    return (delivery.until or delivery.due + delivery.policies.grace) < now


def account_for(request: Request, directory: Directory, delivery: PlannedDelivery) -> str:
    """Return the account that speaks: the one its role is mapped to, else the group's own."""
    mapped = (request.roles or {}).get(delivery.speaker, "")
    group = directory.get(delivery.group)
    return mapped or (group.account if group else "")


def _row(request: Request, directory: Directory, delivery: PlannedDelivery) -> NewDelivery:
    return NewDelivery(
        campaign=request.campaign,
        key=delivery.key,
        step=delivery.step,
        phase=delivery.phase,
        group=delivery.group,
        account=account_for(request, directory, delivery),
        due=delivery.due,
        until=delivery.until,
        ordinal=delivery.ordinal,
        parts=delivery.parts,
        policies=delivery.policies,
        place=delivery.place,
        member=delivery.member,
        priority=delivery.priority,
    )


def _tasks(request: Request) -> list[NewTask]:
    return [
        NewTask(
            campaign=request.campaign,
            key=task.key,
            step=task.step,
            text=task.text,
            group=task.group,
            assignee=task.assignee,
            due=task.due,
        )
        for task in request.plan.tasks
    ]


def _same(request: Request, known: Campaign | None) -> list[Problem]:
    """Report when the id belongs to something else: to a campaign that is over, or to another SOP or start."""
    if known is None:
        return []
    if known.state is CampaignState.CANCELLED:
        code, message = "campaign-cancelled", _("campaign {campaign} was cancelled, which is final")
    elif (known.sop, known.start) != (request.plan.sop, request.start):
        code, message = "other-campaign", _("campaign {campaign} runs {sop} from {start}, not this")
    else:
        return []
    return [
        Problem(
            level="error",
            code=code,
            message=message.format(campaign=known.id, sop=known.sop, start=known.start),
            hint=_("Give the new one an id of its own with --id."),
            where=Source(file=request.plan.sop),
        )
    ]


def _groups(request: Request, directory: Directory) -> list[Problem]:
    where = Source(file=request.plan.sop)
    unknown = [name for name in request.groups if directory.get(name) is None]
    problems = [
        Problem(
            level="error",
            code="unknown-group",
            message=_("config.toml has no group called {name}").format(name=name),
            hint=_nearest(name, directory),
            where=where,
        )
        for name in unknown
    ]
    if not request.groups:
        problems.append(
            Problem(
                level="error",
                code="no-groups",
                message=_("no group was named"),
                hint=_("Name them with --groups A,B or --group-list FILE."),
                where=where,
            )
        )
    return problems


def _nearest(name: str, directory: Directory) -> str:
    near = get_close_matches(name, [group.name for group in directory.groups], n=1)
    if near:
        return _("Did you mean {near}? Else add a [[groups]] block for it.").format(near=near[0])
    return _("Add a [[groups]] block for it, or correct the name.")


def _roles(request: Request) -> list[Problem]:
    used = {delivery.speaker for delivery in request.plan.deliveries}
    return [
        Problem(
            level="error",
            code="unknown-role",
            message=_("no step of the SOP is spoken by {role}").format(role=role),
            hint=_("Roles of this SOP: {roles}.").format(roles=", ".join(sorted(used - {""})) or "—"),
            where=Source(file=request.plan.sop),
        )
        for role in request.roles or {}
        if role not in used
    ]


def _speakers(request: Request, directory: Directory) -> list[Problem]:
    """Report once per step and account what that account can't reach."""
    missing: dict[tuple[str, str], list[PlannedDelivery]] = {}
    for delivery in request.plan.deliveries:
        account = account_for(request, directory, delivery)
        if directory.get(delivery.group) and directory.chat_id(account, delivery.group) is None:
            missing.setdefault((delivery.step, account), []).append(delivery)
    return [
        Problem(
            level="error",
            code="speaker-not-in-group",
            message=_("step {step}: account {account} is not in {groups}").format(
                step=step, account=account, groups=", ".join(sorted({d.group for d in found}))
            ),
            hint=_("Give the account's id of the group under [groups.also], or map the role to another account."),
            where=found[0].source,
        )
        for (step, account), found in missing.items()
    ]


def _past(request: Request, past: Sequence[PlannedDelivery], now: datetime, *, is_edit: bool) -> list[Problem]:
    today = now.astimezone(ZoneInfo(request.plan.timezone)).date()
    tolerated = is_edit or request.allow_past
    if request.start < today and not tolerated:
        return [
            Problem(
                level="error",
                code="past-start",
                message=_("the start {start} lies in the past (today is {today})").format(
                    start=request.start, today=today
                ),
                hint=_("Choose a later --start, or add --allow-past to leave out what is over."),
                where=Source(file=request.plan.sop),
            )
        ]
    first_of_step = {delivery.step: delivery for delivery in reversed(past)}
    return [
        Problem(
            level="warning" if tolerated else "error",
            code="past-time",
            message=_("step {step} was due {due}, which is over").format(
                step=delivery.step, due=delivery.due.strftime("%Y-%m-%d %H:%M")
            ),
            hint=_("It is left out.")
            if tolerated
            else _("Choose a later --start, or add --allow-past to leave it out."),
            where=delivery.source,
        )
        for delivery in first_of_step.values()
    ]
