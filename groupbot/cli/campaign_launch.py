"""`groupbot campaign launch`: an SOP on groups, named or from a list, at once or wave after wave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from groupbot.campaign.abilities import Means
from groupbot.campaign.launch import launch
from groupbot.campaign.request import Launched, Request
from groupbot.campaign.starts import GROUPS, own_of
from groupbot.campaign.values import Reconciled
from groupbot.chat.directory import Directory
from groupbot.cli.context import DEFAULT_CONFIG, ConfigOption, JsonOption, answer, open_database, user
from groupbot.cli.group_names import list_bytes, split_names
from groupbot.cli.output import REFUSED, console, fail, print_json, print_problems, problem_json
from groupbot.cli.sop_input import read_event, read_sets, read_sop, read_start, sop_place, wrong_use
from groupbot.cli.sop_lint import Crew, launch_problems
from groupbot.connectors import abilities
from groupbot.core.ids import slug
from groupbot.delivery.paces import pace
from groupbot.errors import CampaignError
from groupbot.i18n import _, joined
from groupbot.reload.desk import stored
from groupbot.settings import Settings
from groupbot.sop.document import Sop
from groupbot.sop.duration import parse_duration
from groupbot.sop.group_list import Known, ListedGroup, read_group_list
from groupbot.sop.planned import Plan, PlanGroup, SopError
from groupbot.sop.results import unproven
from groupbot.sop.starts import GroupStart, listed_start, plan_starts, staggered
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.engine import Database
from groupbot.storage.roster import SqlRoster
from groupbot.storage.tasks import SqlTasks


def add_launch(app: typer.Typer) -> None:
    """Add the command to `groupbot campaign`."""
    app.command("launch", help=_("Launch an SOP on groups, or change a running campaign to what the file says now."))(
        launch_command
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asked:
    """What the command line asks for."""

    sop: Path
    start: date | None
    event: str | None
    names: Sequence[str]
    group_list: Path | None
    stagger: timedelta
    wave: int
    sets: Mapping[str, str]
    roles: Mapping[str, str]
    campaign_id: str | None
    allow_past: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class _Groups:
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
        """The groups in the order of the command line and the list."""
        return [one.group for one in self.starts]


def launch_command(  # noqa: PLR0913 - one parameter per option
    sop: Annotated[Path, typer.Argument(metavar="SOP", help=_("An SOP file, or a shipped one's name."))],
    *,
    start: Annotated[
        str | None, typer.Option(help=_("The first day, e.g. 2026-05-18, of groups whose list names none."))
    ] = None,
    groups: Annotated[str | None, typer.Option(help=_("Names of groups, with commas between."))] = None,
    group_list: Annotated[
        Path | None,
        typer.Option(help=_("A list of groups (.txt, .csv, .xlsx) with first days and variables where they differ.")),
    ] = None,
    stagger: Annotated[str | None, typer.Option(help=_("How much later each wave of groups begins, e.g. 5m."))] = None,
    wave: Annotated[int, typer.Option(min=1, help=_("How many groups a wave of --stagger has."))] = 1,
    event: Annotated[str | None, typer.Option(help=_('When the event is, e.g. "2026-05-23 20:00".'))] = None,
    sets: Annotated[list[str] | None, typer.Option("--set", help=_("A variable's value, as name=value."))] = None,
    roles: Annotated[list[str] | None, typer.Option("--role", help=_("Who speaks, as role=account."))] = None,
    campaign_id: Annotated[
        str | None, typer.Option("--id", help=_("The campaign's id; else SOP name and date."))
    ] = None,
    allow_past: Annotated[bool, typer.Option("--allow-past", help=_("Leave out what is over already."))] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Launch an SOP on groups; exit status 1 when it was refused, and then nothing was changed."""
    if groups is None and group_list is None:
        wrong_use(_("No group was named."), _("Name them with --groups A,B or --group-list FILE."))
    if start is None and (groups is not None or group_list is None):
        wrong_use(_("The first day is missing."), _("Add --start, e.g. --start 2026-05-18."))
    if campaign_id is not None and slug(campaign_id) != campaign_id.lower():
        wrong_use(_("--id {name} can't be used.").format(name=campaign_id), _("Use letters, digits, `-` and `_` only."))
    first = read_start(start) if start else None
    read_event(event, first or date.min)
    asked = _Asked(
        sop=sop,
        start=first,
        event=event,
        names=split_names(groups or ""),
        group_list=group_list,
        stagger=_stagger(stagger),
        wave=wave,
        sets=read_sets(sets or []),
        roles=read_sets(roles or [], option="--role"),
        campaign_id=campaign_id,
        allow_past=allow_past,
    )

    async def work() -> Launched:
        async with open_database(config) as (settings, database):
            return await _launched(asked, settings, database)

    launched = answer(work())
    if as_json:
        print_json(_launched_json(launched))
    else:
        _show_launched(launched)
    if not launched.ok:
        raise typer.Exit(REFUSED)


def _stagger(text: str | None) -> timedelta:
    if text is None:
        return timedelta()
    length = parse_duration(text)
    if not length:
        wrong_use(_("`{text}` is no length of time.").format(text=text), _("Write for example --stagger 5m."))
    return length


async def _launched(asked: _Asked, settings: Settings, database: Database) -> Launched:
    _require_accounts(settings, asked.roles)
    try:
        read = read_sop(asked.sop, settings.folder)
        kept = stored(read, sop_place(asked.sop, settings.folder), settings.folder, by=user())
        chosen = _chosen(asked, read, settings)
    except SopError as error:
        return Launched(campaign=asked.campaign_id or "", done=Reconciled(), problems=error.problems)
    params = {"event": asked.event, "set": asked.sets, "roles": asked.roles, "sop": str(asked.sop)}
    request = Request(
        plan=_linted(read, chosen, asked, settings),
        groups=[group.name for group in chosen.groups],
        start=chosen.first,
        sop_text=kept.text,
        edition=kept.edition,
        roles=asked.roles,
        voices=chosen.voices,
        params=params | ({GROUPS: chosen.own} if chosen.own else {}),
        campaign_id=asked.campaign_id,
        allow_past=asked.allow_past,
    )
    return await launch(
        request,
        campaigns=SqlCampaigns(database),
        directory=Directory.from_settings(settings.groups),
        now=datetime.now(UTC),
        means=Means(abilities=abilities(settings), standings=SqlRoster(database), tasks=SqlTasks(database)),
        paces={account.name: pace(settings, account.name) for account in settings.accounts},
    )


def _linted(sop: Sop, chosen: _Groups, asked: _Asked, settings: Settings) -> Plan:
    """Return the plan with what lint says of it."""
    planned = plan_starts(sop, chosen.starts, start=chosen.first, variables=asked.sets)
    crew = replace(Crew.of(settings, asked.roles), voices=chosen.voices)
    found = launch_problems(sop, planned, groups=chosen.groups, start=chosen.first, event=chosen.event, crew=crew)
    doubts = unproven(sop.results, groups=len(chosen.starts), where=sop.source)
    return replace(planned, problems=(*planned.problems, *found, *doubts))


def _chosen(asked: _Asked, sop: Sop, settings: Settings) -> _Groups:
    """Return the groups that were named and those of the list; raises SopError for a list with problems."""
    known = {
        group.name: PlanGroup(name=group.name, tags=group.tags, squad=group.squad, variables=dict(group.variables))
        for group in settings.groups
    }
    listed = {one.name: one for one in _listed(asked, sop, settings)}
    first = min((*filter(None, (asked.start,)), *(row.start for row in listed.values())))
    event = read_event(asked.event, first)
    starts = []
    for name in dict.fromkeys((*asked.names, *listed)):
        row = listed.get(name)
        group = known.get(name, PlanGroup(name=name, known=False))
        starts.append(
            listed_start(group, row, event) if row else GroupStart(group=group, start=asked.start or first, event=event)
        )
    waves = staggered(starts, asked.stagger, asked.wave)
    return _Groups(
        first=first,
        event=event,
        starts=waves,
        own={one.group.name: own for one in waves if (own := _own(one, listed.get(one.group.name)))},
        voices={name: row.accounts for name, row in listed.items() if row.accounts},
    )


def _own(one: GroupStart, row: ListedGroup | None) -> Mapping[str, Any]:
    """Return what the campaign's record keeps of a group; one that was only named, in the first wave, has nothing."""
    if row is None and not one.shift:
        return {}
    return own_of(
        replace(one, event=row.event if row else None),
        values=row.variables if row else {},
        accounts=row.accounts if row else {},
    )


def _listed(asked: _Asked, sop: Sop, settings: Settings) -> tuple[ListedGroup, ...]:
    if asked.group_list is None:
        return ()
    return read_group_list(
        list_bytes(asked.group_list),
        file=str(asked.group_list),
        known=Known(
            variables=sop.variables,
            roles=sop.roles,
            groups={group.name for group in settings.groups},
            accounts={account.name for account in settings.accounts},
        ),
        start=asked.start,
        today=asked.start or date.today(),  # noqa: DTZ011  # the operator's own calendar
    )


def _require_accounts(settings: Settings, roles: Mapping[str, str]) -> None:
    known = {account.name for account in settings.accounts}
    for role, account in roles.items():
        if account not in known:
            raise CampaignError(
                _("--role {role}: config.toml has no account called {account}").format(role=role, account=account),
                hint=_("Accounts: {accounts}.").format(accounts=joined(sorted(known)) or "—"),
            )


def _launched_json(launched: Launched) -> dict[str, Any]:
    return {
        "campaign": launched.campaign,
        "inserted": launched.done.inserted,
        "moved": launched.done.moved,
        "cancelled": launched.done.cancelled,
        "problems": [problem_json(problem) for problem in launched.problems],
    }


def _show_launched(launched: Launched) -> None:
    print_problems(launched.problems, console())
    if not launched.ok:
        fail(CampaignError(_("Nothing was launched: mend the errors above first.")))
    console().print(
        _("{campaign}: {inserted} deliveries planned, {moved} changed, {cancelled} taken out.").format(
            campaign=launched.campaign,
            inserted=launched.done.inserted,
            moved=launched.done.moved,
            cancelled=launched.done.cancelled,
        )
    )
