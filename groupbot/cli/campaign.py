"""`groupbot campaign`: launch an SOP on groups, look at it, pause, resume, cancel."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, ClassVar
from zoneinfo import ZoneInfo

import typer
from rich.table import Table

from groupbot.campaign.one_off import ONE_OFF
from groupbot.campaign.values import Campaign, CampaignState, TaskView
from groupbot.campaign.views import CampaignRow
from groupbot.campaign.words import campaign_word
from groupbot.cli.context import DEFAULT_CONFIG, ConfigOption, JsonOption, answer, open_database
from groupbot.cli.output import console, print_json, print_table, require_person, wrong_use
from groupbot.cli.parts import Parts
from groupbot.delivery.values import State
from groupbot.delivery.words import state_word
from groupbot.desk.campaigns import campaign_row, campaigns, change_state, pause_in
from groupbot.desk.tasks import tasks_of
from groupbot.i18n import _, joined


class _Commands(Parts):
    """Launching and editing read SOP files; looking, pausing and cancelling don't wait for what that takes."""

    parts: ClassVar = {
        "launch": ("campaign_launch", "add_launch"),
        "save-template": ("campaign_template", "add_template"),
        **dict.fromkeys(("edit", "step", "undo", "export", "versions"), ("campaign_edit", "add_edits")),
    }


app = typer.Typer(cls=_Commands, no_args_is_help=True, help=_("Run SOPs in groups."))

CampaignArgument = Annotated[str, typer.Argument(metavar="ID", help=_("The campaign's id, as `campaign list` shows."))]

GroupsOption = Annotated[
    str | None, typer.Option("--groups", help=_("In these groups alone, parted by commas; the others go on."))
]


@app.command("list", help=_("List campaigns, newest first."))
def list_command(*, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    async def work() -> tuple[CampaignRow, ...]:
        async with open_database(config) as (_settings, database):
            return await campaigns(database)

    found = answer(work())
    if as_json:
        print_json([_campaign_json(row) for row in found])
        return
    table = Table(_("campaign"), _("SOP"), _("start"), _("state"), _("sent"), _("waiting"))
    for row in found:
        one = row.campaign
        sent = row.counts[State.SENT]
        table.add_row(one.id, _sop_word(one), f"{one.start}", campaign_word(row.state), f"{sent}", f"{row.waiting}")
    print_table(table, _("There is no campaign yet. Start one with `groupbot campaign launch`."))


@app.command("show", help=_("Show one campaign and how its deliveries stand."))
def show(campaign: CampaignArgument, *, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    async def work() -> tuple[CampaignRow, list[tuple[str, str, str]]]:
        async with open_database(config) as (_settings, database):
            found = await campaign_row(database, campaign)
            rows = await tasks_of(database, campaign)
            return found, [_task_row(task, found.campaign.timezone) for task in rows]

    found, tasks = answer(work())
    starts = found.starts
    if as_json:
        print_json(_campaign_json(found) | _starts_json(starts))
        return
    screen = console()
    screen.print(f"{found.campaign.id}  {found.campaign.title}  {campaign_word(found.state)}")
    for day, number in starts.items() if len(starts) > 1 else ():
        screen.print("  " + _("{count} groups start on {day}").format(count=number, day=day))
    if found.paused_in:
        screen.print("  " + _("paused in {groups}").format(groups=joined(found.paused_in)))
    for state in State:
        if found.counts[state]:
            screen.print(f"  {state_word(state)}: {found.counts[state]}")
    if tasks:
        table = Table(_("due"), _("group"), _("task for a person"))
        for row in tasks:
            table.add_row(*row)
        screen.print(table)


@app.command("pause", help=_("Begin no further part until `resume`."))
def pause(
    campaign: CampaignArgument,
    *,
    groups: GroupsOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    if groups is not None:
        _pause_in(config, campaign, groups, paused=True, as_json=as_json)
        return
    _change(config, campaign, CampaignState.PAUSED, as_json=as_json)


@app.command("resume", help=_("Go on where it was paused; what is too late meets its late policy."))
def resume(
    campaign: CampaignArgument,
    *,
    groups: GroupsOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    if groups is not None:
        _pause_in(config, campaign, groups, paused=False, as_json=as_json)
        return
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
    async def work() -> CampaignRow:
        async with open_database(config) as (_settings, database):
            return await change_state(database, campaign, state)

    _show_changed(answer(work()), as_json=as_json)


def _pause_in(config: Path, campaign: str, groups: str, *, paused: bool, as_json: bool) -> None:
    names = [name.strip() for name in groups.split(",") if name.strip()]
    if not names:
        wrong_use(_("--groups names no group."), _("Write --groups A,B."))

    async def work() -> CampaignRow:
        async with open_database(config) as (_settings, database):
            return await pause_in(database, campaign, names, paused=paused)

    _show_changed(answer(work()), as_json=as_json)


def _show_changed(found: CampaignRow, *, as_json: bool) -> None:
    if as_json:
        print_json(_campaign_json(found))
        return
    where = " · " + _("paused in {groups}").format(groups=joined(found.paused_in)) if found.paused_in else ""
    console().print(f"{found.campaign.id}: {campaign_word(found.campaign.state)}{where}")


def _task_row(task: TaskView, zone: str) -> tuple[str, str, str]:
    due = f"{task.due.astimezone(ZoneInfo(zone)):%m-%d %H:%M}" if task.due else "—"
    return due, task.group or "", task.text


def _campaign_json(row: CampaignRow) -> dict[str, Any]:
    return {
        "id": row.campaign.id,
        "sop": row.campaign.sop,
        "version": row.campaign.version,
        "state": row.state.value,
        "start": row.campaign.start.isoformat(),
        "counts": {state.value: row.counts[state] for state in State},
    } | ({"paused_in": list(row.paused_in)} if row.paused_in else {})


def _starts_json(starts: Mapping[date, int]) -> dict[str, Any]:
    """Return how many groups start on which day, where they differ."""
    return {"starts": {day.isoformat(): number for day, number in starts.items()}} if len(starts) > 1 else {}


def _sop_word(campaign: Campaign) -> str:
    return _("(single orders)") if campaign.id == ONE_OFF else campaign.sop
