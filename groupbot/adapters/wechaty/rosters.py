"""Read member lists in the background: all of them after a login, one when it may have changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from groupbot.adapters.wechaty.gateway import Gateway
from groupbot.adapters.wechaty.names import Names
from groupbot.adapters.wechaty.raw import RawRoom
from groupbot.chat.errors import AuthFailed, ChatError, Permanent
from groupbot.core.events import AnyEvent, Person, Rank

if TYPE_CHECKING:
    from loguru import Logger

_NAMES_AT_ONCE = 8
"""Name look-ups in flight while a member list is read: enough to fill the wire, few enough to let posts through."""
_TRIES = 3


class Reader(Protocol):
    """Who hears of a member list."""

    async def emit(self, event: AnyEvent) -> None:
        """Pass an event on."""
        ...

    def roster(self, group: str, topic: str, members: tuple[Person, ...], rank: Rank) -> AnyEvent:
        """Return the event for a member list that was read now."""
        ...


class Rosters:
    """The member lists of one connection. `doubt` is called when a reading fails on the way."""

    def __init__(
        self, *, gateway: Gateway, names: Names, reader: Reader, doubt: Callable[[], None], log: Logger
    ) -> None:
        self._gateway = gateway
        self._names = names
        self._reader = reader
        self._doubt = doubt
        self._log = log
        self._own_id = ""
        self._wanted: asyncio.Queue[str | None] = asyncio.Queue()
        self._waiting: set[str | None] = set()
        self._read_once: set[str] = set()
        self._moves: dict[str, int] = {}

    def begin(self, own_id: str) -> None:
        """Start over for an account that has just logged in."""
        self._own_id = own_id
        self._read_once.clear()
        self.want(None)

    def want(self, room: str | None) -> None:
        """Ask for the member list of `room`; None: of every group that has not been read since login."""
        if room not in self._waiting:
            self._waiting.add(room)
            self._wanted.put_nowait(room)

    def moved(self, room: str) -> None:
        """Note that somebody came or went: a list that is being read may be older than that."""
        self._moves[room] = self._moves.get(room, 0) + 1

    def has_read(self, room: str) -> bool:
        """Tell whether the puppet has shown `room` since login."""
        return room in self._read_once

    async def run(self) -> None:
        """Read what is asked for until cancelled. Raises AuthFailed, and what keeps it from knowing the groups."""
        while True:
            room = await self._wanted.get()
            self._waiting.discard(room)
            if room is not None:
                await self._report(room)
                continue
            for found in await self._gateway.room_ids():
                if found not in self._read_once:
                    self.want(found)

    async def _report(self, room: str) -> None:
        moves = self._moves.get(room, 0)
        event = await self._try(room)
        if event is None:
            return
        if moves != self._moves.get(room, 0):
            self.want(room)
            return
        self._read_once.add(room)
        await self._reader.emit(event)

    async def _try(self, room: str) -> AnyEvent | None:
        for _attempt in range(_TRIES):
            try:
                return await self._read(room)
            except AuthFailed:
                raise
            except Permanent as error:
                self._log.warning("member list refused: {}", error, group=room)
                return None
            except ChatError as error:
                self._log.warning("member list not read: {}", error, group=room)
                self._doubt()
        return None

    async def _read(self, room: str) -> AnyEvent:
        found = await self._gateway.room(room)
        slots = asyncio.Semaphore(_NAMES_AT_ONCE)

        async def named(member: str) -> Person:
            async with slots:
                return await self._names.person(self._gateway, room, member, fresh=False)

        ids = await self._gateway.member_ids(room)
        try:
            async with asyncio.TaskGroup() as tasks:
                named_members = [tasks.create_task(named(member), name="wechaty-name") for member in ids]
        except ExceptionGroup as group:
            raise first(group) from group
        members = tuple(task.result() for task in named_members)
        return self._reader.roster(room, found.topic, members, rank(found, self._own_id))


def rank(room: RawRoom, own_id: str) -> Rank:
    """Return what `own_id` may do in a group; UNKNOWN where the puppet names neither owner nor administrators."""
    if own_id == room.owner:
        return Rank.OWNER
    if own_id in room.admins:
        return Rank.ADMIN
    return Rank.MEMBER if room.owner or room.admins else Rank.UNKNOWN


def first(group: ExceptionGroup[Exception]) -> Exception:
    """Return what a person should read of several failures: the refusal if there is one, else the first."""
    refused = group.subgroup(AuthFailed)
    found: BaseException = refused or group
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return found if isinstance(found, Exception) else group
