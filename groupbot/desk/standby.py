"""Standing in put together over the store."""

from __future__ import annotations

from collections.abc import Mapping

from groupbot.admin.room import ControlRoom
from groupbot.chat.adapter import Adapter
from groupbot.chat.alerts import Alerts
from groupbot.core.clock import Clock
from groupbot.desk.opening import LazyDesk
from groupbot.desk.playbooks import SopPlaybooks
from groupbot.desk.standby_cards import BackCards
from groupbot.desk.standing_in import Posting, StandInParts, StandIns
from groupbot.storage.engine import Database
from groupbot.storage.presence import Presence
from groupbot.storage.roster import SqlRoster
from groupbot.storage.standby import SqlStandby


def stand_ins(
    room: ControlRoom,
    desk: LazyDesk,
    posting: Posting,
    adapters: Mapping[str, Adapter],
    *,
    database: Database,
    alerts: Alerts,
    clock: Clock,
    playbooks: SopPlaybooks,
) -> StandIns:
    """Let others post what an account can't, from the next round of `room` on."""
    store, services = SqlStandby(database), room.services
    back = BackCards(
        store=store,
        cards=services.cards,
        kinds=room.desk.kinds,
        places=services.places,
        audit=services.audit,
        clock=clock,
        poke=posting.poke,
    )
    standins = StandIns(
        StandInParts(
            store=store,
            holder=Presence(database),
            posting=posting,
            standings=SqlRoster(database),
            adapters=adapters,
            directory=services.directory,
            settings=lambda: desk.settings,
            clock=clock,
            alerts=alerts,
            audit=services.audit,
            back=back,
            book_of=playbooks.of_kind,
        )
    )
    room.chores.append(standins.look)
    return standins
