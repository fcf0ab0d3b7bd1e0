"""`groupbot tracking`: the daily sums that reports read, and the trails that they are sums of."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from groupbot.cli.context import DEFAULT_CONFIG, ConfigOption, JsonOption, answer, open_database
from groupbot.cli.output import REFUSED, console, print_json
from groupbot.core.clock import SystemClock
from groupbot.i18n import _
from groupbot.storage.roll_checking import Difference
from groupbot.storage.roll_exporting import Sheet, sheets
from groupbot.storage.roller import roller_of

app = typer.Typer(no_args_is_help=True, help=_("Daily sums of joins, replies and money: bring them up to date."))
CampaignArgument = Annotated[str, typer.Argument(help=_("Id of the campaign."))]
SHOWN = 20
"""Differences that are shown at most; --json has all."""


@app.command("refresh", help=_("Read every fact that was recorded by now into the daily sums."))
def refresh(*, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Do what the daemon does every few seconds."""

    async def work() -> None:
        async with open_database(config) as (settings, database):
            await roller_of(database, lambda: settings, SystemClock()).refresh()

    answer(work())
    console().print(_("The sums are up to date."))


@app.command("rebuild", help=_("Make a campaign's daily sums anew from the facts, by the settings that hold now."))
def rebuild(campaign: CampaignArgument, *, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Refuse when facts that are needed were deleted."""

    async def work() -> None:
        async with open_database(config) as (settings, database):
            await roller_of(database, lambda: settings, SystemClock()).rebuild(campaign)

    answer(work())
    console().print(_("The sums of {campaign} were made anew.").format(campaign=campaign))


@app.command("verify", help=_("Compare a campaign's daily sums with what its members' trails add up to."))
def verify(campaign: CampaignArgument, *, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Print where they differ; exit status 1 if they do."""

    async def work() -> Sequence[Difference]:
        async with open_database(config) as (settings, database):
            roller = roller_of(database, lambda: settings, SystemClock())
            await roller.refresh()
            return await roller.verify(campaign)

    found = answer(work())
    if as_json:
        rows = [one.cell._asdict() | {"stored": one.stored, "added_up": one.added_up} for one in found]
        print_json({"campaign": campaign, "ok": not found, "differences": rows})
    else:
        for one in found[:SHOWN]:
            place = " ".join(part for part in one.cell if part)
            line = _("{place}: {stored} is written, the trails add up to {added_up}")
            console().print(line.format(place=place, stored=one.stored, added_up=one.added_up))
        words = _("{n} sums differ.").format(n=len(found)) if found else _("The sums agree with the trails.")
        console().print(words)
    if found:
        raise typer.Exit(REFUSED)


@app.command("export", help=_("Write a campaign's daily sums, members and conversions as CSV files."))
def export(
    campaign: CampaignArgument,
    *,
    folder: Annotated[Path, typer.Option("--csv", metavar="DIR", help=_("Folder for the files; made if need be."))],
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Write the files that docs/tracking.md describes."""

    async def work() -> Sequence[Sheet]:
        async with open_database(config) as (settings, database):
            await roller_of(database, lambda: settings, SystemClock()).refresh()
            return await sheets(database, campaign)

    made = answer(work())
    folder.mkdir(parents=True, exist_ok=True)
    for sheet in made:
        path = folder / f"{sheet.name}.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows((sheet.columns, *sheet.rows))
        console().print(_("{n} rows written to {file}.").format(n=len(sheet.rows), file=path))
