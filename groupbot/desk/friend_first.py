"""Friend first, put together: who greeted, where there is room, and how they are invited."""

from __future__ import annotations

from collections.abc import Callable

from groupbot.campaign.one_off import OneOff
from groupbot.chat.alerts import Alerts
from groupbot.chat.directory import Directory
from groupbot.core.clock import Clock
from groupbot.desk.entries import Entries
from groupbot.inbound.desk import RememberingDesk
from groupbot.inbound.friend_first import FriendFirstStage
from groupbot.settings import Settings
from groupbot.storage.engine import Database
from groupbot.storage.friend_first import SqlFriendBook
from groupbot.storage.one_off import SqlOrders
from groupbot.tracking.capacity import Pool
from groupbot.tracking.live_codes import takers


class PoolOpenings:
    """`inbound.friend_first.Openings` over the pools."""

    def __init__(self, entries: Entries, book: SqlFriendBook, directory: Directory) -> None:
        self._entries = entries
        self._book = book
        self._directory = directory

    async def group_for(self, pool: str, account: str) -> str | None:
        found = next((one for settings, one in await self._entries.standing() if settings.name == pool), None)
        if found is None:
            return None
        here = [name for name in takers(found) if self._directory.chat_id(account, name)]
        invited = await self._book.invited(here)
        return next((name for name in here if has_place(found, name, invited.get(name, 0))), None)


def has_place(pool: Pool, group: str, invited: int) -> bool:
    """Tell whether one more may be invited into `group`; a group that nobody has counted counts as empty. Pure."""
    fill = pool.fills.get(group)
    room = fill.room if fill is not None else None
    return (pool.rules.limit if room is None else room) - invited > pool.rules.switch_before


def friend_first(
    entries: Entries,
    settings: Callable[[], Settings],
    *,
    database: Database,
    directory: Directory,
    alerts: Alerts,
    clock: Clock,
) -> FriendFirstStage:
    """Return the stage over the store."""
    book = SqlFriendBook(database)
    orders = OneOff(orders=SqlOrders(database), clock=clock, timezone=settings().timezone)
    return FriendFirstStage(
        settings=settings,
        book=book,
        openings=PoolOpenings(entries, book, directory),
        desk=RememberingDesk(orders),
        alerts=alerts,
        clock=clock,
    )
