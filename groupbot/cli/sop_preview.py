"""`groupbot sop preview`: a campaign before it is launched, day by day, as each group will see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from groupbot.cli.group_names import all_names
from groupbot.cli.output import REFUSED, console, fail, has_errors, print_problems, wrong_use
from groupbot.cli.sop_input import named_groups, project_crew, read_event, read_sets, read_start, root_of
from groupbot.cli.sop_workbooks import require_xlsx, write
from groupbot.desk.group_starts import listed_groups, stand_ins, starts_of
from groupbot.desk.linting import Crew
from groupbot.desk.previewing import collector_paused, headline, previewed, short
from groupbot.desk.sop_files import read_sop
from groupbot.errors import GroupbotError
from groupbot.i18n import _
from groupbot.sop.planned import PlannedTask, SopError
from groupbot.sop.preview.album import MAX_ALBUM, MAX_PICTURE, Album, pictures_of
from groupbot.sop.preview.book import workbook
from groupbot.sop.preview.calendar import Day, Post, Preview, only
from groupbot.sop.preview.page import page
from groupbot.sop.preview.said import line, weekday


def add_preview(app: typer.Typer) -> None:
    """Add the command `preview` to `app`."""
    app.command("preview", help=_("Show a campaign day by day before it is launched, as each group will see it."))(
        preview_command
    )


def preview_command(  # noqa: PLR0913 - one parameter per option
    path: Annotated[Path, typer.Argument(help=_("An SOP file."))],
    *,
    start: Annotated[str, typer.Option(help=_("The first day, e.g. 2026-05-18."))],
    event: Annotated[str | None, typer.Option(help=_('When the event is, e.g. "2026-05-23 20:00".'))] = None,
    groups: Annotated[str | None, typer.Option(help=_("Names of groups, with commas between."))] = None,
    group_list: Annotated[Path | None, typer.Option(help=_("A file with one group name a line."))] = None,
    sets: Annotated[list[str] | None, typer.Option("--set", help=_("A variable's value, as name=value."))] = None,
    roles: Annotated[list[str] | None, typer.Option("--role", help=_("Who speaks, as role=account."))] = None,
    group: Annotated[str | None, typer.Option(help=_("Show only what this group sees, in full."))] = None,
    xlsx: Annotated[Path | None, typer.Option(metavar="OUT.xlsx", help=_("Write it as a workbook."))] = None,
    html: Annotated[Path | None, typer.Option(metavar="OUT.html", help=_("Write it as a page."))] = None,
    config: Annotated[Path | None, typer.Option(help=_("The project's config.toml; not needed."))] = None,
) -> None:
    """Show a campaign day by day before it is launched; exit status 1 when it could not be."""
    if xlsx:
        require_xlsx(xlsx)
    first = read_start(start)
    at = read_event(event, first)
    given, spoken = read_sets(sets or []), read_sets(roles or [], option="--role")
    try:
        chosen = named_groups(all_names(groups, group_list), config)
        sop = read_sop(path, root_of(config), whole=False)
        with collector_paused():
            listed = listed_groups(group_list, sop, start=first)
            starts = starts_of(chosen or stand_ins(sop), listed, start=first, event=at)
            shown = previewed(sop, starts, given, _crew(config, spoken), named=bool(chosen))
    except SopError as error:
        print_problems(error.problems, console())
        raise typer.Exit(REFUSED) from error
    except GroupbotError as error:
        fail(error)
    wanted = shown if group is None else _of_group(shown, group)
    if xlsx:
        write(xlsx, workbook(wanted, sop.roles))
    if html:
        write(html, page(wanted, sop.roles, _album(wanted)).encode())
    _show(wanted, sop.roles, console(), in_full=group is not None, with_days=not (xlsx or html))
    for out in filter(None, (xlsx, html)):
        console().print(Text(_("{file} is written.").format(file=out)), soft_wrap=True)
    if has_errors(shown.problems):
        raise typer.Exit(REFUSED)


def _of_group(shown: Preview, group: str) -> Preview:
    if group not in shown.groups:
        wrong_use(_("No post goes to a group called {name}.").format(name=group))
    return only(shown, group)


def _album(shown: Preview) -> Album:
    """Return the pictures that a page of `shown` can hold."""
    found: dict[str, bytes] = {}
    room = MAX_ALBUM
    for path in map(Path, pictures_of(shown)):
        size = path.stat().st_size if path.is_file() else 0
        if 0 < size <= min(MAX_PICTURE, room):
            found[str(path)] = path.read_bytes()
            room -= size
    return Album(pictures=found)


def _crew(config: Path | None, roles: Mapping[str, str]) -> Crew:
    return replace(project_crew(config) or Crew(accounts={}, paces={}), roles=roles)


def _show(shown: Preview, roles: Mapping[str, str], screen: Console, *, in_full: bool, with_days: bool) -> None:
    screen.print(Text(headline(shown), style="bold"), soft_wrap=True)
    for day in shown.days if with_days else ():
        screen.print(_day_table(day, roles, in_full=in_full))
    if shown.undated:
        screen.print(Text(_("Tasks without a time:")))
        for task in shown.undated:
            screen.print(Text(f"  {task.step}: {task.text}"), soft_wrap=True)
    if shown.busiest:
        hour, count = shown.busiest
        busiest = _("Busiest hour: {hour}, {n} messages.").format(hour=f"{hour:%m-%d %H:00}", n=count)
        screen.print(Text(busiest), soft_wrap=True)
    print_problems(shown.problems, screen)


def _day_table(day: Day, roles: Mapping[str, str], *, in_full: bool) -> Table:
    title = f"{day.day:%m-%d} {weekday(day.day.weekday())}"
    table = Table(title=title, title_justify="left")
    for heading in (_("time"), _("step"), _("what"), _("groups"), _("last group has it")):
        table.add_column(heading, overflow="fold")
    for item in day.by_time:
        if not isinstance(item, Post):
            todo = Text(_todo(item, in_full=in_full))
            table.add_row(f"{item.due:%H:%M}", Text(item.step), todo, item.group or "-", "-")
            continue
        at = item.expected[0].begins.astimezone(item.due.tzinfo) if in_full else item.due
        clock = f"{at:%H:%M:%S}" if in_full else f"{at:%H:%M}"
        table.add_row(clock, Text(item.step), Text(_words(item, roles, in_full=in_full)), _reach(item), _last(item))
    return table


def _words(post: Post, roles: Mapping[str, str], *, in_full: bool) -> str:
    lines = [line(part.content, roles) for part in post.versions[0]]
    return "\n\n".join(lines) if in_full else "\n".join(short(text) for text in lines)


def _todo(task: PlannedTask, *, in_full: bool) -> str:
    said = _("for {who}: {text}").format(who=task.assignee or _("a person"), text=task.text)
    return said if in_full else short(said)


def _reach(post: Post) -> str:
    return f"{len(post.groups)}" + (f" ({len(post.versions)})" if len(post.versions) > 1 else "")


def _last(post: Post) -> Text:
    if post.left_out:
        return Text(_("{n} left out: too late").format(n=post.left_out), style="bold red")
    return Text(f"{post.last_at:%H:%M:%S}")
