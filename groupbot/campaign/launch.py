"""Launching a plan: check what only the moment of launch can tell, then reconcile it with the ledger.

The same call launches, adds groups and edits: rows are matched by key, so doing it twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from groupbot.campaign.abilities import Means, Past, Shared, is_private, share
from groupbot.campaign.cast import Cast, cast_problems
from groupbot.campaign.load import overload
from groupbot.campaign.ports import Campaigns
from groupbot.campaign.refusals import groups_known, is_over, past_times, roles_known, same_campaign, speakers_present
from groupbot.campaign.request import Launched, Request, account_for, roles_of
from groupbot.campaign.starts import kept_owns
from groupbot.campaign.values import Campaign, NewTask, Reconciled, TaskView
from groupbot.chat.directory import Directory
from groupbot.delivery.pacing import Pace
from groupbot.delivery.values import NewDelivery, State
from groupbot.sop.planned import Plan, PlannedDelivery, Problem

CHUNK = 2_000
"""Rows written in one transaction: ~50 ms of the write lock, so that a daemon's sends are not kept waiting."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Examined:
    """A request that was checked: what it would write, unless a problem is an error."""

    request: Request
    problems: tuple[Problem, ...]
    rows: tuple[NewDelivery, ...] = ()
    tasks: tuple[NewTask, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether it can be carried out."""
        return not any(problem.level == "error" for problem in self.problems)


async def launch(
    request: Request,
    *,
    campaigns: Campaigns,
    directory: Directory,
    now: datetime,
    means: Means | None = None,
    paces: Mapping[str, Pace] | None = None,
) -> Launched:
    """Check `request` and, unless a problem is an error, make its plan live in its groups.

    What the accounts can't do as far as `means` tells becomes tasks for people; without `means` nobody asks. What is
    more than their `paces` allow in a day is a warning. Raises CampaignError when another launch of the same campaign
    overtakes this one, StoreError for the database.
    """
    examined = await examine(request, campaigns=campaigns, directory=directory, now=now, means=means, paces=paces)
    done = await carry_out(examined, campaigns=campaigns, now=now) if examined.ok else Reconciled()
    tasks = len(examined.tasks) if examined.ok else 0
    return Launched(campaign=request.campaign, done=done, problems=examined.problems, tasks=tasks)


async def examine(
    request: Request,
    *,
    campaigns: Campaigns,
    directory: Directory,
    now: datetime,
    means: Means | None = None,
    paces: Mapping[str, Pace] | None = None,
) -> Examined:
    """Check `request` as `launch` does, and return what it would write; nothing is changed."""
    known = await campaigns.get(request.campaign)
    if known:
        request = replace(request, params=kept_owns(known.params, request.params or {}, request.groups))
    views = await campaigns.deliveries(request.campaign) if known else ()
    tasks: Sequence[TaskView] = await means.tasks.list(request.campaign) if known and means else ()
    before = Past.of(views, tasks)
    existing = {row.key for row in views if row.state is not State.CANCELLED} | before.by_hand.keys()
    past = [d for d in request.plan.deliveries if is_over(d, now) and d.key not in existing]
    problems = (
        *request.plan.problems,
        *same_campaign(request, known),
        *groups_known(request, directory),
        *roles_known(request),
        *_cast_problems(request),
        *speakers_present(request, directory),
        *past_times(request, past, now, is_edit=known is not None),
    )
    refused = Examined(request=request, problems=problems)
    if not refused.ok:
        return refused
    before = replace(before, begun={*before.begun, *request.kept})
    shared = await _shared(request, directory, {delivery.key for delivery in past}, means, before, now)
    rows = (*(row for row in shared.rows if row.key not in request.kept), *request.kept.values())
    heavy = overload(rows, paces or {}, request.plan.sop, now)
    return replace(
        refused,
        problems=(*problems, *shared.problems, *heavy),
        rows=rows,
        tasks=(*_tasks(request), *shared.tasks),
    )


async def carry_out(examined: Examined, *, campaigns: Campaigns, now: datetime) -> Reconciled:
    """Make what was examined live in its groups; raises like `launch`."""
    request = examined.request
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
    version = await campaigns.open_draft(record)
    for begin in range(0, len(examined.rows), CHUNK):
        await campaigns.add_draft(record.id, version, examined.rows[begin : begin + CHUNK])
    return await campaigns.go_live(record, version, list(request.groups), examined.tasks, request.edition)


async def _shared(
    request: Request, directory: Directory, gone: set[str], means: Means | None, before: Past, now: datetime
) -> Shared:
    """Return what the accounts post and what people do."""
    planned = [delivery for delivery in request.plan.deliveries if delivery.key not in gone]
    usual = Cast(accounts=request.roles or {}, titles=request.plan.roles)
    casts = {group: Cast(accounts=roles_of(request, group), titles=request.plan.roles) for group in request.voices}
    rows = [_row(request, directory, delivery, casts.get(delivery.group, usual)) for delivery in planned]
    if means is None:
        return Shared(rows=[row for row in rows if not is_private(row)])
    standings = await means.standings.standings(request.groups)
    sources = [delivery.source for delivery in planned]
    return share(rows, sources, means=means, standings=standings, past=before, now=now)


def _cast_problems(request: Request) -> list[Problem]:
    """Report roles without an account; one that only some groups give an account is judged in the others."""
    if not request.voices:
        return cast_problems(request.plan, request.roles or {})
    by_roles: dict[tuple[tuple[str, str], ...], set[str]] = {}
    for group in request.groups:
        by_roles.setdefault(tuple(sorted(roles_of(request, group).items())), set()).add(group)
    found = (
        problem
        for roles, groups in by_roles.items()
        for problem in cast_problems(_only(request.plan, groups), dict(roles))
    )
    return list(dict.fromkeys(found))


def _only(plan: Plan, groups: set[str]) -> Plan:
    return replace(plan, deliveries=tuple(row for row in plan.deliveries if row.group in groups))


def _row(request: Request, directory: Directory, delivery: PlannedDelivery, cast: Cast) -> NewDelivery:
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
        parts=cast.parts(delivery.parts),
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
