"""People, cards and audit in memory, for tests of commands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from groupbot.admin.audit import AuditEntry, AuditQuery
from groupbot.admin.cards import Card, CardState, NewCard
from groupbot.admin.people import Binding

_EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True, kw_only=True)
class _Code:
    person: str
    expires_at: datetime


@dataclass(slots=True)
class MemoryPeople:
    """`admin.people.PeopleStore` in memory. `codes` by hash holds those that may still be used."""

    ids: dict[tuple[str, str], Binding] = field(default_factory=dict)
    codes: dict[str, _Code] = field(default_factory=dict)

    async def bindings(self) -> Sequence[Binding]:
        return sorted(self.ids.values(), key=lambda item: (item.person, item.account, item.member))

    async def forget(self, person: str) -> int:
        self._drop_codes(person)
        mine = [key for key, item in self.ids.items() if item.person == person]
        for key in mine:
            del self.ids[key]
        return len(mine)

    async def issue(self, code_hash: str, person: str, expires_at: datetime) -> None:
        self._drop_codes(person)
        self.codes[code_hash] = _Code(person=person, expires_at=expires_at)

    async def redeem(self, code_hash: str, account: str, member: str, now: datetime) -> str | None:
        code = self.codes.get(code_hash)
        if code is None or code.expires_at <= now:
            return None
        del self.codes[code_hash]
        self.ids[account, member] = Binding(account=account, member=member, person=code.person, bound_at=now)
        return code.person

    def _drop_codes(self, person: str) -> None:
        self.codes = {key: code for key, code in self.codes.items() if code.person != person}


@dataclass(slots=True)
class MemoryAudit:
    """`admin.audit.AuditLog` in memory; `entries` oldest first."""

    entries: list[AuditEntry] = field(default_factory=list)

    async def write(self, entry: AuditEntry) -> None:
        self.entries.append(entry)

    async def list(self, query: AuditQuery) -> Sequence[AuditEntry]:
        found = [
            entry
            for entry in reversed(self.entries)
            if entry.at >= (query.since or _EVER)
            and query.actor in {None, entry.actor}
            and query.action in {None, entry.action}
            and query.result in {None, entry.result}
        ]
        return sorted(found, key=lambda entry: entry.at, reverse=True)[: query.limit]


@dataclass(slots=True)
class MemoryCards:
    """`admin.cards.CardStore` in memory. `messages`: (account, message id) of what was posted as which card."""

    cards: dict[int, Card] = field(default_factory=dict)
    messages: dict[tuple[str, str], int] = field(default_factory=dict)
    _since: dict[int, datetime] = field(default_factory=dict)

    async def open(self, card: NewCard, at: datetime) -> tuple[Card, bool]:
        live = {CardState.OPEN, CardState.ANSWERING}
        question = card.kind, card.subject, card.place.key
        for known in self.cards.values():
            if (known.kind, known.subject, known.place_key) == question and known.state in live:
                return known, False
        made = Card(
            number=len(self.cards) + 1,
            kind=card.kind,
            subject=card.subject,
            place_key=card.place.key,
            text=card.text,
            options=card.options,
            role=card.role,
            squad=card.squad,
            opened_at=at,
            expires_at=card.expires_at,
            about=card.about,
        )
        self.cards[made.number] = made
        return made, True

    async def get(self, number: int) -> Card | None:
        return self.cards.get(number)

    async def open_in(self, place_key: str) -> Sequence[Card]:
        return [card for card in self.cards.values() if card.place_key == place_key and card.state is CardState.OPEN]

    async def open_of(self, kind: str) -> Sequence[Card]:
        return [card for card in self.cards.values() if card.kind == kind and card.state is CardState.OPEN]

    async def is_settled(self, kind: str, subject: str) -> bool:
        same = [card for card in self.cards.values() if (card.kind, card.subject) == (kind, subject)]
        return any(card.state is CardState.ANSWERED for card in same)

    async def claim(self, number: int, *, choice: str, by: str, at: datetime) -> bool:
        card = self.cards.get(number)
        if card is None or card.state is not CardState.OPEN:
            return False
        self.cards[number] = replace(card, state=CardState.ANSWERING, choice=choice, answered_by=by)
        self._since[number] = at
        return True

    async def end(self, number: int, state: CardState) -> None:
        self._turn(CardState.ANSWERING, state, lambda card: card.number == number)

    async def withdraw(self, kind: str, subject: str) -> Sequence[Card]:
        question = kind, subject
        return self._turn(CardState.OPEN, CardState.WITHDRAWN, lambda card: (card.kind, card.subject) == question)

    async def reword(self, number: int, text: str) -> None:
        self.cards[number] = replace(self.cards[number], text=text)

    async def expire(self, now: datetime) -> Sequence[Card]:
        return self._turn(
            CardState.OPEN, CardState.EXPIRED, lambda card: card.expires_at is not None and card.expires_at <= now
        )

    async def reopen(self, before: datetime) -> Sequence[Card]:
        return self._turn(CardState.ANSWERING, CardState.OPEN, lambda card: self._since[card.number] < before)

    async def posted_as(self, account: str, message_id: str) -> int | None:
        return self.messages.get((account, message_id))

    def _turn(self, before: CardState, after: CardState, which: Callable[[Card], bool]) -> list[Card]:
        turned = [card for card in self.cards.values() if card.state is before and which(card)]
        for card in turned:
            blank = replace(card, choice="", answered_by="") if after is CardState.OPEN else card
            self.cards[card.number] = replace(blank, state=after)
        return [self.cards[card.number] for card in turned]
