"""Where a command is given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from groupbot.chat.directory import Directory
from groupbot.core.events import MessageReceived
from groupbot.i18n import _
from groupbot.settings.admin import SquadSettings


class PlaceKind(StrEnum):
    """What a chat is to the bot."""

    ADMIN_GROUP = "admin_group"
    SQUAD_GROUP = "squad_group"
    PRIVATE = "private"
    CUSTOMER_GROUP = "customer_group"
    """Any other group: the bot never answers there."""


def place_word(kind: PlaceKind) -> str:
    """Return the word that an operator reads for a kind of chat."""
    return {
        PlaceKind.ADMIN_GROUP: _("admin group"),
        PlaceKind.SQUAD_GROUP: _("squad's group"),
        PlaceKind.PRIVATE: _("1:1 with the bot"),
    }.get(kind, kind.value)


STAFFED = frozenset({PlaceKind.ADMIN_GROUP, PlaceKind.SQUAD_GROUP, PlaceKind.PRIVATE})
"""Where commands are taken at all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A chat. `group`: its name in config.toml, None in a 1:1 chat, whose other side is then `member`.

    `squad`: whose group it is, "" when it is no squad's.
    """

    account: str
    group: str | None = None
    member: str | None = None
    kind: PlaceKind
    squad: str = ""

    @property
    def key(self) -> str:
        """Name the chat in the store: the same chat, the same key."""
        return f"g:{self.group}" if self.group is not None else f"m:{self.account}:{self.member}"

    @property
    def spoken(self) -> str:
        """Name the chat for people."""
        return self.group if self.group is not None else f"{self.account} 1:1"


class Places:
    """Tell what each chat is. Groups that config.toml does not name are customers' groups, whatever their id says."""

    def __init__(self, directory: Directory, *, admin: Iterable[str], squads: Iterable[SquadSettings]) -> None:
        self._directory = directory
        self.adopt(admin, squads)

    def adopt(self, admin: Iterable[str], squads: Iterable[SquadSettings]) -> None:
        """Take these groups for the staff's from now on."""
        squads = tuple(squads)
        self._admin = frozenset(admin)
        self._names = tuple(squad.name for squad in squads)
        self._squads = {squad.group: squad.name for squad in squads if squad.group}

    @property
    def squads(self) -> tuple[str, ...]:
        """The squads that [[squads]] names."""
        return self._names

    def of(self, event: MessageReceived) -> Place:
        """Return where `event` was said."""
        if event.group is None:
            return Place(account=event.account, member=event.sender.id, kind=PlaceKind.PRIVATE)
        return self._group(event.account, event.group)

    def named(self, group: str) -> Place | None:
        """Return the chat of the group called so, as its own account sees it; None for one that nobody names."""
        found = self._directory.get(group)
        return self._group(found.account, found.ids[found.account]) if found else None

    def admin_group(self) -> Place | None:
        """Return the first admin group, None where there is none."""
        return next((place for name in sorted(self._admin) if (place := self.named(name))), None)

    def squad_group(self, squad: str) -> Place | None:
        """Return the group of the squad called so, None where it has none."""
        return next((self.named(group) for group, name in self._squads.items() if name == squad), None)

    def hears(self, place: Place) -> bool:
        """Tell whether this account is the one that listens there: of several in a group, the group's own."""
        found = self._directory.get(place.group) if place.group is not None else None
        return place.group is None or (found is not None and found.account == place.account)

    def _group(self, account: str, chat_id: str) -> Place:
        name = self._directory.name_of(account, chat_id)
        if self._directory.chat_id(account, name) != chat_id:  # an unnamed group whose id looks like a name
            return Place(account=account, group=chat_id, kind=PlaceKind.CUSTOMER_GROUP)
        if name in self._admin:
            return Place(account=account, group=name, kind=PlaceKind.ADMIN_GROUP)
        if squad := self._squads.get(name):
            return Place(account=account, group=name, kind=PlaceKind.SQUAD_GROUP, squad=squad)
        return Place(account=account, group=name, kind=PlaceKind.CUSTOMER_GROUP)
