"""When a model that has learned may take the place of the one in use: never at the price of honest members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from groupbot.risk.model import Guard, Kind, Model

LOSS = 0.01
"""How much of F1 on the guard set a promotion may cost."""

KEPT = 14
"""Versions of a kind that are kept, besides the one in use: each is 1.5 MB."""

Outcome = Literal["promoted", "worse", "more-false-alarms"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Guarded:
    """How a model does on the guard set."""

    f1: float
    false_alarms: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """A model beside the one in use, on the same guard set."""

    before: Guarded
    after: Guarded

    @property
    def outcome(self) -> Outcome:
        """Say whether the new one may be used."""
        if self.after.false_alarms > self.before.false_alarms:
            return "more-false-alarms"
        return "worse" if self.before.f1 - self.after.f1 > LOSS else "promoted"


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """A model as it was kept: `number` counts from 1, `parent` is the version it learned from (0: the shipped one).

    It knows the lessons up to number `upto`. `data` is its file; in a history it is left out.
    """

    kind: Kind
    number: int
    parent: int
    made_at: datetime
    upto: int
    trial: Trial
    data: bytes = b""


@dataclass(frozen=True, kw_only=True, slots=True)
class InUse:
    """Which version is used, 0 = the shipped model, and the lesson `after` which what is taught counts on top."""

    number: int = 0
    after: int = 0


class Versions(Protocol):
    """Where models are kept, and which of them is in use. Raises StoreError."""

    async def add(self, version: Version) -> None:
        """Keep `version` without using it; of two with one number the first. All but the last KEPT may go."""
        ...

    async def history(self, kind: Kind) -> Sequence[Version]:
        """Return what is kept of `kind`, without the data, oldest first."""
        ...

    async def data(self, kind: Kind, number: int) -> bytes | None:
        """Return the file of a version, None = it is not kept."""
        ...

    async def in_use(self, kind: Kind) -> InUse:
        """Return what is used now."""
        ...

    async def use(self, kind: Kind, number: int, after: int) -> None:
        """Use version `number` of `kind` from now on, with the lessons after number `after` on top."""
        ...


def tried(before: Model, after: Model, guard: Guard) -> Trial:
    """Return how both do on `guard`: texts that neither has learned from, honest ones above all."""
    return Trial(before=_guarded(before, guard), after=_guarded(after, guard))


def _guarded(model: Model, guard: Guard) -> Guarded:
    rows = zip(guard.samples.rows(), guard.odds.tolist(), guard.samples.labels.tolist(), strict=True)
    said = [(model.on_top(odds, found) >= model.line, bool(label)) for found, odds, label in rows]
    right = sum(hit and label for hit, label in said)
    false = sum(hit and not label for hit, label in said)
    missed = sum(label and not hit for hit, label in said)
    return Guarded(f1=2 * right / max(1, 2 * right + false + missed), false_alarms=false)
