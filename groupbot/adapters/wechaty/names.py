"""What is remembered between events: names of people, and which messages have been seen."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from contextlib import suppress
from typing import Generic, TypeVar

from groupbot.adapters.wechaty.gateway import Gateway
from groupbot.chat.errors import Permanent
from groupbot.core.events import Person

MOST_NAMES = 100_000
"""Names kept: 200 full groups of 500, some 20 MB."""

Key = TypeVar("Key", bound=Hashable)


class Recent(Generic[Key]):
    """Remember the last `limit` keys."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._keys: OrderedDict[Key, None] = OrderedDict()

    def is_new(self, key: Key) -> bool:
        """Return whether `key` has not been met lately, and remember it."""
        if key in self._keys:
            self._keys.move_to_end(key)
            return False
        self._keys[key] = None
        if len(self._keys) > self._limit:
            self._keys.popitem(last=False)
        return True

    def forget(self, key: Key) -> None:
        """Treat `key` as never met."""
        self._keys.pop(key, None)


class Names:
    """Names of contacts and of members (by group), read once and again after `forget_*`."""

    def __init__(self, limit: int = MOST_NAMES) -> None:
        self._limit = limit
        self._members: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._stale: set[tuple[str, str]] = set()

    async def person(self, gateway: Gateway, room: str, member: str, *, fresh: bool = True) -> Person:
        """Return who `member` is in `room` ("" for a 1:1 chat); the name is empty when the gateway knows none.

        `fresh=False` is content with a name that may have changed.
        """
        key = (room, member)
        name = self._members.get(key)
        if name is None or (fresh and key in self._stale):
            name = await _read_name(gateway, room, member)
            self._remember(key, name)
        return Person(id=member, name=name)

    def forget_contact(self, contact: str) -> None:
        """Read `contact`'s names again when next needed."""
        self._stale.update(key for key in self._members if key[1] == contact)

    def forget_members(self, room: str) -> None:
        """Read the names in `room` again when next needed."""
        self._stale.update(key for key in self._members if key[0] == room)

    def forget_all(self) -> None:
        """Start over: after a gap anything may have changed."""
        self._members.clear()
        self._stale.clear()

    def _remember(self, key: tuple[str, str], name: str) -> None:
        self._stale.discard(key)
        self._members[key] = name
        self._members.move_to_end(key)
        if len(self._members) > self._limit:
            oldest, _name = self._members.popitem(last=False)
            self._stale.discard(oldest)


async def _read_name(gateway: Gateway, room: str, member: str) -> str:
    # Permanent: the gateway knows no such person (join events may carry names instead of ids).
    if room:
        with suppress(Permanent):
            if name := await gateway.member_name(room, member):
                return name
    with suppress(Permanent):
        return (await gateway.contact(member)).name
    return ""
