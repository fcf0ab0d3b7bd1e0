"""Opening, answering and expiring cards."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

from loguru import logger

from groupbot.admin.answers import Answers
from groupbot.admin.audit import BY_ITSELF, AuditEntry, AuditLog, Result
from groupbot.admin.cards import Card, CardKinds, CardState, CardStore, NewCard, Onward
from groupbot.admin.places import STAFFED, Place
from groupbot.admin.rights import Actor, Forbidden, Refused, Scope, decide
from groupbot.core.clock import Clock
from groupbot.core.roles import Role
from groupbot.errors import GroupbotError, StoreError
from groupbot.i18n import _, joined

_NUMBER = re.compile(r"#(\d{1,7})(?!\d)")
ABANDONED = timedelta(minutes=4)
"""After which an answer that is under way died with its process: longer than `admin.router.LIMIT_S`."""
_MOST_QUOTED = 20
"""Numbers in a quoted message that are looked up."""


class NoSuchReply(GroupbotError):
    """The card is not there, not open, or has no reply of that digit."""


class CardDesk:
    """`admin.cards.Cards` over a store. Every answer and every expiry is audited."""

    def __init__(self, *, store: CardStore, kinds: CardKinds, answers: Answers, audit: AuditLog, clock: Clock) -> None:
        self._store = store
        self.kinds = kinds
        self._answers = answers
        self._audit = audit
        self._clock = clock
        self._ended: dict[int, CardState] = {}
        """How answers ended of which the store does not know yet."""

    async def open(self, card: NewCard) -> Card:
        """Keep and post a question. Raises StoreError; the same call then does what is left."""
        kept, _is_new = await self.keep(card)
        await self.post(kept, card.place)
        return kept

    async def keep(self, card: NewCard) -> tuple[Card, bool]:
        return await self._store.open(card, self._clock.now())

    async def post(self, card: Card, place: Place) -> None:
        await self._answers.say(place, as_text(card), "card", str(card.number))

    async def reword(self, card: Card, text: str, place: Place, *key: str) -> None:
        await self._answers.say(place, as_text(replace(card, text=text)), *key)
        await self._store.reword(card.number, text)

    async def withdraw(self, kind: str, subject: str) -> None:
        await self._store.withdraw(kind, subject)

    async def open_of(self, kind: str) -> Sequence[Card]:
        return await self._store.open_of(kind)

    async def is_settled(self, kind: str, subject: str) -> bool:
        return await self._store.is_settled(kind, subject)

    async def meant(self, place: Place, number: int | None, quoted: str | None, words: str | None = None) -> int | None:
        """Return the number of the card that a reply is for: the one it names, quotes, or the only open one there.

        `quoted`: the id of the message that it quotes, `words`: the words; what quotes something else is for no card.
        """
        if number is not None:
            return number
        if quoted is not None:
            return await self._store.posted_as(place.account, quoted)
        if words is not None:
            return await self._quoted_in(words, place)
        open_here = await self._store.open_in(place.key)
        return open_here[0].number if len(open_here) == 1 else None

    async def _quoted_in(self, words: str, place: Place) -> int | None:
        """Return the one card of that chat of which `words` hold the number and the first line."""
        numbers = dict.fromkeys(map(int, _NUMBER.findall(words)))
        cards = [await self._store.get(number) for number in islice(numbers, _MOST_QUOTED)]
        here = [card for card in cards if card is not None and card.place_key == place.key]
        found = [card.number for card in here if card.text.partition("\n")[0] in words]
        return found[0] if len(found) == 1 else None

    async def is_here(self, number: int, place: Place) -> bool:
        """Tell whether a card of that number was posted to that chat, open or not."""
        card = await self._store.get(number)
        return card is not None and card.place_key == place.key

    async def answer(self, number: int, digit: int, actor: Actor, place: Place) -> str | Onward:
        """Carry out one reply and return what is told, and how it goes on.

        Raises NoSuchReply, Forbidden, and what the card's kind raises: then nothing is done and the card stays open.
        """
        card = await self._store.get(number)
        if card is None or card.place_key != place.key:  # a card of another chat is nobody's business here
            raise NoSuchReply(_("There is no question #{number} here.").format(number=number))
        _require_right(card, actor, place)
        option = card.option(digit)
        kind = self.kinds.get(card.kind)
        if option is None or kind is None:
            digits = joined(str(item.digit) for item in card.options)
            raise NoSuchReply(_("#{number} is answered by one of {digits}.").format(number=number, digits=digits))
        if not await self._store.claim(number, choice=option.choice, by=actor.name, at=self._clock.now()):
            now = await self._store.get(number) or card
            raise NoSuchReply(_settled(now))
        state = CardState.OPEN
        try:
            told = await kind.answer(card, option.choice, actor)
            state = CardState.OPEN if isinstance(told, Onward) and told.stays else CardState.ANSWERED
        finally:
            self._ended[number] = state
            await self._write_ends()
        return told

    async def expire(self, now: datetime) -> None:
        """Close the cards whose time is over and carry out their defaults. Raises StoreError."""
        await self._write_ends()
        await self.recover()
        for card in await self._store.expire(now):
            kind = self.kinds.get(card.kind)
            result = Result.DONE
            try:
                if kind is not None and kind.expire is not None:
                    await kind.expire(card)
            except Exception as error:  # noqa: BLE001 - one card's default never stops the next card's
                log = logger.bind(action="card-expire", card=card.number, kind=card.kind)
                log.opt(exception=error).error("The default of a card failed")
                result = Result.FAILED
            await self._audit.write(_by_itself(card, now, result))

    async def recover(self) -> None:
        """Open again what a crash left half-answered; other processes may be answering just now. Raises StoreError."""
        if self._ended:  # answered, though the store does not know it yet
            return
        for card in await self._store.reopen(self._clock.now() - ABANDONED):
            logger.bind(action="card-reopened", card=card.number, kind=card.kind).warning("left half-answered")

    async def _write_ends(self) -> None:
        """Write how answers ended; what can't be written now is written later, for what was done is done."""
        for number, state in tuple(self._ended.items()):
            try:
                await self._store.end(number, state)
            except StoreError as error:
                logger.bind(action="card-end", card=number).error("{}", error)
                return
            self._ended.pop(number, None)


def as_text(card: Card) -> str:
    """Return a card as it is posted: #12 …, then one line for each reply."""
    replies = [f"{option.digit} {option.label}" for option in card.options]
    return "\n".join((f"#{card.number} {card.text}", *replies))


def _require_right(card: Card, actor: Actor, place: Place) -> None:
    verdict = decide(_CardRule(card), actor, place, Scope(squads=frozenset({card.squad} - {""})))
    if isinstance(verdict, Refused):
        raise Forbidden(verdict.reason)


class _CardRule:
    """What the decision about rights reads of a card."""

    def __init__(self, card: Card) -> None:
        self.role = max(card.role, Role.STAFF)  # nobody unknown ever answers
        self.places = STAFFED


def _settled(card: Card) -> str:
    if card.state is CardState.ANSWERED:
        label = next((option.label for option in card.options if option.choice == card.choice), card.choice)
        return _("#{number} is answered already: {choice} ({person}).").format(
            number=card.number, choice=label, person=card.answered_by
        )
    if card.state is CardState.ANSWERING:
        return _("#{number} is being answered by {person}.").format(number=card.number, person=card.answered_by)
    return _("#{number} is over.").format(number=card.number)


def _by_itself(card: Card, now: datetime, result: Result) -> AuditEntry:
    return AuditEntry(
        at=now,
        actor=BY_ITSELF,
        role="",
        account="",
        place=card.place_key,
        action=f"card/{card.kind}",
        result=result,
        detail=f"#{card.number} {card.subject} expired",
    )
