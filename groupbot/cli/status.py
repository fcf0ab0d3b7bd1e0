"""`groupbot status`: how the daemon and its accounts stand, as the database tells."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import typer
from rich.table import Table
from rich.text import Text

from groupbot.admin.words import state_word
from groupbot.cli.context import DEFAULT_CONFIG, ConfigOption, JsonOption, answer, open_database
from groupbot.cli.output import console, print_json
from groupbot.core.events import AccountState
from groupbot.i18n import _
from groupbot.storage.presence import AccountView, Presence, Standing

NO_DUE = "—"


def add_status(app: typer.Typer) -> None:
    """Add `status` to the root command."""
    app.command("status", help=_("Tell whether a daemon runs, how accounts stand and what is due next."))(status)


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
