"""What the handover asks of the store that nothing else does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select

from groupbot.admin.cards import CardState
from groupbot.campaign.one_off import ONE_OFF
from groupbot.core.content import load_parts
from groupbot.delivery.values import State
from groupbot.reports.handover import ComingStep, OpenCard
from groupbot.storage.engine import Database
from groupbot.storage.tables import campaigns, cards, contents, deliveries

d = deliveries.c
c = cards.c


async def coming(database: Database, since: datetime, until: datetime) -> tuple[ComingStep, ...]:
    """Return what running campaigns post between the instants, by time; of many groups' words those of one."""
    query = (
        select(d.campaign, d.step, d.due, func.count().label("number"), func.min(d.content).label("content"))
        .join(campaigns, campaigns.c.id == d.campaign)
        .where(d.due >= since, d.due < until, d.campaign != ONE_OFF)
        .where(d.state == State.PLANNED.value, campaigns.c.state == "running")
        .group_by(d.campaign, d.step, d.due)
        .order_by(d.due, d.campaign, d.step)
    )
    async with database.read() as conn:
        rows = (await conn.execute(query)).all()
        said = select(contents.c.id, contents.c.parts).where(contents.c.id.in_({row.content for row in rows}))
        words = {row.id: load_parts(row.parts) for row in await conn.execute(said)}
    return tuple(
        ComingStep(campaign=row.campaign, step=row.step, due=row.due, groups=row.number, parts=words[row.content])
        for row in rows
    )


async def past(database: Database, since: datetime, until: datetime) -> Mapping[State, int]:
    """Return how many deliveries of campaigns were due between the instants, by their state."""
    query = (
        select(d.state, func.count())
        .where(d.due >= since, d.due < until, d.campaign != ONE_OFF, d.state != State.CANCELLED.value)
        .group_by(d.state)
    )
    async with database.read() as conn:
        return {State(state): count for state, count in await conn.execute(query)}


async def open_cards(database: Database) -> tuple[OpenCard, ...]:
    """Return the questions that wait for an answer, by number."""
    query = select(c.number, c.place, c.text).where(c.state == CardState.OPEN.value).order_by(c.number)
    async with database.read() as conn:
        rows = (await conn.execute(query)).all()
    return tuple(OpenCard(number=row.number, place=_chat(row.place), text=row.text) for row in rows)


def _chat(key: str) -> str:
    """Return a chat's key (`Place.key`) for people: a group's name, or the account of a 1:1 chat without any id."""
    kind, _sign, name = key.partition(":")
    return name if kind == "g" else f"{name.partition(':')[0]} 1:1"
