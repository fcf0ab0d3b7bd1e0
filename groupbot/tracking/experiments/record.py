"""Experiments as they are kept, how far they are, and what they are kept in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from groupbot.tracking.experiments.assignment import Assigned
from groupbot.tracking.experiments.compared import Analysis
from groupbot.tracking.experiments.design import Design


class State(StrEnum):
    """How an experiment stands."""

    PLANNED = "planned"
    RUNNING = "running"
    ENDED = "ended"


@dataclass(frozen=True, kw_only=True, slots=True)
class Experiment:
    """An experiment. `verdict`: JSON of what it said when it ended, "" before; instants are UTC."""

    design: Design
    state: State = State.PLANNED
    started_at: datetime | None = None
    ended_at: datetime | None = None
    verdict: str = ""
    by: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How far an experiment is. `units` of `planned`, both over all variants; `last`: the last day that counts."""

    units: int
    planned: int
    last: date | None
    is_over: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """An experiment with what may be said of it now. `astray`: groups whose tag is not that of their variant."""

    experiment: Experiment
    progress: Progress
    analysis: Analysis
    lines: tuple[str, ...]
    assigned: Mapping[str, str] = field(default_factory=dict)
    astray: tuple[str, ...] = ()


class ExperimentStore(Protocol):
    """Keep experiments and who was given which variant. Raises StoreError."""

    async def add(self, design: Design, *, by: str, now: datetime) -> bool:
        """Keep a new one; False = there is one of that name."""
        ...

    async def get(self, name: str) -> Experiment | None:
        """Return one."""
        ...

    async def list(self, campaign: str | None = None) -> Sequence[Experiment]:
        """Return all, or a campaign's, oldest first."""
        ...

    async def assigned(self, name: str) -> Sequence[Assigned]:
        """Return who was given what, in the order of blocks."""
        ...

    async def start(self, name: str, units: Mapping[str, str], *, now: datetime) -> Sequence[Assigned]:
        """Give those `units` (name -> stratum) a variant that have none, in one transaction, and let it run."""
        ...

    async def end(self, name: str, verdict: str, *, now: datetime) -> bool:
        """End it for good; False = it had ended."""
        ...

    async def persons(self, campaign: str) -> Sequence[str]:
        """Return everybody who was counted in a campaign."""
        ...

    async def visits(
        self, campaign: str, variants: Sequence[str], before: datetime
    ) -> Sequence[tuple[datetime, str, int]]:
        """Return visits of a campaign's live codes as (minute, variant, count)."""
        ...

    async def members_at(self, design: Design, stage: str, before: datetime, *, after: bool) -> Mapping[str, int]:
        """Count by variant the assigned members who reached a recorded stage; `after` they were assigned, if so."""
        ...
