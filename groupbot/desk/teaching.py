"""What people teach the scorers, over the store: learned at once, fitted anew at night, taken back by command."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from loguru import logger

from groupbot.admin.audit import BY_ITSELF, AuditLog, by_itself
from groupbot.admin.risk_ports import Lesson, LessonLine, Taught, VersionLine
from groupbot.chat.alerts import Alert, Alerts, Severity
from groupbot.core.clock import Clock
from groupbot.errors import GroupbotError, StoreError
from groupbot.i18n import _
from groupbot.risk.ladder import Concern
from groupbot.storage.engine import Database
from groupbot.storage.lessons import SqlLessons, SqlVersions, mark_of

if TYPE_CHECKING:
    from groupbot.risk.model import Model
    from groupbot.risk.teaching import Teacher

NIGHT = time(3, 30)
"""Local time after which what was taught is fitted anew: seconds of one core, when few people write."""
SCORED = (Concern.ADS, Concern.NEGATIVE)
"""What has a scorer that learns."""
_LISTED = 10


class StoredTeaching:
    """`admin.risk_ports.Teaching`, and the models that judge. Nothing is read or imported before it is needed."""

    def __init__(self, database: Database, *, audit: AuditLog, alerts: Alerts, clock: Clock, zone: ZoneInfo) -> None:
        self._database = database
        self._audit = audit
        self._alerts = alerts
        self._clock = clock
        self._zone = zone
        self._lessons = SqlLessons(database)
        self._versions = SqlVersions(database)
        self._teachers: dict[Concern, Teacher] = {}
        self._opening = asyncio.Lock()
        self._mark: tuple[int, ...] = ()
        self.revision = 0
        """Another one once the models are others."""

    async def models(self) -> Sequence[Model]:
        """Return the scorers in use; the shipped ones while the store can't be read."""
        try:
            teachers = await self._ready()
        except StoreError as error:
            logger.bind(action="risk-models").warning("what was taught can't be read: {}", error)
            teachers = self._teachers
        return [teacher.model for teacher in teachers.values()]

    async def learn(self, lesson: Lesson) -> str:
        if lesson.concern not in SCORED or not lesson.text.strip():
            return ""
        teacher = (await self._ready())[lesson.concern]
        reader: Any = import_module("groupbot.desk.scanning")
        number = await teacher.teach(reader.lesson(lesson), lesson.text)
        await self._changed("teach", lesson.concern, lesson.by, f"{number} {lesson.message_id} {int(lesson.is_hit)}")
        return _("Learned as correction {n}.").format(n=number)

    async def taught(self) -> Taught:
        await self._ready()
        versions: list[VersionLine] = []
        lessons: list[LessonLine] = []
        for concern, teacher in self._teachers.items():
            kind = teacher.shipped.kind
            used = (await self._versions.in_use(kind)).number
            versions += [
                VersionLine(
                    concern=concern,
                    number=one.number,
                    made_at=one.made_at,
                    promoted=one.trial.outcome == "promoted",
                    is_used=one.number == used,
                )
                for one in await self._versions.history(kind)
            ]
            lessons += [_line(concern, row) for row in await self._lessons.of(kind)]
        return Taught(
            versions=tuple(sorted(versions, key=lambda one: one.made_at, reverse=True)),
            lessons=tuple(sorted(lessons, key=lambda one: one.number, reverse=True)[:_LISTED]),
        )

    async def take_back(self, number: int, *, by: str) -> LessonLine:
        teachers = await self._ready()
        for concern, teacher in teachers.items():
            if any(row.number == number for row in await self._lessons.of(teacher.shipped.kind)):
                row = await teacher.take_back(number, by=by, at=self._clock.now())
                await self._changed("unlearn", concern, by, f"{number} {row.message}")
                return _line(concern, row)
        raise GroupbotError(_("There is no correction {n} that counts.").format(n=number), hint="/风险 版本")

    async def roll_back(self, concern: Concern, number: int, *, by: str) -> None:
        await (await self._ready())[concern].roll_back(number)
        await self._changed("rollback", concern, by, str(number))

    async def tend(self) -> None:
        """Take up what other processes taught, and fit anew at night: for every minute or so. Raises StoreError."""
        mark = await mark_of(self._database)
        if self._teachers and mark != self._mark:
            for teacher in self._teachers.values():
                await teacher.load()
            self.revision += 1
        self._mark = mark
        for concern in SCORED:
            if await self._is_due(concern):
                await self._settle(concern)

    async def _ready(self) -> dict[Concern, Teacher]:
        """Return who teaches, with what the store holds. Raises StoreError."""
        async with self._opening:
            if not self._teachers:
                reader: Any = await asyncio.to_thread(import_module, "groupbot.desk.scanning")
                self._teachers = await asyncio.to_thread(reader.teachers, self._lessons, self._versions)
            if not self._mark:
                mark = await mark_of(self._database)
                for teacher in self._teachers.values():
                    await teacher.load()
                self._mark = mark
                self.revision += 1
        return self._teachers

    async def _is_due(self, concern: Concern) -> bool:
        """Tell whether something was taught before last night's hour and not fitted since."""
        newest = await self._lessons.newest(concern.value)  # type: ignore[arg-type] # both are named alike
        if newest is None:
            return False
        now = self._clock.now()
        night = datetime.combine(now.astimezone(self._zone).date(), NIGHT, tzinfo=self._zone)
        night -= timedelta(days=night > now)
        versions = await self._versions.history(concern.value)  # type: ignore[arg-type] # as above
        last = versions[-1] if versions else None
        return newest[1] < night and (last is None or (last.upto < newest[0] and last.made_at < night))

    async def _settle(self, concern: Concern) -> None:
        trial = await (await self._ready())[concern].settle(self._clock.now())
        promoted = trial.outcome == "promoted"
        figures = f"f1 {trial.before.f1:.3f}>{trial.after.f1:.3f}"
        figures += f" false {trial.before.false_alarms}>{trial.after.false_alarms}"
        await self._changed("settle", concern, BY_ITSELF, f"{trial.outcome} {figures}")
        if promoted:
            return
        text = _(
            "What was taught about {kind} finds less or raises more false alarms on messages that are known, so it is "
            "not used. Look at the last corrections with /风险 版本 and take back wrong ones."
        )
        text = text.format(kind=concern.value)
        await self._alerts.send(Alert(severity=Severity.WARNING, code="risk-not-promoted", text=text))

    async def _changed(self, deed: str, concern: Concern, by: str, detail: str) -> None:
        self.revision += 1
        action = f"risk/{deed}/{concern}"
        logger.bind(action=action, by=by).info("{}", detail)
        entry = by_itself(self._clock.now(), "", action, detail)
        await self._audit.write(replace(entry, actor=by))


def _line(concern: Concern, row: Any) -> LessonLine:
    return LessonLine(
        number=row.number, concern=concern, is_hit=bool(row.label), by=row.by, at=row.at, undone=row.undone
    )
