"""What people taught, in memory, for tests of risk control."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from groupbot.risk.model import Kind
    from groupbot.risk.promotion import InUse, Version
    from groupbot.risk.teaching import Lesson


@dataclass(slots=True)
class MemoryLessons:
    """`risk.teaching.Lessons` in memory."""

    kept: list[Lesson] = field(default_factory=list)

    async def add(self, lesson: Lesson) -> int:
        self.kept.append(replace(lesson, number=len(self.kept) + 1))
        return len(self.kept)

    async def count(self, by: str, since: datetime) -> int:
        return sum(one.by == by and one.at >= since for one in self.kept)

    async def of(self, kind: Kind) -> Sequence[Lesson]:
        return [one for one in self.kept if one.kind == kind]

    async def newest(self, kind: Kind) -> tuple[int, datetime] | None:
        rows = await self.of(kind)
        return (rows[-1].number, rows[-1].at) if rows else None


@dataclass(slots=True)
class MemoryVersions:
    """`risk.promotion.Versions` in memory."""

    kept: dict[tuple[str, int], Version] = field(default_factory=dict)
    used: dict[str, InUse] = field(default_factory=dict)

    async def add(self, version: Version) -> None:
        from groupbot.risk.promotion import KEPT  # noqa: PLC0415 - imports numpy, which few users of this package need

        self.kept.setdefault((version.kind, version.number), version)
        for one in await self.history(version.kind):
            if one.number <= version.number - KEPT and one.number != (await self.in_use(one.kind)).number:
                del self.kept[one.kind, one.number]

    async def history(self, kind: Kind) -> Sequence[Version]:
        found = (one for one in self.kept.values() if one.kind == kind)
        return [replace(one, data=b"") for one in sorted(found, key=lambda one: one.number)]

    async def data(self, kind: Kind, number: int) -> bytes | None:
        version = self.kept.get((kind, number))
        return version.data if version is not None else None

    async def in_use(self, kind: Kind) -> InUse:
        from groupbot.risk.promotion import InUse  # noqa: PLC0415 - as above

        return self.used.get(kind, InUse())

    async def use(self, kind: Kind, number: int, after: int) -> None:
        from groupbot.risk.promotion import InUse  # noqa: PLC0415 - as above

        self.used[kind] = InUse(number=number, after=after)
