"""Readings that come at the same moment share a transaction, and nothing else."""

import asyncio
from dataclasses import replace

from sqlalchemy import event

from groupbot.core.events import Person
from groupbot.storage.roster import SqlRoster
from groupbot.testing.events import NOON, after, people
from groupbot.tracking.roster import Reading, StoredRoster


def reading(group, *ids, at=NOON):
    return Reading(account="main", group=group, topic=group, at=at, members=people(*ids), baseline=True)


async def note(roster, one):
    await roster.apply(one, await roster.read(one.group))


async def present(roster, group):
    return [seat.member for seat in (await roster.read(group)).present]


async def test_the_rosters_of_a_start_are_noted_in_few_transactions(database):
    roster, commits = SqlRoster(database), []
    event.listen(database.thread_engine, "commit", commits.append)
    async with asyncio.timeout(10):
        await asyncio.gather(*(roster.apply(reading(f"g{n}", "ann", "bob"), StoredRoster()) for n in range(50)))
    assert [await present(roster, f"g{n}") for n in range(50)] == [["ann", "bob"]] * 50
    assert len(commits) < 5


async def test_a_reading_that_can_not_be_written_keeps_no_other_out(database):
    roster = SqlRoster(database)
    bad = replace(reading("g1"), members=(Person(id="x", name="X"),), topic=object())
    results = await asyncio.gather(
        *(roster.apply(one, StoredRoster()) for one in (reading("g0", "ann"), bad, reading("g2", "bob"))),
        return_exceptions=True,
    )
    assert [isinstance(result, Exception) for result in results] == [False, True, False]
    assert [await present(roster, group) for group in ("g0", "g1", "g2")] == [["ann"], [], ["bob"]]


async def test_two_readings_of_one_group_are_noted_in_their_order(database):
    roster = SqlRoster(database)
    await note(roster, reading("g1", "ann"))
    stored = await roster.read("g1")
    await asyncio.gather(
        roster.apply(reading("g1", "ann", "bob", at=after(60)), stored),
        roster.apply(reading("g1", "ann", "cat", at=after(120)), stored),
    )
    assert (await roster.read("g1")).read_at == after(120)


async def test_what_happened_since_the_roster_was_read_stays(database):
    roster = SqlRoster(database)
    before = await roster.read("g1")
    await note(roster, reading("g1", "ann", at=after(60)))
    await note(roster, reading("g1", "bob", at=after(120)))
    await roster.apply(reading("g1", "ann", at=after(90)), before)
    assert await present(roster, "g1") == ["bob"]
