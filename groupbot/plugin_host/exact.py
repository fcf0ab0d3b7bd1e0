"""Amounts as plugins give them, exactly: a float has lost its cents before anybody sees it."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from groupbot.i18n import _
from groupbot.plugin_host.errors import PluginError
from groupbot.tracking.money import SCALE

_MOST = Decimal(1_000_000_000)


def exact(amount: object) -> Decimal | None:
    """Return `amount`; raises PluginError for a float, for what is below zero, and for what is finer than is kept."""
    if amount is None:
        return None
    try:
        found = Decimal(amount) if isinstance(amount, Decimal | int | str) and not isinstance(amount, bool) else None
        if found is not None and 0 <= found < _MOST and found * SCALE == (found * SCALE).to_integral_value():
            return found
    except (InvalidOperation, ValueError):
        pass
    raise PluginError(
        _("{amount!r} is no exact amount; give a Decimal, a whole number or digits in a text, not below 0.").format(
            amount=amount
        )
    )
