"""Entries put together over the store: what commands call, what is looked after, and the way in for members."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Container, Mapping
from zoneinfo import ZoneInfo

from groupbot.admin.room import ControlRoom
from groupbot.campaign.one_off import OneOff
from groupbot.chat.adapter import Adapter, Received
from groupbot.chat.alerts import Alerts
from groupbot.chat.directory import Directory
from groupbot.core.clock import Clock
from groupbot.core.roles import Role
from groupbot.desk.code_parts import codes_in_picture
from groupbot.desk.entries import Entries, EntryParts
from groupbot.desk.entry_watch import EntryWatch
from groupbot.desk.opening import LazyDesk
from groupbot.desk.playbooks import SopPlaybooks
from groupbot.inbound.desk import RememberingDesk
from groupbot.inbound.way_in import WayIn, WayInStage
from groupbot.storage.audit import SqlAudit
from groupbot.storage.engine import Database
from groupbot.storage.entries import SqlEntries
from groupbot.storage.one_off import SqlOrders
from groupbot.storage.standby import SqlStandby
from groupbot.tracking.capacity import Door


def entries_of(
    desk: LazyDesk, adapters: Mapping[str, Adapter], *, database: Database, directory: Directory, clock: Clock
) -> Entries:
    """Return the entries of the project; nothing is read yet."""
    return Entries(
        EntryParts(
            store=SqlEntries(database),
            healths=SqlStandby(database).healths,
            fetch=fetch_by(adapters),
            codes=codes_in_picture,
            directory=directory,
            settings=lambda: desk.settings,
            clock=clock,
            audit=SqlAudit(database),
        )
    )


def fetch_by(adapters: Mapping[str, Adapter]) -> Callable[[str, str, int], Awaitable[Received]]:
    """Return what fetches the file of a message: account, message id, bytes at most."""

    async def fetch(account: str, message_id: str, most_bytes: int) -> Received:
        return await adapters[account].fetch(message_id, most_bytes=most_bytes)

    return fetch


def watch_entries(
    room: ControlRoom, entries: Entries, alerts: Alerts, clock: Clock, playbooks: SopPlaybooks, timezone: str
) -> None:
    """Let `room` look after the entries."""
    watch = EntryWatch(
        entries=entries,
        cards=room.services.cards,
        kinds=room.desk.kinds,
        places=room.services.places,
        alerts=alerts,
        clock=clock,
        zone=ZoneInfo(timezone),
        book_of=playbooks.of_kind,
    )
    room.chores.append(watch.look)


def way_in_stage(
    room: ControlRoom, entries: Entries, *, database: Database, clock: Clock, ours: Container[str], timezone: str
) -> WayInStage:
    """Return the stage that shows members the way in."""
    people = room.services.people

    async def is_blocked(member: str) -> bool:
        return bool(await room.services.risk.blocked.among([member]))

    return WayInStage(
        ways=PoolWays(entries, room.services.directory, clock),
        desk=RememberingDesk(OneOff(orders=SqlOrders(database), clock=clock, timezone=timezone)),
        name_of=room.services.directory.name_of,
        is_staff=lambda account, member: people.identify(account, member).role > Role.MEMBER,
        is_blocked=is_blocked,
        ours=ours,
    )


class PoolWays:
    """`inbound.way_in.WaysIn` over the pools."""

    def __init__(self, entries: Entries, directory: Directory, clock: Clock) -> None:
        self._entries = entries
        self._directory = directory
        self._clock = clock

    async def of(self, account: str, group: str | None) -> WayIn | None:
        """Return the way into the pool of `group`, in private into the first that `account` is in and has room."""
        for settings, pool in await self._entries.standing():
            names = [group] if group is not None else settings.groups
            here = [name for name in names if name in settings.groups and self._directory.chat_id(account, name)]
            if not here or (group is None and pool.entry is None):
                continue
            door = pool.doors.get(pool.entry or "", Door(group=""))
            shown = settings.way_in.with_image and door.has_image(self._clock.now())
            words = settings.way_in.model_dump(include={"full", "expired", "over_200", "payment", "other"})
            image = str(self._entries.image_path(door)) if shown else ""
            return WayIn(words=words, image=image, in_groups=settings.way_in.in_groups)
        return None
