"""`groupbot campaign edit|step|undo|versions`: change a campaign that runs, and look at what it ran before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.table import Table
from rich.text import Text

from groupbot.campaign.asked import Ask
from groupbot.campaign.editing import Applied, Editor, Running
from groupbot.campaign.proposal import Edit, Proposal
from groupbot.campaign.stepping import moved, reworded, skipped
from groupbot.campaign.values import SopVersion
from groupbot.cli.campaign_export import export
from groupbot.cli.context import DEFAULT_CONFIG, ConfigOption, JsonOption, answer, open_database, user
from groupbot.cli.output import REFUSED, console, fail, print_json, print_table, require_person, wrong_use
from groupbot.cli.proposal_words import proposal_json, show_proposal
from groupbot.cli.sop_input import read_sets
from groupbot.desk.editing import editor, from_export
from groupbot.desk.sop_files import read_sop, sop_place, source_of
from groupbot.desk.steps import step_edit, undo_edit
from groupbot.errors import GroupbotError
from groupbot.i18n import _, os_reason
from groupbot.settings import Settings
from groupbot.sop.merging import EVERYWHERE, Side
from groupbot.sop.planned import SopError

_Id = Annotated[str, typer.Argument(metavar="ID", help=_("The campaign's id, as `campaign list` shows."))]
_Yes = Annotated[bool, typer.Option("--yes", help=_("Don't ask."))]
_DryRun = Annotated[bool, typer.Option("--dry-run", help=_("Only show what it comes to."))]
_Force = Annotated[
    bool, typer.Option("--force-locked", help=_("Change also what is due within editing.lock_window_s."))
]
_MakeEdit = Callable[[Settings, Editor, Running], Edit]


def add_edits(app: typer.Typer) -> None:
    """Add the commands to `groupbot campaign`."""
    app.command("edit", help=_("Change a running campaign to what the edited file says."))(edit_command)
    app.command("step", help=_("Change one step of a running campaign: its time, its words, or leave it out."))(step)
    app.command("undo", help=_("Bring an older version of a campaign's plan back; what was sent stays sent."))(undo)
    app.command("export", help=_("Write the plan as it runs to a workbook or YAML file, to edit it."))(export)
    app.command("versions", help=_("List what a campaign ran, oldest first."))(versions)


@dataclass(frozen=True, kw_only=True, slots=True)
class _How:
    """How a change is carried out."""

    config: Path
    yes: bool
    dry_run: bool
    as_json: bool


def edit_command(  # noqa: PLR0913 - one parameter per option
    campaign: _Id,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_("The edited SOP file."))],
    *,
    answers: Annotated[
        list[str] | None,
        typer.Option("--answer", help=_("Which old step a new one is, as STEP=STEP or STEP=new.")),
    ] = None,
    take: Annotated[
        list[str] | None,
        typer.Option("--take", help=_("Whose side of a conflict counts, as STEP=mine|file or all=mine|file.")),
    ] = None,
    force_locked: _Force = False,
    yes: _Yes = False,
    dry_run: _DryRun = False,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Change a running campaign to what the edited file says."""
    said, sides = read_sets(answers or [], option="--answer"), _sides(take or [])

    def made(settings: Settings, desk: Editor, running: Running) -> Edit:
        sop, place = read_sop(file, settings.folder), sop_place(file, settings.folder)
        edit = Edit(
            campaign=running.campaign.id,
            sop=sop,
            source=source_of(place, settings.folder),
            answers=said,
            take=sides,
            force_locked=force_locked,
            by=user(),
        )
        return from_export(edit, place.read_bytes(), place.name, desk, running)

    _carry_out(campaign, made, _How(config=config, yes=yes, dry_run=dry_run, as_json=as_json))


def step(  # noqa: PLR0913 - one parameter per option
    campaign: _Id,
    name: Annotated[str, typer.Argument(metavar="STEP", help=_("The step's id, as `deliveries list` shows."))],
    *,
    at: Annotated[str | None, typer.Option("--at", help=_("Its new time, e.g. `D3 20:30`."))] = None,
    skip: Annotated[bool, typer.Option("--skip", help=_("Leave it out from now on."))] = False,
    text: Annotated[Path | None, typer.Option("--text", help=_("A file with its new words."))] = None,
    force_locked: _Force = False,
    yes: _Yes = False,
    dry_run: _DryRun = False,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Change one step of a running campaign."""
    if [at is not None, skip, text is not None].count(True) != 1:
        wrong_use(_("Say one thing to do with the step."), _("Add --at TIME, --skip or --text FILE."))
    words = _words(text) if text else ""

    def made(_settings: Settings, _desk: Editor, running: Running) -> Edit:
        if skip:
            sop, note = skipped(running.sop, name), f"step {name} --skip"
        elif at is not None:
            sop, note = moved(running.sop, name, at), f"step {name} --at {at}"
        else:
            sop, note = reworded(running.sop, name, words), f"step {name} --text"
        return step_edit(Ask(campaign=running.campaign.id, by=user(), force_locked=force_locked), sop, note)

    _carry_out(campaign, made, _How(config=config, yes=yes, dry_run=dry_run, as_json=as_json))


def undo(
    campaign: _Id,
    *,
    to: Annotated[int | None, typer.Option("--to", help=_("The version to bring back; else the one before."))] = None,
    force_locked: _Force = False,
    yes: _Yes = False,
    dry_run: _DryRun = False,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Bring an older version of the plan back."""

    def made(_settings: Settings, desk: Editor, running: Running) -> Edit:
        ask = Ask(campaign=running.campaign.id, by=user(), force_locked=force_locked)
        return undo_edit(desk, running, ask, to)

    if not as_json:
        console().print(_("The plan goes back. What was sent stays sent, and is not sent again."))
    _carry_out(campaign, made, _How(config=config, yes=yes, dry_run=dry_run, as_json=as_json))


def versions(campaign: _Id, *, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """List what a campaign ran."""

    async def work() -> Running:
        async with open_database(config) as (settings, database):
            return await editor(settings, database).running(campaign)

    found = answer(work())
    if as_json:
        print_json([_version_json(version, found.campaign.timezone) for version in found.history])
        return
    table = Table(_("version"), _("when"), _("changed by"), _("from"), _("note"))
    for version in found.history:
        when = f"{version.at.astimezone(ZoneInfo(found.campaign.timezone)):%m-%d %H:%M}"
        row = (f"{version.number}", when, version.by, version.source, version.note)
        table.add_row(*(Text(cell) for cell in row))
    print_table(table, "")


def _version_json(version: SopVersion, zone: str) -> dict[str, Any]:
    return {
        "number": version.number,
        "version": version.version,
        "at": version.at.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds"),
        "by": version.by,
        "source": version.source or None,
        "note": version.note,
        "restores": version.restores,
    }


def _carry_out(campaign: str, made: _MakeEdit, how: _How) -> None:
    """Show what an edit comes to and, when the operator agrees, apply it; exit status 1 when it can't be."""
    if not (how.yes or how.dry_run):
        require_person(as_json=how.as_json)
    proposal, zone, applied = answer(_proposed(campaign, made, how))
    if not how.as_json:
        show_proposal(proposal, console(), zone)
    if not (applied or how.dry_run or how.yes) and proposal.ok and not proposal.empty:
        typer.confirm(_("Apply this to {campaign}?").format(campaign=campaign), abort=True, err=True)
        applied = answer(_applied(proposal, how))
    if how.as_json:
        print_json(proposal_json(proposal, zone, applied.done if applied else None))
    elif applied and not proposal.empty:
        console().print(_("{campaign} is changed.").format(campaign=campaign))
    if not proposal.ok:
        raise typer.Exit(REFUSED)


async def _proposed(campaign: str, made: _MakeEdit, how: _How) -> tuple[Proposal, str, Applied | None]:
    async with open_database(how.config) as (settings, database):
        desk = editor(settings, database)
        running = await desk.running(campaign)
        zone = running.campaign.timezone
        try:
            edit = made(settings, desk, running)
        except SopError as error:
            empty = Edit(campaign=campaign, sop=replace(running.sop, warnings=error.problems))
            return Proposal(edit=empty, follows=running.newest.number, problems=error.problems), zone, None
        now = datetime.now(UTC)
        proposal = await desk.prepare(edit, now)
        if how.dry_run or not how.yes or not proposal.ok:
            return proposal, zone, None
        applied = await desk.apply(proposal, now)
        return applied.proposal, zone, applied


async def _applied(proposal: Proposal, how: _How) -> Applied:
    async with open_database(how.config) as (settings, database):
        return await editor(settings, database).apply(proposal, datetime.now(UTC))


def _sides(written: Sequence[str]) -> Mapping[str, Side]:
    sides: dict[str, Side] = {}
    for place, side in read_sets(written, option="--take").items():
        if side not in {"mine", "file"}:
            wrong_use(_("--take {place} needs mine or file, not `{side}`.").format(place=place, side=side))
        sides[EVERYWHERE if place == "all" else place] = "mine" if side == "mine" else "file"
    return sides


def _words(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig").rstrip("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = os_reason(error) if isinstance(error, OSError) else _("it is not UTF-8 text")
        fail(GroupbotError(_("{file} can't be read: {reason}.").format(file=path, reason=reason)))
