"""Cards in the store."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, select, update

from groupbot.admin.cards import Card, CardOption, CardState, NewCard
from groupbot.campaign.one_off import ONE_OFF
from groupbot.core.roles import Role
from groupbot.storage.engine import Database
from groupbot.storage.retry import retried
from groupbot.storage.tables import cards, deliveries, posts

c = cards.c
d = deliveries.c
p = posts.c
_LIVE = (CardState.OPEN.value, CardState.ANSWERING.value)


class SqlCards:
    """`admin.cards.CardStore` over a `Database`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @retried
    async def open(self, card: NewCard, at: datetime) -> tuple[Card, bool]:
        options = [[option.digit, option.label, option.choice] for option in card.options]
        new = self._database.insert(cards).values(
            kind=card.kind,
            subject=card.subject,
            place=card.place.key,
            text=card.text,
            options=json.dumps(options, ensure_ascii=False),
            role=int(card.role),
            squad=card.squad,
            opened_at=at,
            expires_at=card.expires_at,
            about=json.dumps(card.about, ensure_ascii=False),
        )
        same = (c.kind == card.kind, c.subject == card.subject, c.place == card.place.key, c.state.in_(_LIVE))
        async with self._database.write() as conn:
            made = (await conn.execute(new.on_conflict_do_nothing().returning(cards))).first()
            row = made or (await conn.execute(select(cards).where(*same))).one()
        return _card(row), made is not None

    async def get(self, number: int) -> Card | None:
        found = await self._read(c.number == number)
        return found[0] if found else None

    async def open_in(self, place_key: str) -> Sequence[Card]:
        return await self._read(c.place == place_key, c.state == CardState.OPEN.value)

    async def open_of(self, kind: str) -> Sequence[Card]:
        return await self._read(c.kind == kind, c.state == CardState.OPEN.value)

    async def is_settled(self, kind: str, subject: str) -> bool:
        return bool(await self._read(c.kind == kind, c.subject == subject, c.state == CardState.ANSWERED.value))

    @retried
    async def claim(self, number: int, *, choice: str, by: str, at: datetime) -> bool:
        claimed = (
            update(cards)
            .where(c.number == number, c.state == CardState.OPEN.value)
            .values(state=CardState.ANSWERING.value, choice=choice, answered_by=by, answering_since=at)
        )
        async with self._database.write() as conn:
            return (await conn.execute(claimed)).rowcount == 1

    @retried
    async def end(self, number: int, state: CardState) -> None:
        await self._turn(CardState.ANSWERING, state, c.number == number)

    @retried
    async def withdraw(self, kind: str, subject: str) -> Sequence[Card]:
        return await self._turn(CardState.OPEN, CardState.WITHDRAWN, c.kind == kind, c.subject == subject)

    @retried
    async def reword(self, number: int, text: str) -> None:
        async with self._database.write() as conn:
            await conn.execute(update(cards).where(c.number == number).values(text=text))

    @retried
    async def expire(self, now: datetime) -> Sequence[Card]:
        return await self._turn(CardState.OPEN, CardState.EXPIRED, c.expires_at <= now)

    @retried
    async def reopen(self, before: datetime) -> Sequence[Card]:
        return await self._turn(CardState.ANSWERING, CardState.OPEN, c.answering_since < before)

    async def posted_as(self, account: str, message_id: str) -> int | None:
        query = (
            select(d.key)
            .join(posts, p.delivery == d.id)
            .where(p.account == account, p.message_id == message_id, d.campaign == ONE_OFF, d.key.like("card/%"))
        )
        async with self._database.read() as conn:
            key = (await conn.execute(query)).scalar()
        return int(key.removeprefix("card/")) if key else None

    async def _turn(self, before: CardState, after: CardState, *which: ColumnElement[bool]) -> list[Card]:
        values = {"state": after.value} | ({"choice": "", "answered_by": ""} if after is CardState.OPEN else {})
        turned = update(cards).where(c.state == before.value, *which).values(values).returning(cards)
        async with self._database.write() as conn:
            return sorted(map(_card, (await conn.execute(turned)).all()), key=lambda card: card.number)

    async def _read(self, *which: ColumnElement[bool]) -> list[Card]:
        async with self._database.read() as conn:
            return [_card(row) for row in (await conn.execute(select(cards).where(*which).order_by(c.number))).all()]


def _card(row: Row[Any]) -> Card:
    stored = json.loads(row.options)
    options = tuple(CardOption(digit=digit, label=label, choice=choice) for digit, label, choice in stored)
    return Card(
        number=row.number,
        kind=row.kind,
        subject=row.subject,
        place_key=row.place,
        text=row.text,
        options=options,
        role=Role(row.role),
        squad=row.squad,
        opened_at=row.opened_at,
        expires_at=row.expires_at,
        state=CardState(row.state),
        answered_by=row.answered_by,
        choice=row.choice,
        about=tuple(json.loads(row.about)),
    )
