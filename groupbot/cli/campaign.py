"""`groupbot campaign`: launch an SOP on groups, look at it, pause, resume, cancel."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.table import Table

from groupbot.campaign.one_off import ONE_OFF
from groupbot.campaign.starts import days_of_start
from groupbot.campaign.values import Campaign, CampaignState, TaskView
from groupbot.cli.campaign_edit import add_edits
from groupbot.cli.campaign_launch import add_launch
from groupbot.cli.campaign_template import add_template
from groupbot.cli.context import DEFAULT_CONFIG, ConfigOption, JsonOption, answer, open_database
from groupbot.cli.output import console, print_json, print_table, require_person
from groupbot.delivery.values import State
from groupbot.delivery.words import state_word
from groupbot.errors import CampaignError
from groupbot.i18n import _
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.tasks import SqlTasks

app = typer.Typer(no_args_is_help=True, help=_("Run SOPs in groups."))
add_launch(app)
add_template(app)
add_edits(app)

CampaignArgument = Annotated[str, typer.Argument(metavar="ID", help=_("The campaign's id, as `campaign list` shows."))]


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
            campaign.id,
            _sop_word(campaign),
            f"{campaign.start}",
            _campaign_word(shown),
            f"{counts[State.SENT]}",
            f"{waiting}",
        )
    print_table(table, _("There is no campaign yet. Start one with `groupbot campaign launch`."))


@app.command("show", help=_("Show one campaign and how its deliveries stand."))
def show(campaign: CampaignArgument, *, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    async def work() -> tuple[Campaign, dict[State, int], list[tuple[str, str, str]], dict[date, int]]:
        async with open_database(config) as (_settings, database):
            store = SqlCampaigns(database)
            found = await _existing(store, campaign)
            tasks = [_task_row(task, found.timezone) for task in await SqlTasks(database).list(campaign)]
            starts = days_of_start(found, await store.groups(campaign))
            return found, dict(await store.counts(campaign)), tasks, starts

    found, counts, tasks, starts = answer(work())
    if as_json:
        print_json(_campaign_json(found, counts) | _starts_json(starts))
        return
    screen = console()
    screen.print(f"{found.id}  {found.title}  {_campaign_word(_shown_state(found, counts))}")
    for day, number in starts.items() if len(starts) > 1 else ():
        screen.print("  " + _("{count} groups start on {day}").format(count=number, day=day))
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


def _starts_json(starts: Mapping[date, int]) -> dict[str, Any]:
    """Return how many groups start on which day, where they differ."""
    return {"starts": {day.isoformat(): number for day, number in starts.items()}} if len(starts) > 1 else {}


def _sop_word(campaign: Campaign) -> str:
    return _("(single orders)") if campaign.id == ONE_OFF else campaign.sop


def _campaign_word(state: CampaignState) -> str:
    return {
        CampaignState.DRAFT: _("being planned"),
        CampaignState.RUNNING: _("running"),
        CampaignState.PAUSED: _("paused"),
        CampaignState.CANCELLED: _("cancelled"),
        CampaignState.FINISHED: _("finished"),
    }[state]
