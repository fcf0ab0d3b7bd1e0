"""Experiments and who was given which variant, over SQLAlchemy Core."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from groupbot.storage.engine import Database
from groupbot.storage.retry import retried
from groupbot.storage.tables import (
    assignments,
    code_visits,
    conversions,
    experiments,
    live_codes,
    member_aliases,
    trails,
)
from groupbot.tracking.experiments.assignment import Assigned, assign
from groupbot.tracking.experiments.design import Design, dumped, loaded
from groupbot.tracking.experiments.record import Experiment, State

x = experiments.c
a = assignments.c
v = code_visits.c
o = conversions.c
_MANY = 500
"""Rows in one INSERT."""


class SqlExperiments:
    """`tracking.experiments.record.ExperimentStore` over a `Database`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @retried
    async def add(self, design: Design, *, by: str, now: datetime) -> bool:
        row = self._database.insert(experiments).values(
            id=design.name, campaign=design.campaign, unit=design.unit.value, design=dumped(design), by=by, at=now
        )
        async with self._database.write() as conn:
            return await conn.scalar(row.on_conflict_do_nothing().returning(x.id)) is not None

    async def get(self, name: str) -> Experiment | None:
        async with self._database.read() as conn:
            row = (await conn.execute(select(experiments).where(x.id == name))).first()
        return _experiment(row) if row is not None else None

    async def list(self, campaign: str | None = None) -> Sequence[Experiment]:
        query = select(experiments).order_by(x.at, x.id)
        async with self._database.read() as conn:
            found = await conn.execute(query if campaign is None else query.where(x.campaign == campaign))
            return [_experiment(row) for row in found]

    async def assigned(self, name: str) -> Sequence[Assigned]:
        async with self._database.read() as conn:
            return await _assigned(conn, name)

    @retried
    async def start(self, name: str, units: Mapping[str, str], *, now: datetime) -> Sequence[Assigned]:
        async with self._database.write() as conn:
            begun = update(experiments).where(x.id == name, x.state != State.ENDED.value)
            await conn.execute(  # the row is locked from here on: of two starts the second sees what the first gave
                begun.values(state=State.RUNNING.value, started_at=func.coalesce(x.started_at, now))
            )
            design = loaded(await conn.scalar(select(x.design).where(x.id == name)) or "")
            before = await _assigned(conn, name)
            fresh = assign(units, design.variants, seed=design.seed, before=before)
            rows = [
                {"experiment": name, "unit": one.unit, "variant": one.variant, "block": one.block, "at": now}
                for one in fresh
            ]
            for begin in range(0, len(rows), _MANY):
                await conn.execute(self._database.insert(assignments).values(rows[begin : begin + _MANY]))
            return fresh

    @retried
    async def end(self, name: str, verdict: str, *, now: datetime) -> bool:
        ended = update(experiments).where(x.id == name, x.state != State.ENDED.value)
        async with self._database.write() as conn:
            done = await conn.execute(ended.values(state=State.ENDED.value, ended_at=now, verdict=verdict))
            return bool(done.rowcount)

    async def persons(self, campaign: str) -> Sequence[str]:
        query = select(trails.c.person).where(trails.c.campaign == campaign).order_by(trails.c.person)
        async with self._database.read() as conn:
            return list((await conn.execute(query)).scalars())

    async def visits(
        self, campaign: str, variants: Sequence[str], before: datetime
    ) -> Sequence[tuple[datetime, str, int]]:
        c = live_codes.c
        query = (
            select(v.minute, c.variant, func.sum(v.visits))
            .join(live_codes, c.code == v.code)
            .where(c.campaign == campaign, c.variant.in_(variants), v.minute < before)
            .group_by(v.minute, c.variant)
        )
        async with self._database.read() as conn:
            return [(minute, variant, int(count)) for minute, variant, count in await conn.execute(query)]

    async def members_at(self, design: Design, stage: str, before: datetime, *, after: bool) -> Mapping[str, int]:
        person = func.coalesce(member_aliases.c.person, o.member)
        reached = (
            select(a.variant, func.count(func.distinct(person)))
            .select_from(conversions)
            .join(member_aliases, member_aliases.c.member == o.member, isouter=True)
            .join(assignments, and_(a.experiment == design.name, a.unit == person))
            .where(o.campaign == design.campaign, o.stage == stage, o.undone_at.is_(None), o.at < before)
            .group_by(a.variant)
        )
        async with self._database.read() as conn:
            found = await conn.execute(reached.where(o.at >= a.at) if after else reached)
            return {variant: int(count) for variant, count in found}


async def _assigned(conn: AsyncConnection, name: str) -> list[Assigned]:
    query = select(a.unit, a.variant, a.block).where(a.experiment == name).order_by(a.block, a.unit)
    return [Assigned(unit=unit, variant=variant, block=block) for unit, variant, block in await conn.execute(query)]


def _experiment(row: Row[Any]) -> Experiment:
    return Experiment(
        design=loaded(row.design),
        state=State(row.state),
        started_at=row.started_at,
        ended_at=row.ended_at,
        verdict=row.verdict,
        by=row.by,
    )
