"""Two accounts hear one group: what both hear counts once, whoever is first, and one hears while the other is away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from groupbot.admin.risk_ports import Blocked
from groupbot.app import App, build
from groupbot.desk.care import KIND as QUESTION
from groupbot.lifecycle import opened
from groupbot.settings import load
from groupbot.testing import FakeAdapter, FakeClock, FakeWaker
from tests.unit.delivery.bench import Inbox

NOON = datetime(2026, 5, 18, 4, 0, tzinfo=UTC)
CONFIG = """\
locale = "en"
[pacing]
enabled = false
[admin]
groups = ["ops"]
[alerts]
quiet = ""
[[accounts]]
name = "main"
adapter = "console"
[[accounts]]
name = "spare"
adapter = "console"
[[groups]]
name = "ops"
account = "spare"
id = "g-ops"
[[groups]]
name = "g1"
account = "main"
id = "r1"
also = { spare = "r1" }
risk = "strict"
[[people]]
name = "Olga"
role = "owner"
ids = { spare = "u-olga" }
"""
OFFER = "有需要的私聊我，兼职刷单日结 vx：abcd8888"


@dataclass
class House:
    app: App
    clock: FakeClock
    main: FakeAdapter
    spare: FakeAdapter

    async def heard(self) -> None:
        """Let all that happened go through the stages, and what they order be posted."""
        before = len(self.told())
        self.spare.say("g-ops", "u-olga", "/状态")
        async with asyncio.timeout(20):
            while not any("Held:" in text for text in self.told()[before:]):
                await asyncio.sleep(0.01)
                await self.app.dispatcher.tick()
        await self.app.room.tend()
        await self.app.dispatcher.tick()

    def told(self) -> list[str]:
        return [post.content.text for post in self.spare.posts if post.to == "g-ops"]

    def removed(self) -> list[tuple[str, ...]]:
        posts = [*self.main.posts, *self.spare.posts]
        return [post.content.members for post in posts if post.content.kind == "remove_members"]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    clock = FakeClock(NOON)
    main = FakeAdapter(account="main", groups={"r1": ("ann", "bob")}, clock=clock)
    spare = FakeAdapter(account="spare", groups={"r1": ("ann", "bob"), "g-ops": ("u-olga",)}, clock=clock)
    adapters = {"main": main, "spare": spare}
    app = build(
        load(tmp_path / "config.toml", {}), adapters=adapters, clock=clock, waker=FakeWaker(clock), alerts=Inbox()
    )
    async with opened(app):
        await app.dispatcher.open()
        await app.room.open()
        for adapter in adapters.values():
            adapter.connect()
        tasks = [asyncio.create_task(app.pipeline.consume(adapter.events())) for adapter in adapters.values()]
        recording = asyncio.create_task(app.recorder.run())
        made = House(app=app, clock=clock, main=main, spare=spare)
        await made.heard()
        yield made
        for adapter in adapters.values():
            await adapter.close()
        await asyncio.gather(*tasks)
        recording.cancel()


async def test_a_blocked_member_is_taken_out_whoever_reports_first(house: House) -> None:
    for first, second, who in ((house.spare, house.main, "eve"), (house.main, house.spare, "fay")):
        await house.app.room.services.risk.blocked.block(
            Blocked(member=who, name=who, by="Olga", reason="ads", at=NOON)
        )
        first.join("r1", who)
        await house.heard()
        second.join("r1", who)
        await house.heard()
    assert house.removed() == [("eve",), ("fay",)]


async def test_while_its_account_is_away_another_hears_and_people_are_asked(house: House) -> None:
    house.main.disconnect()
    await house.heard()
    house.spare.say("r1", "bob", OFFER)
    house.spare.say("r1", "ann", "老师，作业在哪里交？")
    await house.heard()
    assert house.removed() == []
    assert any("It is an ad: remove" in text for text in house.told())
    house.clock.advance(601)
    await house.heard()
    assert len(await house.app.room.desk.open_of(QUESTION)) == 1


async def test_what_both_hear_is_judged_once(house: House) -> None:
    for adapter in (house.spare, house.main):
        adapter.say("r1", "bob", OFFER)
        adapter.say("r1", "ann", "老师，作业在哪里交？")
    await house.heard()
    await house.heard()
    assert house.removed() == [("bob",)]
    assert len([text for text in house.told() if "advertisement" in text]) == 1
    house.clock.advance(601)
    await house.heard()
    assert len(await house.app.room.desk.open_of(QUESTION)) == 1
