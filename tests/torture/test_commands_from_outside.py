"""What other processes ask of a daemon that is posting: pause, resume, cancel, stop, and to be left alone."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from groupbot.core.content import Part, Text
from groupbot.core.policies import Policies
from groupbot.delivery.values import NewDelivery, State
from tests.torture import console_world
from tests.torture.books import Books, opened
from tests.torture.console_world import PostsFile
from tests.torture.daemon import DaemonProcess, groupbot, until
from tests.torture.judge import Judge

PROMISED_S = 2.0
"""A pause or cancel by another process is obeyed within this time."""
WATCH_S = 1.0
"""How long a campaign that must be silent is watched; it would post some 20 times meanwhile."""


@dataclass(kw_only=True)
class Show:
    """A daemon in the midst of a long campaign: one group, one post every 50 ms."""

    config: Path
    daemon: DaemonProcess
    books: Books
    eyes: PostsFile
    rows: list[NewDelivery]

    async def command(self, *words: str) -> None:
        answer = await groupbot(*words, "--config", str(self.config), "--json")
        assert answer.status == 0, answer.err

    async def posting(self) -> None:
        """Wait until posts go out that were not there yet."""
        before = self.eyes.count()
        await until(lambda: self.eyes.count() >= before + 3, within_s=20, what=f"posts\n{self.daemon.words[-2000:]}")

    async def silent(self) -> None:
        """Give the daemon its promised time, then see that nothing is posted any more."""
        await asyncio.sleep(PROMISED_S)
        before = self.eyes.count()
        await asyncio.sleep(WATCH_S)
        assert self.eyes.count() == before
        assert await self.books.spots(State.PLANNED), "the campaign ended before it was stopped"


def long_campaign(parts: int, *, gap_s: float = 0.05) -> list[NewDelivery]:
    now = datetime.now(UTC)
    return [
        NewDelivery(
            campaign="long",
            key=f"s{step:03}/2026-05-18.0/g1",
            step=f"s{step:03}",
            phase="p",
            group="g1",
            account="main",
            due=now,
            ordinal=step,
            parts=tuple(Part(content=Text(text=f"{step}#{n}"), gap_s=gap_s if n else 0.0) for n in range(10)),
            policies=Policies(grace=timedelta(hours=1)),
        )
        for step in range(parts // 10)
    ]


@pytest.fixture
async def show(tmp_path) -> AsyncIterator[Show]:
    config = console_world.write_config(tmp_path, groups=("g1",), accounts=("main",))
    async with opened(config, ("long",)) as books:
        rows = long_campaign(600)
        await books.launch("long", rows)
        daemon = DaemonProcess(config=config)
        daemon.start()
        try:
            yield Show(
                config=config, daemon=daemon, books=books, eyes=PostsFile(path=tmp_path / "posts.jsonl"), rows=rows
            )
        finally:
            daemon.kill()


async def test_pause_and_resume_are_obeyed_and_cancel_is_final(show):
    await show.posting()
    await show.command("campaign", "pause", "long")
    await show.silent()
    await show.command("campaign", "resume", "long")
    await show.posting()
    await show.command("campaign", "cancel", "long", "--yes")
    await asyncio.sleep(PROMISED_S)
    at_the_end = show.eyes.count()
    await asyncio.sleep(WATCH_S)
    assert show.eyes.count() == at_the_end
    states = Counter(view.state for view in await show.books.views())
    assert set(states) == {State.SENT, State.CANCELLED}
    judged = Judge(plan=console_world.expected(show.rows)).violations(show.eyes.posts(), await show.books.listed())
    assert judged == []


async def test_a_stop_in_mid_delivery_is_quick_and_a_start_goes_on_where_it_was(show):
    await show.posting()
    show.daemon.terminate()
    assert await show.daemon.ended(within_s=10) == 0
    assert not await show.books.spots(State.SENDING) | await show.books.spots(State.UNKNOWN)
    standing = show.eyes.count()
    assert 0 < standing < 600
    show.daemon.start()
    await show.posting()
    show.daemon.terminate()
    assert await show.daemon.ended(within_s=10) == 0
    judged = Judge(plan=console_world.expected(show.rows)).violations(show.eyes.posts(), await show.books.listed())
    assert judged == []


async def test_a_second_daemon_on_the_same_file_is_refused(show):
    await show.posting()
    answer = await groupbot("run", "--config", str(show.config))
    assert answer.status == 1
    assert "Another groupbot is running on groupbot.db" in answer.err
    await show.posting()
