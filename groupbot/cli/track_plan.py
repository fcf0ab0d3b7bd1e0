"""`groupbot track plan`: what channels are planned to bring, beside what they brought."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any

import typer
from rich.table import Table

from groupbot.admin.conversion_desk import Counted
from groupbot.cli.context import DEFAULT_CONFIG, ConfigOption, JsonOption, answer, open_database
from groupbot.cli.output import print_json, print_table
from groupbot.core.clock import Clock, SystemClock
from groupbot.desk.conversions import ConversionOffice
from groupbot.i18n import _
from groupbot.settings import Settings
from groupbot.storage.engine import Database
from groupbot.storage.roller import rollups_of
from groupbot.tracking.planning import PlanLine


def office(settings: Settings, database: Database, clock: Clock) -> ConversionOffice:
    """Return what carries out the commands."""
    return ConversionOffice(database, clock, lambda: settings, rollups_of(database, lambda: settings, clock))


def add(app: typer.Typer) -> None:
    """Add the command to `app`."""

    @app.command("plan", help=_("Show the channels' plan: joins, groups needed, costs, beside what came of it."))
    def plan(
        campaign: Annotated[str, typer.Argument(metavar="CAMPAIGN", help=_("The one that runs if not given."))] = "",
        *,
        config: ConfigOption = DEFAULT_CONFIG,
        as_json: JsonOption = False,
    ) -> None:
        async def work() -> tuple[Sequence[PlanLine], str]:
            async with open_database(config) as (settings, database):
                lines = await office(settings, database, SystemClock()).plan(campaign)
                return lines, settings.tracking.currency

        lines, currency = answer(work())
        if as_json:
            print_json(
                {"currency": currency, "channels": [_line(one) for one in lines[:-1]], "total": _line(lines[-1])}
            )
            return
        table = Table(
            *(_("channel"), _("reach"), _("join rate"), _("planned joins"), _("groups needed")),
            *(_("planned cost"), _("planned a join"), _("joined so far"), _("spent"), _("spent a join")),
        )
        for one in lines:
            table.add_row(*cells(one))
        print_table(table, "")


def cells(one: PlanLine) -> tuple[str, ...]:
    """Return a line as people read it; what is unknown is —."""
    figures = (one.joins, one.groups, one.cost, one.cost_per_join, one.joined, one.spent or None, one.spent_per_join)
    rate = f"{one.join_rate * 100:f}".rstrip("0").rstrip(".") + "%" if one.join_rate is not None else "—"
    return (
        _("in all") if one.is_total else one.title or _("unknown"),
        _shown(one.reach),
        rate,
        *map(_shown, figures),
    )


def _shown(figure: Decimal | int | None) -> str:
    return "—" if figure is None else f"{figure:,f}" if isinstance(figure, Decimal) else f"{figure:,}"


def _line(one: PlanLine) -> dict[str, Any]:
    return {
        "channel": one.channel or None,
        "reach": one.reach,
        "join_rate": _text(one.join_rate),
        "planned_joins": one.joins,
        "groups_needed": one.groups,
        "planned_cost": _text(one.cost),
        "planned_cost_per_join": _text(one.cost_per_join),
        "joined": one.joined,
        "join_share": None if one.join_share is None else float(one.join_share),
        "spent": _text(one.spent),
        "spent_per_join": _text(one.spent_per_join),
    }


def counted_json(one: Counted) -> dict[str, Any]:
    """Return a conversion or a cost as programs read it."""
    return {
        "key": one.key,
        "campaign": one.campaign,
        "what": one.what,
        "member": one.member or None,
        "group": one.group or None,
        "at": one.at,
        "amount": _text(one.amount),
        "currency": one.currency or None,
    }


def _text(money: Decimal | None) -> str | None:
    return None if money is None else f"{money:f}"
