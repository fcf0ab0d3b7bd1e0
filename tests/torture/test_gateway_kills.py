"""The shipped camp through a real Wechaty gateway: undisturbed, and with daemon and gateway dying under it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from groupbot.delivery.values import State
from tests.gateway.rig import Rig
from tests.torture import gateway_world
from tests.torture.books import Books, opened
from tests.torture.daemon import DaemonProcess, until, until_true
from tests.torture.extent import FULL, GATEWAY_KILLS
from tests.torture.gateway_world import CAMPAIGN, TOKEN_ENV, GatewayEyes, GatewayTroubles
from tests.torture.judge import Judge
from tests.torture.torturer import Figures, Torturer

ROOMS = 20 if FULL else 6
ECHO = (True, False) if FULL else (True,)
ROOMS_UNDER_KILLS = ROOMS if FULL else 3
STOP_S = 10.0 if FULL else 4.0
HANGS_S = 60.0
"""A deadline that no stop waits for."""


@pytest.fixture
def rig(request: pytest.FixtureRequest, tmp_path) -> Iterator[Rig]:
    echo = bool(getattr(request, "param", False))
    rig = Rig(generation="new", folder=tmp_path / "gateway", echo=echo, rooms=ROOMS)
    try:
        yield rig.start()
    finally:
        rig.thaw()
        rig.stop()


def daemon_of(rig: Rig, config: Path) -> DaemonProcess:
    return DaemonProcess(config=config, environ={TOKEN_ENV: rig.token})


async def test_the_camp_reaches_every_group_once_in_order_and_byte_for_byte(rig, tmp_path, tell):
    config = gateway_world.write_config(rig, tmp_path, rooms=ROOMS)
    eyes, daemon = GatewayEyes(rig=rig), daemon_of(rig, config)
    async with opened(config, (CAMPAIGN,)) as books:
        plan = await gateway_world.launch_camp(books, rooms=ROOMS)
        begun = time.monotonic()
        daemon.start()
        try:
            await until_true(books.finished, within_s=180, what=f"the camp is through\n{daemon.words[-2000:]}")
            seconds = time.monotonic() - begun
            daemon.terminate()
            assert await daemon.ended() == 0
        finally:
            daemon.kill()
        posts = eyes.posts()
        assert Judge(plan=plan).violations(posts, await books.listed(), finished=True) == []
    assert len(posts) == sum(len(expected.parts) for expected in plan)
    tell(f"gateway, undisturbed: {len(posts)} posts in {ROOMS} groups, none lost, doubled or astray; {seconds:.0f} s")


@pytest.mark.parametrize("rig", ECHO, ids=["echo-on", "echo-off"][: len(ECHO)], indirect=True)
async def test_gateway_and_daemon_may_die_at_any_instant(rig, tmp_path, tell):
    rng = Random(f"gateway {rig.echo}")
    config = gateway_world.write_config(rig, tmp_path, rooms=ROOMS)
    eyes = GatewayEyes(rig=rig)
    troubles = GatewayTroubles(rig=rig, eyes=eyes, rng=rng, rounds=GATEWAY_KILLS, done=[])
    async with opened(config, (CAMPAIGN,)) as books:
        plan = await gateway_world.launch_camp(books, rooms=ROOMS_UNDER_KILLS)
        torturer = Torturer(
            daemon=daemon_of(rig, config),
            books=books,
            plan=plan,
            eyes=eyes,
            rng=rng,
            figures=Figures(name=f"gateway, echo {'on' if rig.echo else 'off'}"),
            startup_s=2.5,
            calm_s=0.3,
            never_at_start=troubles.rounds_of_trouble,
            trouble=troubles,
        )
        try:
            broken = await torturer.run(GATEWAY_KILLS, finish_s=240)
        finally:
            torturer.daemon.kill()
            tell(torturer.figures)
    assert broken == []
    assert torturer.figures.kills == GATEWAY_KILLS, "the plan was too short for so many kills"
    assert sorted(troubles.done) == ["freeze", "kill", "kill"]


async def frozen_in_mid_send(rig: Rig, daemon: DaemonProcess, books: Books) -> None:
    """Freeze the gateway while the daemon posts, and wait until a send hangs in it."""
    await gateway_world.launch_camp(books, rooms=ROOMS)
    daemon.start()
    eyes = GatewayEyes(rig=rig)
    await until(lambda: eyes.count() > 3, within_s=30, what="posts")
    rig.freeze()

    async def sending() -> bool:
        return bool(await books.spots(State.SENDING))

    await until_true(sending, within_s=10, what="a send that hangs")


async def nothing_in_the_dark(books: Books) -> None:
    """Check that the send which hung is named `unknown`, or waits because no byte of it had left."""
    assert not await books.spots(State.SENDING)
    unknown = [row for row in await books.listed() if row.state == "unknown"]
    assert len(unknown) <= 1  # none when the adapter had found the gateway silent before a byte left
    assert all(row.reason for row in unknown)


async def test_a_stop_ends_in_its_time_even_when_a_send_hangs(rig, tmp_path):
    config = gateway_world.write_config(rig, tmp_path, rooms=ROOMS, deadline_s=HANGS_S, stop_s=STOP_S)
    daemon = daemon_of(rig, config)
    async with opened(config, (CAMPAIGN,)) as books:
        try:
            await frozen_in_mid_send(rig, daemon, books)
            daemon.terminate()
            begun = time.monotonic()
            assert await daemon.ended() == 0
            assert time.monotonic() - begun < STOP_S + 0.5
            await nothing_in_the_dark(books)
        finally:
            daemon.kill()


async def test_a_second_signal_hurries(rig, tmp_path):
    config = gateway_world.write_config(rig, tmp_path, rooms=ROOMS, deadline_s=HANGS_S)
    daemon = daemon_of(rig, config)
    async with opened(config, (CAMPAIGN,)) as books:
        try:
            await frozen_in_mid_send(rig, daemon, books)
            daemon.terminate()
            await until(lambda: "stopping" in daemon.words, within_s=5, what="the first signal is heard")
            daemon.terminate()
            begun = time.monotonic()
            assert await daemon.ended() == 0
            assert time.monotonic() - begun < 5.0, "a first signal alone waits six seconds for the send"
            await nothing_in_the_dark(books)
        finally:
            daemon.kill()
