"""The daemon, killed at random instants while two campaigns post to the same groups."""

from __future__ import annotations

from random import Random

import pytest

from tests.torture import console_world
from tests.torture.books import opened
from tests.torture.console_world import PostsFile
from tests.torture.daemon import DaemonProcess
from tests.torture.extent import FULL, KILLS
from tests.torture.torturer import Figures, Torturer

PER_WORLD = 20
POLICIES = ("ask", "skip", "resend", "mixed") if FULL else ("mixed",)
WORLDS = [min(PER_WORLD, KILLS - done) for done in range(0, KILLS, PER_WORLD)]


FEW = 2
"""Kills on PostgreSQL in the everyday run: each new daemon first waits out the dead one's silence."""


@pytest.mark.parametrize(("world", "kills"), list(enumerate(WORLDS)))
async def test_nothing_is_lost_and_nothing_doubled_silently(tmp_path, tell, database, world, kills):
    kills = kills if FULL or database is None else FEW
    rng = Random(f"console {world}")
    policy = POLICIES[world % len(POLICIES)]
    config = console_world.write_config(tmp_path, database=database or "sqlite:///groupbot.db")
    async with opened(config, console_world.CAMPAIGNS, database) as books:
        rows = console_world.draw_plan(rng, steps=4 + kills * 3 // 4, policy=policy)
        for campaign in console_world.CAMPAIGNS:
            await books.launch(campaign, [row for row in rows if row.campaign == campaign])
        torturer = Torturer(
            daemon=DaemonProcess(config=config),
            books=books,
            plan=console_world.expected(rows),
            eyes=PostsFile(path=tmp_path / "posts.jsonl"),
            rng=rng,
            figures=Figures(name=f"console{' on PostgreSQL' if database else ''}, world {world}, policy {policy}"),
            hasten=not FULL,
        )
        try:
            broken = await torturer.run(kills)
        finally:
            torturer.daemon.kill()
            tell(torturer.figures)
    assert broken == []
    assert torturer.figures.kills == kills, "the plan was too short for so many kills"
