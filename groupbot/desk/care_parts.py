"""What care stands on, and who is who for it."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from typing import Protocol

from groupbot.admin.cards import Cards
from groupbot.admin.people import People
from groupbot.admin.places import Place, PlaceKind, Places
from groupbot.chat.directory import Directory
from groupbot.core.clock import Clock
from groupbot.core.roles import Role
from groupbot.desk.ears import Ears
from groupbot.settings import Settings
from groupbot.tracking.care import Heard
from groupbot.tracking.facts import Fact, StoredFact
from groupbot.tracking.ports import FactQuery

SHOWN = 60
"""Signs of a member's words that are shown."""


class Facts(Protocol):
    """What happened in chat. Raises StoreError."""

    async def find(self, query: FactQuery) -> Sequence[StoredFact]:
        """Return facts by time."""
        ...


class Replies(Protocol):
    """What plugins answered. Raises StoreError."""

    async def answered(self, account: str, message_id: str) -> bool:
        """Tell whether the bot has answered that message."""
        ...


class Saying(Protocol):
    """How a chat is told something, once for each key."""

    async def say(self, place: Place, text: str, *pieces: str) -> bool:
        """Post `text`; False = this was said."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class CareParts:
    """What care needs of the house. `settings`: those that hold now; `ours`: ids of our own accounts."""

    facts: Facts
    replies: Replies
    saying: Saying
    cards: Cards
    people: People
    places: Places
    directory: Directory
    settings: Callable[[], Settings]
    clock: Clock
    ours: Container[str]
    ears: Ears

    def is_staff(self, account: str, member: str) -> bool:
        """Tell whether a member is of our people, or one of our accounts."""
        return member in self.ours or self.people.identify(account, member).role > Role.MEMBER

    def customers(self) -> tuple[str, ...]:
        """Return the groups that are no chats of our own."""
        return tuple(group.name for group in self.directory.groups if self.is_customers(group.name))

    def is_customers(self, group: str) -> bool:
        """Tell whether `group` is a customers' group that config.toml names."""
        place = self.places.named(group)
        return place is not None and place.kind is PlaceKind.CUSTOMER_GROUP

    def hears(self, account: str, group: str) -> bool:
        """Tell whether this account is the one whose ears count now."""
        found = self.directory.get(group)
        return found is not None and self.ears(found) == account

    def place(self, group: str) -> Place | None:
        """Return who takes care of `group`: its squad's chat, else the admin group, None = nobody."""
        found = self.directory.get(group)
        own = self.places.squad_group(found.squad) if found is not None and found.squad else None
        return own or self.places.admin_group()

    def heard(self, fact: Fact) -> Heard | None:
        """Return the words of a message in a group, None for anything else."""
        if fact.group is None or fact.text is None or fact.extra.get("kind", "text") != "text":
            return None
        return Heard(
            at=fact.at,
            group=fact.group,
            account=fact.account,
            member=fact.member,
            name=fact.name,
            message_id=fact.message_id or "",
            text=fact.text,
            quoted_id=fact.extra.get("quoted"),
            mentions=tuple(fact.extra.get("mentions", ())),
            is_staff=self.is_staff(fact.account, fact.member),
        )


def short(text: str) -> str:
    """Return `text` in one line of a phone."""
    words = " ".join(text.split())
    return words if len(words) <= SHOWN else f"{words[: SHOWN - 1]}…"


def who(name: str, member: str) -> str:
    """Name a member: with the id, by which a text is found again when the member is to be forgotten."""
    return f"{name} ({member})" if name else member
