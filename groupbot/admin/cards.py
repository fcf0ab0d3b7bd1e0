"""Cards: numbered questions that are posted to a chat, kept in the store, and answered by one digit.

A card is answered once, by who has the right, in the chat where it was posted: `#12 1`, `12 1`, `1` as a reply that
quotes it, or `1` alone while it is the only open card there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from groupbot.admin.audit import Result
from groupbot.admin.declare import Answer, Option
from groupbot.admin.places import Place
from groupbot.admin.rights import Actor
from groupbot.core.roles import Role


class CardState(StrEnum):
    """How far a card is."""

    OPEN = "open"
    ANSWERING = "answering"
    """Its answer is being carried out; after a crash it is open again."""
    ANSWERED = "answered"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    """What it asked is settled in another way."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CardOption:
    """One reply. `choice` is what the kind's handler gets."""

    digit: int
    label: str
    choice: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NewCard:
    """A question. `subject` names what it is about: while a card of one kind and subject is open in a chat, the same
    question there is no second card.

    `role` and `squad`: who may answer: the least role, and whose leader or staff, "" = any squad's.
    """

    kind: str
    subject: str
    place: Place
    text: str
    options: tuple[CardOption, ...]
    role: Role = Role.OPERATOR
    squad: str = ""
    expires_at: datetime | None = None
    about: tuple[str, ...] = ()
    """What an answer concerns, for the kind's handler: what came up later is in it no more than in the text."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """A card in the store. `place_key` is `Place.key` of its chat."""

    number: int
    kind: str
    subject: str
    place_key: str
    text: str
    options: tuple[CardOption, ...]
    role: Role
    squad: str
    opened_at: datetime
    expires_at: datetime | None = None
    state: CardState = CardState.OPEN
    answered_by: str = ""
    choice: str = ""
    about: tuple[str, ...] = ()

    def option(self, digit: int) -> CardOption | None:
        """Return the reply of that digit."""
        return next((option for option in self.options if option.digit == digit), None)


class CardStore(Protocol):
    """Keep cards. Raises StoreError."""

    async def open(self, card: NewCard, at: datetime) -> tuple[Card, bool]:
        """Keep `card` under the next number; False = the same question is open there already, and is returned."""
        ...

    async def get(self, number: int) -> Card | None:
        """Return the card of that number."""
        ...

    async def open_in(self, place_key: str) -> Sequence[Card]:
        """Return the open cards of a chat by number."""
        ...

    async def open_of(self, kind: str) -> Sequence[Card]:
        """Return the open cards of a kind by number."""
        ...

    async def is_settled(self, kind: str, subject: str) -> bool:
        """Tell whether somebody has answered that question."""
        ...

    async def claim(self, number: int, *, choice: str, by: str, at: datetime) -> bool:
        """Turn an open card into one that is being answered since `at`; False = it is not open."""
        ...

    async def end(self, number: int, state: CardState) -> None:
        """Turn a card that is being answered into `state`: answered, or open again."""
        ...

    async def withdraw(self, kind: str, subject: str) -> Sequence[Card]:
        """Withdraw the open cards of that question and return them."""
        ...

    async def reword(self, number: int, text: str) -> None:
        """Keep what a card reads now."""
        ...

    async def expire(self, now: datetime) -> Sequence[Card]:
        """Turn open cards whose time is over into expired ones and return them."""
        ...

    async def reopen(self, before: datetime) -> Sequence[Card]:
        """Open again what a crash left in the midst of an answer that began before then, and return it."""
        ...

    async def posted_as(self, account: str, message_id: str) -> int | None:
        """Return the number of the card that was posted as that message."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Onward:
    """What is told after a reply, and how it goes on: by `line`, a command that the person gives with it, by `work`, or
    by numbered `options`. With `stays` the card is open as before.
    """

    text: str
    line: str = ""
    work: Callable[[], Awaitable[tuple[Result, Answer]]] | None = None
    options: tuple[Option, ...] = ()
    stays: bool = False


AnswerCard = Callable[[Card, str, Actor], Awaitable[str | Onward]]
"""Carry out a choice and return what is told; raises GroupbotError when it can't be done: the card is open again."""
ExpireCard = Callable[[Card], Awaitable[None]]


@dataclass(frozen=True, kw_only=True, slots=True)
class CardKind:
    """What happens to the cards of one kind."""

    answer: AnswerCard
    expire: ExpireCard | None = None
    """Carries out the default when nobody answered; None = nothing happens."""


@dataclass(slots=True)
class CardKinds:
    """The kinds that are known."""

    _kinds: dict[str, CardKind] = field(default_factory=dict)

    def register(self, name: str, kind: CardKind) -> None:
        """Make a kind known; a name is taken once."""
        if name in self._kinds:
            raise ValueError(f"card kind {name} is registered twice")
        self._kinds[name] = kind

    def forget(self, name: str) -> None:
        """Undo `register`."""
        self._kinds.pop(name, None)

    def get(self, name: str) -> CardKind | None:
        """Return the kind called so."""
        return self._kinds.get(name)


class Cards(Protocol):
    """What features need of the card desk."""

    async def open(self, card: NewCard) -> Card:
        """Keep and post a question; the same question that is open there is not posted again."""
        ...

    async def keep(self, card: NewCard) -> tuple[Card, bool]:
        """Keep a question without posting it; False = the same question is open there already, and is returned."""
        ...

    async def post(self, card: Card, place: Place) -> None:
        """Post a question that is kept; once."""
        ...

    async def reword(self, card: Card, text: str, place: Place, *key: str) -> None:
        """Post a question with other words and keep them; once for each `key`."""
        ...

    async def withdraw(self, kind: str, subject: str) -> None:
        """Withdraw a question that is settled in another way; who was asked is not told."""
        ...

    async def open_of(self, kind: str) -> Sequence[Card]:
        """Return the open cards of a kind by number."""
        ...

    async def is_settled(self, kind: str, subject: str) -> bool:
        """Tell whether somebody has answered that question."""
        ...

    async def meant(self, place: Place, number: int | None, quoted: str | None, words: str | None = None) -> int | None:
        """Return the number of the card that is named, or quoted by the id of a message, or by its `words`."""
        ...
