"""Conversions in the store: written once under their keys, taken back, never deleted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from groupbot.storage.engine import Database
from groupbot.storage.retry import retried
from groupbot.storage.tables import campaigns, conversions, trail_changes
from groupbot.tracking.conversion_book import NOBODY, is_same
from groupbot.tracking.money import amount, units
from groupbot.tracking.stages import Added, Conversion, Source, StoredConversion

v = conversions.c
_MANY = 500
"""Values in one IN (...)."""


class SqlConversions:
    """`tracking.stages.ConversionBook` over a `Database`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @retried
    async def add(self, conversions: Sequence[Conversion], *, now: datetime, again: bool = False) -> Added:
        async with self._database.write() as conn:
            return await add_conversions(conn, conversions, now=now, again=again)

    @retried
    async def undo(self, campaign: str, keys: Sequence[str], *, by: str, now: datetime) -> Sequence[StoredConversion]:
        async with self._database.write() as conn:
            await lock_campaigns(conn, [campaign])
            known = await _newest(conn, campaign, keys)
            counting = [one for one in known.values() if one.undone_at is None]
            await _take_back(conn, counting, now, by or NOBODY)
            await note_changes(conn, [(campaign, one.conversion.member) for one in counting])
        return counting

    async def of_keys(self, campaign: str, keys: Sequence[str]) -> Mapping[str, StoredConversion]:
        async with self._database.read() as conn:
            return await _newest(conn, campaign, keys)

    async def counting(self, key: str) -> Sequence[StoredConversion]:
        """Return what counts under `key`, one for each campaign at most."""
        query = select(conversions).where(v.key == key, v.undone_at.is_(None)).order_by(v.campaign)
        async with self._database.read() as conn:
            return [_stored(row) for row in await conn.execute(query)]

    async def of_members(self, campaign: str, members: Sequence[str]) -> Sequence[StoredConversion]:
        found: list[StoredConversion] = []
        async with self._database.read() as conn:
            for some in chunks(sorted(set(members))):
                query = select(conversions).where(v.campaign == campaign, v.member.in_(some), v.undone_at.is_(None))
                found += [_stored(row) for row in await conn.execute(query)]
        return sorted(found, key=lambda one: (one.conversion.at, one.id))


async def add_conversions(
    conn: AsyncConnection, new: Sequence[Conversion], *, now: datetime, again: bool = False
) -> Added:
    """Do what `SqlConversions.add` does, inside the caller's transaction."""
    wanted = {(one.campaign, one.key): one for one in new}
    await lock_campaigns(conn, sorted({campaign for campaign, _key in wanted}))
    known = await _known(conn, wanted)
    added, changed, same, undone = [], [], [], []
    for place, one in wanted.items():
        old = known.get(place)
        if old is None or (again and is_taken_back(old)):
            added.append(one)
        elif is_taken_back(old):
            undone.append(one)
        elif old.undone_at is None and is_same(old.conversion, one):
            same.append(one)
        else:
            changed.append(one)
    replaced = [known[one.campaign, one.key] for one in changed]
    await _take_back(conn, replaced, now, "")
    if fresh := [*added, *changed]:
        await conn.execute(insert(conversions), [_row(one, now) for one in fresh])
    touched = [*fresh, *(one.conversion for one in replaced)]
    await note_changes(conn, [(one.campaign, one.member) for one in touched])
    return Added(added=_keys(added), changed=_keys(changed), known=_keys(same), undone=_keys(undone))


async def note_changes(conn: AsyncConnection, people: Iterable[tuple[str, str]]) -> None:
    """Have the trails of (campaign, member) made anew; campaign "" = wherever they are."""
    if rows := [{"campaign": campaign, "member": member} for campaign, member in sorted(set(people))]:
        await conn.execute(insert(trail_changes), rows)


def is_taken_back(stored: StoredConversion) -> bool:
    """Tell whether a person took it back; what other values replaced was not."""
    return stored.undone_at is not None and stored.undone_by != ""


def chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Yield `values` in pieces that fit into one statement."""
    return (values[start : start + _MANY] for start in range(0, len(values), _MANY))


async def lock_campaigns(conn: AsyncConnection, names: Sequence[str]) -> None:
    """Let one writer at a time decide about a campaign's keys; SQLite has only one anyway."""
    await conn.execute(select(campaigns.c.id).where(campaigns.c.id.in_(names)).order_by("id").with_for_update())


async def _known(
    conn: AsyncConnection, wanted: Mapping[tuple[str, str], Conversion]
) -> dict[tuple[str, str], StoredConversion]:
    known: dict[tuple[str, str], StoredConversion] = {}
    for name in sorted({campaign for campaign, _key in wanted}):
        keys = [key for campaign, key in wanted if campaign == name]
        known |= {(name, key): one for key, one in (await _newest(conn, name, keys)).items()}
    return known


async def _newest(conn: AsyncConnection, campaign: str, keys: Sequence[str]) -> dict[str, StoredConversion]:
    newest: dict[str, StoredConversion] = {}
    for some in chunks(sorted(set(keys))):
        query = select(conversions).where(v.campaign == campaign, v.key.in_(some)).order_by(v.id)
        newest |= {row.key: _stored(row) for row in await conn.execute(query)}
    return newest


async def _take_back(conn: AsyncConnection, stored: Sequence[StoredConversion], now: datetime, by: str) -> None:
    for some in chunks([one.id for one in stored]):
        change = update(conversions).where(v.id.in_(some), v.undone_at.is_(None))
        await conn.execute(change.values(undone_at=now, undone_by=by))


def _keys(conversions: Iterable[Conversion]) -> tuple[str, ...]:
    return tuple(one.key for one in conversions)


def _row(one: Conversion, now: datetime) -> dict[str, Any]:
    return {
        "campaign": one.campaign,
        "member": one.member,
        "group": one.group,
        "stage": one.stage,
        "at": one.at,
        "amount": None if one.amount is None else units(one.amount),
        "currency": one.currency,
        "source": one.source.value,
        "key": one.key,
        "detail": one.detail,
        "by": one.by,
        "recorded_at": now,
    }


def _stored(row: Row[*tuple[Any, ...]]) -> StoredConversion:
    conversion = Conversion(
        campaign=row.campaign,
        member=row.member,
        group=row.group,
        stage=row.stage,
        at=row.at,
        amount=None if row.amount is None else amount(row.amount),
        currency=row.currency,
        source=Source(row.source),
        key=row.key,
        detail=row.detail,
        by=row.by,
    )
    return StoredConversion(
        id=row.id,
        conversion=conversion,
        recorded_at=row.recorded_at,
        undone_at=row.undone_at,
        undone_by=row.undone_by,
    )
