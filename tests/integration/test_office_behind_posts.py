"""Posts go out before what serves people is there; guards judge them, and nothing said meanwhile is lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from groupbot import lifecycle
from groupbot.app import App, build
from groupbot.campaign.one_off import ONE_OFF, OneOff, Order
from groupbot.chat.adapter import AccountState
from groupbot.chat.alerts import Alert, Severity
from groupbot.core.clock import SystemClock
from groupbot.core.content import Part, Text
from groupbot.core.verdicts import ALLOW, Hold
from groupbot.delivery.values import State
from groupbot.settings import load
from groupbot.storage.one_off import SqlOrders
from groupbot.testing import FakeAdapter

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
[[people]]
name = "Olga"
role = "owner"
ids = { main = "u-olga" }
"""
DEADLINE_S = 20


class Wary:
    """Hold what says `no`."""

    name = "wary"

    async def check(self, draft):
        [part] = [draft.candidate.part]
        return Hold(reason="wary") if getattr(part.content, "text", "") == "no" else ALLOW


class House:
    """A daemon whose office opens when `door` is set."""

    def __init__(self, app: App, adapter: FakeAdapter, door: asyncio.Event) -> None:
        self.app = app
        self.adapter = adapter
        self.door = door

    async def order(self, text: str, group: str = "camp-1") -> None:
        desk = OneOff(orders=SqlOrders(self.app.database), clock=SystemClock(), timezone="Asia/Shanghai")
        parts = (Part(content=Text(text=text)),)
        await desk.submit(Order(account="main", group=group, key=text, parts=parts))

    @property
    def said(self) -> list[str]:
        return [getattr(post.content, "text", "") for post in self.adapter.posts]

    async def until(self, words: str) -> None:
        """Return once something with `words` was posted."""
        async with asyncio.timeout(DEADLINE_S):
            while not any(words in said for said in self.said):  # noqa: ASYNC110 - no event tells it
                await asyncio.sleep(0.005)

    async def until_held(self, key: str) -> None:
        """Return once the order `key` waits for a decision."""
        async with asyncio.timeout(DEADLINE_S):
            held = self.app.campaigns.deliveries
            while [one.key for one in await held(ONE_OFF, [State.HELD])] != [key]:  # noqa: ASYNC110 - no event tells it
                await asyncio.sleep(0.005)


@asynccontextmanager
async def house(folder: Path, *, shut: bool = True) -> AsyncIterator[House]:
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    adapter = FakeAdapter(account="main", clock=SystemClock(), groups={"g-ops": ("u-olga",), "g-camp": ("u-ann",)})
    app = build(load(folder / "config.toml", {}), adapters={"main": adapter}, guards=[Wary()])
    stop, door = asyncio.Event(), asyncio.Event()
    opening = asyncio.create_task(app.staff.open(after=door.wait) if shut else asyncio.sleep(0))
    running = asyncio.create_task(lifecycle.run(app, stop=stop))
    try:
        async with asyncio.timeout(DEADLINE_S):
            while adapter.state is not AccountState.ONLINE:  # noqa: ASYNC110 - no event tells it
                await asyncio.sleep(0.005)
        yield House(app, adapter, door)
    finally:
        door.set()
        stop.set()
        async with asyncio.timeout(DEADLINE_S):
            await running
        opening.cancel()
        await asyncio.gather(opening, return_exceptions=True)


@pytest.fixture(autouse=True)
def _look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifecycle, "WATCH_AFTER_S", 0.0)


async def test_posts_are_judged_and_go_out_while_the_office_is_shut(tmp_path: Path) -> None:
    async with house(tmp_path) as found:
        await found.order("no", group="ops")
        await found.order("yes")
        await found.until("yes")
        await found.until_held("no")
        assert found.said == ["yes"]
        assert found.app.staff.made is None


def test_the_guards_of_the_house_are_there_without_the_office(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    app = build(load(tmp_path / "config.toml", {}), adapters={"main": FakeAdapter(account="main")}, guards=[Wary()])
    names = [guard.name for guard in app.dispatcher._guards.present]
    assert app.staff.made is None
    assert set(names) == {"checklist", "approval", "wary", "incidents"}
    assert names.index("wary") > names.index("approval")


async def test_a_command_of_the_first_moment_is_answered_when_the_office_opens(tmp_path: Path) -> None:
    async with house(tmp_path) as found:
        found.adapter.say("g-ops", "u-olga", "/账号 状态")
        await found.order("yes")
        await found.until("yes")
        assert found.said == ["yes"]
        found.door.set()
        await found.until("main · online")


async def test_an_alert_of_the_first_moment_comes_to_chat_when_the_office_opens(tmp_path: Path) -> None:
    async with house(tmp_path) as found:
        await found.app.alerts.send(Alert(severity=Severity.CRITICAL, code="lane-stuck", text="The lane is stuck"))
        await found.order("yes")
        await found.until("yes")
        found.door.set()
        await found.until("The lane is stuck")


async def test_a_daemon_that_is_stopped_before_its_office_is_open_ends_in_time(tmp_path: Path) -> None:
    async with house(tmp_path, shut=False) as found:
        found.adapter.say("g-ops", "u-olga", "/账号 状态")
        await found.app.alerts.send(Alert(severity=Severity.CRITICAL, code="lane-stuck", text="The lane is stuck"))
        stopped_at = time.monotonic()
    assert time.monotonic() - stopped_at < found.app.settings.daemon.stop_timeout_s / 2
