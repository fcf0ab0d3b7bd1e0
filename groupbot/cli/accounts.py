"""`groupbot accounts`: which there are, and pausing one that needs rest."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from groupbot.cli.context import DEFAULT_CONFIG, ConfigOption, JsonOption, answer, open_database
from groupbot.cli.daemon import state_word
from groupbot.cli.output import console, print_json
from groupbot.errors import ConfigError
from groupbot.i18n import _
from groupbot.storage.presence import AccountView, Presence

app = typer.Typer(no_args_is_help=True, help=_("Accounts: bot logins that post."))

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help=_("The account's name in config.toml."))]


@app.command("list", help=_("List accounts and how they stand."))
def list_command(*, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    async def work() -> tuple[AccountView, ...]:
        async with open_database(config) as (_settings, database):
            return (await Presence(database).standing(datetime.now(UTC))).accounts

    accounts = answer(work())
    if as_json:
        print_json([{"name": a.name, "state": a.state, "paused": a.paused, "detail": a.detail} for a in accounts])
        return
    table = Table(_("account"), _("state"), _("detail"))
    for account in accounts:
        table.add_row(account.name, state_word(account.state), Text(account.detail))
    console().print(table)


@app.command("pause", help=_("Begin no further post on an account until `resume`."))
def pause(name: NameArgument, *, config: ConfigOption = DEFAULT_CONFIG) -> None:
    _change(config, name, paused=True, reason=_("paused by a person"))
    console().print(_("{account} is paused.").format(account=name))


@app.command("resume", help=_("Let an account post again."))
def resume(name: NameArgument, *, config: ConfigOption = DEFAULT_CONFIG) -> None:
    _change(config, name, paused=False, reason="")
    console().print(_("{account} posts again.").format(account=name))


def _change(config: Path, name: str, *, paused: bool, reason: str) -> None:
    async def work() -> None:
        async with open_database(config) as (_settings, database):
            if not await Presence(database).pause_account(name, paused=paused, reason=reason):
                raise ConfigError(
                    _("There is no account called {account} yet.").format(account=name),
                    hint=_("`groupbot accounts list` shows those that a daemon has opened."),
                )

    answer(work())
