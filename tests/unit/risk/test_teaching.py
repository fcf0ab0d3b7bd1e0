"""Who may teach how much, what is written down, and what the guard set lets pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from groupbot.risk.features import buckets
from groupbot.risk.model import Model, Samples
from groupbot.risk.promotion import Version, tried
from groupbot.risk.teaching import Lesson, Teacher, TeachingError
from groupbot.risk.views import views
from tests.unit.risk.everyday import everyday
from tests.unit.risk.texts import rows, shop

NOW = datetime(2026, 5, 18, 12, tzinfo=UTC)


@dataclass(kw_only=True)
class MemoryLessons:
    kept: list[Lesson] = field(default_factory=list)

    async def add(self, lesson: Lesson) -> None:
        self.kept.append(lesson)

    async def count(self, by: str, since: datetime) -> int:
        return sum(one.by == by and one.at >= since for one in self.kept)


@dataclass(kw_only=True)
class MemoryVersions:
    kept: list[Version] = field(default_factory=list)
    used: int = 0

    async def add(self, version: Version) -> None:
        self.kept.append(version)

    async def history(self, kind: str) -> Sequence[Version]:
        return self.kept

    async def in_use(self, kind: str) -> Version | None:
        return next((one for one in self.kept if one.number == self.used), None)

    async def use(self, kind: str, number: int) -> None:
        self.used = number


def lesson(message: str, label: int = 1, by: str = "ann", at: datetime = NOW) -> Lesson:
    return Lesson(at=at, by=by, kind="ads", message=message, label=label, way="reply")


def samples(texts) -> Samples:
    return Samples.of([buckets(views(row.text)) for row in texts], [row.label for row in texts])


GUARD = samples(rows(60, seed=11))
TEXT = shop(1, seed=9)[0]


@pytest.fixture
def teacher(trained: Model) -> Teacher:
    return Teacher(
        model=trained,
        shipped=trained,
        lessons=MemoryLessons(),
        versions=MemoryVersions(),
        own=frozenset({"bot"}),
        daily=3,
    )


def score(teacher: Teacher) -> float:
    return teacher.model.score(buckets(views(TEXT)))


async def test_a_correction_counts_at_once_and_is_written_down(teacher):
    assert score(teacher) < teacher.model.threshold
    await teacher.teach(lesson("m1"), TEXT)
    assert score(teacher) >= teacher.model.threshold
    assert teacher.lessons.kept == [lesson("m1")]


@pytest.mark.parametrize("by", ["bot", ""])
async def test_the_bot_never_learns_from_itself(teacher, trained, by):
    with pytest.raises(TeachingError):
        await teacher.teach(lesson("m1", by=by), TEXT)
    assert teacher.model is trained
    assert teacher.lessons.kept == []


async def test_an_admin_has_said_enough_for_a_day(teacher):
    for number in range(3):
        await teacher.teach(lesson(f"m{number}"), TEXT)
    with pytest.raises(TeachingError):
        await teacher.teach(lesson("m4"), TEXT)
    await teacher.teach(lesson("m5", by="bob"), TEXT)
    await teacher.teach(lesson("m6", at=NOW + timedelta(days=2)), TEXT)
    assert len(teacher.lessons.kept) == 5


async def test_taking_back_restores_and_is_written_down(teacher, trained):
    await teacher.teach(lesson("m1"), TEXT)
    before = trained.score(buckets(views(TEXT)))
    await teacher.take_back(replace(lesson("m1"), undone=True))
    assert score(teacher) == before
    assert [one.undone for one in teacher.lessons.kept] == [False, True]


async def test_what_was_learned_is_promoted_and_can_be_rolled_back(teacher, trained):
    await teacher.teach(lesson("m1"), TEXT)
    assert (await teacher.settle(GUARD, NOW)).outcome == "promoted"
    assert (teacher.versions.used, teacher.versions.kept[0].parent) == (1, 0)
    await teacher.roll_back(0)
    assert (teacher.versions.used, score(teacher)) == (0, trained.score(buckets(views(TEXT))))
    await teacher.roll_back(1)
    assert score(teacher) > trained.score(buckets(views(TEXT)))
    with pytest.raises(TeachingError):
        await teacher.roll_back(7)


async def test_what_makes_false_alarms_is_kept_but_not_used(teacher):
    teacher.daily = 99
    for number, text in enumerate(everyday(30, seed=11)):
        await teacher.teach(lesson(f"m{number}"), text)
    trial = await teacher.settle(GUARD, NOW)
    assert trial.outcome == "more-false-alarms"
    assert (teacher.versions.used, len(teacher.versions.kept)) == (0, 1)


def test_a_model_that_finds_less_is_worse(trained):
    deaf = replace(trained, bias=trained.bias - 50)
    assert tried(trained, deaf, GUARD).outcome == "worse"
    assert tried(deaf, trained, GUARD).outcome == "promoted"
    assert tried(trained, trained, GUARD).outcome == "promoted"
