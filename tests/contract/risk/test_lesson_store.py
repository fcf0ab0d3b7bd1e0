"""Lessons and versions come back as they went in, on every store."""

from dataclasses import replace

from groupbot.risk.promotion import KEPT, Guarded, InUse, Trial, Version
from groupbot.risk.teaching import Lesson
from groupbot.testing.events import NOON, after

TRIAL = Trial(before=Guarded(f1=0.9, false_alarms=2), after=Guarded(f1=0.95, false_alarms=1))


def lesson(message, *, kind="ads", by="Olga", at=NOON, **more):
    return Lesson(at=at, by=by, kind=kind, message=message, label=1, way="reply", found=b"\x01\0\0\0", **more)


def version(number, kind="ads"):
    return Version(kind=kind, number=number, parent=number - 1, made_at=after(number), upto=7, trial=TRIAL, data=b"\0m")


async def test_lessons_stay_in_order_by_kind(stores):
    given = [lesson("main/m1"), lesson("main/m2", kind="negative"), lesson("main/m1", undone=True, at=after(5))]
    numbers = [await stores.lessons.add(one) for one in given]
    assert numbers == sorted(numbers)
    kept = [replace(one, number=number) for one, number in zip(given, numbers, strict=True)]
    assert list(await stores.lessons.of("ads")) == [kept[0], kept[2]]
    assert list(await stores.lessons.of("negative")) == [kept[1]]
    assert await stores.lessons.newest("ads") == (numbers[2], after(5))


async def test_none_yet(stores):
    assert await stores.lessons.newest("ads") is None
    assert list(await stores.versions.history("ads")) == []
    assert await stores.versions.data("ads", 1) is None
    assert await stores.versions.in_use("ads") == InUse()


async def test_what_somebody_said_within_a_time_is_counted(stores):
    for one in (lesson("m1"), lesson("m2", at=after(60)), lesson("m3", by="Lena", at=after(60))):
        await stores.lessons.add(one)
    assert [await stores.lessons.count("Olga", since) for since in (NOON, after(30), after(90))] == [2, 1, 0]


async def test_versions_by_kind_without_their_data(stores):
    for one in (version(1), version(2), version(1, "negative"), replace(version(2), data=b"late")):
        await stores.versions.add(one)
    assert list(await stores.versions.history("ads")) == [replace(version(n), data=b"") for n in (1, 2)]
    assert await stores.versions.data("ads", 2) == b"\0m"
    await stores.versions.use("ads", 2, 7)
    await stores.versions.use("ads", 1, 9)
    assert await stores.versions.in_use("ads") == InUse(number=1, after=9)
    assert await stores.versions.in_use("negative") == InUse()


async def test_old_versions_go_but_the_one_in_use_stays(stores):
    await stores.versions.add(version(1))
    await stores.versions.use("ads", 1, 7)
    for number in range(2, KEPT + 4):
        await stores.versions.add(version(number))
    kept = [one.number for one in await stores.versions.history("ads")]
    assert kept == [1, *range(4, KEPT + 4)]
