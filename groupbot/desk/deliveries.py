"""Deliveries: how they stand, settling what nobody knows, taking back what was posted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from groupbot.campaign.recall import recall_orders
from groupbot.campaign.values import CampaignState
from groupbot.campaign.views import Placed
from groupbot.core.clock import Clock
from groupbot.delivery.values import DeliveryView, Settlement, State
from groupbot.desk.existing import existing
from groupbot.desk.orders import place
from groupbot.errors import CampaignError
from groupbot.i18n import _
from groupbot.settings import Settings
from groupbot.storage import signals
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.engine import Database
from groupbot.storage.ledger import SqlLedger
from groupbot.storage.one_off import SqlOrders

TO_SETTLE = (State.UNKNOWN, State.HELD, State.FAILED)
"""What waits for a person's word."""


async def deliveries(database: Database, campaign: str, states: Sequence[State] = ()) -> Sequence[DeliveryView]:
    """Return a campaign's deliveries by time, all without `states`; raises CampaignError for an unknown campaign."""
    await existing(database, campaign)
    return await SqlCampaigns(database).deliveries(campaign, states)


async def open_deliveries(database: Database, states: Sequence[State] = TO_SETTLE) -> tuple[DeliveryView, ...]:
    """Return what is in one of `states` in any campaign that was not cancelled, by time."""
    store = SqlCampaigns(database)
    campaigns = [one.id for one in await store.list() if one.state is not CampaignState.CANCELLED]
    found = [row for campaign in campaigns for row in await store.deliveries(campaign, states)]
    return tuple(sorted(found, key=lambda row: (row.due, row.campaign, row.group)))


async def settle(database: Database, campaign: str, key: str, how: Settlement, now: datetime) -> DeliveryView:
    """Say what became of an open delivery, and return how it stands; raises CampaignError when it is not open."""
    if not await SqlLedger(database).settle(campaign, key, how, now):
        raise CampaignError(
            _("{key} is not open: it waits for no decision.").format(key=f"{campaign}/{key}"),
            hint=_("`groupbot deliveries list --campaign {campaign}` shows what is.").format(campaign=campaign),
        )
    async with database.write() as conn:
        await signals.raise_(conn, database.insert)
    return next(row for row in await SqlCampaigns(database).deliveries(campaign) if row.key == key)


async def recall(settings: Settings, database: Database, clock: Clock, campaign: str, key: str) -> Placed:
    """Order that what a delivery posted be taken back; raises CampaignError where nothing can be."""
    posts = await SqlOrders(database).posts_of(campaign, key)
    return await place(recall_orders(f"{campaign}/{key}", posts, clock.now()), settings, database, clock)
