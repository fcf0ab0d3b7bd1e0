"""Judging who wants to come in, or wants an account in their group, over the store."""

from __future__ import annotations

from collections.abc import Mapping

from groupbot.campaign.one_off import OneOff
from groupbot.chat.adapter import Adapter
from groupbot.chat.alerts import Alerts
from groupbot.core.clock import Clock
from groupbot.inbound.desk import RememberingDesk
from groupbot.inbound.friends import FriendStage
from groupbot.inbound.invitations import InvitationStage
from groupbot.settings import Settings
from groupbot.storage.engine import Database
from groupbot.storage.one_off import SqlOrders


def requests(
    settings: Settings, adapters: Mapping[str, Adapter], alerts: Alerts, clock: Clock, database: Database
) -> tuple[FriendStage, InvitationStage]:
    """Return what judges friendship requests and invitations."""
    orders = OneOff(orders=SqlOrders(database), clock=clock, timezone=settings.timezone)
    desk = RememberingDesk(orders)
    words = tuple(word for channel in settings.channels for word in channel.greetings)
    friends = FriendStage(rule=settings.friends, desk=desk, alerts=alerts, clock=clock, words=words)
    invitations = InvitationStage(
        rule=settings.invitations,
        desk=desk,
        alerts=alerts,
        has_stable_ids=lambda account: adapters[account].capabilities.stable_ids,
    )
    return friends, invitations
