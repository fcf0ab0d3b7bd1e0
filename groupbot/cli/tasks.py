"""`groupbot tasks`: what a campaign leaves to people, and ticking it off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.table import Table
from rich.text import Text

from groupbot.campaign.values import TaskView
from groupbot.cli.context import DEFAULT_CONFIG, ConfigOption, JsonOption, answer, open_database
from groupbot.cli.output import console, print_json
from groupbot.errors import CampaignError
from groupbot.i18n import _
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.tasks import SqlTasks

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
            if await SqlCampaigns(database).get(campaign) is None:
                raise CampaignError(
                    _("There is no campaign called {campaign}.").format(campaign=campaign),
                    hint=_("`groupbot campaign list` shows all."),
                )
            return await SqlTasks(database).list(campaign), ZoneInfo(settings.timezone)

    rows, zone = answer(work())
    if as_json:
        print_json([_as_document(row, zone) for row in rows])
        return
    words = {"open": _("open"), "done": _("done"), "cancelled": _("cancelled")}
    table = Table(_("due"), _("group"), _("task for a person"), _("who"), _("state"), "KEY")
    for row in rows:
        due = f"{row.due.astimezone(zone):%m-%d %H:%M}" if row.due else "—"
        table.add_row(
            due, row.group or "", Text(row.text), row.assignee or "", words[row.state], f"{row.campaign}/{row.key}"
        )
    console().print(table)


@app.command("done", help=_("Tick a task off."))
def done(
    key: Annotated[str, typer.Argument(metavar="KEY", help=_("The task's key, as `tasks list --json` shows."))],
    *,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    campaign, _slash, rest = key.partition("/")

    async def work() -> None:
        async with open_database(config) as (_settings, database):
            if not await SqlTasks(database).complete(campaign, rest):
                raise CampaignError(_("{key} is no open task.").format(key=key))

    answer(work())
    console().print(_("{key} is done.").format(key=key))


def _as_document(row: TaskView, zone: ZoneInfo) -> dict[str, str | None]:
    return {
        "key": f"{row.campaign}/{row.key}",
        "step": row.step,
        "text": row.text,
        "group": row.group,
        "assignee": row.assignee,
        "due": row.due.astimezone(zone).isoformat() if row.due else None,
        "state": row.state,
    }
