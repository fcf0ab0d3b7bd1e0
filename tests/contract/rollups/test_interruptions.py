"""What a process that dies, or a second one, does to the sums: nothing."""

import asyncio

import pytest

from groupbot.errors import StoreError
from groupbot.storage import roller as module
from groupbot.storage.roll_marks import write_mark
from groupbot.storage.roller import Roller
from tests.contract.rollups.world import joined, left, wrote


def happened():
    """Return what happens to sixty people."""
    people = [f"p{number}" for number in range(60)]
    told = [joined(person, number, inviter="p0" if number else None) for number, person in enumerate(people)]
    told += [wrote(person, number + 90) for number, person in enumerate(people)]
    return [*told, *(left(person, 300 + number) for number, person in enumerate(people[::3]))]


async def test_a_chunk_that_dies_in_the_middle_loses_and_doubles_nothing(either, monkeypatch):
    await either.campaign()
    await either.tell(*happened())
    either.roller = Roller(either.database, lambda: either.rolling, either.clock, chunk=7)
    kills = iter(range(1_000))

    def dying(conn, name, value):
        write_mark(conn, name, value)
        if next(kills) % 3 == 1:
            raise StoreError("killed")

    monkeypatch.setattr(module, "write_mark", dying)
    deaths = 0
    for _again in range(100):
        try:
            await either.roller.refresh()
        except StoreError:
            deaths += 1
        else:
            break

    assert deaths > 3
    monkeypatch.undo()
    counted = await either.rows()
    await either.roller.rebuild("spring")
    assert counted == await either.rows()


async def test_two_rollers_at_once_count_once(either):
    await either.campaign()
    await either.tell(*happened())
    several = [Roller(either.database, lambda: either.rolling, either.clock, chunk=9) for _count in range(3)]

    await asyncio.gather(*(one.refresh() for one in several))

    assert await either.count("stage:joined") == 60
    assert await either.roller.verify("spring") == []


async def test_a_sum_that_was_tampered_with_is_told(world):
    await world.campaign()
    await world.tell(joined("ann", 1))
    await world.rollups.refresh()
    async with world.database.write() as conn:
        await conn.exec_driver_sql("UPDATE rollups SET n = n + 1 WHERE metric = 'stage:joined'")

    (found,) = await world.roller.verify("spring")

    assert (found.cell.metric, found.stored, found.added_up) == ("stage:joined", 2, 1)
    await world.roller.rebuild("spring")
    assert await world.roller.verify("spring") == []


async def test_an_unknown_campaign_is_told(world):
    with pytest.raises(StoreError, match="nowhere"):
        await world.roller.rebuild("nowhere")
