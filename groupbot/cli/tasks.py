"""`groupbot tasks`: what a campaign leaves to people, and ticking it off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from groupbot.campaign.by_hand import files_of, words_of
from groupbot.campaign.values import TaskView
from groupbot.cli.context import DEFAULT_CONFIG, ConfigOption, JsonOption, answer, open_database, user
from groupbot.cli.output import console, print_json, print_table
from groupbot.core.clock import SystemClock
from groupbot.core.content import dump
from groupbot.desk.tasks import TaskOffice, open_tasks, task_called, tasks_of
from groupbot.i18n import _
from groupbot.reports.tasks import PersonTasks, by_person

app = typer.Typer(no_args_is_help=True, help=_("Steps that people do."))


@app.command("list", help=_("List a campaign's tasks by time, or those of all that are open."))
def list_command(
    *,
    campaign: Annotated[str | None, typer.Option("--campaign", help=_("Id of the campaign."))] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    async def work() -> tuple[Sequence[TaskView], ZoneInfo]:
        async with open_database(config) as (settings, database):
            found = await (open_tasks(database) if campaign is None else tasks_of(database, campaign))
            return found, ZoneInfo(settings.timezone)

    rows, zone = answer(work())
    if as_json:
        print_json([_as_document(row, zone) for row in rows])
        return
    table = Table("#", _("due"), _("group"), _("task for a person"), _("who"), _("state"), "KEY")
    for row in rows:
        due = f"{row.due.astimezone(zone):%m-%d %H:%M}" if row.due else "—"
        who = row.done_by or row.assignee or ""
        table.add_row(str(row.number), due, row.group or "", Text(row.text), who, _state_word(row.state), row.name)
    nothing = _("No task is open.")
    print_table(table, _("{campaign} leaves nothing to people.").format(campaign=campaign) if campaign else nothing)


@app.command("report", help=_("Tell by person what is done, was late, and is open."))
def report(
    *,
    campaign: Annotated[str | None, typer.Option("--campaign", help=_("Id of the campaign."))] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    async def work() -> tuple[PersonTasks, ...]:
        async with open_database(config) as (_settings, database):
            clock = SystemClock()
            return by_person(await TaskOffice(database, clock).every(campaign), clock.now())

    rows = answer(work())
    if as_json:
        print_json([asdict(row) for row in rows])
        return
    table = Table(_("who"), _("done"), _("late"), _("open"), _("overdue"))
    for row in rows:
        table.add_row(Text(row.name or "—"), *map(str, (row.done, row.late, row.open, row.overdue)))
    print_table(table, _("There are no tasks."))


@app.command("show", help=_("Show one task with all that is to be posted, ready to copy."))
def show(
    key: Annotated[str, typer.Argument(metavar="KEY", help=_("The task's key, as `tasks list` shows."))],
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    campaign, _slash, rest = key.partition("/")

    async def work() -> tuple[TaskView, ZoneInfo]:
        async with open_database(config) as (settings, database):
            return await task_called(database, campaign, rest), ZoneInfo(settings.timezone)

    row, zone = answer(work())
    if as_json:
        print_json(_as_document(row, zone) | _ready(row))
    else:
        _show(row, zone, console())


@app.command("done", help=_("Tick a task off."))
def done(
    key: Annotated[str, typer.Argument(metavar="KEY", help=_("The task's key, as `tasks list --json` shows."))],
    *,
    by: Annotated[str, typer.Option("--by", help=_("Who did it: a name of [[people]]; you, if left out."))] = "",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    async def work() -> None:
        async with open_database(config) as (_settings, database):
            await TaskOffice(database, SystemClock()).complete(key, by=by or user())

    answer(work())
    console().print(_("{key} is done.").format(key=key))


def _show(row: TaskView, zone: ZoneInfo, screen: Console) -> None:
    """Print a task; what is to be copied stands as it is, without a frame or a broken line."""
    due = f"{row.due.astimezone(zone):%Y-%m-%d %H:%M}" if row.due else "—"
    screen.print(" · ".join(filter(None, (due, row.group, row.assignee, _state_word(row.state)))), style="bold")
    screen.print(Text(row.text), soft_wrap=True)
    if words := words_of(row.parts):
        screen.print(Text("\n" + words), soft_wrap=True)
    if files := files_of(row.parts):
        screen.print(Text("\n" + "\n".join(files)), soft_wrap=True)


def _ready(row: TaskView) -> dict[str, Any]:
    return {
        "parts": [dump(part.content) for part in row.parts],
        "words": words_of(row.parts),
        "files": list(files_of(row.parts)),
    }


def _state_word(state: str) -> str:
    return {"open": _("open"), "done": _("done"), "cancelled": _("cancelled")}[state]


def _as_document(row: TaskView, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "key": f"{row.campaign}/{row.key}",
        "step": row.step,
        "text": row.text,
        "group": row.group,
        "assignee": row.assignee,
        "due": row.due.astimezone(zone).isoformat() if row.due else None,
        "state": row.state,
        "number": row.number,
        "done_by": row.done_by or None,
        "done_at": row.done_at.astimezone(zone).isoformat(timespec="seconds") if row.done_at else None,
    }
