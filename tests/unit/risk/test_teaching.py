"""Who may teach how much, what is written down, and what the guard set lets pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from groupbot.risk.features import buckets
from groupbot.risk.model import Model, Overlay, empty_weights
from groupbot.risk.promotion import InUse, tried
from groupbot.risk.teaching import Lesson, Teacher, TeachingError
from groupbot.risk.views import views
from groupbot.testing import MemoryLessons, MemoryVersions
from tests.unit.risk.everyday import everyday
from tests.unit.risk.texts import shop

NOW = datetime(2026, 5, 18, 12, tzinfo=UTC)


def lesson(message: str, label: int = 1, by: str = "ann", at: datetime = NOW) -> Lesson:
    return Lesson(at=at, by=by, kind="ads", message=message, label=label, way="reply")


TEXT = shop(1, seed=9)[0]


def teacher_of(model: Model, lessons: MemoryLessons, versions: MemoryVersions, daily: int = 99) -> Teacher:
    return Teacher(shipped=model, lessons=lessons, versions=versions, own=frozenset({"bot"}), daily=daily)


@pytest.fixture
def teacher(trained: Model) -> Teacher:
    return teacher_of(trained, MemoryLessons(), MemoryVersions(), daily=3)


@pytest.fixture
def plain(trained: Model) -> float:
    return trained.score(buckets(views(TEXT)))


def score(teacher: Teacher) -> float:
    return teacher.model.score(buckets(views(TEXT)))


async def restarted(teacher: Teacher, trained: Model) -> Teacher:
    """What another process, or the next one, makes of the store."""
    again = teacher_of(trained, teacher.lessons, teacher.versions)
    await again.load()
    return again


async def test_a_correction_counts_at_once_and_is_written_down(teacher, trained):
    assert score(teacher) < teacher.model.threshold
    assert await teacher.teach(lesson("m1"), TEXT) == 1
    assert score(teacher) >= teacher.model.threshold
    [row] = teacher.lessons.kept
    assert replace(row, number=0, found=b"") == lesson("m1")
    assert row.correction.found.tolist() == buckets(views(TEXT)).tolist()
    assert score(await restarted(teacher, trained)) == score(teacher)


@pytest.mark.parametrize("by", ["bot", ""])
async def test_the_bot_never_learns_from_itself(teacher, plain, by):
    with pytest.raises(TeachingError):
        await teacher.teach(lesson("m1", by=by), TEXT)
    assert score(teacher) == plain
    assert teacher.lessons.kept == []


async def test_an_admin_has_said_enough_for_a_day(teacher):
    for number in range(3):
        await teacher.teach(lesson(f"m{number}"), TEXT)
    with pytest.raises(TeachingError):
        await teacher.teach(lesson("m4"), TEXT)
    await teacher.teach(lesson("m5", by="bob"), TEXT)
    await teacher.teach(lesson("m6", at=NOW + timedelta(days=2)), TEXT)
    assert len(teacher.lessons.kept) == 5


async def test_taking_back_restores_and_is_written_down(teacher, plain):
    await teacher.teach(lesson("m1"), TEXT)
    await teacher.take_back(1, by="eve", at=NOW)
    assert score(teacher) == plain
    assert [(one.by, one.undone) for one in teacher.lessons.kept] == [("ann", False), ("eve", True)]
    with pytest.raises(TeachingError):
        await teacher.take_back(1, by="eve", at=NOW)


async def test_taking_back_reaches_into_the_version_in_use(teacher, trained, plain):
    await teacher.teach(lesson("m1"), TEXT)
    assert (await teacher.settle(NOW)).outcome == "promoted"
    assert score(teacher) > plain
    await teacher.take_back(1, by="eve", at=NOW)
    assert score(teacher) == pytest.approx(plain, rel=0.05)  # but for the rounding of a version's file
    assert score(await restarted(teacher, trained)) == score(teacher)


async def test_what_was_learned_is_promoted_and_can_be_rolled_back(teacher, trained, plain):
    await teacher.teach(lesson("m1"), TEXT)
    assert (await teacher.settle(NOW)).outcome == "promoted"
    [version] = await teacher.versions.history("ads")
    assert (version.parent, version.upto, teacher.versions.used["ads"]) == (0, 1, InUse(number=1, after=1))
    await teacher.roll_back(0)
    assert score(teacher) == plain
    await teacher.settle(NOW)
    assert score(teacher) == pytest.approx(plain, rel=0.05), "what was rolled back is not tried again"
    await teacher.roll_back(1)
    assert score(teacher) > plain
    assert score(await restarted(teacher, trained)) == score(teacher)
    with pytest.raises(TeachingError):
        await teacher.roll_back(7)


async def test_what_makes_false_alarms_is_kept_but_not_used(teacher, trained, plain):
    teacher.daily = 99
    for number, text in enumerate(everyday(30, seed=11)):
        await teacher.teach(lesson(f"m{number}"), text)
    taught = score(teacher)
    trial = await teacher.settle(NOW)
    assert trial.outcome == "more-false-alarms"
    assert ("ads" in teacher.versions.used, len(teacher.versions.kept)) == (False, 1)
    assert score(teacher) == plain != taught
    again = await restarted(teacher, trained)
    assert score(again) == plain
    assert len(again.model.corrections) == 30, "they are tried again with what is taught next"


async def test_a_version_that_cannot_be_read_does_not_stop_judging(teacher, trained, plain):
    await teacher.teach(lesson("m1"), TEXT)
    await teacher.settle(NOW)
    kept = teacher.versions.kept
    kept["ads", 1] = replace(kept["ads", 1], data=b"of another release")
    assert score(await restarted(teacher, trained)) == plain


def test_what_guards_is_judged_as_new_and_never_replayed(trained):
    guard, replayed = trained.guard, {row.tobytes() for row in trained.replay.rows()}
    assert set(guard.samples.labels.tolist()) == {0, 1}
    assert not replayed & {row.tobytes() for row in guard.samples.rows()}
    seen = [trained.base_log_odds(row) for row in guard.samples.rows()]
    assert abs(guard.odds).mean() < abs(np.array(seen)).mean(), "a machine is surer of what it was trained on"


def leaning(trained: Model, odds: float) -> Model:
    """Return a model whose corrections say the same of every text."""
    return replace(trained, overlay=Overlay(delta=empty_weights(), bias=odds))


def test_a_model_that_finds_less_is_worse(trained):
    deaf = leaning(trained, -50)
    assert tried(trained, deaf, trained.guard).outcome == "worse"
    assert tried(deaf, trained, trained.guard).outcome in {"promoted", "more-false-alarms"}
    assert tried(trained, leaning(trained, 50), trained.guard).outcome == "more-false-alarms"
    assert tried(trained, trained, trained.guard).outcome == "promoted"
