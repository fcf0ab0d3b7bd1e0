"""Amounts and times as people type them. Imports the reader of lists: to be imported when one is typed."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from groupbot.campaign.values import Campaign
from groupbot.desk.conversion_lists import instant
from groupbot.errors import ConfigError
from groupbot.i18n import _
from groupbot.tracking.imports.amounts import Money, money_of
from groupbot.tracking.imports.values import Ground, Unclear


def amount_and_time(
    amount: str, at: str, currency: str, campaign: Campaign, now: datetime
) -> tuple[Money | None, datetime]:
    """Return the money, None for "", and the instant, `now` for "". Raises ConfigError."""
    zone = ZoneInfo(campaign.timezone)
    start = datetime.combine(campaign.start, time(), zone).astimezone(UTC)
    ground = Ground(zone=zone, start=start, now=now, currency=currency)
    return _money(amount, currency) if amount else None, instant(at, ground) if at else now


def _money(words: str, currency: str) -> Money:
    try:
        found = money_of(words)
    except Unclear as error:
        raise ConfigError(_("{reason}.").format(reason=error.reason), hint=error.hint) from error
    return Money(amount=found.amount, currency=found.currency or currency)
