"""`groupbot sop`: check SOP files, show what they would post and when, give editors their schema."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, ClassVar

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from groupbot.chat.words import in_short, kind_word
from groupbot.cli.group_names import all_names
from groupbot.cli.output import (
    REFUSED,
    console,
    fail,
    has_errors,
    print_json,
    print_problems,
    problem_json,
    source_json,
    wrong_use,
)
from groupbot.cli.parts import Parts
from groupbot.cli.sop_input import (
    configured,
    named_groups,
    project_crew,
    read_event,
    read_sets,
    read_start,
    root_of,
    sop_paths,
)
from groupbot.cli.sop_workbooks import mark_file, tell_marked
from groupbot.core.actions import Announcement
from groupbot.core.content import Part, dump, file_of
from groupbot.core.content import Text as TextContent
from groupbot.desk.group_starts import listed_groups, stand_ins, starts_of
from groupbot.desk.linting import file_problems, plan_problems
from groupbot.desk.sop_files import read_sop
from groupbot.errors import GroupbotError
from groupbot.i18n import _, os_reason
from groupbot.sop.document import Sop
from groupbot.sop.jsonschema import json_schema
from groupbot.sop.planned import Plan, PlanGroup, PlannedDelivery, PlannedTask, Problem, SopError, Source
from groupbot.sop.starts import plan_starts


class _Commands(Parts):
    """A check waits neither for what draws a preview nor, as a rehearsal must, for the whole application."""

    parts: ClassVar = {
        "convert": ("sop_convert", "add_convert"),
        "preview": ("sop_preview", "add_preview"),
        "rehearse": ("sop_rehearse", "add_rehearse"),
        "template": ("sop_workbooks", "add_workbooks"),
    }


app = typer.Typer(cls=_Commands, no_args_is_help=True, help=_("Check and plan SOP files."))

AsJson = Annotated[bool, typer.Option("--json", help=_("One JSON document on stdout."))]
Config = Annotated[Path | None, typer.Option("--config", help=_("The project's config.toml; not needed."))]
_PREVIEW = 40
"""Characters of a text in a table."""


@app.command(help=_("Say what is wrong in SOP files; exit status 1 if anything must be mended."))
def check(
    paths: Annotated[list[Path], typer.Argument(help=_("SOP files, or folders of them."))],
    *,
    mark: Annotated[
        Path | None, typer.Option(metavar="OUT.xlsx", help=_("Write the workbook with its problems marked."))
    ] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Say what is wrong in SOP files; exit status 1 if anything must be mended."""
    checked = [(path, file_problems(path, root_of(config))) for path in sop_paths(paths)]
    if mark and len(checked) != 1:
        wrong_use(_("--mark takes one workbook."))
    lost = mark_file(*checked[0], root=root_of(config), out=mark) if mark else 0
    if as_json:
        print_json({"files": [_file_json(path, problems) for path, problems in checked]})
    else:
        _show_checked(checked)
        if mark:
            tell_marked(mark, lost)
    if any(has_errors(problems) for _path, problems in checked):
        raise typer.Exit(REFUSED)


@app.command("plan", help=_("Show everything that an SOP would post and ask for, without sending."))
def plan_command(
    path: Annotated[Path, typer.Argument(help=_("An SOP file."))],
    *,
    start: Annotated[str, typer.Option(help=_("The first day, e.g. 2026-05-18."))],
    event: Annotated[str | None, typer.Option(help=_('When the event is, e.g. "2026-05-23 20:00".'))] = None,
    groups: Annotated[str | None, typer.Option(help=_("Names of groups, with commas between."))] = None,
    group_list: Annotated[
        Path | None, typer.Option(help=_("A list of groups (.txt, .csv, .xlsx), as `campaign launch` takes it."))
    ] = None,
    settings: Annotated[list[str] | None, typer.Option("--set", help=_("A variable's value, as name=value."))] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Show everything that an SOP would post and ask for, without sending; exit status 1 on an error."""
    first = read_start(start)
    at = read_event(event, first)
    given = read_sets(settings or [])
    chosen: tuple[PlanGroup, ...] = ()
    try:
        chosen = named_groups(all_names(groups, group_list), config)
        sop = read_sop(path, root_of(config), whole=False)
        listed = listed_groups(group_list, sop, start=first)
    except SopError as error:
        planned = Plan(sop="", title="", version="", timezone="", problems=error.problems)
    except GroupbotError as error:
        fail(error)
    else:
        starts = starts_of(chosen or stand_ins(sop), listed, start=first, event=at)
        planned = plan_starts(sop, starts, start=first, variables=given)
        looked_at = [one.group for one in starts] if chosen else []
        said = plan_problems(sop, planned, groups=looked_at, start=first, event=at, crew=project_crew(config))
        planned = replace(planned, problems=(*planned.problems, *said))
        planned = planned if chosen else _without_groups(planned, sop)
    if any(group.known for group in configured(config)):
        planned = replace(planned, problems=(*planned.problems, *_unknown(chosen, planned.sop)))
    if as_json:
        print_json(plan_json(planned))
    else:
        _show_plan(planned, console())
    if has_errors(planned.problems):
        raise typer.Exit(REFUSED)


@app.command(help=_("Write the JSON schema by which editors complete and check SOP files."))
def schema(out: Annotated[Path | None, typer.Argument(help=_("Where to write; else stdout."))] = None) -> None:
    """Write the JSON schema by which editors complete and check SOP files."""
    if out is None:
        typer.echo(json_schema(), nl=False)
        return
    try:
        out.write_text(json_schema(), encoding="utf-8")
    except OSError as error:
        fail(GroupbotError(_("{file} can't be written: {reason}.").format(file=out, reason=os_reason(error))))


def _unknown(groups: Sequence[PlanGroup], file: str) -> list[Problem]:
    """Warn of groups that the project's config.toml does not name: `launch` will refuse them."""
    return [
        Problem(
            level="warning",
            code="unknown-group",
            message=_("config.toml has no group called {name}").format(name=group.name),
            hint=_("Add a [[groups]] block for it, or correct the name."),
            where=Source(file=file),
        )
        for group in groups
        if not group.known
    ]


def plan_json(planned: Plan) -> dict[str, Any]:
    """Return a plan as the contract shows it."""
    return {
        "sop": planned.sop,
        "version": planned.version,
        "timezone": planned.timezone,
        "deliveries": [_delivery_json(delivery) for delivery in planned.deliveries],
        "triggers": [
            {
                "step": trigger.step,
                "kind": trigger.kind,
                "condition": trigger.condition,
                "text": trigger.text,
                "source": source_json(trigger.source),
            }
            for trigger in planned.triggers
        ],
        "tasks": [_task_json(task) for task in planned.tasks],
        "problems": [problem_json(problem) for problem in planned.problems],
    }


def _delivery_json(delivery: PlannedDelivery) -> dict[str, Any]:
    rows = {
        "key": delivery.key,
        "step": delivery.step,
        "phase": delivery.phase,
        "occurrence": delivery.occurrence,
        "ordinal": delivery.ordinal,
        "at": delivery.due.isoformat(),
        "until": delivery.until.isoformat() if delivery.until else None,
        "group": delivery.group,
        "place": delivery.place,
        "member": delivery.member,
        "speaker": delivery.speaker,
        "parts": [_part_json(part) for part in delivery.parts],
        "assumptions": list(delivery.assumptions),
        "source": source_json(delivery.source),
    }
    return {key: value for key, value in rows.items() if value is not None}


def _part_json(part: Part) -> dict[str, Any]:
    content = dump(part.content)
    return content | {"gap_s": part.gap_s, "mentions": list(content.get("mentions", ()))}


def _task_json(task: PlannedTask) -> dict[str, Any]:
    rows = {
        "step": task.step,
        "text": task.text,
        "assignee": task.assignee,
        "at": task.due.isoformat() if task.due else None,
        "group": task.group,
        "source": source_json(task.source),
    }
    return {key: value for key, value in rows.items() if value is not None}


def _without_groups(planned: Plan, sop: Sop) -> Plan:
    message = _("No group is named and no config lists any: planned for stand-ins.")
    hint = _("Name groups with --groups A,B.")
    note = Problem(level="warning", code="no-groups-named", message=message, hint=hint, where=sop.source)
    return replace(planned, problems=(*planned.problems, note))


def _file_json(path: Path, problems: Sequence[Problem]) -> dict[str, Any]:
    return {
        "file": str(path),
        "ok": not has_errors(problems),
        "problems": [problem_json(problem) for problem in problems],
    }


def _show_checked(checked: Iterable[tuple[Path, Sequence[Problem]]]) -> None:
    screen = console()
    for path, problems in checked:
        print_problems(problems, screen)
        verdict = _("{file}: must be mended") if has_errors(problems) else _("{file}: ready to plan")
        screen.print(Text(verdict.format(file=path)), soft_wrap=True)


def _show_plan(planned: Plan, screen: Console) -> None:
    if planned.deliveries:
        screen.print(_deliveries_table(planned))
    if planned.tasks:
        screen.print(_tasks_table(planned))
    assumed = dict.fromkeys(said for delivery in planned.deliveries for said in delivery.assumptions)
    for said in assumed:
        screen.print(Text(_("Assumed: {said}").format(said=said)), soft_wrap=True)
    print_problems(planned.problems, screen)


def _deliveries_table(planned: Plan) -> Table:
    table = Table(title=f"{planned.title} · {planned.version} · {planned.timezone}", title_justify="left")
    for heading in (_("at"), _("group"), _("step"), _("speaker"), _("parts")):
        table.add_column(heading, overflow="fold")
    for row in planned.deliveries:
        parts = "\n".join(_part_line(part) for part in row.parts)
        table.add_row(_clock(row.due), Text(row.group), Text(row.step), Text(row.speaker or "-"), Text(parts))
    return table


def _tasks_table(planned: Plan) -> Table:
    table = Table(title=_("Tasks for people"), title_justify="left")
    for heading in (_("at"), _("group"), _("step"), _("who"), _("what")):
        table.add_column(heading, overflow="fold")
    for row in planned.tasks:
        at = _clock(row.due) if row.due else "-"
        who = Text(row.assignee or "-")
        table.add_row(at, Text(row.group or "-"), Text(row.step), who, Text(_short(row.text)))
    return table


def _clock(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M")


def _part_line(part: Part) -> str:
    content = part.content
    if isinstance(content, TextContent):
        return _short(content.text)
    said = Path(file_of(content)).name or in_short(content)
    return f"[{kind_word(content.kind)}] {_short(said) if isinstance(content, Announcement) else said}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _PREVIEW else line[: _PREVIEW - 1] + "…"
