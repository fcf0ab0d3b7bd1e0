"""Admins teach the scorers: who may say how much a day, what is written down, and when what was learned is used.

What a model is follows from the version in use and the lessons in the store alone, so a restart changes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal, Protocol

import numpy as np
from loguru import logger

from groupbot.errors import GroupbotError
from groupbot.i18n import _
from groupbot.risk.features import buckets
from groupbot.risk.learning import learned, settled, unlearned
from groupbot.risk.model import Correction, Kind, Model
from groupbot.risk.model_file import ModelError, dumped, loaded
from groupbot.risk.promotion import Trial, Version, Versions, tried
from groupbot.risk.views import views

DAILY = 100
"""Corrections an admin may make within a day: a stolen or careless account must not turn a model round."""
_DAY = timedelta(days=1)
_BUCKETS = np.dtype("<u4")


class TeachingError(GroupbotError):
    """A correction is refused; nothing was learned from it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lesson:
    """One row: who said what of which message, and when; of one message the last row counts.

    `number` is given by the store. `undone` says that what was said before is taken back. `found` are the buckets of
    the message (little-endian, four bytes each): no words of anybody are kept.
    """

    number: int = 0
    at: datetime
    by: str
    kind: Kind
    message: str
    label: int
    way: Literal["reply", "quote", "console"]
    undone: bool = False
    found: bytes = b""

    @property
    def correction(self) -> Correction:
        """What the model learns from."""
        found = np.frombuffer(self.found, dtype=_BUCKETS).astype(np.uint32)
        return Correction(key=self.message, found=found, label=self.label, by=self.by)


class Lessons(Protocol):
    """Every lesson, in order; rows are added and never changed. Raises StoreError."""

    async def add(self, lesson: Lesson) -> int:
        """Write one row and return its number, larger than all before."""
        ...

    async def count(self, by: str, since: datetime) -> int:
        """Return how many rows `by` has made since then."""
        ...

    async def of(self, kind: Kind) -> Sequence[Lesson]:
        """Return the rows of a kind, oldest first."""
        ...

    async def newest(self, kind: Kind) -> tuple[int, datetime] | None:
        """Return number and instant of the last row of a kind, None = there is none."""
        ...


@dataclass(kw_only=True, slots=True)
class Teacher:
    """Keeps the model of one kind in use. `own`: the bot's names; nothing is learned from its own verdicts.

    Before `load` the model is the shipped one. Whatever takes long is done in a thread. All methods raise StoreError.
    """

    shipped: Model
    lessons: Lessons
    versions: Versions
    own: AbstractSet[str] = frozenset()
    daily: int = DAILY
    model: Model = field(init=False)
    _base: Model = field(init=False)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self.model = self._base = self.shipped

    async def load(self) -> None:
        """Take up what the store holds: at the start, and when another process has taught."""
        async with self._lock:
            await self._load()

    async def teach(self, lesson: Lesson, text: str) -> int:
        """Learn `lesson`, which is about a message that says `text`, at once; return its number.

        Raises TeachingError for the bot itself, and for an admin who has said enough for a day.
        """
        if lesson.by in self.own or not lesson.by:
            raise TeachingError(_("Only people teach."), hint=_("Reply from an admin's own account."))
        async with self._lock:
            if await self.lessons.count(lesson.by, lesson.at - _DAY) >= self.daily:
                raise TeachingError(
                    _("{n} corrections were made from this account within a day.").format(n=self.daily),
                    hint=_("Go on tomorrow, or let another admin look."),
                )
            lesson = replace(lesson, found=buckets(views(text)).astype(_BUCKETS).tobytes())
            number = await self.lessons.add(lesson)
            self.model = await asyncio.to_thread(learned, self.model, lesson.correction)
        return number

    async def take_back(self, number: int, *, by: str, at: datetime) -> Lesson:
        """Forget what was said in lesson `number`, as if it had never been. Raises TeachingError: it does not count."""
        async with self._lock:
            rows = {row.message: row for row in await self.lessons.of(self.shipped.kind)}
            lesson = next((row for row in rows.values() if row.number == number and not row.undone), None)
            if lesson is None:
                raise TeachingError(_("There is no correction {n} that counts.").format(n=number), hint="/风险 版本")
            await self.lessons.add(replace(lesson, number=0, at=at, by=by, undone=True))
            await self._load()
        return lesson

    async def settle(self, now: datetime) -> Trial:
        """Fit what was learned anew (nightly) and use it if the guard set allows; else the version in use stays.

        Either way the version is kept. A refused one keeps no correction from being tried again the next night, but
        what was learned from them at once is no longer used.
        """
        async with self._lock:
            await self._load()
            newest = await self.lessons.newest(self.shipped.kind)
            after, trial, data = await asyncio.to_thread(_refitted, self.model, self._base)
            used = await self.versions.in_use(after.kind)
            number = 1 + max((one.number for one in await self.versions.history(after.kind)), default=0)
            version = Version(
                kind=after.kind,
                number=number,
                parent=used.number,
                made_at=now,
                upto=newest[0] if newest else 0,
                trial=trial,
                data=data,
            )
            await self.versions.add(version)
            if trial.outcome == "promoted":
                await self.versions.use(after.kind, number, version.upto)
            await self._load()
        return trial

    async def roll_back(self, number: int) -> None:
        """Use version `number` again, 0 = the shipped model; what was taught since is not used, and is not tried again.

        Raises TeachingError for one that is not kept.
        """
        kind = self.shipped.kind
        async with self._lock:
            if number and number not in {one.number for one in await self.versions.history(kind)}:
                raise TeachingError(_("There is no version {n}.").format(n=number), hint="/风险 版本")
            newest = await self.lessons.newest(kind)
            await self.versions.use(kind, number, newest[0] if newest else 0)
            await self._load()

    async def _load(self) -> None:
        kind = self.shipped.kind
        used = await self.versions.in_use(kind)
        data = await self.versions.data(kind, used.number) if used.number else None
        rows = await self.lessons.of(kind)
        judged = max((one.upto for one in await self.versions.history(kind)), default=0)
        self._base = await asyncio.to_thread(self._read, data, used.number) if data else self.shipped
        self.model = await asyncio.to_thread(stands, self._base, rows, after=used.after, judged=judged)

    def _read(self, data: bytes, number: int) -> Model:
        """Return a version; the shipped model for one that this release can't read, so that judging goes on."""
        try:
            return loaded(data, file=str(number))
        except ModelError as error:
            logger.bind(action="risk-version", kind=self.shipped.kind, version=number).warning("not used: {}", error)
            return self.shipped


def stands(base: Model, rows: Sequence[Lesson], *, after: int, judged: int) -> Model:
    """Return the version in use with the lessons beyond `after`, in order.

    Those up to `judged` were refused by the guard set: they are listed for the next night, and not followed.
    """
    last = {row.message: row for row in rows}
    gone = frozenset(one.key for one in base.corrections if one.key in last and last[one.key].undone)
    model = unlearned(base, gone) if gone else base
    for row in sorted(last.values(), key=lambda row: row.number):
        if row.undone or row.number <= after:
            continue
        if row.number > judged:
            model = learned(model, row.correction)
        else:
            others = (one for one in model.corrections if one.key != row.message)
            model = replace(model, corrections=(*others, row.correction))
    return model


def _refitted(model: Model, base: Model) -> tuple[Model, Trial, bytes]:
    """Return what was learned, fitted anew, how it does beside `base`, and its file: seconds of work."""
    after = settled(model)
    return after, tried(base, after, base.guard), dumped(after)
