"""What people taught the scorers, and the versions that came of it, in the store."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select

from groupbot.storage.engine import Database
from groupbot.storage.retry import retried
from groupbot.storage.tables import risk_lessons, risk_versions, risk_versions_used

if TYPE_CHECKING:
    from groupbot.risk.model import Kind
    from groupbot.risk.promotion import InUse, Version
    from groupbot.risk.teaching import Lesson

r = risk_lessons.c
v = risk_versions.c
u = risk_versions_used.c


class SqlLessons:
    """`risk.teaching.Lessons` over a `Database`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @retried
    async def add(self, lesson: Lesson) -> int:
        values = {name: getattr(lesson, name) for name in type(lesson).__dataclass_fields__ if name != "number"}
        row = self._database.insert(risk_lessons).values(values).returning(r.number)
        async with self._database.write() as conn:
            return int((await conn.execute(row)).scalar_one())

    async def count(self, by: str, since: datetime) -> int:
        query = select(func.count()).where(r.by == by, r.at >= since)
        async with self._database.read() as conn:
            return int((await conn.execute(query)).scalar_one())

    async def of(self, kind: Kind) -> Sequence[Lesson]:
        from groupbot.risk.teaching import Lesson  # noqa: PLC0415 - imports numpy, which an idle daemon does without

        query = select(risk_lessons).where(r.kind == kind).order_by(r.number)
        async with self._database.read() as conn:
            return [Lesson(**row) for row in (await conn.execute(query)).mappings()]

    async def newest(self, kind: Kind) -> tuple[int, datetime] | None:
        query = select(r.number, r.at).where(r.kind == kind).order_by(r.number.desc()).limit(1)
        async with self._database.read() as conn:
            row = (await conn.execute(query)).first()
        return (row.number, row.at) if row is not None else None


class SqlVersions:
    """`risk.promotion.Versions` over a `Database`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @retried
    async def add(self, version: Version) -> None:
        from groupbot.risk.promotion import KEPT  # noqa: PLC0415 - as above

        kept = {name: getattr(version, name) for name in type(version).__dataclass_fields__}
        row = self._database.insert(risk_versions).values(kept | {"trial": _dumped(version)})
        used = select(u.number).where(u.kind == version.kind)
        old = (v.kind == version.kind, v.number <= version.number - KEPT, v.number.not_in(used))
        async with self._database.write() as conn:
            await conn.execute(row.on_conflict_do_nothing())
            await conn.execute(delete(risk_versions).where(*old))

    async def history(self, kind: Kind) -> Sequence[Version]:
        columns = (v.kind, v.number, v.parent, v.made_at, v.upto, v.trial)
        query = select(*columns).where(v.kind == kind).order_by(v.number)
        async with self._database.read() as conn:
            return [_version(dict(row)) for row in (await conn.execute(query)).mappings()]

    async def data(self, kind: Kind, number: int) -> bytes | None:
        query = select(v.data).where(v.kind == kind, v.number == number)
        async with self._database.read() as conn:
            found: bytes | None = (await conn.execute(query)).scalar()
        return found

    async def in_use(self, kind: Kind) -> InUse:
        from groupbot.risk.promotion import InUse  # noqa: PLC0415 - as above

        async with self._database.read() as conn:
            row = (await conn.execute(select(u.number, u.after).where(u.kind == kind))).first()
        return InUse(number=row.number, after=row.after) if row is not None else InUse()

    @retried
    async def use(self, kind: Kind, number: int, after: int) -> None:
        anew = {"number": number, "after": after}
        row = self._database.insert(risk_versions_used).values({"kind": kind} | anew)
        async with self._database.write() as conn:
            await conn.execute(row.on_conflict_do_update(index_elements=["kind"], set_=anew))


async def mark_of(database: Database) -> tuple[int, ...]:
    """Return numbers of which one differs once anybody taught, fitted anew or rolled back."""
    lessons, versions = select(func.max(r.number)), select(func.max(v.made_at), func.count()).select_from(risk_versions)
    used = select(func.coalesce(func.sum(u.number), 0), func.coalesce(func.sum(u.after), 0))
    async with database.read() as conn:
        last = (await conn.execute(lessons)).scalar() or 0
        made_at, count = (await conn.execute(versions)).one()
        number, after = (await conn.execute(used)).one()
    return last, int(made_at.timestamp()) if made_at else 0, count, int(number), int(after)


def _dumped(version: Version) -> str:
    before, after = version.trial.before, version.trial.after
    return json.dumps([before.f1, before.false_alarms, after.f1, after.false_alarms])


def _version(values: dict[str, Any]) -> Version:
    from groupbot.risk.promotion import Guarded, Trial, Version  # noqa: PLC0415 - as above

    f1, alarms, then_f1, then_alarms = json.loads(values["trial"])
    before, after = Guarded(f1=f1, false_alarms=alarms), Guarded(f1=then_f1, false_alarms=then_alarms)
    return Version(**values | {"trial": Trial(before=before, after=after)})
