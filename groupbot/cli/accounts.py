"""`groupbot accounts`: which there are, pausing one that needs rest, and logging one in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.table import Table
from rich.text import Text

from groupbot.admin.words import state_word
from groupbot.cli.context import DEFAULT_CONFIG, ConfigOption, JsonOption, answer, open_database
from groupbot.cli.output import console, print_json, print_table
from groupbot.cli.status import account_words
from groupbot.delivery.paces import pace, warm_up
from groupbot.errors import ConfigError, GroupbotError
from groupbot.i18n import _
from groupbot.inbound.qr import drawing
from groupbot.settings import Settings
from groupbot.storage.presence import AccountView, Presence, Standing

app = typer.Typer(no_args_is_help=True, help=_("Accounts: bot logins that post."))

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help=_("The account's name in config.toml."))]


@app.command("list", help=_("List accounts and how they stand."))
def list_command(*, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    async def work() -> tuple[Sequence[AccountView], Settings]:
        async with open_database(config) as (settings, database):
            return (await Presence(database).standing(datetime.now(UTC))).accounts, settings

    accounts, settings = answer(work())
    if as_json:
        print_json([_document(account, settings) for account in accounts])
        return
    table = Table(_("account"), _("state"), _("warm-up"), _("detail"))
    for account in accounts:
        words = Text(account_words(account))
        table.add_row(account.name, state_word(account.state), _warm_up_word(account.name, settings), words)
    print_table(table, _("No daemon has opened an account yet: `groupbot run`."))


def _document(account: AccountView, settings: Settings) -> dict[str, object]:
    shown = {"name": account.name, "state": account.state, "paused": account.paused, "detail": account.detail}
    return shown | {"warm_up_day": _warm_up_day(account.name, settings)}


def _warm_up_day(account: str, settings: Settings) -> int | None:
    plan = warm_up(settings, account)
    return plan.day(_today(settings)) if plan else None


def _warm_up_word(account: str, settings: Settings) -> str:
    """Return which day of its warm-up an account is on and how many posts that day has, "" when it is none."""
    number = _warm_up_day(account, settings)
    if number is None:
        return ""
    most = pace(settings, account).cap_on(_today(settings))
    return _("day {number}: {most} posts").format(number=number, most=most)


def _today(settings: Settings) -> date:
    return datetime.now(ZoneInfo(settings.timezone)).date()


@app.command("pause", help=_("Begin no further post on an account until `resume`."))
def pause(name: NameArgument, *, config: ConfigOption = DEFAULT_CONFIG) -> None:
    _change(config, name, paused=True, reason=_("paused by a person"))
    console().print(_("{account} is paused.").format(account=name))


@app.command("resume", help=_("Let an account post again."))
def resume(name: NameArgument, *, config: ConfigOption = DEFAULT_CONFIG) -> None:
    _change(config, name, paused=False, reason="")
    console().print(_("{account} posts again.").format(account=name))


@app.command("login", help=_("Show the code by which an account that waits for its login is logged in."))
def login(name: NameArgument, *, config: ConfigOption = DEFAULT_CONFIG) -> None:
    async def work() -> str:
        async with open_database(config) as (_settings, database):
            presence = Presence(database)
            standing = await presence.standing(datetime.now(UTC))
            return _waiting(name, standing, await presence.login_code(name))

    code = answer(work())
    try:
        drawn = drawing(code)
    except ValueError:  # longer than any QR code
        drawn = code
    screen = console()
    screen.print(Text(_("Scan this with the phone of {account}. It is good for a minute or two.").format(account=name)))
    screen.print(Text(drawn, style="bright_white on black"), soft_wrap=True)


def _waiting(name: str, standing: Standing, code: str | None) -> str:
    """Return the code that is good now, or refuse."""
    if name not in {account.name for account in standing.accounts}:
        raise _unknown(name)
    if standing.state not in {"running", "stopping"}:
        raise GroupbotError(
            _("No daemon is running, so nobody asks for a code."), hint=_("Start one with `groupbot run`.")
        )
    if code is None:
        raise GroupbotError(_("{account} does not wait for a login.").format(account=name))
    return code


def _unknown(name: str) -> ConfigError:
    return ConfigError(
        _("There is no account called {account} yet.").format(account=name),
        hint=_("`groupbot accounts list` shows those that a daemon has opened."),
    )


def _change(config: Path, name: str, *, paused: bool, reason: str) -> None:
    async def work() -> None:
        async with open_database(config) as (_settings, database):
            if not await Presence(database).pause_account(name, paused=paused, reason=reason):
                raise _unknown(name)

    answer(work())
