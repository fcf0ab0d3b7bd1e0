"""`groupbot track proposals`: rows of imports whose person nobody could tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from groupbot.admin.conversion_desk import Counted
from groupbot.admin.families.conversion_words import counted_line
from groupbot.cli import track_plan
from groupbot.cli.context import DEFAULT_CONFIG, ConfigOption, JsonOption, answer, open_database, user
from groupbot.cli.output import console, print_json, print_table
from groupbot.core.clock import SystemClock
from groupbot.i18n import _, ngettext
from groupbot.tracking.conversion_book import Proposal

app = typer.Typer(no_args_is_help=True, help=_("Rows of imports that could be several members', or nobody's."))


@app.command("list", help=_("List the open ones with who may be meant."))
def list_command(
    *,
    campaign: Annotated[str, typer.Option("--campaign", help=_("Of this campaign alone."))] = "",
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    async def work() -> Sequence[Proposal]:
        async with open_database(config) as (settings, database):
            return await track_plan.office(settings, database, SystemClock()).proposals(campaign)

    rows = answer(work())
    if as_json:
        print_json([_document(row) for row in rows])
        return
    table = Table("#", _("row"), _("key"), _("amount"), _("called"), _("candidates"))
    for row in rows:
        first = row.conversions[0]
        money = f"{first.amount:f} {first.currency}" if first.amount is not None else "—"
        candidates = Text("\n".join(row.candidates) or "—")
        table.add_row(str(row.id), str(row.row), Text(row.key), money, Text(row.called), candidates)
    print_table(table, _("No row waits for a word."))


@app.command("take", help=_("Say whose a row is."))
def take(
    number: Annotated[int, typer.Argument(metavar="#", help=_("As the list shows."))],
    member: Annotated[str, typer.Argument(metavar="MEMBER", help=_("Id or nickname."))],
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    done = _settle(config, {number: member})
    if as_json:
        print_json([track_plan.counted_json(one) for one in done])
        return
    for one in done:
        console().print(Text(_("Written: {what}").format(what=counted_line(one))), soft_wrap=True)


@app.command("drop", help=_("Leave rows out; importing the file again leaves them out, too."))
def drop(
    numbers: Annotated[list[int], typer.Argument(metavar="#", help=_("As the list shows."))],
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    _settle(config, dict.fromkeys(numbers, ""))
    if as_json:
        print_json({"dropped": numbers})
        return
    n = len(numbers)
    console().print(ngettext("{n} row is dropped.", "{n} rows are dropped.", n).format(n=n))


def _settle(config: ConfigOption, choices: dict[int, str]) -> Sequence[Counted]:
    async def work() -> Sequence[Counted]:
        async with open_database(config) as (settings, database):
            return await track_plan.office(settings, database, SystemClock()).settle(choices, by=user() or "cli")

    return answer(work())


def _document(row: Proposal) -> dict[str, Any]:
    return {
        "number": row.id,
        "campaign": row.campaign,
        "key": row.key,
        "batch": row.batch,
        "row": row.row,
        "called": row.called,
        "candidates": list(row.candidates),
        "stages": [
            {
                "stage": one.stage,
                "at": one.at.isoformat(),
                "amount": None if one.amount is None else f"{one.amount:f}",
                "currency": one.currency or None,
            }
            for one in row.conversions
        ],
    }
