"""`groupbot campaign save-template ID OUT`: the SOP as it ran, edits included, with what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from groupbot.campaign.editing import Editor, Running
from groupbot.campaign.results import results_of
from groupbot.cli.context import DEFAULT_CONFIG, ConfigOption, JsonOption, answer, open_database
from groupbot.cli.output import console, fail, print_json, wrong_use
from groupbot.cli.sop_input import read_sets
from groupbot.desk.editing import editor
from groupbot.errors import CampaignError, GroupbotError
from groupbot.i18n import _, joined, os_reason
from groupbot.sop.document import Sop
from groupbot.sop.load import YAML, load
from groupbot.sop.planned import SopError
from groupbot.sop.results import Results, results_shape
from groupbot.sop.sheets.results import unsaid, with_results
from groupbot.sop.writing import to_yaml
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.engine import Database
from groupbot.storage.facts import SqlFacts
from groupbot.tracking.facts import FactKind
from groupbot.tracking.ports import FactQuery


def add_template(app: typer.Typer) -> None:
    """Add the command to `groupbot campaign`."""
    app.command("save-template", help=_("Save the SOP as it ran, edits included, with its results."))(save_template)


def save_template(
    campaign: Annotated[str, typer.Argument(metavar="ID", help=_("The campaign's id, as `campaign list` shows."))],
    out: Annotated[Path, typer.Argument(metavar="OUT", help=_("A file that ends in .xlsx or .yaml."))],
    *,
    goals: Annotated[
        list[str] | None, typer.Option("--goal", help=_("What came of a goal, as NUMBER=RESULT, e.g. 1=132."))
    ] = None,
    force: Annotated[bool, typer.Option("--force", help=_("Write over a file that is there."))] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Save the SOP as it ran, to be launched on other groups."""
    if out.suffix not in {".xlsx", *YAML}:
        wrong_use(_("{file} is neither a workbook nor YAML.").format(file=out), _("Let it end in .xlsx or .yaml."))
    if out.exists() and not force:
        fail(GroupbotError(_("{file} is there already.").format(file=out), hint=_("Add --force to write over it.")))
    reached = _reached(goals or [])

    async def work() -> tuple[Results, bytes]:
        async with open_database(config) as (settings, database):
            desk = editor(settings, database)
            running = await desk.running(campaign)
            results = await _results(running, database, reached)
            return results, _written(desk, running, replace(running.sop, results=results), out)

    results, data = answer(work())
    try:
        out.write_bytes(data)
    except OSError as error:
        fail(GroupbotError(_("{file} can't be written: {reason}.").format(file=out, reason=os_reason(error))))
    if as_json:
        print_json({"campaign": campaign, "file": str(out), "results": results_shape(results)})
        return
    total = results.total
    said = _("{file} is written: {groups} groups, {finished} finished; {sent} sent, {late} late, {skipped} skipped.")
    words = said.format(
        file=out,
        groups=len(results.groups),
        finished=results.finished,
        sent=total.sent,
        late=total.late,
        skipped=total.skipped,
    )
    console().print(Text(words), soft_wrap=True)


def _reached(written: Sequence[str]) -> Mapping[int, str]:
    reached: dict[int, str] = {}
    for number, result in read_sets(written, option="--goal").items():
        if not number.isdecimal() or not result.strip():
            wrong_use(_("--goal needs NUMBER=RESULT, not `{text}`.").format(text=f"{number}={result}"))
        reached[int(number)] = result.strip()
    return reached


async def _results(running: Running, database: Database, reached: Mapping[int, str]) -> Results:
    campaigns, facts = SqlCampaigns(database), SqlFacts(database)
    name = running.campaign.id
    if beyond := [number for number in reached if not 1 <= number <= len(running.sop.goals)]:
        raise CampaignError(
            _("The SOP has no goal number {number}.").format(number=beyond[0]),
            hint=_("It has {count} goals.").format(count=len(running.sop.goals)),
        )
    scope = await facts.campaign_scope(name)
    found: Counter[tuple[FactKind, str]] = Counter()
    if scope:
        kinds = frozenset({FactKind.JOIN, FactKind.MESSAGE})
        rows = await facts.find(FactQuery(groups=scope.groups, kinds=kinds, since=scope.since))
        found.update((row.fact.kind, row.fact.group or "") for row in rows)
    return results_of(
        running.sop,
        name,
        await campaigns.deliveries(name),
        groups=await campaigns.groups(name),
        joins={group: count for (kind, group), count in found.items() if kind is FactKind.JOIN},
        replies={group: count for (kind, group), count in found.items() if kind is FactKind.MESSAGE},
        reached=reached,
    )


def _written(desk: Editor, running: Running, sop: Sop, out: Path) -> bytes:
    """Return the template's bytes; raises CampaignError for a sheet that would say less than the SOP."""
    if out.suffix in YAML:
        return to_yaml(sop).encode()
    files = desk.files(running.home)
    data = with_results(sop, files=files)
    try:
        again = load(data, file=out.name, files=files)
    except SopError as error:
        raise _too_little(error.message) from error
    if lost := unsaid(sop, again):
        raise _too_little(_("it would lose {names}").format(names=joined(lost)))
    return data


def _too_little(reason: str) -> CampaignError:
    return CampaignError(
        _("A sheet can't say all of this SOP: {reason}.").format(reason=reason),
        hint=_("Save it as .yaml."),
    )
