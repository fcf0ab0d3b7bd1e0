"""What an experiment's units did until its end, from the daily sums and the store."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from groupbot.tracking.experiments.assignment import Assigned
from groupbot.tracking.experiments.compared import Counted
from groupbot.tracking.experiments.design import VISIT, Design, Unit
from groupbot.tracking.experiments.record import ExperimentStore, Progress
from groupbot.tracking.metrics import Dimension, Period, Rollups, stage
from groupbot.tracking.stages import JOINED


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What was counted of each unit until the last day, and how far that is."""

    counted: tuple[Counted, ...]
    progress: Progress


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """Reads experiments of campaigns in `zone` on the day `today` there."""

    store: ExperimentStore
    rollups: Rollups
    zone: ZoneInfo
    today: date

    async def read(self, design: Design, assigned: Iterable[Assigned]) -> Reading:
        """Return what counts: nothing after the last day does, however late one looks. Raises StoreError."""
        match design.unit:
            case Unit.GROUP:
                return self._reading(design, await self._groups(design, assigned), design.until)
            case Unit.MEMBER:
                return self._reading(design, await self._members(design, assigned), design.until)
            case Unit.CODE:
                days = await self._by_day(design)
                last = design.until or _full(design, days, self.today)
                return self._reading(design, _until(design, days, last), last)

    def _reading(self, design: Design, counted: Iterable[Counted], last: date | None) -> Reading:
        rows = tuple(counted)
        units = sum(row.begun > 0 for row in rows) if design.unit is Unit.GROUP else sum(row.begun for row in rows)
        planned = design.size * len(design.variants)
        is_over = last is not None and self.today > last
        return Reading(counted=rows, progress=Progress(units=units, planned=planned, last=last, is_over=is_over))

    async def _groups(self, design: Design, assigned: Iterable[Assigned]) -> list[Counted]:
        wanted = {stage(design.source): "begun", stage(design.target): "reached"}
        by = (Dimension.GROUP, Dimension.METRIC)
        last = Period(last=design.until.isoformat() if design.until else "")
        sums = await self.rollups.sums(design.campaign, by, last, metrics=tuple(wanted))
        return [
            Counted(
                unit=one.unit,
                variant=one.variant,
                begun=sums.get((one.unit, stage(design.source)), 0),
                reached=sums.get((one.unit, stage(design.target)), 0),
            )
            for one in assigned
        ]

    async def _members(self, design: Design, assigned: Iterable[Assigned]) -> list[Counted]:
        before = _end(design.until or self.today, self.zone)
        begun: Mapping[str, int] = Counter(one.variant for one in assigned)
        if design.source != JOINED:  # whoever was assigned had joined
            begun = await self.store.members_at(design, design.source, before, after=False)
        reached = await self.store.members_at(design, design.target, before, after=True)
        return [
            Counted(variant=variant, begun=begun.get(variant, 0), reached=reached.get(variant, 0))
            for variant in design.variants
        ]

    async def _by_day(self, design: Design) -> dict[date, Counter[tuple[str, str]]]:
        """Return by day how many of each variant (variant, stage)."""
        days: defaultdict[date, Counter[tuple[str, str]]] = defaultdict(Counter)
        stages = [name for name in (design.source, design.target) if name != VISIT]
        by = (Dimension.DAY, Dimension.VARIANT, Dimension.METRIC)
        sums = await self.rollups.sums(design.campaign, by, metrics=[stage(name) for name in stages])
        names = {stage(name): name for name in stages}
        for (day, variant, metric), count in sums.items():
            if metric in names:
                days[date.fromisoformat(day)][variant, names[metric]] += count
        if design.source == VISIT:
            before = _end(design.until or self.today, self.zone)
            for minute, variant, count in await self.store.visits(design.campaign, design.variants, before):
                days[minute.astimezone(self.zone).date()][variant, VISIT] += count
        return days


def _full(design: Design, days: Mapping[date, Counter[tuple[str, str]]], today: date) -> date | None:
    """Return the first day at whose end every variant had as many as planned, None while there is none."""
    order = sorted(day for day in days if day < today)
    sums = accumulate((days[day] for day in order), lambda before, day: before + day)
    for day, count in zip(order, sums, strict=True):
        if all(count[variant, design.source] >= design.size for variant in design.variants):
            return day
    return None


def _until(design: Design, days: Mapping[date, Counter[tuple[str, str]]], last: date | None) -> list[Counted]:
    count: Counter[tuple[str, str]] = Counter()
    for day, more in days.items():
        if last is None or day <= last:
            count.update(more)
    return [
        Counted(variant=variant, begun=count[variant, design.source], reached=count[variant, design.target])
        for variant in design.variants
    ]


def _end(day: date, zone: ZoneInfo) -> datetime:
    """Return the first instant after `day`."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
