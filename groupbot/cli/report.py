"""`groupbot report`: a campaign's goals, funnel, money and posts, whole or of one day, by what one asks for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table as Shown
from rich.text import Text

from groupbot.cli.context import DEFAULT_CONFIG, ConfigOption, JsonOption, answer, open_database
from groupbot.cli.output import console, print_json, print_table
from groupbot.core.clock import SystemClock
from groupbot.desk.report_files import Kind, saved
from groupbot.desk.reporting import EVENING, Reporting
from groupbot.i18n import _
from groupbot.reports.campaign.as_json import as_json
from groupbot.reports.campaign.page import shown
from groupbot.reports.campaign.tables import Cell, Share, Sum, Table, tables
from groupbot.reports.campaign.values import By, Report
from groupbot.reports.campaign.words import card_text
from groupbot.storage.roller import rollups_of

_UNBOUND = 10_000
"""Columns of a terminal in which every table fits."""


def add_report(app: typer.Typer) -> None:
    """Add `report` to the root command."""
    app.command("report", help=_("Show what a campaign brought: goals, funnel, money, posts; whole, or of one day."))(
        report
    )


def report(  # noqa: PLR0913 - one parameter per option
    campaign: Annotated[str, typer.Argument(help=_("Id of the campaign."))],
    *,
    day: Annotated[
        str, typer.Option("--day", metavar="DAY", help=_("Of one day: 2026-05-18, D3, today or yesterday."))
    ] = "",
    by: Annotated[By, typer.Option("--by", help=_("What the rows are."))] = By.DAY,
    squad: Annotated[str, typer.Option("--squad", help=_("Only the groups of this squad."))] = "",
    xlsx: Annotated[Path | None, typer.Option("--xlsx", metavar="FILE", help=_("Write it as a workbook."))] = None,
    png: Annotated[Path | None, typer.Option("--png", metavar="FILE", help=_("Write it as a picture."))] = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help=_("Write it as a page."))] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_document: JsonOption = False,
) -> None:
    """Print the report, and write it into the files that were named."""
    named: dict[Kind, Path | None] = {"xlsx": xlsx, "png": png, "html": html}
    files = {kind: path for kind, path in named.items() if path}
    dimensions = tuple(dict.fromkeys((by, *EVENING) if files or not as_document else (by,)))

    async def work() -> Report:
        async with open_database(config) as (settings, database):
            clock = SystemClock()
            rollups = rollups_of(database, lambda: settings, clock)
            reporting = Reporting(settings=settings, database=database, clock=clock, rollups=rollups)
            wanted = await reporting.wanted(campaign, day=day, by=dimensions, squads=[squad] if squad else None)
            made = await reporting.make(wanted)
            await saved(made, files)
            return made

    made = answer(work())
    if as_document:
        print_json(as_json(made, by))
        return
    console().print(Text(card_text(made)), soft_wrap=True)
    for table in tables(made, (by,)):
        console().print(Text("\n" + table.title))
        _print(table)
        if table.note:
            console().print(Text(table.note, style="dim"), soft_wrap=True)
    for path in files.values():
        console().print(Text(_("Written to {file}.").format(file=path)), soft_wrap=True)


def _print(table: Table) -> None:
    """Print the columns that say something, side by side, or line by line where the terminal is too narrow for that."""
    cells = [[shown(cell) for cell in row] for row in table.rows]
    said = [place for place in range(len(table.headings)) if not place or any(_says(row[place]) for row in table.rows)]
    made = Shown(*(table.headings[place] for place in said))
    for row in cells:
        made.add_row(*(Text(row[place]) for place in said))
    screen = console()
    if screen.measure(made, options=screen.options.update(width=_UNBOUND)).maximum <= screen.width:
        print_table(made, "")
        return
    for row in cells:
        named = [f"{table.headings[place]} {row[place]}" for place in said[1:] if row[place] not in {"", "—"}]
        screen.print(Text(f"{row[0]}: {' · '.join(named)}"), soft_wrap=True)


def _says(cell: Cell) -> bool:
    """Tell whether a cell is more than a dash or nothing."""
    return bool(cell.value) if isinstance(cell, Share | Sum) else cell not in {"", "—", 0}
