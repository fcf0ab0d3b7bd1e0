"""`groupbot campaign launch`: an SOP on groups, named or from a list, at once or wave after wave."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from groupbot.campaign.asked import Asked
from groupbot.campaign.request import Launched
from groupbot.cli.context import DEFAULT_CONFIG, ConfigOption, JsonOption, answer, open_database, user
from groupbot.cli.group_names import split_names
from groupbot.cli.output import REFUSED, console, fail, print_json, print_problems, problem_json, wrong_use
from groupbot.cli.sop_input import read_event, read_sets, read_start
from groupbot.core.ids import slug
from groupbot.desk.launching import launched
from groupbot.errors import CampaignError
from groupbot.i18n import _
from groupbot.sop.duration import parse_duration


def add_launch(app: typer.Typer) -> None:
    """Add the command to `groupbot campaign`."""
    app.command("launch", help=_("Launch an SOP on groups, or change a running campaign to what the file says now."))(
        launch_command
    )


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
    asked = Asked(
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
        by=user(),
    )

    async def work() -> Launched:
        async with open_database(config) as (settings, database):
            return await launched(asked, settings, database, datetime.now(UTC))

    done = answer(work())
    if as_json:
        print_json(_launched_json(done))
    else:
        _show_launched(done)
    if not done.ok:
        raise typer.Exit(REFUSED)


def _stagger(text: str | None) -> timedelta:
    if text is None:
        return timedelta()
    length = parse_duration(text)
    if not length:
        wrong_use(_("`{text}` is no length of time.").format(text=text), _("Write for example --stagger 5m."))
    return length


def _launched_json(done: Launched) -> dict[str, Any]:
    return {
        "campaign": done.campaign,
        "inserted": done.done.inserted,
        "moved": done.done.moved,
        "cancelled": done.done.cancelled,
        "problems": [problem_json(problem) for problem in done.problems],
    }


def _show_launched(done: Launched) -> None:
    print_problems(done.problems, console())
    if not done.ok:
        fail(CampaignError(_("Nothing was launched: mend the errors above first.")))
    console().print(
        _("{campaign}: {inserted} deliveries planned, {moved} changed, {cancelled} taken out.").format(
            campaign=done.campaign,
            inserted=done.done.inserted,
            moved=done.done.moved,
            cancelled=done.done.cancelled,
        )
    )
    if done.tasks:
        words = _("{count} tasks are for people: groupbot tasks list --campaign {campaign}")
        console().print(words.format(count=done.tasks, campaign=done.campaign), soft_wrap=True)
