"""How the doctor learns where accounts stand: at their gateways, or from what a daemon saw."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from groupbot.connectors import connectors
from groupbot.core.clock import SystemClock
from groupbot.desk.doctor_books import Books, Sightings
from groupbot.doctor import accounts
from groupbot.doctor.checks import Check
from groupbot.doctor.seats import judge_seen
from groupbot.errors import ConfigError
from groupbot.i18n import _
from groupbot.settings import Settings, WechatyAccount
from groupbot.storage.presence import Standing


async def gateways(settings: Settings, books: Books) -> Iterable[Check]:
    """Look at the accounts that have a gateway, all at a time; a running daemon's word is taken for its own."""
    daemon = await books.daemon(_now(settings))
    if daemon is not None:
        return await _reported(settings, books, daemon)
    found = await asyncio.gather(*(_visit(settings, account) for account in _remote(settings)))
    return [check for checks in found for check in checks]


async def seen_groups(settings: Settings, books: Books) -> Iterable[Check]:
    """Judge by what was seen before, without any gateway; of what was never seen nothing is said."""
    daemon = await books.daemon(_now(settings))
    if daemon is not None:
        return await _reported(settings, books, daemon)
    seen = await books.sightings()
    names = [account.name for account in _remote(settings) if seen.of(account.name)]
    return [check for name in names for check in _seats(settings, seen, name, None)]


async def _reported(settings: Settings, books: Books, daemon: Standing) -> list[Check]:
    """Judge accounts by what the running daemon says: a second client would be refused."""
    seen = await books.sightings()
    views = {view.name: view for view in daemon.accounts}
    found: list[Check] = []
    for account in _remote(settings):
        view = views.get(account.name)
        if view is None:
            found.append(_unknown(account.name))
            continue
        found += accounts.judge_sight(account.name, accounts.Sight(state=view.state, detail=view.detail), ())
        found += _seats(settings, seen, account.name, view.since if view.state == "online" else None)
    return found


def _seats(settings: Settings, seen: Sightings, account: str, online_since: datetime | None) -> Iterable[Check]:
    seats = accounts.seats_of(settings, account)
    return judge_seen(account, seats, seen.of(account), online_since=online_since, now=_now(settings))


def _unknown(account: str) -> Check:
    return Check(
        name=f"account:{account}",
        ok=False,
        message=_("The running daemon does not know account {account} yet.").format(account=account),
        hint=_("Stop it and start it again."),
    )


async def _visit(settings: Settings, account: WechatyAccount) -> list[Check]:
    """Connect to the gateway of `account`, see what there is, and leave."""
    reached = await accounts.reach(account.name, account.endpoint)
    if not reached.ok:
        return [reached]
    alone = settings.model_copy(update={"accounts": (account,)})
    try:
        adapter = connectors(alone, SystemClock(), None)[account.name]
    except ConfigError:  # its secret is missing, which has its own check
        return [reached]
    seats = accounts.seats_of(settings, account.name)
    sight = await accounts.look(adapter, frozenset(seat.chat_id for seat in seats))
    return [reached, *accounts.judge_sight(account.name, sight, seats)]


def _remote(settings: Settings) -> list[WechatyAccount]:
    return [account for account in settings.accounts if isinstance(account, WechatyAccount)]


def _now(settings: Settings) -> datetime:
    return datetime.now(ZoneInfo(settings.timezone))
