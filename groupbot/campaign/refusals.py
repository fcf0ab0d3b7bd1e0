"""What keeps a plan from being launched, found before anything is armed: groups, roles, speakers, times."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from groupbot.campaign.cast import roles_named
from groupbot.campaign.one_off import ONE_OFF
from groupbot.campaign.request import Request, account_for
from groupbot.campaign.values import Campaign, CampaignState
from groupbot.chat.directory import Directory
from groupbot.i18n import _, joined
from groupbot.sop.planned import PlannedDelivery, Problem, Source


def is_over(delivery: PlannedDelivery, now: datetime) -> bool:
    """Return whether it is too late for `delivery` to begin."""
    return (delivery.until or delivery.due + delivery.policies.grace) < now


def same_campaign(request: Request, known: Campaign | None) -> list[Problem]:
    """Report when the id belongs to something else: to a campaign that is over, or to another SOP or start."""
    if request.campaign == ONE_OFF:
        return [_reserved(request)]
    if known is None:
        return []
    if known.state is CampaignState.CANCELLED:
        code, message = "campaign-cancelled", _("campaign {campaign} was cancelled, which is final")
    elif (known.sop, known.start) != (request.plan.sop, request.start):
        code, message = "other-campaign", _("campaign {campaign} runs {sop} from {start}, not this")
    elif request.edition.follows is None and known.version != request.plan.version and _is_sheet(request):
        return [_edited_sheet(request)]
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


def _is_sheet(request: Request) -> bool:
    sources = [row.source for row in request.plan.deliveries] + [row.source for row in request.plan.tasks]
    return any(source.row is not None for source in sources)


def _edited_sheet(request: Request) -> Problem:
    return Problem(
        level="error",
        code="sheet-edited",
        message=_("campaign {campaign} runs an earlier version of this sheet").format(campaign=request.campaign),
        hint=_("Rows have no ids of their own: `groupbot campaign edit {campaign} FILE` finds which is which.").format(
            campaign=request.campaign
        ),
        where=Source(file=request.plan.sop),
    )


def _reserved(request: Request) -> Problem:
    return Problem(
        level="error",
        code="reserved-id",
        message=_("the id {campaign} stands for single orders").format(campaign=ONE_OFF),
        hint=_("Give the campaign another id with --id."),
        where=Source(file=request.plan.sop),
    )


def groups_known(request: Request, directory: Directory) -> list[Problem]:
    """Report groups that config.toml does not name, and a launch on none."""
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


def roles_known(request: Request) -> list[Problem]:
    """Report accounts for roles that the SOP neither speaks by nor names."""
    used = {delivery.speaker for delivery in request.plan.deliveries} | roles_named(request.plan)
    return [
        Problem(
            level="error",
            code="unknown-role",
            message=_("no step of the SOP is spoken by {role} or names it").format(role=role),
            hint=_("Roles of this SOP: {roles}.").format(roles=joined(sorted(used - {""})) or "—"),
            where=Source(file=request.plan.sop),
        )
        for role in request.roles or {}
        if role not in used
    ]


def speakers_present(request: Request, directory: Directory) -> list[Problem]:
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
                step=step, account=account, groups=joined(sorted({d.group for d in found}))
            ),
            hint=_("Give the account's id of the group under [groups.also], or map the role to another account."),
            where=found[0].source,
        )
        for (step, account), found in missing.items()
    ]


def past_times(request: Request, past: Sequence[PlannedDelivery], now: datetime, *, is_edit: bool) -> list[Problem]:
    """Report a start in the past, else each step that is over: an error unless that was asked for or is an edit."""
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
                hint=_("Choose a later first day, or leave out what is over: --allow-past, in chat 已过=跳过."),
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
            else _("Choose a later first day, or leave out what is over: --allow-past, in chat 已过=跳过."),
            where=delivery.source,
        )
        for delivery in sorted(first_of_step.values(), key=lambda one: one.due)
    ]
