"""`groupbot campaign`: launch an SOP on groups, look at it, pause, resume, cancel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.table import Table

from groupbot.campaign.abilities import Means
from groupbot.campaign.launch import launch
from groupbot.campaign.one_off import ONE_OFF
from groupbot.campaign.request import Launched, Request
from groupbot.campaign.values import Campaign, CampaignState, Reconciled, TaskView
from groupbot.chat.directory import Directory
from groupbot.cli.campaign_edit import add_edits
from groupbot.cli.context import DEFAULT_CONFIG, ConfigOption, JsonOption, answer, open_database, user
from groupbot.cli.group_names import read_group_list, split_names
from groupbot.cli.output import REFUSED, console, fail, print_json, print_problems, problem_json, require_person
from groupbot.cli.sop_input import read_event, read_sets, read_sop, read_start, sop_place, wrong_use
from groupbot.cli.sop_lint import Crew, launch_problems
from groupbot.connectors import abilities
from groupbot.core.ids import slug
from groupbot.delivery.paces import pace
from groupbot.delivery.values import State
from groupbot.delivery.words import state_word
from groupbot.errors import CampaignError
from groupbot.i18n import _
from groupbot.reload.desk import stored
from groupbot.settings import Settings
from groupbot.sop.document import Sop
from groupbot.sop.planned import Plan, PlanGroup, SopError
from groupbot.sop.planner import plan
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.roster import SqlRoster
from groupbot.storage.tasks import SqlTasks

app = typer.Typer(no_args_is_help=True, help=_("Run SOPs in groups."))
add_edits(app)

CampaignArgument = Annotated[str, typer.Argument(metavar="ID", help=_("The campaign's id, as `campaign list` shows."))]


@app.command("launch", help=_("Launch an SOP on groups, or change a running campaign to what the file says now."))
def launch_command(  # noqa: PLR0913 - one parameter per option
    sop: Annotated[Path, typer.Argument(metavar="SOP", help=_("An SOP file, or a shipped one's name."))],
    *,
    start: Annotated[str, typer.Option(help=_("The first day, e.g. 2026-05-18."))],
    groups: Annotated[str | None, typer.Option(help=_("Names of groups, with commas between."))] = None,
    group_list: Annotated[Path | None, typer.Option(help=_("A file with one group name a line."))] = None,
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
    first = read_start(start)
    at = read_event(event, first)
    given, spoken = read_sets(sets or []), read_sets(roles or [], option="--role")
    if groups is None and group_list is None:
        wrong_use(_("No group was named."), _("Name them with --groups A,B or --group-list FILE."))
    if campaign_id is not None and slug(campaign_id) != campaign_id.lower():
        wrong_use(_("--id {name} can't be used.").format(name=campaign_id), _("Use letters, digits, `-` and `_` only."))

    async def work() -> Launched:
        named = [*split_names(groups or ""), *(read_group_list(group_list) if group_list else ())]
        async with open_database(config) as (settings, database):
            try:
                read = read_sop(sop, settings.folder)
                kept = stored(read, sop_place(sop, settings.folder), settings.folder, by=user())
            except SopError as error:
                return Launched(campaign=campaign_id or "", done=Reconciled(), problems=error.problems)
            chosen = _plan_groups(settings, named)
            request = Request(
                plan=_linted(
                    read,
                    plan(read, groups=chosen, start=first, event=at, variables=given),
                    groups=chosen,
                    start=first,
                    event=at,
                    crew=Crew.of(settings, spoken),
                ),
                groups=[group.name for group in chosen],
                start=first,
                sop_text=kept.text,
                edition=kept.edition,
                roles=spoken,
                params={"event": event, "set": given, "roles": spoken, "sop": str(sop)},
                campaign_id=campaign_id,
                allow_past=allow_past,
            )
            _require_accounts(settings, spoken)
            return await launch(
                request,
                campaigns=SqlCampaigns(database),
                directory=Directory.from_settings(settings.groups),
                now=datetime.now(UTC),
                means=Means(abilities=abilities(settings), standings=SqlRoster(database), tasks=SqlTasks(database)),
                paces={account.name: pace(settings, account.name) for account in settings.accounts},
            )

    launched = answer(work())
    if as_json:
        print_json(_launched_json(launched))
    else:
        _show_launched(launched)
    if not launched.ok:
        raise typer.Exit(REFUSED)


@app.command("list", help=_("List campaigns, newest first."))
def list_command(*, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    async def work() -> list[tuple[Campaign, dict[State, int]]]:
        async with open_database(config) as (_settings, database):
            store = SqlCampaigns(database)
            counted = [(campaign, dict(await store.counts(campaign.id))) for campaign in await store.list()]
            return [row for row in counted if row[0].id != ONE_OFF or any(row[1].values())]

    found = answer(work())
    if as_json:
        print_json([_campaign_json(campaign, counts) for campaign, counts in found])
        return
    table = Table(_("campaign"), _("SOP"), _("start"), _("state"), _("sent"), _("waiting"))
    for campaign, counts in found:
        shown = _shown_state(campaign, counts)
        waiting = sum(counts[state] for state in (State.PLANNED, State.SENDING, State.HELD, State.UNKNOWN))
        table.add_row(
            campaign.id, campaign.sop, f"{campaign.start}", _campaign_word(shown), f"{counts[State.SENT]}", f"{waiting}"
        )
    console().print(table)


@app.command("show", help=_("Show one campaign and how its deliveries stand."))
def show(campaign: CampaignArgument, *, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    async def work() -> tuple[Campaign, dict[State, int], list[tuple[str, str, str]]]:
        async with open_database(config) as (_settings, database):
            store = SqlCampaigns(database)
            found = await _existing(store, campaign)
            tasks = [_task_row(task, found.timezone) for task in await SqlTasks(database).list(campaign)]
            return found, dict(await store.counts(campaign)), tasks

    found, counts, tasks = answer(work())
    if as_json:
        print_json(_campaign_json(found, counts))
        return
    screen = console()
    screen.print(f"{found.id}  {found.title}  {_campaign_word(_shown_state(found, counts))}")
    for state in State:
        if counts[state]:
            screen.print(f"  {state_word(state)}: {counts[state]}")
    if tasks:
        table = Table(_("due"), _("group"), _("task for a person"))
        for row in tasks:
            table.add_row(*row)
        screen.print(table)


@app.command("pause", help=_("Begin no further part until `resume`."))
def pause(campaign: CampaignArgument, *, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    _change(config, campaign, CampaignState.PAUSED, as_json=as_json)


@app.command("resume", help=_("Go on where it was paused; what is too late meets its late policy."))
def resume(campaign: CampaignArgument, *, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    _change(config, campaign, CampaignState.RUNNING, as_json=as_json)


@app.command("cancel", help=_("End it: what was not sent never will be."))
def cancel(
    campaign: CampaignArgument,
    *,
    yes: Annotated[bool, typer.Option("--yes", help=_("Don't ask."))] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    if not yes:
        require_person(as_json=as_json)
        typer.confirm(_("Cancel {campaign} for good?").format(campaign=campaign), abort=True, err=True)
    _change(config, campaign, CampaignState.CANCELLED, as_json=as_json)


def _change(config: Path, campaign: str, state: CampaignState, *, as_json: bool) -> None:
    async def work() -> tuple[Campaign, dict[State, int]]:
        async with open_database(config) as (_settings, database):
            store = SqlCampaigns(database)
            before = await _existing(store, campaign)
            if campaign == ONE_OFF and state is CampaignState.CANCELLED:
                raise CampaignError(
                    _("{campaign} stands for all single orders and can't be cancelled.").format(campaign=ONE_OFF),
                    hint=_("To stop them for now: `groupbot campaign pause {campaign}`.").format(campaign=ONE_OFF),
                )
            if not await store.set_state(campaign, state):
                raise CampaignError(
                    _("{campaign} is {state}; that can't be done now.").format(
                        campaign=campaign, state=_campaign_word(before.state)
                    )
                )
            return await _existing(store, campaign), dict(await store.counts(campaign))

    found, counts = answer(work())
    if as_json:
        print_json(_campaign_json(found, counts))
    else:
        console().print(f"{found.id}: {_campaign_word(found.state)}")


def _task_row(task: TaskView, zone: str) -> tuple[str, str, str]:
    due = f"{task.due.astimezone(ZoneInfo(zone)):%m-%d %H:%M}" if task.due else "—"
    return due, task.group or "", task.text


async def _existing(store: SqlCampaigns, campaign: str) -> Campaign:
    found = await store.get(campaign)
    if found is None:
        raise CampaignError(
            _("There is no campaign called {campaign}.").format(campaign=campaign),
            hint=_("`groupbot campaign list` shows all."),
        )
    return found


def _linted(
    sop: Sop, planned: Plan, *, groups: Sequence[PlanGroup], start: date, event: datetime | None, crew: Crew
) -> Plan:
    """Return the plan with what lint says of it."""
    found = launch_problems(sop, planned, groups=groups, start=start, event=event, crew=crew)
    return replace(planned, problems=(*planned.problems, *found))


def _plan_groups(settings: Settings, names: Sequence[str]) -> tuple[PlanGroup, ...]:
    known = {group.name: group for group in settings.groups}
    return tuple(
        PlanGroup(name=name, tags=known[name].tags, squad=known[name].squad, variables=dict(known[name].variables))
        if name in known
        else PlanGroup(name=name, known=False)
        for name in dict.fromkeys(names)
    )


def _require_accounts(settings: Settings, roles: dict[str, str]) -> None:
    known = {account.name for account in settings.accounts}
    for role, account in roles.items():
        if account not in known:
            raise CampaignError(
                _("--role {role}: config.toml has no account called {account}").format(role=role, account=account),
                hint=_("Accounts: {accounts}.").format(accounts=", ".join(sorted(known)) or "—"),
            )


def _shown_state(campaign: Campaign, counts: dict[State, int]) -> CampaignState:
    open_ = sum(counts[state] for state in (State.PLANNED, State.SENDING, State.HELD, State.UNKNOWN))
    is_over = campaign.state is CampaignState.RUNNING and not open_ and campaign.id != ONE_OFF
    return CampaignState.FINISHED if is_over else campaign.state


def _campaign_json(campaign: Campaign, counts: dict[State, int]) -> dict[str, Any]:
    return {
        "id": campaign.id,
        "sop": campaign.sop,
        "version": campaign.version,
        "state": _shown_state(campaign, counts).value,
        "start": campaign.start.isoformat(),
        "counts": {state.value: counts[state] for state in State},
    }


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


def _campaign_word(state: CampaignState) -> str:
    return {
        CampaignState.DRAFT: _("being planned"),
        CampaignState.RUNNING: _("running"),
        CampaignState.PAUSED: _("paused"),
        CampaignState.CANCELLED: _("cancelled"),
        CampaignState.FINISHED: _("finished"),
    }[state]
