"""A member asks and nobody answers; somebody joins and says nothing: people hear of it where they look."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from groupbot.admin.rights import Actor
from groupbot.app import App, build
from groupbot.campaign.one_off import Order, order_key
from groupbot.campaign.values import Campaign
from groupbot.core.content import Part, Text
from groupbot.core.events import AccountState, AccountStateChanged, AnyEvent, MembersJoined, MessageReceived, Person
from groupbot.core.roles import Role
from groupbot.desk.care import KIND, CareDesk
from groupbot.lifecycle import opened
from groupbot.settings import load
from groupbot.testing import FakeAdapter, FakeClock, FakeWaker
from groupbot.tracking.facts import facts_of
from tests.unit.delivery.bench import Inbox

NOON = datetime(2026, 5, 18, 4, 0, tzinfo=UTC)
CONFIG = """\
locale = "en"
[pacing]
enabled = false
[admin]
groups = ["ops"]
[care]
list_at = "20:00"
[[accounts]]
name = "main"
adapter = "console"
[[groups]]
name = "ops"
account = "main"
id = "g-ops"
[[groups]]
name = "team"
account = "main"
id = "g-team"
[[groups]]
name = "g1"
account = "main"
id = "r1"
squad = "east"
[[groups]]
name = "g2"
account = "main"
id = "r2"
[[people]]
name = "Lena"
role = "leader"
ids = { main = "u-lena" }
[[squads]]
name = "east"
leader = "Lena"
group = "team"
"""
SOP = """\
name: demo
title: Demo
variables: {gift: {default: 资料包}}
phases:
  - name: run
    steps:
      - {id: hello, at: D1 09:00, text: hi}
      - id: talk
        place: member
        text: "你好，{{ gift }}给你"
        trigger: {kind: join, condition: 新人入群, after: 5m}
"""


@dataclass
class House:
    app: App
    clock: FakeClock
    adapter: FakeAdapter

    async def happen(self, *events: AnyEvent) -> None:
        """Record events and let every stage see them."""
        for event in events:
            await self.app.facts.append(facts_of(event, self.app.directory), recorded_at=event.at)
            for stage in self.app.pipeline._stages:
                await stage.handle(event)

    def said(self, text: str, by: str = "u-ann", group: str = "r1", **more) -> MessageReceived:
        number = f"{by}-{self.clock.now()}-{text}"
        return MessageReceived(
            account="main",
            event_id=number,
            at=self.clock.now(),
            group=group,
            sender=Person(id=by, name=by[2:].title()),
            message_id=number,
            text=text,
            **more,
        )

    async def pass_minutes(self, minutes: float) -> None:
        self.clock.advance(minutes * 60)
        await self.app.room.tend()
        await self.app.office.reminders.look()
        await self.app.dispatcher.tick()
        self.clock.advance(1)
        await self.app.dispatcher.tick()

    def texts(self, to: str) -> list[str]:
        return [post.content.text for post in self.adapter.posts if post.to == to]

    async def cards(self) -> list[str]:
        return [card.text for card in await self.app.room.desk.open_of(KIND)]

    @property
    def care(self) -> CareDesk:
        [found] = [stage for stage in self.app.pipeline._stages if isinstance(stage, CareDesk)]
        return found


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    clock = FakeClock(NOON)
    adapter = FakeAdapter(account="main", groups={"r1": (), "r2": (), "g-ops": (), "g-team": ()}, clock=clock)
    app = build(
        load(tmp_path / "config.toml", {}),
        adapters={"main": adapter},
        clock=clock,
        waker=FakeWaker(clock),
        alerts=Inbox(),
    )
    async with opened(app):
        await app.dispatcher.open()
        adapter.connect()
        await app.room.open()
        made = House(app=app, clock=clock, adapter=adapter)
        await made.happen(AccountStateChanged(account="main", event_id="on", at=NOON, state=AccountState.ONLINE))
        yield made


async def test_a_question_is_brought_to_its_leader_and_gone_when_staff_answer(house: House) -> None:
    await house.happen(house.said("几点开会？", "u-dan", "g-team"), house.said("大家有问题吗？", "u-lena"))
    await house.happen(
        house.said("作业在哪里交？"), house.said("打卡", "u-bob"), house.said("有回放吗", "u-cleo", "r2")
    )
    await house.pass_minutes(9)
    assert await house.cards() == []
    await house.pass_minutes(1)
    assert any(
        "g1: Ann (u-ann) asks and waits for 10 minutes: “作业在哪里交？”" in text for text in house.texts("g-team")
    )
    assert any("g2: Cleo (u-cleo) asks" in text for text in house.texts("g-ops"))
    assert len(await house.cards()) == 2
    await house.happen(house.said("群公告里", "u-lena"))
    await house.pass_minutes(1)
    assert ["Cleo" in text for text in await house.cards()] == [True]
    [card] = await house.app.room.desk.open_of(KIND)
    place = house.app.room.places.admin_group()
    assert place is not None
    olga = Actor(account="main", member_id="u-olga", name="Olga", role=Role.OPERATOR)
    await house.app.room.desk.answer(card.number, 1, olga, place)
    await house.pass_minutes(1)
    assert await house.cards() == []


async def test_what_the_bot_answered_is_brought_to_nobody(house: House) -> None:
    question = house.said("几点开始？")
    await house.happen(question)
    key = order_key("plugin", "keyword-reply", f"main/{question.message_id}")
    order = Order(account="main", key=key, parts=(Part(content=Text(text="八点")),), group="g1")
    await house.app.room.answers._orders.submit(order)
    await house.pass_minutes(1)
    assert house.texts("r1") == ["八点"]
    await house.pass_minutes(15)
    assert await house.cards() == []


async def test_after_a_restart_and_after_the_night_a_question_still_waits(house: House) -> None:
    house.clock.set(NOON + timedelta(hours=9, minutes=55))  # 21:55
    await house.happen(house.said("明天几点？"))
    house.care._waiting.clear()
    await house.pass_minutes(12)
    assert await house.cards() == []
    house.clock.set(NOON + timedelta(hours=15))
    await house.happen(house.said("还在吗？有人吗", "u-eve"))
    house.clock.set(NOON + timedelta(hours=20, minutes=1))
    await house.pass_minutes(1)
    assert len(await house.cards()) == 1


async def test_the_list_of_the_day_comes_once(house: House) -> None:
    sam = Person(id="u-sam", name="Sam")
    await house.happen(
        MembersJoined(account="main", event_id="j1", at=NOON - timedelta(days=1), group="r1", members=(sam,))
    )
    await house.happen(house.said("我要退款", "u-rae"), house.said("多少钱", "u-bob"))
    await house.pass_minutes(8 * 60 - 1)
    assert house.texts("g-team") == []
    await house.pass_minutes(1)
    await house.pass_minutes(1)
    [told] = [text for text in house.texts("g-team") if "need a person today" in text]
    assert told.split("\n")[1:] == [
        *("Not content:", "· g1 Rae (u-rae): 我要退款", "About to sign up:", "· g1 Bob (u-bob): 多少钱"),
        *("Silent since they joined:", "· g1 Sam (u-sam)"),
    ]


async def test_a_newcomer_gets_a_first_talk_where_the_sop_asks_for_it(house: House) -> None:
    record = Campaign(
        id="camp",
        sop="demo",
        title="",
        version="v1",
        timezone="Asia/Shanghai",
        start=date(2026, 5, 18),
        created_at=NOON,
        sop_text=SOP,
    )
    version = await house.app.campaigns.open_draft(record)
    await house.app.campaigns.go_live(record, version, ("g1",))
    tia = Person(id="u-tia", name="Tia")
    for group, event_id, late in (("r1", "j1", False), ("r2", "j2", False), ("r1", "j3", True)):
        joined = MembersJoined(account="main", event_id=event_id, at=NOON, group=group, members=(tia,), found_late=late)
        await house.happen(joined)
    [task] = await house.app.tasks.list("camp")
    assert task.text == "First talk 1:1 with Tia (u-tia), new in g1."
    assert task.due == NOON + timedelta(minutes=5)
    await house.pass_minutes(6)
    assert house.texts("g-team")[-1] == "你好，资料包给你"
    version = await house.app.campaigns.open_draft(record)
    await house.app.campaigns.go_live(record, version, ("g1",))
    assert [one.state for one in await house.app.tasks.list("camp")] == ["open"]
    await house.app.facts.forget("u-tia")
    [task] = await house.app.tasks.list("camp")
    assert "tia" not in (task.text + task.key).lower()
