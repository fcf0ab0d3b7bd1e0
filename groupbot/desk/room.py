"""The control room over the store."""

from __future__ import annotations

from collections.abc import Callable, Container

from groupbot.admin.room import Around, ControlRoom, furnish
from groupbot.admin.services import Ports
from groupbot.campaign.one_off import OneOff
from groupbot.chat.channels import AlertDesk
from groupbot.chat.directory import Directory
from groupbot.core.clock import Clock
from groupbot.desk.alerting import chat_alerts
from groupbot.desk.opening import LazyDesk
from groupbot.desk.outcomes import OpenOutcomes
from groupbot.desk.system import PresenceView
from groupbot.desk.tasks import TaskOffice
from groupbot.settings import Settings
from groupbot.storage.audit import SqlAudit
from groupbot.storage.cards import SqlCards
from groupbot.storage.engine import Database
from groupbot.storage.one_off import SqlOrders
from groupbot.storage.people import SqlPeople
from groupbot.storage.presence import Presence


def control_room(  # noqa: PLR0913 - the composition root fills each
    settings: Settings,
    *,
    database: Database,
    directory: Directory,
    alerts: AlertDesk,
    clock: Clock,
    poke: Callable[[str], None],
    has_stable_ids: Callable[[str], bool],
    ours: Container[str],
    desk: LazyDesk,
) -> ControlRoom:
    """Return what hears and answers operators, who get `alerts` there, too; nothing is read before it is opened."""
    around = Around(
        settings=settings,
        directory=directory,
        clock=clock,
        alerts=alerts,
        orders=OneOff(orders=SqlOrders(database), clock=clock, timezone=settings.timezone),
        people=SqlPeople(database),
        cards=SqlCards(database),
        audit=SqlAudit(database),
        has_stable_ids=has_stable_ids,
        poke=poke,
        ours=ours,
    )
    ports = Ports(
        system=PresenceView(Presence(database), clock),
        desk=desk,
        outcomes=OpenOutcomes(database, clock),
        tasks=TaskOffice(database, clock),
    )
    room = furnish(around, ports)
    alerts.prefer(chat_alerts(room, settings, database))
    return room
