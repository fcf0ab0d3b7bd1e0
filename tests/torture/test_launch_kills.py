"""A launch, and the very first start, killed at random instants: in the end everything is there exactly once."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from groupbot.delivery.values import State
from tests.torture import console_world
from tests.torture.books import Books, address, opened
from tests.torture.console_world import PostsFile
from tests.torture.daemon import DaemonProcess, command, groupbot, until_true
from tests.torture.extent import FULL
from tests.torture.judge import Expected, Judge

GROUPS = tuple(f"g{n:03}" for n in range(60))
"""More than become live in one transaction, so that a kill can fall between two."""
STEPS = 60 if FULL else 4
LAUNCHES = 25 if FULL else 3
FIRST_STARTS = 25 if FULL else 3


def write_sop(folder: Path) -> tuple[Path, str]:
    """Write an SOP of open windows and return it with the day on which they are open; no midnight is near."""
    now = datetime.now(UTC)
    east = (12 - now.hour) % 24
    zone = f"Etc/GMT-{east}" if east <= 14 else f"Etc/GMT+{24 - east}"
    local = now + timedelta(hours=east if east <= 14 else east - 24)
    lines = ["name: windows", "title: Windows", f"timezone: {zone}", "roles: {host: Host}", "groups: all"]
    lines += ["phases:", "  - name: day", "    steps:"]
    for n in range(STEPS):
        lines += [f"      - {{id: s{n}, at: 'D1 00:00-23:59', speaker: host, text: 'step {n}'}}"]
    path = folder / "windows.yaml"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path, f"{local:%Y-%m-%d}"


def launch_words(folder: Path, config: Path) -> list[str]:
    sop, start = write_sop(folder)
    groups = ",".join(GROUPS)
    words = ["campaign", "launch", str(sop), "--groups", groups, "--start", start, "--id", "windows", "--allow-past"]
    return [*words, "--config", str(config), "--json"]


async def kill_launches(words: list[str], rng: Random, books: Books) -> list[int]:
    """Launch and kill, again and again; return how many deliveries each kill left."""
    left: list[int] = []
    for _ in range(LAUNCHES):
        process = command(*words)
        await asyncio.sleep(0.8 + rng.random() * 1.2)
        process.kill()
        await asyncio.to_thread(process.communicate)
        left.append(len(await books.views()))
    return left


@pytest.mark.parametrize("daemon_runs", [False, True], ids=["alone", "beside-a-daemon"])
async def test_a_killed_launch_leaves_nothing_twice_and_the_next_one_completes_it(tmp_path, tell, daemon_runs):
    config = console_world.write_config(tmp_path, groups=GROUPS, accounts=("main",))
    daemon = DaemonProcess(config=config)
    words = launch_words(tmp_path, config)
    async with opened(config, ("windows",)) as books:
        try:
            if daemon_runs:
                daemon.start()
            left = await kill_launches(words, Random(f"launch {daemon_runs}"), books)
            existing = len(await books.views())
            answer = (await groupbot(*words)).document
            assert answer["inserted"] + existing == STEPS * len(GROUPS)
            assert answer["cancelled"] == 0
            views = await books.views()
            assert Counter(address(view) for view in views) == Counter(
                {f"windows/{view.key}": 1 for view in views}
            )
            assert len(views) == STEPS * len(GROUPS)
            assert State.CANCELLED not in {view.state for view in views}
            tell(f"launches killed: {len(left)}, deliveries that each left behind: {left}")
            if daemon_runs and not FULL:
                await _posts_everything(daemon, books, PostsFile(path=tmp_path / "posts.jsonl"))
        finally:
            daemon.kill()


async def _posts_everything(daemon: DaemonProcess, books: Books, eyes: PostsFile) -> None:
    await until_true(books.finished, within_s=60, what=f"every step is posted\n{daemon.words[-2000:]}")
    plan = [
        Expected(
            address=address(view),
            campaign=view.campaign,
            place=f"{view.group}@room",
            rank=int(view.step[1:]),
            parts=(f"step {view.step[1:]}",),
        )
        for view in await books.views()
    ]
    assert Judge(plan=plan).violations(eyes.posts(), await books.listed(), finished=True) == []


async def test_a_daemon_killed_in_its_very_first_start_can_start_again(tmp_path):
    rng = Random("first start")
    for n in range(FIRST_STARTS):
        folder = tmp_path / f"{n}"
        folder.mkdir()
        config = console_world.write_config(folder, groups=("g1",), accounts=("main",))
        daemon = DaemonProcess(config=config)
        try:
            daemon.start()
            await asyncio.sleep(0.6 + rng.random() * 1.2)
            daemon.kill()
            daemon.start()
            await runs(daemon)
        finally:
            daemon.kill()


async def test_a_daemon_and_a_command_may_both_meet_a_new_database(tmp_path):
    config = console_world.write_config(tmp_path, groups=("g1",), accounts=("main",))
    daemon = DaemonProcess(config=config)
    try:
        daemon.start()
        answers = await asyncio.gather(*(groupbot("campaign", "list", "--config", str(config), "--json") for _ in "12"))
        assert [answer.document for answer in answers] == [[], []]
        await runs(daemon)
    finally:
        daemon.kill()


async def runs(daemon: DaemonProcess) -> None:
    """Wait until the daemon itself says that it runs."""

    async def running() -> bool:
        assert daemon.running, daemon.words[-2000:]
        answer = await groupbot("status", "--config", str(daemon.config), "--json")
        return answer.status == 0 and answer.document["state"] == "running"

    await until_true(running, within_s=20, what=f"the daemon runs\n{daemon.words[-2000:]}")
