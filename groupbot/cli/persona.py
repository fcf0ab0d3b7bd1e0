"""`groupbot persona`: who an account is to members, beside what config.toml declares."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.table import Table
from rich.text import Text

from groupbot.campaign.one_off import OneOff, address_of
from groupbot.campaign.personas import persona_order
from groupbot.chat.persona import by_hand, to_set
from groupbot.chat.persona_words import match_words, trait_word
from groupbot.cli.checks import checks_json, print_checks
from groupbot.cli.context import DEFAULT_CONFIG, ConfigOption, JsonOption, answer, open_database
from groupbot.cli.output import REFUSED, console, print_json
from groupbot.core.clock import SystemClock
from groupbot.desk.personas import Persona, persona_of
from groupbot.doctor.persona import persona_checks, way_out
from groupbot.errors import CampaignError
from groupbot.i18n import _
from groupbot.settings import Settings
from groupbot.storage.engine import Database
from groupbot.storage.one_off import SqlOrders

app = typer.Typer(no_args_is_help=True, help=_("Personas: who accounts are to members."))

AccountArgument = Annotated[str, typer.Argument(metavar="ACCOUNT", help=_("The account's name in config.toml."))]


@app.command("show", help=_("Show what is declared of an account beside what was last read of it."))
def show(account: AccountArgument, *, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    persona = _look(config, account)
    if as_json:
        print_json(
            [
                {"trait": item.trait.value, "declared": item.wanted, "shown": item.shown, "match": item.match.value}
                for item in persona.found
            ]
        )
        return
    table = Table(_("trait"), _("declared"), _("as last read"), _("how it stands"))
    for item in persona.found:
        words = match_words(item.match).format(account=account, trait=trait_word(item.trait))
        table.add_row(trait_word(item.trait), Text(item.wanted), Text(item.shown), words)
    console().print(table)


@app.command("check", help=_("Compare an account with what is declared of it; exit status 1 if anything differs."))
def check(account: AccountArgument, *, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    persona = _look(config, account)
    found = tuple(persona_checks(account, persona.found, persona.can))
    if as_json:
        print_json(checks_json(found))
    else:
        print_checks(found)
    if not all(item.ok for item in found):
        raise typer.Exit(REFUSED)


@app.command("set", help=_("Order what differs to be set by the account itself, and say what a person must do."))
def set_command(account: AccountArgument, *, config: ConfigOption = DEFAULT_CONFIG) -> None:
    async def work() -> tuple[Persona, str]:
        async with open_database(config) as (settings, database):
            persona = await persona_of(settings, database, account)
            return persona, await _order(settings, database, account, persona)

    persona, order = answer(work())
    screen = console()
    if order:
        text = _("Ordered as {order}; a running daemon does it within the account's budget.").format(order=order)
        screen.print(Text(text), soft_wrap=True)
    left = by_hand(persona.found, persona.can)
    for item in left:
        words = way_out(account, item, can_set=False)
        screen.print(Text(f"{trait_word(item.trait)}: {words}"), soft_wrap=True)
    if not order and not left:
        screen.print(_("{account} is as declared; there is nothing to set.").format(account=account))


async def _order(settings: Settings, database: Database, account: str, persona: Persona) -> str:
    """Order what the account can set; return the order's name, "" when there is nothing. Raises CampaignError."""
    change = to_set(persona.found, persona.can)
    if change is None:
        return ""
    clock = SystemClock()
    today = datetime.now(ZoneInfo(settings.timezone)).date()
    order = persona_order(account, change, persona.declared.digest, today)
    desk = OneOff(orders=SqlOrders(database), clock=clock, timezone=settings.timezone)
    if not await desk.submit(order):
        raise CampaignError(
            _("This was ordered already today, as {order}.").format(order=address_of(order)),
            hint=_("`groupbot deliveries list --campaign one-off` shows how it stands."),
        )
    return address_of(order)


def _look(config: Path, account: str) -> Persona:
    async def work() -> Persona:
        async with open_database(config) as (settings, database):
            return await persona_of(settings, database, account)

    return answer(work())
