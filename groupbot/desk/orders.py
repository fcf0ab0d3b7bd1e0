"""Single orders: checked against what the account can do there, then planned for now."""

from __future__ import annotations

from collections.abc import Sequence

from groupbot.campaign.one_off import OneOff, Order, order_key
from groupbot.campaign.views import Placed
from groupbot.chat.capabilities import UNSEEN, Capabilities, Standing, obstacle
from groupbot.connectors import abilities
from groupbot.core.actions import AddMembers, CreateGroup, RemoveMembers
from groupbot.core.clock import Clock, SystemClock
from groupbot.core.content import Content, Part
from groupbot.core.ids import token
from groupbot.errors import CampaignError, ConfigError
from groupbot.i18n import _, joined
from groupbot.settings import GroupSettings, Settings
from groupbot.storage.engine import Database
from groupbot.storage.one_off import SqlOrders
from groupbot.storage.presence import Presence
from groupbot.storage.roster import SqlRoster


def fresh(content: Content, *, account: str, group: str = "") -> Order:
    """Return a new order for one content."""
    return Order(account=account, group=group, key=order_key(content.kind, token()), parts=(Part(content=content),))


async def place(orders: Sequence[Order], settings: Settings, database: Database, clock: Clock | None = None) -> Placed:
    """Plan `orders`, all of them or, where one can't be done, none.

    Raises CampaignError for what an account can't do there.
    """
    clock = clock or SystemClock()
    await _require_able(orders, settings, database)
    desk = OneOff(orders=SqlOrders(database), clock=clock, timezone=settings.timezone)
    for order in orders:
        await desk.submit(order)
    standing = await Presence(database).standing(clock.now())
    return Placed(orders=orders, daemon_runs=standing.state == "running")


def group_called(name: str, settings: Settings) -> GroupSettings:
    """Return the [[groups]] block called `name`. Raises ConfigError when there is none."""
    found = next((group for group in settings.groups if group.name == name), None)
    if found is None:
        raise ConfigError(
            _("config.toml has no group called {name}").format(name=name),
            hint=_("`groupbot groups list` shows those that accounts have seen; add a [[groups]] block for it."),
        )
    return found


def account_in(group: GroupSettings, account: str | None) -> str:
    """Return the account that acts in `group`: the one asked for, else the group's own.

    Raises ConfigError for one that is not in it.
    """
    chosen = account or group.account
    if chosen not in group.ids():
        raise ConfigError(
            _("Account {account} is not in the group {group}.").format(account=chosen, group=group.name),
            hint=_("In it are: {accounts}.").format(accounts=joined(group.ids())),
        )
    return chosen


def require_account(account: str, settings: Settings) -> None:
    """Raise ConfigError unless config.toml has `account`."""
    known = [item.name for item in settings.accounts]
    if account not in known:
        raise ConfigError(
            _("config.toml has no account called {account}").format(account=account),
            hint=_("Accounts: {accounts}.").format(accounts=joined(known) or "—"),
        )


async def _require_able(orders: Sequence[Order], settings: Settings, database: Database) -> None:
    standings = await SqlRoster(database).standings([order.group for order in orders])
    known = abilities(settings)
    for order in orders:
        standing = standings.get((order.account, order.group), UNSEEN)
        for part in order.parts:
            why = _obstacle(part.content, known[order.account], standing)
            if why:
                raise CampaignError(
                    _("{account} can't do this: {why}.").format(account=order.account, why=why),
                    hint=_("Let a person do it on the phone, or an account that may."),
                )


def _obstacle(content: Content, can: Capabilities, standing: Standing) -> str:
    """Return why it can't be done, "" when nothing is known against it.

    What names people by their ids is refused where ids change with each login: by then it may mean somebody else.
    """
    if isinstance(content, AddMembers | RemoveMembers | CreateGroup) and not can.stable_ids:
        return _("its platform gives people new ids at each login")
    return obstacle(content, can, standing)
