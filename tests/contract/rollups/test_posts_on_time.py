"""Which posts were on time: at most a minute after their time, or inside the window of a step that has one."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from groupbot.storage.report_figures import posts_by_step
from groupbot.storage.tables import deliveries
from tests.contract.rollups.world import World, at

ROWS = (
    ("at-once", 0, None, "on_time"),
    ("slow", -5, None, "late"),
    ("open", -60, 1, "on_time"),
    ("over", -60, -1, "late"),
)


@pytest.mark.parametrize(("step", "due", "until", "meant"), ROWS)
async def test_a_post_inside_its_window_is_on_time(
    either: World, step: str, due: float, until: float | None, meant: str
) -> None:
    await either.campaign()
    await either.post(step, 0)
    window = None if until is None else at(until)
    async with either.database.write() as conn:
        await conn.execute(update(deliveries).values(due=at(due), until=window))
    found = (await posts_by_step(either.database, "spring", ["g1"], at(-120), at(120)))[step]
    assert {name for name in ("on_time", "late") if getattr(found, name)} == {meant}


async def test_other_groups_are_not_counted(either):
    await either.campaign("spring", "g1", "g2")
    await either.post("hello", 5, group="g2")
    assert await posts_by_step(either.database, "spring", ["g1"], at(-120), at(120)) == {}
    assert list(await posts_by_step(either.database, "spring", ["g2"], at(-120), at(120))) == ["hello"]
