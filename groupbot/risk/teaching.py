"""Admins teach the scorers: who may say how much a day, what is written down, and when what was learned is used."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from groupbot.errors import GroupbotError
from groupbot.i18n import _
from groupbot.risk.features import buckets
from groupbot.risk.learning import learned, settled, unlearned
from groupbot.risk.model import Correction, Kind, Model, Samples
from groupbot.risk.model_file import dumped, loaded
from groupbot.risk.promotion import Trial, Version, Versions, tried
from groupbot.risk.views import views

DAILY = 100
"""Corrections an admin may make within a day: a stolen or careless account must not turn a model round."""
_DAY = timedelta(days=1)


class TeachingError(GroupbotError):
    """A correction is refused; nothing was learned from it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lesson:
    """One row of the audit: who said what of which message, and when. `undone` says that it was taken back."""

    at: datetime
    by: str
    kind: Kind
    message: str
    label: int
    way: Literal["reply", "quote", "console"]
    undone: bool = False


class Lessons(Protocol):
    """The audit of corrections."""

    async def add(self, lesson: Lesson) -> None:
        """Write one row."""
        ...

    async def count(self, by: str, since: datetime) -> int:
        """Return how many rows `by` has made since then."""
        ...


@dataclass(kw_only=True, slots=True)
class Teacher:
    """Keeps the model of one kind in use. `own` are the bot's accounts: nothing is learned from its own verdicts."""

    model: Model
    shipped: Model
    lessons: Lessons
    versions: Versions
    own: AbstractSet[str] = frozenset()
    daily: int = DAILY

    async def teach(self, lesson: Lesson, text: str) -> None:
        """Learn `lesson`, which is about a message that says `text`, at once.

        Raises TeachingError for a bot's own account, and for an admin who has said enough for a day.
        """
        if lesson.by in self.own or not lesson.by:
            raise TeachingError(_("Only people teach."), hint=_("Reply from an admin's own account."))
        if await self.lessons.count(lesson.by, lesson.at - _DAY) >= self.daily:
            raise TeachingError(
                _("{n} corrections were made from this account within a day.").format(n=self.daily),
                hint=_("Go on tomorrow, or let another admin look."),
            )
        await self.lessons.add(lesson)
        found = buckets(views(text))
        self.model = learned(self.model, Correction(key=lesson.message, found=found, label=lesson.label, by=lesson.by))

    async def take_back(self, lesson: Lesson) -> None:
        """Forget what was said of one message, as if it had never been."""
        self.model = unlearned(self.model, frozenset({lesson.message}))
        await self.lessons.add(lesson)

    async def settle(self, guard: Samples, now: datetime) -> Trial:
        """Fit what was learned anew (nightly) and use it if the guard set allows; else the version in use stays.

        Either way the version is kept. A refused one keeps no correction from being tried again the next night.
        """
        used = await self.versions.in_use(self.model.kind)
        before = loaded(used.data, file=str(used.number)) if used else self.shipped
        after = settled(self.model)
        trial = tried(before, after, guard)
        number = 1 + max((one.number for one in await self.versions.history(after.kind)), default=0)
        version = Version(
            kind=after.kind,
            number=number,
            parent=used.number if used else 0,
            made_at=now,
            trial=trial,
            data=dumped(after),
        )
        await self.versions.add(version)
        if trial.outcome == "promoted":
            await self.versions.use(after.kind, number)
            self.model = after
        return trial

    async def roll_back(self, number: int) -> None:
        """Use version `number` again, 0 = the shipped model. Raises TeachingError for one that is not kept."""
        kept: Sequence[Version] = await self.versions.history(self.model.kind)
        data = {one.number: one.data for one in kept}
        if number and number not in data:
            raise TeachingError(_("There is no version {n}.").format(n=number), hint="")
        await self.versions.use(self.model.kind, number)
        self.model = loaded(data[number], file=str(number)) if number else self.shipped
