"""Launching an SOP on groups of the project: from what somebody asks for to the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from groupbot.campaign.abilities import Means
from groupbot.campaign.asked import Asked, Foreseen
from groupbot.campaign.checklist import REQUIRED, signature
from groupbot.campaign.launch import Examined, examine, launch
from groupbot.campaign.request import Launched, Request
from groupbot.campaign.starts import GROUPS, own_of
from groupbot.campaign.values import CampaignState, Reconciled
from groupbot.chat.directory import Directory
from groupbot.connectors import abilities
from groupbot.core.ids import slug
from groupbot.delivery.paces import pace
from groupbot.desk.group_starts import event_at, listed_groups, plan_groups, starts_of
from groupbot.desk.linting import Crew, launch_problems
from groupbot.desk.sop_files import read_sop, sop_place, stored
from groupbot.errors import CampaignError
from groupbot.i18n import _, joined
from groupbot.settings import Settings
from groupbot.sop.document import Sop
from groupbot.sop.group_list import ListedGroup
from groupbot.sop.planned import Plan, PlanGroup, SopError
from groupbot.sop.results import unproven
from groupbot.sop.starts import GroupStart, plan_starts, staggered
from groupbot.storage.approvals import SqlApprovals
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.engine import Database
from groupbot.storage.roster import SqlRoster
from groupbot.storage.tasks import SqlTasks


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """The groups of a launch: when each begins, and what it has of its own in the campaign's record.

    `first` is the campaign's start, `event` that of groups without one of their own.
    """

    first: date
    event: datetime | None
    starts: tuple[GroupStart, ...]
    own: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    voices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def groups(self) -> list[PlanGroup]:
        """The groups as they were named, then those of the list."""
        return [one.group for one in self.starts]


async def launched(asked: Asked, settings: Settings, database: Database, now: datetime) -> Launched:
    """Launch what is `asked`; with an error among the problems nothing was changed.

    Raises CampaignError for what can't be meant, StoreError.
    """
    return await launch_request(requested(asked, settings), settings, database, now)


async def launch_request(
    request: Request | Launched, settings: Settings, database: Database, now: datetime
) -> Launched:
    """Launch what `requested` gave."""
    if isinstance(request, Launched):
        return request
    if not settings.admin.require_checklist:
        return await launch(request, now=now, **_surroundings(settings, database))
    waiting = replace(request, params={**(request.params or {}), REQUIRED: True})
    done = await launch(waiting, now=now, **_surroundings(settings, database))
    if done.ok and not await signature(SqlApprovals(database), done.campaign):
        await SqlCampaigns(database).set_state(done.campaign, CampaignState.PAUSED)
    return done


async def foreseen(request: Request | Launched, settings: Settings, database: Database, now: datetime) -> Foreseen:
    """Return what launching what `requested` gave would do; nothing is changed."""
    if isinstance(request, Launched):
        return Foreseen(campaign=request.campaign, problems=request.problems)
    found: Examined = await examine(request, now=now, **_surroundings(settings, database))
    return Foreseen(
        campaign=request.campaign,
        version=request.plan.version,
        groups=tuple(request.groups),
        deliveries=len(found.rows),
        tasks=len(found.tasks),
        problems=found.problems,
    )


def requested(asked: Asked, settings: Settings) -> Request | Launched:
    """Return the launch as a request, or what it comes to when the SOP or the list of groups can't be used.

    Reads files and plans: a second or two for a large campaign. Raises CampaignError.
    """
    require_usable(asked, settings)
    try:
        sop = read_sop(asked.sop, settings.folder)
        kept = stored(sop, sop_place(asked.sop, settings.folder), settings.folder, by=asked.by)
        groups = chosen(asked, sop, settings)
    except SopError as error:
        return Launched(campaign=asked.campaign_id or "", done=Reconciled(), problems=error.problems)
    params = {"event": asked.event, "set": asked.sets, "roles": asked.roles, "sop": str(asked.sop)}
    return Request(
        plan=_linted(sop, groups, asked, settings),
        groups=[group.name for group in groups.groups],
        start=groups.first,
        sop_text=kept.text,
        edition=kept.edition,
        roles=asked.roles,
        voices=groups.voices,
        params=params | ({GROUPS: groups.own} if groups.own else {}),
        campaign_id=asked.campaign_id,
        allow_past=asked.allow_past,
    )


def chosen(asked: Asked, sop: Sop, settings: Settings) -> Chosen:
    """Return the groups that were named and those of the list; raises SopError for a list with problems."""
    known = plan_groups(settings)
    listed = listed_groups(asked.group_list, sop, start=asked.start, settings=settings)
    first = min((*filter(None, (asked.start,)), *(row.start for row in listed.values())))
    event = event_at(asked.event, first)
    named = [known.get(name, PlanGroup(name=name, known=False)) for name in dict.fromkeys((*asked.names, *listed))]
    waves = staggered(starts_of(named, listed, start=asked.start or first, event=event), asked.stagger, asked.wave)
    return Chosen(
        first=first,
        event=event,
        starts=waves,
        own={one.group.name: own for one in waves if (own := _own(one, listed.get(one.group.name)))},
        voices={name: row.accounts for name, row in listed.items() if row.accounts},
    )


def planned(sop: Sop, groups: Chosen, asked: Asked) -> Plan:
    """Return the plan of what was asked."""
    return plan_starts(sop, groups.starts, start=groups.first, variables=asked.sets)


def _linted(sop: Sop, groups: Chosen, asked: Asked, settings: Settings) -> Plan:
    """Return the plan with what lint says of it."""
    made = planned(sop, groups, asked)
    crew = Crew.of(settings, asked.roles, groups.voices)
    found = launch_problems(sop, made, groups=groups.groups, start=groups.first, event=groups.event, crew=crew)
    doubts = unproven(sop.results, groups=len(groups.starts), where=sop.source)
    return replace(made, problems=(*made.problems, *found, *doubts))


def _own(one: GroupStart, row: ListedGroup | None) -> Mapping[str, Any]:
    """Return what the campaign's record keeps of a group; one that was only named, in the first wave, has nothing."""
    if row is None and not one.shift:
        return {}
    return own_of(
        replace(one, event=row.event if row else None),
        values=row.variables if row else {},
        accounts=row.accounts if row else {},
    )


def _surroundings(settings: Settings, database: Database) -> dict[str, Any]:
    return {
        "campaigns": SqlCampaigns(database),
        "directory": Directory.from_settings(settings.groups),
        "means": Means(abilities=abilities(settings), standings=SqlRoster(database), tasks=SqlTasks(database)),
        "paces": {account.name: pace(settings, account.name) for account in settings.accounts},
    }


def require_usable(asked: Asked, settings: Settings) -> None:
    """Raise CampaignError for what can't be meant: no group, no first day, an id or an account that can't be."""
    if not asked.names and asked.group_list is None:
        raise CampaignError(_("No group was named."))
    if asked.start is None and (asked.names or asked.group_list is None):
        raise CampaignError(_("The first day is missing."))
    if asked.campaign_id is not None and slug(asked.campaign_id) != asked.campaign_id.lower():
        raise CampaignError(
            _("{name} can't be a campaign's id.").format(name=asked.campaign_id),
            hint=_("Use letters, digits, `-` and `_` only."),
        )
    known = {account.name for account in settings.accounts}
    for role, account in asked.roles.items():
        if account not in known:
            raise CampaignError(
                _("--role {role}: config.toml has no account called {account}").format(role=role, account=account),
                hint=_("Accounts: {accounts}.").format(accounts=joined(sorted(known)) or "—"),
            )
