"""Conversions in memory, for tests of plugins and reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from groupbot.tracking.conversion_book import NOBODY, is_same
from groupbot.tracking.stages import Added, Conversion, StoredConversion


@dataclass(slots=True)
class MemoryConversions:
    """`tracking.stages.ConversionBook` in memory. `changed`: (campaign, member) of every write, as trails hear them."""

    kept: list[StoredConversion] = field(default_factory=list)
    changed: list[tuple[str, str]] = field(default_factory=list)

    async def add(self, conversions: Sequence[Conversion], *, now: datetime, again: bool = False) -> Added:
        wanted = {(one.campaign, one.key): one for one in conversions}
        found: dict[str, list[str]] = {"added": [], "changed": [], "known": [], "undone": []}
        for one in wanted.values():
            found[self._add(one, now, again=again)].append(one.key)
        return Added(**{what: tuple(keys) for what, keys in found.items()})

    def _add(self, one: Conversion, now: datetime, *, again: bool) -> str:
        old = self._newest(one.campaign, [one.key]).get(one.key)
        counts = old is not None and old.undone_at is None
        if old is not None and old.undone_at is not None and old.undone_by and not again:
            return "undone"
        if old is not None and counts and is_same(old.conversion, one):
            return "known"
        if old is not None and counts:
            self._take_back(old, now, "")
        self.kept.append(StoredConversion(id=len(self.kept) + 1, conversion=one, recorded_at=now))
        self.changed.append((one.campaign, one.member))
        return "changed" if counts else "added"

    async def undo(self, campaign: str, keys: Sequence[str], *, by: str, now: datetime) -> Sequence[StoredConversion]:
        counting = [one for one in self._newest(campaign, keys).values() if one.undone_at is None]
        for one in counting:
            self._take_back(one, now, by or NOBODY)
        return counting

    async def of_keys(self, campaign: str, keys: Sequence[str]) -> Mapping[str, StoredConversion]:
        return self._newest(campaign, keys)

    async def of_members(self, campaign: str, members: Sequence[str]) -> Sequence[StoredConversion]:
        mine = [
            one
            for one in self.kept
            if one.conversion.campaign == campaign and one.conversion.member in members and one.undone_at is None
        ]
        return sorted(mine, key=lambda one: (one.conversion.at, one.id))

    def _newest(self, campaign: str, keys: Sequence[str]) -> dict[str, StoredConversion]:
        mine = (one for one in self.kept if one.conversion.campaign == campaign)
        return {one.conversion.key: one for one in mine if one.conversion.key in keys}

    def _take_back(self, old: StoredConversion, now: datetime, by: str) -> None:
        self.kept[old.id - 1] = replace(old, undone_at=now, undone_by=by)
        self.changed.append((old.conversion.campaign, old.conversion.member))
