"""What is known of entries and newcomers, on both databases: doors, counts, where an SOP runs, a shared task."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from groupbot.campaign.values import NewTask
from groupbot.core.events import Person
from groupbot.storage.engine import Database
from groupbot.storage.entries import SqlEntries
from groupbot.storage.facts import SqlFacts
from groupbot.storage.roster import SqlRoster
from groupbot.storage.tables import campaign_groups, campaigns, metadata
from groupbot.storage.tasks import SqlTasks
from groupbot.tracking.capacity import Door
from groupbot.tracking.facts import Fact, FactKind
from groupbot.tracking.roster import Reading, StoredRoster
from tests import postgres

NOON = datetime(2026, 5, 18, 4, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    with ExitStack() as stack:
        on_server = request.param == "postgresql"
        url = stack.enter_context(postgres.shared().schema()) if on_server else f"sqlite:///{tmp_path}/bot.db"
        found = Database(url)
        async with found.write() as conn:
            await conn.run_sync(metadata.create_all)
        yield found
        await found.close()


async def read(database: Database, group: str, *members: str, account: str = "main", minutes: float = 0) -> None:
    reading = Reading(
        account=account,
        group=group,
        topic="",
        at=NOON + timedelta(minutes=minutes),
        members=tuple(Person(id=name) for name in members),
        baseline=True,
    )
    await SqlRoster(database).apply(reading, StoredRoster(read_at=None))


def move(kind: FactKind, member: str, minutes: float, *, late: bool = False) -> Fact:
    at = NOON + timedelta(minutes=minutes)
    return Fact(
        at=at, kind=kind, account="main", event_id=f"{member}{minutes}", group="g1", member=member, found_late=late
    )


async def test_a_door_is_closed_once_and_kept_with_its_image(database: Database) -> None:
    store = SqlEntries(database)
    assert await store.close("g1")
    assert not await store.close("g1")
    door = Door(group="g1", image="entries/a.png", expires_at=NOON, by="Olga", taken_at=NOON)
    await store.keep(door)
    assert await store.doors() == {"g1": door}
    assert await store.close("g1")
    assert (await store.doors())["g1"].image == "entries/a.png"


async def test_who_became_the_entry_and_when(database: Database) -> None:
    store = SqlEntries(database)
    await store.enter("g1", NOON)
    await store.keep(Door(group="g2", image="entries/b.png"))
    await store.enter("g2", NOON + timedelta(hours=1))
    doors = await store.doors()
    assert (doors["g1"].entered_at, doors["g2"].entered_at) == (NOON, NOON + timedelta(hours=1))
    assert (doors["g1"].closed, doors["g2"].image) == (False, "entries/b.png")


async def test_members_are_counted_from_the_newest_reading_on(database: Database) -> None:
    store = SqlEntries(database)
    await read(database, "g1", "ann", account="spare", minutes=-60)
    await read(database, "g1", "ann", "bob", "cleo")
    await read(database, "g2", "dan")
    assert await store.counts(["g1", "g2", "g3"]) == {"g1": 3, "g2": 1}
    moves = [
        move(FactKind.JOIN, "eve", 1),
        move(FactKind.JOIN, "finn", 2),
        move(FactKind.LEAVE, "ann", 3),
        move(FactKind.LEAVE, "eve", 30),
        move(FactKind.JOIN, "gus", 4, late=True),
    ]
    await SqlFacts(database).append(moves, recorded_at=NOON)
    assert await store.counts(["g1"]) == {"g1": 4}
    found = await store.moves(["g1"], NOON + timedelta(minutes=2))
    assert [count for _at, count in sorted(found["g1"])] == [1, -1, -1]
    again = [move(kind, "bob", 40 + n) for n, kind in enumerate((FactKind.LEAVE, FactKind.JOIN) * 5)]
    await SqlFacts(database).append(again, recorded_at=NOON)
    assert await store.counts(["g1"]) == {"g1": 4}  # who goes and comes again fills no second seat


async def test_only_running_campaigns_of_the_sop_count(database: Database) -> None:
    rows = [("a", "demo", "running"), ("b", "demo", "paused"), ("c", "other", "running")]
    values = {"version": "v", "timezone": "UTC", "start_date": "2026-05-18", "created_at": NOON}
    async with database.write() as conn:
        for name, sop, state in rows:
            await conn.execute(campaigns.insert().values(id=name, sop=sop, state=state, **values))
            await conn.execute(campaign_groups.insert().values(campaign=name, group=f"g-{name}"))
        await conn.execute(campaign_groups.insert().values(campaign="a", group="g-rest", paused=True))
    assert await SqlEntries(database).running("demo") == {"g-a"}


async def test_a_task_that_many_share_grows_while_it_is_open(database: Database) -> None:
    values = {"version": "v", "timezone": "UTC", "start_date": "2026-05-18", "created_at": NOON}
    async with database.write() as conn:
        await conn.execute(campaigns.insert().values(id="camp", sop="demo", state="running", **values))
    store = SqlTasks(database)
    shared = NewTask(campaign="camp", key="hour-4", step="talk", text="Talk with:")
    assert await store.gather(shared, "· Ann (u-1)", unless="ann")
    assert await store.gather(shared, "· Bob (u-2)", unless="bob")
    assert not await store.gather(shared, "· Bob (u-2)", unless="bob")
    assert await store.add(NewTask(campaign="camp", key="cleo", step="talk", text="Talk with Cleo"))
    assert not await store.gather(shared, "· Cleo (u-3)", unless="cleo")
    [text] = [task.text for task in await store.list("camp") if task.key == "hour-4"]
    assert text == "Talk with:\n· Ann (u-1)\n· Bob (u-2)"
    assert await store.complete("camp", "hour-4")
    assert not await store.gather(shared, "· Dan (u-4)", unless="dan")
