"""A daemon at a real gateway: its account is logged out, a group fills up. Others take over; people can undo it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from groupbot import lifecycle
from groupbot.admin.audit import AuditQuery
from groupbot.app import App, build
from groupbot.campaign.values import Campaign
from groupbot.core.clock import SystemClock
from groupbot.core.content import Part, Text
from groupbot.delivery.values import NewDelivery, State
from groupbot.desk.standby_cards import KIND
from groupbot.lifecycle import Daemon, opened
from groupbot.settings import load
from groupbot.storage.audit import SqlAudit
from groupbot.testing import FakeAdapter
from tests.gateway.rig import Rig
from tests.unit.delivery.bench import Inbox

CONFIG = """\
locale = "en"
[pacing]
enabled = false
[standby]
after_s = 1.0
[admin]
groups = ["ops"]
[[accounts]]
name = "main"
adapter = "wechaty"
endpoint = "{endpoint}"
token_env = "TOKEN"
plaintext = true
[[accounts]]
name = "spare"
adapter = "console"
[[groups]]
name = "camp-1"
account = "main"
id = "r1@chatroom"
also = {{ spare = "s1" }}
[[groups]]
name = "camp-2"
account = "main"
id = "x0@chatroom"
[[groups]]
name = "ops"
account = "spare"
id = "g-ops"
[[people]]
name = "Olga"
role = "owner"
ids = {{ spare = "u-olga" }}
[[pools]]
name = "camp"
groups = ["camp-1", "camp-2"]
limit = 6
switch_before = 1
switch_ahead_s = 0
"""


@dataclass
class World:
    app: App
    rig: Rig
    spare: FakeAdapter
    inbox: Inbox

    async def until(self, what: Callable[[], Awaitable[object]]) -> None:
        async with asyncio.timeout(30):
            while not await what():  # noqa: ASYNC110 - no event tells it
                await asyncio.sleep(0.05)

    async def launch(self, **due_in: float) -> None:
        now = datetime.now(UTC)
        record = Campaign(
            id="camp",
            sop="demo",
            title="",
            version="v1",
            timezone="UTC",
            start=date(2026, 5, 18),
            created_at=now,
        )
        rows = [
            NewDelivery(
                campaign="camp",
                key=f"{name}/d/camp-1",
                step=name,
                phase="",
                group="camp-1",
                account="main",
                due=now + timedelta(seconds=seconds),
                ordinal=0,
                parts=(Part(content=Text(text=name)),),
            )
            for name, seconds in due_in.items()
        ]
        version = await self.app.campaigns.open_draft(record)
        await self.app.campaigns.add_draft("camp", version, rows)
        await self.app.campaigns.go_live(record, version, ("camp-1",))

    async def rows(self) -> dict[str, tuple[State, str]]:
        return {row.step: (row.state, row.account) for row in await self.app.campaigns.deliveries("camp")}

    async def actions(self) -> list[str]:
        return [entry.action for entry in await SqlAudit(self.app.database).list(AuditQuery())]

    async def is_online(self) -> bool:
        accounts = (await self.app.presence.standing(datetime.now(UTC))).accounts
        return [account.state for account in accounts] == ["online", "online"]


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(generation="new", folder=tmp_path / "gateway", rooms=1, echo=True)
    made.start()
    yield made
    made.stop()


@asynccontextmanager
async def running(rig: Rig, folder: Path) -> AsyncIterator[World]:
    (folder / "config.toml").write_text(CONFIG.format(endpoint=rig.endpoint), encoding="utf-8")
    settings = load(folder / "config.toml", {"TOKEN": rig.token})
    from groupbot.connectors import connectors  # noqa: PLC0415 - the real adapter of `main` beside a fake

    spare, inbox = FakeAdapter(account="spare", groups={"s1": (), "g-ops": ()}, clock=SystemClock()), Inbox()
    adapters = connectors(settings, SystemClock(), None) | {"spare": spare}
    app, stop = build(settings, adapters=adapters, alerts=inbox), asyncio.Event()
    async with opened(app):
        daemon = asyncio.create_task(Daemon(app, config=None, stop=stop, hurry=asyncio.Event()).run())
        spare.connect()
        world = World(app=app, rig=rig, spare=spare, inbox=inbox)
        try:
            await world.until(world.is_online)
            yield world
        finally:
            stop.set()
            await daemon


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifecycle, "CARDS_S", 0.2)


async def test_a_logout_lets_the_standby_post_and_a_person_gives_back_the_rest(
    rig: Rig, tmp_path: Path, impatient: None
) -> None:
    async with running(rig, tmp_path) as world:
        rig.control("logout")
        await world.launch(now=0, soon=25, later=600)

        async def moved() -> bool:
            return {name: account for name, (_state, account) in (await world.rows()).items()} == {
                "now": "spare",
                "soon": "spare",
                "later": "main",
            }

        await world.until(moved)
        await world.until(lambda: _posted(world.spare, "now"))
        assert [alert.code for alert in world.inbox.alerts].count("standby-moved") == 1
        rig.control("login")
        await world.until(lambda: world.app.room.desk.open_of(KIND))
        [card] = await world.app.room.desk.open_of(KIND)
        world.spare.say("g-ops", "u-olga", f"#{card.number} 1")

        async def back() -> bool:
            return (await world.rows())["soon"] == (State.PLANNED, "main")

        await world.until(back)
        assert {"standby/move", "standby/back"} <= set(await world.actions())
        assert not rig.calls("messageSendText")


async def test_a_full_group_is_no_entry_any_more_until_a_person_opens_it(
    rig: Rig, tmp_path: Path, impatient: None
) -> None:
    async with running(rig, tmp_path) as world:

        async def entry() -> str:
            [pool] = await world.app.room.services.entries.pools()
            return f"{pool.entry} {pool.groups[0].members}"

        async def becomes(wanted: str) -> None:
            async def is_so() -> bool:
                return await entry() == wanted

            await world.until(is_so)

        await becomes("camp-1 4")  # Alice, Bob, and the two accounts
        rig.control("contact", id="dora")
        rig.control("join", room="r1@chatroom", who=["dora"], by="alice")
        await becomes("camp-2 5")
        await world.until(lambda: _told(world, "entry-changed"))
        assert "entry/closed" in await world.actions()
        rig.control("leave", room="r1@chatroom", who=["dora"], by="alice")
        await becomes("camp-2 4")
        world.spare.say("g-ops", "u-olga", "/入口 设置 camp-1")
        await becomes("camp-1 4")
        assert "entry/open" in await world.actions()


async def _posted(adapter: FakeAdapter, text: str) -> bool:
    return any(getattr(post.content, "text", "") == text for post in adapter.posts)


async def _told(world: World, code: str) -> bool:
    return code in world.inbox.codes
