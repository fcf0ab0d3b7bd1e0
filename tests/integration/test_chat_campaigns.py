"""Campaigns by chat, from the launch to the end, over the real desk and SQLite."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from groupbot import i18n
from groupbot.admin.room import ControlRoom
from groupbot.app import build
from groupbot.campaign.one_off import ONE_OFF
from groupbot.core.content import load_parts
from groupbot.core.events import MessageReceived, Person
from groupbot.inbound.commands import at_once
from groupbot.settings import load
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.engine import Database
from groupbot.storage.tables import contents, deliveries, metadata
from groupbot.testing import FakeAdapter, FakeClock

CONFIG = """\
locale = "en"
[pacing]
enabled = false
[admin]
groups = ["ops"]
[[accounts]]
name = "main"
adapter = "console"
[[people]]
name = "Opal"
role = "operator"
ids = {main = "u-opal"}
[[people]]
name = "Lena"
ids = {main = "u-lena"}
[[squads]]
name = "东区"
leader = "Lena"
group = "east-ops"
[[squads]]
name = "西区"
"""
GROUP = '[[groups]]\nname = "{name}"\naccount = "main"\nid = "id-{name}"\nsquad = "{squad}"\n'
GROUPS = {"ops": "", "east-ops": "", "e1": "东区", "e2": "东区", "w1": "西区"}
SOP = """\
name: camp
title: Camp
phases:
  - name: run
    steps:
      - {id: hello, at: D1 09:00, text: Good morning}
      - {id: quiz, at: D1 20:00, text: "Who are you?"}
      - {id: bye, at: D2 20:00, text: See you}
"""
MORNING = datetime(2026, 5, 18, 0, 0, tzinfo=UTC)
"""08:00 of the first day."""
CAMP = "camp-20260518"
D, C = deliveries.c, contents.c


@dataclass
class Office:
    """A project with its room, and people who type."""

    room: ControlRoom
    database: Database
    folder: Path
    clock: FakeClock
    count: int = 0
    heard: set[str] = field(default_factory=set)

    async def type(self, text: str, *, by: str = "u-opal", group: str = "ops") -> str:
        """Type a line and return all that the bot says to it."""
        self.count += 1
        event = MessageReceived(
            account="main",
            event_id=f"e{self.count}",
            at=self.clock.now(),
            group=f"id-{group}",
            sender=Person(id=by, name=by),
            message_id=f"m{self.count}",
            text=text,
        )
        await at_once(self.room.router, event)
        return "\n".join(await self.said())

    async def confirmed(self, text: str, **more: str) -> tuple[str, str]:
        """Type a line that asks back, and the digits; return both answers."""
        asked = await self.type(text, **more)
        found = re.search(r"Reply (\d{4})", asked)
        assert found, asked
        return asked, await self.type(found[1], **more)

    async def said(self) -> list[str]:
        """Return what was posted since the last time, each with what is in it."""
        query = select(D.key, C.parts).join(contents, C.id == D.content).where(D.campaign == ONE_OFF).order_by(D.id)
        async with self.database.read() as conn:
            rows = (await conn.execute(query)).all()
        fresh = [row for row in rows if row.key not in self.heard]
        self.heard |= {row.key for row in fresh}
        return ["\n".join(getattr(part.content, "text", "") for part in load_parts(row.parts)) for row in fresh]

    async def become(self, state: str, step: str, groups: Sequence[str]) -> None:
        """Put a step's deliveries into a state."""
        async with self.database.write() as conn:
            which = (D.campaign == CAMP, D.step == step, D.group.in_(groups))
            await conn.execute(update(deliveries).where(*which).values(state=state))

    async def states(self, step: str) -> dict[str, str]:
        """Return how a step stands in each group."""
        rows = await SqlCampaigns(self.database).deliveries(CAMP)
        return {row.group: row.state.value for row in rows if row.step == step}


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    i18n.use("en")
    (tmp_path / "sops").mkdir()
    (tmp_path / "sops" / "camp.yaml").write_text(SOP, "utf-8")
    blocks = "".join(GROUP.format(name=name, squad=squad) for name, squad in GROUPS.items())
    (tmp_path / "config.toml").write_text(CONFIG + blocks, "utf-8")
    settings = load(tmp_path / "config.toml")
    clock = FakeClock(MORNING)
    app = build(settings, adapters={"main": FakeAdapter(account="main", clock=clock)}, clock=clock)
    async with app.database.engine.begin() as conn:
        await conn.run_sync(metadata.create_all)
    try:
        yield Office(room=app.room, database=app.database, folder=tmp_path, clock=clock)
    finally:
        await app.database.close()
        i18n.use("zh")


@pytest.fixture
async def running(office: Office) -> Office:
    await office.confirmed("/活动 启动 camp 5月18日 e1 e2 w1")
    return office


async def test_a_launch_is_shown_with_its_counts_confirmed_and_then_seen(office: Office) -> None:
    asked, done = await office.confirmed("／活动 启动 camp 5月18日 分组 东区")

    assert "2 groups: e1, e2" in asked
    assert "2 groups and 6 deliveries" in asked
    assert CAMP in done
    assert "6 deliveries" in done
    assert f"{CAMP} · running · 0/6" in await office.type("/活动 列表")
    assert "planned 6" in await office.type(f"/活动 查看 {CAMP}")
    today = await office.type("/活动 今天")
    assert today.splitlines() == [f"09:00 {CAMP} hello · planned 2", f"20:00 {CAMP} quiz · planned 2"]
    assert (await office.type("/活动 接下来 1")).startswith(f"05-18 09:00 {CAMP} hello")


async def test_a_launch_that_can_not_be_says_why_and_asks_for_nothing(office: Office) -> None:
    (office.folder / "sops" / "bad.yaml").write_text(SOP.replace("D1 20:00", "some day"), "utf-8")
    for line, why in (
        ("/活动 启动 bad 5月18日 e1", "some day"),
        ("/活动 启动 nothing 5月18日 e1", "can't be read"),
        ("/活动 启动 ../config 5月18日 e1", "no SOP's name"),
        ("/活动 启动 camp 5月18日 分组 南区", "No squad"),
        ("/活动 启动 camp 5月18日 e1 设=who", "no value"),
    ):
        said = await office.type(line)
        assert why in said, line
        assert "Reply" not in said, line
    assert "no campaign" in await office.type("/活动 列表")


async def test_a_file_that_was_edited_since_it_was_shown_is_not_launched(office: Office) -> None:
    asked = await office.type("/活动 启动 camp 5月18日 e1")
    (office.folder / "sops" / "camp.yaml").write_text(SOP.replace("Good morning", "Buy this"), "utf-8")
    assert "more than you were shown" in await office.type(re.findall(r"Reply (\d{4})", asked)[0])
    assert "no campaign" in await office.type("/活动 列表")


async def test_a_leader_pauses_the_own_squad_and_no_other(running: Office) -> None:
    assert "outside your squad" in await running.type(f"/活动 暂停 {CAMP}", by="u-lena", group="east-ops")
    assert "outside your squad" in await running.type(f"/活动 暂停 {CAMP} 分组 西区", by="u-lena", group="east-ops")
    assert "outside your squad" in await running.type(f"/活动 暂停 {ONE_OFF}", by="u-lena", group="east-ops")
    said = await running.type(f"/活动 暂停 {CAMP} 分组 东区", by="u-lena", group="east-ops")
    assert "paused in 2 groups: e1, e2" in said
    assert list(await SqlCampaigns(running.database).paused_in(CAMP)) == ["e1", "e2"]
    assert "Paused in e1, e2" in await running.type(f"/活动 查看 {CAMP}")

    assert "not paused" in await running.type(f"/活动 恢复 {CAMP}")
    await running.type(f"/活动 暂停 {CAMP}")
    assert "paused as a whole" in (await running.confirmed(f"/活动 恢复 {CAMP} e2"))[1]
    await running.confirmed(f"/活动 恢复 {CAMP}")
    await running.type(f"/活动 暂停 {CAMP} e2")
    asked, done = await running.confirmed(f"/活动 恢复 {CAMP} 分组 东区", by="u-lena", group="east-ops")
    assert "2 groups, 6 deliveries" in asked
    assert "goes on in e1, e2" in done
    assert list(await SqlCampaigns(running.database).paused_in(CAMP)) == []


async def test_nobody_silences_the_bot_by_chat_so_that_nobody_can_undo_it_there(running: Office) -> None:
    assert "At the machine" in await running.type(f"/活动 暂停 {ONE_OFF}")
    found = await SqlCampaigns(running.database).get(ONE_OFF)
    assert found is not None
    assert found.state == "running"


async def test_a_campaign_is_paused_resumed_and_ended(running: Office) -> None:
    assert "is paused" in await running.type(f"/活动 暂停 {CAMP}")
    await running.confirmed(f"/活动 恢复 {CAMP}")
    asked, done = await running.confirmed(f"/活动 取消 {CAMP}")
    assert "3 groups, 9 deliveries" in asked
    assert "ended for good" in done
    assert set((await running.states("bye")).values()) == {"cancelled"}


async def test_steps_are_moved_reworded_skipped_and_undone(running: Office) -> None:
    asked, done = await running.confirmed(f"/步骤 改时间 {CAMP} quiz D1 20:30")
    assert "20:30" in asked
    assert "3 changed" in asked
    assert "is changed" in done
    await running.confirmed(f"/步骤 改话术 {CAMP} quiz Who are you, friends?")
    asked, _done = await running.confirmed(f"/步骤 跳过 {CAMP} bye")
    assert "3 taken out" in asked
    versions = await running.type(f"/活动 版本 {CAMP}")
    assert versions.startswith("4.")
    assert "Opal" in versions
    asked, _done = await running.confirmed(f"/活动 撤销 {CAMP}")
    assert "3 deliveries new" in asked
    assert set((await running.states("bye")).values()) == {"planned"}
    listed = await running.type(f"/步骤 列表 {CAMP}")
    assert "05-18 20:30 quiz · planned 3" in listed
    assert "no step" in (await running.type(f"/步骤 跳过 {CAMP} nothing")).lower()
    assert "Nothing changes" in await running.type(f"/步骤 改时间 {CAMP} quiz D1 20:30")


async def test_a_step_goes_out_at_once_and_once_more_to_one_group(running: Office) -> None:
    asked, _done = await running.confirmed(f"/步骤 立即发送 {CAMP} bye")
    assert "3 groups" in asked
    await running.become("sent", "hello", ["e1", "w1"])
    asked, done = await running.confirmed(f"/步骤 补发 {CAMP} hello e1", by="u-lena", group="east-ops")
    assert "once more to e1" in asked
    assert "goes out to e1 again" in done
    assert "outside your squad" in await running.type(f"/步骤 补发 {CAMP} hello w1", by="u-lena", group="east-ops")


async def test_unknown_outcomes_are_asked_about_by_themselves_and_settled_by_one_digit(running: Office) -> None:
    await running.become("unknown", "hello", ["e1", "e2", "w1"])
    await running.room.tend()
    everybody, east = await running.said()
    assert "3 groups" in everybody
    assert "2 groups" in east

    assert "(1 more)" in await running.type("#2 4", by="u-lena", group="east-ops")
    await running.type("#3 1", by="u-lena", group="east-ops")
    await running.type("#4 3", by="u-lena", group="east-ops")
    assert await running.type("#1 2") == "Goes out now: 1. Settled already: 2."
    assert await running.states("hello") == {"e1": "sent", "e2": "skipped", "w1": "planned"}
    await running.room.tend()
    assert await running.type("/投递 未知结果") == "Nothing waits for your word."


async def test_what_is_held_is_asked_about_on_demand(running: Office) -> None:
    await running.become("held", "quiz", ["e1", "w1"])
    said = await running.type("/投递 待审", by="u-lena", group="east-ops")
    assert "1 group" in said
    assert "w1" not in said
    assert "Reply like #1 1" in said
    await running.type("#1 1", by="u-lena", group="east-ops")
    assert await running.states("quiz") == {"e1": "planned", "e2": "planned", "w1": "held"}


async def test_one_delivery_is_settled_by_its_key(running: Office) -> None:
    await running.become("failed", "hello", ["e1", "w1"])
    failed = await running.type("/投递 失败")
    key = f"{CAMP}/hello/2026-05-18.0/w1"
    assert key in failed
    assert "Post again: w1" in failed
    assert "outside your squad" in await running.type(f"/投递 结案 {key} 跳过", by="u-lena", group="east-ops")
    assert await running.type(f"/投递 结案 {key} 跳过") == f"{key}: left out"
    assert "hello/2026-05-18.0/e1" in await running.type(f"/投递 列表 {CAMP} 失败")
    assert "There is no delivery" in await running.type(f"/投递 结案 {CAMP}/x 跳过")


async def test_a_preview_names_its_days_and_draws_them(running: Office) -> None:
    pytest.importorskip("PIL")
    whole = await running.type("/活动 预览 camp")
    assert "9 posts to 3 groups in 2 days" in whole  # not in the chats of the staff
    assert "2 05-19" in whole
    [picture] = (running.folder / "cache" / "previews").iterdir()
    assert picture.suffix == ".png"
    day = await running.type(f"/活动 预览 {CAMP} 第2天")
    assert "20:00 bye · 3 groups · See you" in day
    assert "none of its days" in await running.type(f"/活动 预览 {CAMP} 9")


async def test_a_campaign_follows_an_edited_file(running: Office) -> None:
    (running.folder / "sops" / "camp.yaml").write_text(SOP.replace("D2 20:00", "D2 21:00"), "utf-8")
    asked, done = await running.confirmed(f"/活动 修改 {CAMP} camp")
    assert "21:00" in asked
    assert "is changed" in done


async def test_a_leader_sees_what_goes_to_the_own_groups(running: Office) -> None:
    east = {"by": "u-lena", "group": "east-ops"}
    assert f"{CAMP} · running · 0/6" in await running.type("/活动 列表", **east)
    assert "hello · planned 2" in await running.type("/活动 今天", **east)
    assert "planned 6" in await running.type(f"/活动 查看 {CAMP}", **east)
