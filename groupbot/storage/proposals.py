"""Rows of imports that a person must say something about, in the store."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, select, update

from groupbot.storage.conversions import chunks
from groupbot.storage.engine import Database
from groupbot.storage.retry import retried
from groupbot.storage.tables import proposals as table
from groupbot.tracking.conversion_book import Proposal
from groupbot.tracking.stages import Conversion, Source

p = table.c
_KEPT = ("stage", "currency", "key", "detail", "by", "group")


class SqlProposals:
    """`tracking.conversion_book.Proposals` over a `Database`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @retried
    async def put(self, proposals: Sequence[Proposal], *, now: datetime) -> None:
        rows = [_values(one) | {"at": now} for one in proposals]
        if not rows:
            return
        row = self._database.insert(table)
        anew = {name: row.excluded[name] for name in rows[0]}
        async with self._database.write() as conn:
            await conn.execute(row.on_conflict_do_update(index_elements=["campaign", "key"], set_=anew), rows)

    async def list(self, campaign: str, *, state: str = "open") -> Sequence[Proposal]:
        query = select(table).where(p.campaign == campaign).order_by(p.id)
        async with self._database.read() as conn:
            return [_proposal(row) for row in await conn.execute(query.where(p.state == state) if state else query)]

    async def of_keys(self, campaign: str, keys: Sequence[str]) -> Mapping[str, Proposal]:
        found: dict[str, Proposal] = {}
        async with self._database.read() as conn:
            for some in chunks(sorted(set(keys))):
                query = select(table).where(p.campaign == campaign, p.key.in_(some))
                found |= {row.key: _proposal(row) for row in await conn.execute(query)}
        return found

    async def get(self, ids: Sequence[int]) -> Sequence[Proposal]:
        found: list[Proposal] = []
        async with self._database.read() as conn:
            for some in chunks(sorted(set(ids))):
                rows = await conn.execute(select(table).where(p.id.in_(some)).order_by(p.id))
                found += [_proposal(row) for row in rows]
        return found

    @retried
    async def settle(self, proposal: int, *, state: str, member: str, by: str, now: datetime) -> bool:
        mine = (p.id == proposal, p.state == "open")
        async with self._database.write() as conn:
            row = (await conn.execute(select(table).where(*mine).with_for_update())).first()
            if row is None:
                return False
            told = replace(_proposal(row), state=state, member=member, by=by, called="", candidates=())
            await conn.execute(update(table).where(*mine).values(**_values(told), at=now))
        return True


def _values(one: Proposal) -> dict[str, Any]:
    rows = [_written(conversion) for conversion in one.conversions]
    return {
        "campaign": one.campaign,
        "batch": one.batch,
        "row": one.row,
        "key": one.key,
        "values": json.dumps({"called": one.called, "conversions": rows}, ensure_ascii=False),
        "candidates": json.dumps(one.candidates, ensure_ascii=False),
        "state": one.state,
        "member": one.member,
        "by": one.by,
    }


def _written(one: Conversion) -> dict[str, Any]:
    money = None if one.amount is None else str(one.amount)
    told = {"at": one.at.isoformat(), "amount": money, "source": one.source.value}
    return {name: getattr(one, name) for name in _KEPT} | told


def _proposal(row: Row[*tuple[Any, ...]]) -> Proposal:
    told = json.loads(row._mapping[p["values"]])  # noqa: SLF001 - `values` is a method of rows, too
    return Proposal(
        id=row.id,
        campaign=row.campaign,
        batch=row.batch,
        row=row.row,
        key=row.key,
        called=told.get("called", ""),
        conversions=tuple(_read(one, row.campaign) for one in told.get("conversions", ())),
        candidates=tuple(json.loads(row.candidates)),
        state=row.state,
        member=row.member,
        by=row.by,
    )


def _read(told: dict[str, Any], campaign: str) -> Conversion:
    return Conversion(
        campaign=campaign,
        member="",
        at=datetime.fromisoformat(told["at"]),
        amount=None if told["amount"] is None else Decimal(told["amount"]),
        source=Source(told["source"]),
        **{name: told[name] for name in _KEPT},
    )
