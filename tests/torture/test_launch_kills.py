"""A launch, and the very first start, killed at random instants: in the end everything is there exactly once."""

from __future__ import annotations

import asyncio
import subprocess
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Never

import pytest
from sqlalchemy import func, select

from groupbot.core.content import Part, Text
from groupbot.delivery.values import NewDelivery, State
from groupbot.errors import CampaignError
from groupbot.storage import reconcile
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.tables import drafts
from tests.torture import console_world
from tests.torture.books import Books, address, opened
from tests.torture.console_world import PostsFile
from tests.torture.daemon import DaemonProcess, command, groupbot, until_true
from tests.torture.extent import FULL
from tests.torture.judge import Expected, Judge

GROUPS = tuple(f"g{n:03}" for n in range(60))
"""More than become live in one transaction, so that a kill can fall between two."""
STEPS = 60 if FULL else 3
LAUNCHES = 25 if FULL else 3
FIRST_STARTS = 25 if FULL else 2


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


async def kill_launches(words: list[str], rng: Random, books: Books, daemon: DaemonProcess | None) -> list[int]:
    """Launch and kill, again and again, with a daemon that starts meanwhile; return how many rows each kill left."""
    left: list[int] = []
    for _ in range(LAUNCHES):
        process = command(*words)
        if daemon is not None and not daemon.running:
            daemon.start()
        if rng.random() < 0.8:
            await begun(process, books)
        await asyncio.sleep(rng.random() * (0.05 if rng.random() < 0.5 else 0.5))
        process.kill()
        await asyncio.to_thread(process.communicate)
        left.append(len(await books.views()))
        if daemon is not None and rng.random() < 0.5:
            daemon.kill()
    return left


async def begun(process: subprocess.Popen[str], books: Books) -> None:
    """Wait until the launch writes its draft, or is through already."""

    async def writes() -> bool:
        async with books.database.read() as conn:
            return process.poll() is not None or bool(await conn.scalar(select(func.count()).select_from(drafts)))

    await until_true(writes, within_s=30, what="a launch writes", every_s=0.005)


@pytest.mark.parametrize("daemon_runs", [False, True], ids=["alone", "beside-a-daemon"])
async def test_a_killed_launch_leaves_nothing_twice_and_the_next_one_completes_it(
    tmp_path, tell, database, daemon_runs
):
    url = database or "sqlite:///groupbot.db"
    config = console_world.write_config(tmp_path, groups=GROUPS, accounts=("main",), database=url)
    daemon = DaemonProcess(config=config)
    words = launch_words(tmp_path, config)
    async with opened(config, ("windows",), database) as books:
        try:
            left = await kill_launches(words, Random(f"launch {daemon_runs}"), books, daemon if daemon_runs else None)
            existing = len(await books.views())
            answer = (await groupbot(*words)).document
            assert answer["inserted"] + existing == STEPS * len(GROUPS)
            assert answer["cancelled"] == 0
            views = await books.views()
            assert Counter(address(view) for view in views) == Counter({f"windows/{view.key}": 1 for view in views})
            assert len(views) == STEPS * len(GROUPS)
            assert State.CANCELLED not in {view.state for view in views}
            tell(f"launches killed: {len(left)}, deliveries that each left behind: {left}")
            if daemon_runs:
                await posts_everything(daemon, books, PostsFile(path=tmp_path / "posts.jsonl"))
        finally:
            daemon.kill()


async def posts_everything(daemon: DaemonProcess, books: Books, eyes: PostsFile) -> None:
    """Let the daemon finish, with a person's help where a kill left a question, and judge it."""
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
    if not daemon.running:
        daemon.start()

    async def done() -> bool:
        await books.settle(plan, eyes.posts())
        return await books.finished()

    await until_true(done, within_s=300, what=f"every step is posted\n{daemon.words[-2000:]}", every_s=0.5)
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
            await daemon.ready()
        finally:
            daemon.kill()


async def test_a_daemon_and_a_command_may_both_meet_a_new_database(tmp_path):
    config = console_world.write_config(tmp_path, groups=("g1",), accounts=("main",))
    daemon = DaemonProcess(config=config)
    try:
        daemon.start()
        answers = await asyncio.gather(*(groupbot("campaign", "list", "--config", str(config), "--json") for _ in "12"))
        assert [answer.document for answer in answers] == [[], []]
        await daemon.ready()
    finally:
        daemon.kill()


def plan_of(step: str) -> list[NewDelivery]:
    return [
        NewDelivery(
            campaign="camp",
            key=f"{step}/2026-05-18.0/{group}",
            step=step,
            phase="p",
            group=group,
            account="main",
            due=datetime.now(UTC) + timedelta(hours=1),
            ordinal=0,
            parts=(Part(content=Text(text=step)),),
        )
        for group in GROUPS
    ]


async def launch_that_dies_half_live(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    """Launch, and end like a killed process when the first groups are live."""
    done: list[str] = []
    apply = reconcile.apply

    async def dies_at_the_second_batch(conn, campaign, version, groups):
        if done:
            raise KeyboardInterrupt
        done.extend(groups)
        return await apply(conn, campaign, version, groups)

    with monkeypatch.context() as patch:
        patch.setattr(reconcile, "apply", dies_at_the_second_batch)
        with pytest.raises(KeyboardInterrupt):
            await books.launch("camp", plan_of("s1"))


@pytest.mark.parametrize("by_a_running_daemon", [False, True])
async def test_a_launch_that_died_half_live_is_completed_and_takes_nothing_out(
    tmp_path, monkeypatch, by_a_running_daemon
):
    config = console_world.write_config(tmp_path, groups=GROUPS, accounts=("main",))
    async with opened(config, ("camp",)) as books:
        await launch_that_dies_half_live(books, monkeypatch)
        assert 0 < len(await books.views()) < len(GROUPS)
        store = SqlCampaigns(books.database)
        if by_a_running_daemon:
            [(campaign, version)] = (await store.halves()).items()
            await store.complete(campaign, version)
            await store.complete(campaign, version)
        else:
            await store.recover()
        assert Counter(view.state for view in await books.views()) == {State.PLANNED: len(GROUPS)}
        assert await store.halves() == {}


async def test_a_launch_that_died_half_live_and_then_again_in_its_draft_is_forgotten(tmp_path, monkeypatch):
    config = console_world.write_config(tmp_path, groups=GROUPS, accounts=("main",))
    async with opened(config, ("camp",)) as books:
        await launch_that_dies_half_live(books, monkeypatch)
        store = SqlCampaigns(books.database)
        record = await store.get("camp")
        assert record is not None
        version = await store.open_draft(record)
        await store.add_draft("camp", version, plan_of("s1")[:3])
        await store.recover()
        assert (await store.get("camp"), await books.views()) == (None, [])
        assert (await books.launch("camp", plan_of("s1"))).inserted == len(GROUPS)


async def test_an_edit_of_some_groups_that_died_leaves_the_others_alone(tmp_path, monkeypatch):
    config = console_world.write_config(tmp_path, groups=GROUPS, accounts=("main",))

    async def dies(*_: object) -> Never:
        raise KeyboardInterrupt

    async with opened(config, ("camp",)) as books:
        await books.launch("camp", plan_of("s1"))
        with monkeypatch.context() as patch:
            patch.setattr(reconcile, "apply", dies)
            with pytest.raises(KeyboardInterrupt):
                await books.launch("camp", plan_of("s2")[:1])
        await SqlCampaigns(books.database).recover()
        states = Counter((view.step, view.state) for view in await books.views())
        others = len(GROUPS) - 1
        assert states == {("s1", State.PLANNED): others, ("s1", State.CANCELLED): 1, ("s2", State.PLANNED): 1}


async def test_an_edit_whose_draft_a_starting_daemon_dropped_does_not_go_live_in_part(tmp_path):
    config = console_world.write_config(tmp_path, groups=GROUPS, accounts=("main",))
    async with opened(config, ("camp",)) as books:
        await books.launch("camp", plan_of("s1"))
        store = SqlCampaigns(books.database)
        record = await store.get("camp")
        assert record is not None
        version = await store.open_draft(record)
        await store.add_draft("camp", version, plan_of("s1")[:30])
        await store.recover()
        with pytest.raises(CampaignError):
            await store.add_draft("camp", version, plan_of("s1")[30:])
