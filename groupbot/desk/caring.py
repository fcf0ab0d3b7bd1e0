"""Care put together over the store."""

from __future__ import annotations

from collections.abc import Container

from groupbot.admin.room import ControlRoom
from groupbot.campaign.one_off import ONE_OFF, order_key
from groupbot.core.clock import Clock
from groupbot.desk.care import CareDesk
from groupbot.desk.care_parts import CareParts
from groupbot.desk.ears import Ears
from groupbot.desk.first_talks import FirstTalks
from groupbot.desk.opening import LazyDesk
from groupbot.desk.running_sops import RunningSops
from groupbot.storage.engine import Database
from groupbot.storage.facts import SqlFacts
from groupbot.storage.one_off import SqlOrders
from groupbot.storage.tasks import SqlTasks


class PluginReplies:
    """`desk.care_parts.Replies`: the answers of the keyword plugin, by the key of their orders."""

    def __init__(self, database: Database) -> None:
        self._orders = SqlOrders(database)

    async def answered(self, account: str, message_id: str) -> bool:
        key = order_key("plugin", "keyword-reply", f"{account}/{message_id}")
        return bool(await self._orders.posts_of(ONE_OFF, key))


def care_of(
    room: ControlRoom,
    desk: LazyDesk,
    running: RunningSops,
    *,
    database: Database,
    clock: Clock,
    ours: Container[str],
    ears: Ears,
) -> tuple[CareDesk, FirstTalks]:
    """Return the stages that hear who needs a person; `room` looks after what they heard."""
    services = room.services
    parts = CareParts(
        facts=SqlFacts(database),
        replies=PluginReplies(database),
        saying=room.answers,
        cards=services.cards,
        people=services.people,
        places=services.places,
        directory=services.directory,
        settings=lambda: desk.settings,
        clock=clock,
        ours=ours,
        ears=ears,
    )
    care = CareDesk(parts, room.desk.kinds)
    room.chores.append(care.look)
    talks = FirstTalks(
        running=running,
        directory=services.directory,
        tasks=SqlTasks(database),
        wanted=lambda: desk.settings.care.first_talks,
        is_staff=parts.is_staff,
        now=clock.now,
    )
    return care, talks
