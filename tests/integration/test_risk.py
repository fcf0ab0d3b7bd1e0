"""Risk control in a whole daemon: a newcomer's code, a flood and answers that were asked for, a complaint."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import segno

from groupbot.admin.audit import AuditQuery
from groupbot.app import App, build
from groupbot.campaign.values import Campaign, CampaignState
from groupbot.core.clock import SystemClock
from groupbot.core.content import Part, Text
from groupbot.core.policies import Policies
from groupbot.delivery.values import NewDelivery, State
from groupbot.lifecycle import Daemon, opened
from groupbot.settings import load
from groupbot.storage.audit import SqlAudit
from groupbot.storage.risk_history import SqlHistory
from groupbot.testing import FakeAdapter, FakeClock, FakeWaker

NOON = datetime(2026, 5, 18, 4, 0, tzinfo=UTC)
CONFIG = """\
locale = "en"
[pacing]
enabled = false
[admin]
groups = ["ops"]
[[accounts]]
name = "main"
adapter = "console"
[[groups]]
name = "ops"
account = "main"
id = "g-ops"
[[groups]]
name = "camp-1"
account = "main"
id = "g-camp"
risk = "strict"
[[groups]]
name = "calm"
account = "main"
id = "g-calm"
[[people]]
name = "Olga"
role = "owner"
ids = { main = "u-olga" }
"""


def code_picture() -> bytes:
    made = io.BytesIO()
    segno.make_qr("https://weixin.qq.com/g/AwYAADkX1").save(made, kind="png", scale=6)
    return made.getvalue()


def new_app(folder: Path, clock=None) -> tuple[App, FakeAdapter]:
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    groups = {"g-ops": ("u-olga",), "g-camp": ("ann", "bob"), "g-calm": ("ann",)}
    adapter = FakeAdapter(account="main", groups=groups, clock=clock or SystemClock())
    more = {"clock": clock, "waker": FakeWaker(clock)} if clock else {}
    return build(load(folder / "config.toml", {}), adapters={"main": adapter}, **more), adapter


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[tuple[App, FakeAdapter]]:
    app, adapter = new_app(folder)
    stop = asyncio.Event()
    async with opened(app):
        daemon = asyncio.create_task(Daemon(app, config=None, stop=stop, hurry=asyncio.Event()).run())
        try:
            yield app, adapter
        finally:
            stop.set()
            await daemon


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - no event tells it
            await asyncio.sleep(0.01)


def did(adapter: FakeAdapter, kind: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(post.to, post.content.members) for post in adapter.posts if post.content.kind == kind]


def told(adapter: FakeAdapter) -> list[str]:
    return [post.content.text for post in adapter.posts if post.to == "g-ops"]


async def test_a_newcomers_code_is_removed_undone_and_audited(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, adapter):
        adapter.join("g-camp", "eve")
        adapter.join("g-calm", "eve")
        adapter.share("g-calm", "eve", "x.png", code_picture(), kind="image")
        adapter.share("g-camp", "bob", "x.png", code_picture(), kind="image")
        adapter.share("g-camp", "eve", "x.png", code_picture(), kind="image")
        await until(lambda: bool(did(adapter, "remove_members")) and bool(told(adapter)))
        assert did(adapter, "remove_members") == [("g-camp", ("eve",))]
        [card] = told(adapter)
        assert "QR code of a group or person" in card
        adapter.say("g-ops", "u-olga", "2")
        await until(lambda: bool(did(adapter, "add_members")))
        assert did(adapter, "add_members") == [("g-camp", ("eve",))]
        await until(lambda: len(told(adapter)) == 2)
        actions = [entry.action for entry in await SqlAudit(app.database).list(AuditQuery())]
        assert sorted(actions) == ["card/1", "risk/ads/remove"]


async def test_cards_are_judged_by_the_age_of_their_members_and_forwards_by_what_they_hold(tmp_path: Path) -> None:
    offer = "群聊的聊天记录\n有需要的私聊我，兼职刷单日结 vx：abcd8888"
    async with running(tmp_path) as (_app, adapter):
        adapter.join("g-camp", "eve", "fay", "guy")
        for member in ("bob", "eve"):
            adapter.say("g-camp", member, "小王", kind="contact_card")
        for member in ("bob", "fay"):
            adapter.say("g-camp", member, "第三课的课表\n小课堂", kind="mini_program")
        adapter.say("g-camp", "guy", "群聊的聊天记录\n今天的作业是第三课", kind="chat_history")
        await until(lambda: len(did(adapter, "remove_members")) == 2 and len(told(adapter)) >= 2)
        adapter.say("g-camp", "ann", offer, kind="chat_history")
        await until(lambda: len(did(adapter, "remove_members")) == 3 and len(told(adapter)) == 3)
        assert [who for _group, who in did(adapter, "remove_members")] == [("eve",), ("fay",), ("ann",)]
        assert "somebody's card" in told(adapter)[0]
        assert "mini-program" in told(adapter)[1]
        assert "WeChat id" in told(adapter)[-1]
        assert "forwarded chat" in told(adapter)[-1]
        assert not any("BOB" in text or "GUY" in text for text in told(adapter))


async def test_a_complaint_said_to_the_account_alone_is_an_incident_of_the_members_group(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, adapter):
        async with asyncio.timeout(20):
            while not await app.room.services.cases.homes("bob"):  # noqa: ASYNC110 - no event tells it
                await asyncio.sleep(0.01)
        adapter.say(None, "eve", "你们就是骗子，退钱！")
        adapter.say(None, "bob", "你们就是骗子，退钱！")
        await until(lambda: bool(told(adapter)))
        [one] = await app.room.services.risk.incidents.unresolved()
        assert (one.group, one.member, one.kind, one.private) == ("camp-1", "bob", "fraud", True)
        assert "Said 1:1 to main" in told(adapter)[0]


async def test_an_ad_in_words_is_found_by_the_shipped_scorers(tmp_path: Path) -> None:
    async with running(tmp_path) as (_app, adapter):
        adapter.say("g-camp", "bob", "老师好，今天的作业是写在本子上还是发群里？")
        adapter.say("g-camp", "ann", "有需要的私聊我，兼职刷单日结 vx：abcd8888")
        await until(lambda: bool(told(adapter)))
        assert "ANN" in told(adapter)[0]
        assert not any("BOB" in text for text in told(adapter))


async def test_a_restart_forgets_no_case_and_no_warning(tmp_path: Path) -> None:
    offer = "兼职刷单日结，有需要的私聊我"
    async with running(tmp_path) as (_app, adapter):
        adapter.say("g-camp", "bob", offer)
        await until(lambda: any(post.to == "g-camp" for post in adapter.posts) and bool(told(adapter)))
        assert did(adapter, "remove_members") == []
    async with running(tmp_path) as (app, adapter):
        adapter.say("g-camp", "ann", offer)
        adapter.say("g-camp", "bob", offer)
        await until(lambda: bool(did(adapter, "remove_members")))
        assert did(adapter, "remove_members") == [("g-camp", ("bob",))]
        actions = [entry.action for entry in await SqlAudit(app.database).list(AuditQuery())]
        assert sorted(actions) == ["risk/ads/remove", "risk/ads/warn", "risk/ads/warn"]
        assert not any(post.to == "g-camp" and post.content.kind == "text" for post in adapter.posts)


async def test_a_flood_is_warned_of_and_a_chain_of_answers_is_none(tmp_path: Path) -> None:
    clock = FakeClock(NOON)
    app, adapter = new_app(tmp_path, clock)
    async with opened(app):
        await app.dispatcher.open()
        adapter.connect()
        consuming = asyncio.create_task(app.pipeline.consume(adapter.events()))
        recording = asyncio.create_task(app.recorder.run())
        await launch(app, step("ask", 0, text="听懂的同学扣1"))
        await app.dispatcher.tick()
        [(group, asked, at)] = await SqlHistory(app.database).posted(NOON)
        assert (group, asked, at) == ("camp-1", Text(text="听懂的同学扣1"), NOON)
        assert await SqlHistory(app.database).posted(NOON + timedelta(seconds=1)) == []
        for _time in range(12):
            adapter.say("g-camp", "bob", "1")
        await heard(app, adapter)
        assert not any("many messages" in text for text in told(adapter))
        clock.advance(3600)
        for _time in range(12):
            adapter.say("g-camp", "bob", "1")
        await heard(app, adapter)
        assert any("many messages at once" in text for text in told(adapter))
        assert any("bob" in post.content.mentions for post in adapter.posts if post.to == "g-camp")
        assert did(adapter, "remove_members") == []
        await adapter.close()
        await consuming
        recording.cancel()


async def test_a_complaint_holds_the_sale_in_its_group_until_somebody_takes_care(tmp_path: Path) -> None:
    clock = FakeClock(NOON)
    app, adapter = new_app(tmp_path, clock)
    async with opened(app):
        await app.dispatcher.open()
        adapter.connect()
        consuming = asyncio.create_task(app.pipeline.consume(adapter.events()))
        recording = asyncio.create_task(app.recorder.run())
        await launch(
            app,
            step("lesson", 1, text="第三课：时间管理"),
            step("sale", 2, text="最后3个名额，限时优惠199元"),
            step("sale", 2, "calm", text="最后3个名额，限时优惠199元"),
        )
        adapter.say("g-camp", "ann", "你们就是骗子，退钱！")
        await heard(app, adapter)
        assert "accusation of fraud" in told(adapter)[0]
        clock.advance(150)
        await app.dispatcher.tick()
        assert await states(app) == {
            ("lesson", "camp-1"): State.SENT,
            ("sale", "camp-1"): State.PLANNED,
            ("sale", "calm"): State.SENT,
        }
        adapter.say("g-ops", "u-olga", "/风险 确认 1")
        await heard(app, adapter)
        clock.advance(15)
        await app.dispatcher.tick()
        assert (await states(app))["sale", "camp-1"] is State.SENT
        assert did(adapter, "remove_members") == []
        await adapter.close()
        await consuming
        recording.cancel()


def step(name: str, minutes: float, group: str = "camp-1", *, text: str) -> NewDelivery:
    return NewDelivery(
        campaign="camp",
        key=f"{name}/2026-05-18.0/{group}",
        step=name,
        phase="",
        group=group,
        account="main",
        due=NOON + timedelta(minutes=minutes),
        ordinal=0,
        parts=(Part(content=Text(text=text)),),
        policies=Policies(grace=timedelta(minutes=30)),
    )


async def launch(app: App, *rows: NewDelivery) -> None:
    record = Campaign(
        id="camp",
        sop="demo",
        title="",
        version="v1",
        timezone="UTC",
        start=date(2026, 5, 18),
        created_at=NOON,
        state=CampaignState.DRAFT,
    )
    version = await app.campaigns.open_draft(record)
    await app.campaigns.add_draft("camp", version, rows)
    await app.campaigns.go_live(record, version, ("camp-1", "calm"))


async def heard(app: App, adapter: FakeAdapter) -> None:
    """Let what was said go through the stages, and what they order be posted."""
    before = len(told(adapter))
    adapter.say("g-ops", "u-olga", "/状态")
    async with asyncio.timeout(20):
        while not any("Held:" in text for text in told(adapter)[before:]):
            await asyncio.sleep(0.01)
            await app.dispatcher.tick()
    await app.dispatcher.tick()


async def states(app: App) -> dict[tuple[str, str], State]:
    return {(row.step, row.group): row.state for row in await app.campaigns.deliveries("camp")}
