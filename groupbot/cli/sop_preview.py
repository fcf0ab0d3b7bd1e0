"""`groupbot sop preview`: a campaign before it is launched, day by day, as each group will see it."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from groupbot.cli.group_names import list_bytes, read_group_list, split_names
from groupbot.cli.output import REFUSED, console, fail, has_errors, print_problems
from groupbot.cli.sop_input import (
    named_groups,
    read_event,
    read_sets,
    read_sop,
    read_start,
    root_of,
    stand_ins,
    wrong_use,
)
from groupbot.cli.sop_lint import Crew, plan_problems, project_crew
from groupbot.cli.sop_workbooks import require_xlsx, write
from groupbot.delivery.pacing import Pace
from groupbot.errors import GroupbotError
from groupbot.i18n import _
from groupbot.settings.accounts import PacingSettings
from groupbot.sop.document import Sop
from groupbot.sop.group_list import Known
from groupbot.sop.group_list import read_group_list as read_rows
from groupbot.sop.planned import PlanGroup, PlannedTask, SopError
from groupbot.sop.preview.album import MAX_ALBUM, MAX_PICTURE, Album, pictures_of
from groupbot.sop.preview.book import workbook
from groupbot.sop.preview.calendar import Day, Post, Preview, only, preview
from groupbot.sop.preview.page import page
from groupbot.sop.preview.said import line, weekday
from groupbot.sop.starts import GroupStart, listed_start, plan_starts

_SHORT = 60
"""Characters of a message in the overview; the view of one group shows all."""


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
        chosen = named_groups(_named(groups, group_list), config)
        sop = read_sop(path, root_of(config), whole=False)
        with _collector_paused():
            starts = _starts(sop, chosen, group_list, first, at)
            shown = _prepared(sop, starts, given, _crew(config, spoken), named=bool(chosen))
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


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Keep Python from looking for cycles while a large plan is built: it has none, and the search doubles the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _starts(
    sop: Sop, chosen: Sequence[PlanGroup], group_list: Path | None, start: date, event: datetime | None
) -> list[GroupStart]:
    """Return when each group begins: with the others, unless the list says otherwise."""
    known = Known(variables=sop.variables, roles=sop.roles)
    data = list_bytes(group_list) if group_list else b""
    rows = read_rows(data, file=str(group_list), known=known, start=start, today=start) if group_list else ()
    listed = {row.name: row for row in rows}
    return [
        listed_start(group, row, event)
        if (row := listed.get(group.name))
        else GroupStart(group=group, start=start, event=event)
        for group in chosen or stand_ins(sop)
    ]


def _prepared(sop: Sop, starts: Sequence[GroupStart], given: Mapping[str, str], crew: Crew, *, named: bool) -> Preview:
    """Return the preview with everything that lint says of it; without `named` groups it looks at the SOP alone."""
    groups = [one.group for one in starts]
    first = min(starts, key=lambda one: one.start)
    crew = replace(crew, accounts={group.name: _("one account") for group in groups} | dict(crew.accounts))
    made = plan_starts(sop, starts, start=first.start, variables=given)
    expected = crew.expected(made)
    looked_at = groups if named else []
    found = plan_problems(sop, made, groups=looked_at, start=first.start, event=first.event, crew=None)
    slow = crew.problems(made, sop, expected)
    return preview(replace(made, problems=(*made.problems, *found, *slow)), expected)


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
    """Return who posts; groups that no config knows share one account that posts as [pacing] does by default."""
    known = project_crew(config) or Crew(accounts={}, paces={})
    usual = PacingSettings()
    one = Pace(
        account_interval_s=usual.account_interval_s,
        group_interval_s=usual.group_interval_s,
        jitter=usual.jitter,
        account_daily_cap=usual.account_daily_cap,
    )
    return replace(known, paces={_("one account"): one} | dict(known.paces), roles=roles)


def _named(groups: str | None, group_list: Path | None) -> str | None:
    """Return the names of both options with commas between, None when neither was given."""
    if groups is None and group_list is None:
        return None
    try:
        listed = read_group_list(group_list) if group_list else []
    except GroupbotError as error:
        fail(error)
    return ",".join([*split_names(groups or ""), *listed])


def _show(shown: Preview, roles: Mapping[str, str], screen: Console, *, in_full: bool, with_days: bool) -> None:
    posts = sum(len(post.groups) for day in shown.days for post in day.posts)
    said = _("{title} · {posts} posts to {groups} groups in {days} days · {zone}").format(
        title=shown.title, posts=posts, groups=len(shown.groups), days=len(shown.days), zone=shown.timezone
    )
    screen.print(Text(said, style="bold"), soft_wrap=True)
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
    return "\n\n".join(lines) if in_full else "\n".join(_short(text) for text in lines)


def _todo(task: PlannedTask, *, in_full: bool) -> str:
    said = _("for {who}: {text}").format(who=task.assignee or _("a person"), text=task.text)
    return said if in_full else _short(said)


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _SHORT else words[: _SHORT - 1] + "…"


def _reach(post: Post) -> str:
    return f"{len(post.groups)}" + (f" ({len(post.versions)})" if len(post.versions) > 1 else "")


def _last(post: Post) -> Text:
    if post.left_out:
        return Text(_("{n} left out: too late").format(n=post.left_out), style="bold red")
    return Text(f"{post.last_at:%H:%M:%S}")
