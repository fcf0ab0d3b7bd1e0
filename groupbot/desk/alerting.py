"""Alerts in chat, over the store."""

from __future__ import annotations

from groupbot.admin.alert_rules import AlertRules
from groupbot.admin.alerting import ChatAlerts
from groupbot.admin.room import ControlRoom
from groupbot.settings import Settings
from groupbot.storage.engine import Database
from groupbot.storage.one_off import SqlOrders
from groupbot.storage.waiting_alerts import SqlWaitingAlerts


def chat_alerts(room: ControlRoom, settings: Settings, database: Database) -> ChatAlerts:
    """Return the channel that tells people in the chats of `room`."""
    return ChatAlerts(
        rules=AlertRules.of(settings),
        services=room.services,
        answers=room.answers,
        kinds=room.desk.kinds,
        waiting=SqlWaitingAlerts(database),
        posted=SqlOrders(database),
    )
