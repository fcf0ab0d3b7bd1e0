"""What the commands that order something say: which orders there are now, and who does them."""

from __future__ import annotations

from groupbot.campaign.one_off import ONE_OFF, Order, address_of
from groupbot.campaign.views import Placed
from groupbot.chat.words import kind_word
from groupbot.cli.output import console, print_json
from groupbot.i18n import _


def tell(placed: Placed, *, as_json: bool) -> None:
    """Say which orders there are now, and who does them."""
    if as_json:
        print_json({"orders": [_document(order) for order in placed.orders], "daemon_runs": placed.daemon_runs})
        return
    screen = console()
    for order in placed.orders:
        words = _("{key}: {kind}, ordered from {account}.")
        screen.print(words.format(key=address_of(order), kind=kind_word(order.kind), account=order.account))
    screen.print(
        _("The running daemon does it within its pace and budgets.")
        if placed.daemon_runs
        else _("No daemon runs now; it is done as soon as one does: `groupbot run`.")
    )
    screen.print(_("How it stands: `groupbot deliveries list --campaign {campaign}`.").format(campaign=ONE_OFF))


def _document(order: Order) -> dict[str, str]:
    return {"key": address_of(order), "kind": order.kind, "account": order.account, "group": order.group}
