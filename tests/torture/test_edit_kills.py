"""Edits of a campaign that runs, killed at random instants: at each of them every group has one version, whole."""

from __future__ import annotations

import asyncio
import re
import subprocess
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from groupbot.core.content import Text
from groupbot.delivery.values import State
from groupbot.storage.tables import campaign_groups, campaigns
from groupbot.storage.versions import SqlVersions
from tests.torture import console_world
from tests.torture.books import Books, opened
from tests.torture.console_world import PostsFile
from tests.torture.daemon import DaemonProcess, command, groupbot, until_true
from tests.torture.extent import FULL

GROUPS = tuple(f"g{n:03}" for n in range(110))
"""They become live in three transactions, so that a kill can fall between two."""
STEPS = 40 if FULL else 3
BUSY = 3
"""Steps that the daemon sends meanwhile; no edit touches them."""
EDITS = 25 if FULL else 3
ZONE = "Asia/Shanghai"


def write(folder: Path, version: int) -> Path:
    """Write the SOP of a version: each step says which; one is in no other, one is away in odd ones."""
    lines = ["name: edited", "title: Edited", f"timezone: {ZONE}", "phases:", "  - name: day", "    steps:"]
    lines += [f"      - {{id: busy{n}, at: 'D1 00:00-24:00', text: 'busy {n}'}}" for n in range(BUSY)]
    for step in steps_of(version):
        minute = (version * 7) % 60
        lines += [f"      - {{id: {step}, at: 'D9 {10 + len(step) % 8}:{minute:02}', text: 'v{version} {step}'}}"]
    path = folder / "edited.yaml"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def steps_of(version: int) -> list[str]:
    """Return the ids of the steps of a version that say which it is."""
    common = [f"s{n}" for n in range(STEPS) if n or version % 2 == 0]
    return [*common, f"only{version}"]


async def live(books: Books) -> Mapping[str, int]:
    """Return which version each group has; raises AssertionError for one that has a mixture or a part of it."""
    found: dict[str, dict[str, str]] = {}
    for row in (await SqlVersions(books.database).unsent("edited")).values():
        content = row.parts[0].content
        if isinstance(content, Text) and content.text.startswith("v"):
            found.setdefault(row.group, {})[row.step] = content.text
    return {group: _version_of(group, steps) for group, steps in found.items()}


def _version_of(group: str, steps: Mapping[str, str]) -> int:
    versions = {int(match[1]) for text in steps.values() if (match := re.match(r"v(\d+) ", text))}
    assert len(versions) == 1, f"{group} has a mixture: {steps}"
    (version,) = versions
    assert sorted(steps) == sorted(steps_of(version)), f"{group} has a part of version {version}: {sorted(steps)}"
    return version


@pytest.mark.parametrize("daemon_runs", [False, True], ids=["alone", "beside-a-daemon"])
async def test_a_killed_edit_leaves_each_group_one_version_and_the_next_one_completes(
    tmp_path, tell, database, daemon_runs
):
    config = console_world.write_config(
        tmp_path, groups=GROUPS, accounts=("main",), database=database or "sqlite:///groupbot.db"
    )
    rest = ("--config", str(config), "--json")
    today = f"{datetime.now(ZoneInfo(ZONE)):%Y-%m-%d}"
    start = ("--groups", ",".join(GROUPS), "--start", today, "--id", "edited", "--allow-past")
    assert (await groupbot("campaign", "launch", str(write(tmp_path, 0)), *start, *rest)).status == 0
    rng = Random(f"edit {daemon_runs} {database is None}")
    daemon = DaemonProcess(config=config)
    async with opened(config, ("edited",), database) as books:
        try:
            assert set((await live(books)).values()) == {0}
            seen: list[str] = []
            for version in range(1, EDITS + 1):
                await _killed_edit(write(tmp_path, version), rest, rng, books, daemon if daemon_runs else None)
                spread = Counter((await live(books)).values())
                assert sum(spread.values()) == len(GROUPS)
                seen.append("/".join(f"v{number}:{count}" for number, count in sorted(spread.items())))
            await _last_edit(tmp_path, rest, books, daemon if daemon_runs else None)
            tell(f"edits killed: {len(seen)}, groups by version after each: {', '.join(seen)}")
            await _nothing_twice(books, PostsFile(path=tmp_path / "posts.jsonl"))
        finally:
            daemon.kill()


async def _killed_edit(
    file: Path, rest: tuple[str, ...], rng: Random, books: Books, daemon: DaemonProcess | None
) -> None:
    """Edit and kill, with a daemon that starts or dies meanwhile."""
    before = await _drafts(books)
    process = command("campaign", "edit", "edited", str(file), "--yes", *rest)
    if daemon is not None and not daemon.running:
        daemon.start()
    await _some_while(process, rng, books, before)
    if daemon is not None and rng.random() < 0.5:
        daemon.kill()
    process.kill()
    await asyncio.to_thread(process.communicate)


async def _some_while(process: subprocess.Popen[str], rng: Random, books: Books, before: int) -> None:
    """Wait until some instant of the edit: while it thinks, writes its draft, or brings group after group to it."""
    moment = rng.random()
    if moment < 0.2:
        await asyncio.sleep(rng.random() * 2)
        return
    await _come_to(process, books, before, live=0 if moment < 0.5 else rng.choice((1, 51, 101)))
    await asyncio.sleep(rng.random() * 0.1)


async def _come_to(process: subprocess.Popen[str], books: Books, before: int, *, live: int) -> None:
    """Wait until the edit has begun a draft and brought `live` groups to it, or is over."""

    async def there() -> bool:
        if process.poll() is not None:
            return True
        async with books.database.read() as conn:
            number = await conn.scalar(select(campaigns.c.plan_version))
            mine = campaign_groups.c.plan_version == number
            groups = await conn.scalar(select(func.count()).select_from(campaign_groups).where(mine))
        return number > before and groups >= live

    await until_true(there, within_s=60, what="an edit writes", every_s=0.002)


async def _drafts(books: Books) -> int:
    """Return how many drafts there were."""
    async with books.database.read() as conn:
        return int(await conn.scalar(select(campaigns.c.plan_version)) or 0)


async def _last_edit(folder: Path, rest: tuple[str, ...], books: Books, daemon: DaemonProcess | None) -> None:
    """Edit once more and let it be: every group has the last version."""
    if daemon is not None and not daemon.running:
        daemon.start()
    if daemon is not None:
        await daemon.ready()
    answer = await groupbot("campaign", "edit", "edited", str(write(folder, EDITS + 1)), "--yes", *rest)
    assert answer.status == 0, answer.err
    assert set((await live(books)).values()) == {EDITS + 1}
    assert len(await live(books)) == len(GROUPS)
    numbers = [version.number for version in await SqlVersions(books.database).history("edited")]
    assert numbers == list(range(1, len(numbers) + 1))


async def _nothing_twice(books: Books, eyes: PostsFile) -> None:
    """Look at what the daemon sent between the kills: no post twice but those that nobody was sure of."""
    unsure = sum(view.state is State.UNKNOWN for view in await books.views())
    posts = Counter(eyes.posts())
    assert sum(count - 1 for count in posts.values()) == 0, posts.most_common(3)
    assert {post.sight for post in posts} <= {f"busy {n}" for n in range(BUSY)}
    assert unsure <= EDITS + 1
