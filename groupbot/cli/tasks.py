"""`groupbot tasks`: what a campaign leaves to people, and ticking it off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from groupbot.campaign.by_hand import files_of, words_of
from groupbot.campaign.values import TaskView
from groupbot.cli.context import DEFAULT_CONFIG, ConfigOption, JsonOption, answer, open_database
from groupbot.cli.output import console, print_json, print_table
from groupbot.core.content import dump
from groupbot.desk.tasks import complete, task_called, tasks_of
from groupbot.i18n import _

app = typer.Typer(no_args_is_help=True, help=_("Steps that people do."))


@app.command("list", help=_("List a campaign's tasks by time."))
def list_command(
    *,
    campaign: Annotated[str, typer.Option("--campaign", help=_("Id of the campaign."))],
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    async def work() -> tuple[Sequence[TaskView], ZoneInfo]:
        async with open_database(config) as (settings, database):
            return await tasks_of(database, campaign), ZoneInfo(settings.timezone)

    rows, zone = answer(work())
    if as_json:
        print_json([_as_document(row, zone) for row in rows])
        return
    table = Table(_("due"), _("group"), _("task for a person"), _("who"), _("state"), "KEY")
    for row in rows:
        due = f"{row.due.astimezone(zone):%m-%d %H:%M}" if row.due else "—"
        table.add_row(
            due,
            row.group or "",
            Text(row.text),
            row.assignee or "",
            _state_word(row.state),
            f"{row.campaign}/{row.key}",
        )
    print_table(table, _("{campaign} leaves nothing to people.").format(campaign=campaign))


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
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    campaign, _slash, rest = key.partition("/")

    async def work() -> None:
        async with open_database(config) as (_settings, database):
            await complete(database, campaign, rest)

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
    }
