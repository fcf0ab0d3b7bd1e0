"""`groupbot run` and `groupbot status`: the daemon, and how it stands."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from groupbot import lifecycle
from groupbot.admin.words import state_word
from groupbot.app import build
from groupbot.cli.context import DEFAULT_CONFIG, ConfigOption, JsonOption, answer, open_database, settings_of
from groupbot.cli.output import console, fail, print_json
from groupbot.core.events import AccountState
from groupbot.errors import ConfigError, GroupbotError
from groupbot.i18n import _
from groupbot.settings import Settings
from groupbot.storage.presence import AccountView, Presence, Standing

NO_DUE = "—"
LEAVE_S = 2.0
"""Seconds that threads and tasks which plugins left behind may keep the process once everything is closed."""


def add_daemon(app: typer.Typer) -> None:
    """Add `run` and `status` to the root command."""
    app.command("run", help=_("Run the daemon until SIGTERM or Ctrl-C; a second signal stops at once."))(run)
    app.command("status", help=_("Tell whether a daemon runs, how accounts stand and what is due next."))(status)


def run(*, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Run the daemon."""
    try:
        settings = settings_of(config, quiet=False)
        if not settings.accounts:
            raise ConfigError(
                _("{file} names no account.").format(file=config),
                hint=_("Add an [[accounts]] block; config.example.toml shows one."),
            )
        asyncio.run(_run(settings, config))
    except GroupbotError as error:
        fail(error)


async def _run(settings: Settings, config: Path) -> None:
    screen = Console(file=sys.stdout, highlight=False)
    await lifecycle.run(build(settings, console=screen), config=config)
    _leave_within(LEAVE_S)


def _leave_within(seconds: float) -> None:
    """End the process, whatever still runs in it, unless it ends by itself: Python waits for threads for ever."""
    leaving = threading.Timer(seconds, os._exit, [0])
    leaving.daemon = True
    leaving.start()


def status(*, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Tell how the daemon stands."""

    async def work() -> tuple[Standing, ZoneInfo]:
        async with open_database(config) as (settings, database):
            return await Presence(database).standing(datetime.now(UTC)), ZoneInfo(settings.timezone)

    standing, zone = answer(work())
    if as_json:
        print_json(_as_document(standing, zone))
        return
    screen = console()
    due = f"{standing.next_due.astimezone(zone):%Y-%m-%d %H:%M:%S}" if standing.next_due else NO_DUE
    screen.print(
        _("groupbot: {state}, next due {due}, being sent {sending}, unknown {unknown}, held {held}").format(
            state=state_word(standing.state),
            due=due,
            sending=standing.sending,
            unknown=standing.unknown,
            held=standing.held,
        )
    )
    table = Table(_("account"), _("state"), _("detail"))
    for account in standing.accounts:
        table.add_row(account.name, state_word(account.state), Text(account_words(account)))
    if standing.accounts:
        screen.print(table)


def _as_document(standing: Standing, zone: ZoneInfo) -> dict[str, Any]:
    accounts = [
        {"name": account.name, "state": account.state, "owner": account.owner, "detail": account.detail}
        for account in standing.accounts
    ]
    return {
        "state": standing.state,
        "since": standing.since.astimezone(zone).isoformat(timespec="seconds") if standing.since else None,
        "accounts": accounts,
        "next_due": standing.next_due.astimezone(zone).isoformat(timespec="seconds") if standing.next_due else None,
        "sending": standing.sending,
        "unknown": standing.unknown,
        "held": standing.held,
    }


def account_words(account: AccountView) -> str:
    """Return what else is to be said of how `account` stands."""
    if account.state == AccountState.LOGIN_NEEDED:
        return _("`groupbot accounts login {account}` shows the code.").format(account=account.name)
    return account.detail
