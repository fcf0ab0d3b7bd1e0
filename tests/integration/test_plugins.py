"""Plugins in a whole daemon: questions answered, posts held, bad files beside good ones, edits taken up as it runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from groupbot.app import App, build
from groupbot.campaign.launch import launch
from groupbot.campaign.one_off import ONE_OFF, OneOff, Order
from groupbot.campaign.request import Request
from groupbot.chat.alerts import Alert
from groupbot.core.content import Part, Text
from groupbot.delivery.values import State
from groupbot.desk.editing import editor
from groupbot.desk.sop_files import stored
from groupbot.lifecycle import Daemon, opened
from groupbot.project_files import ProjectFiles
from groupbot.settings import load
from groupbot.sop.load import load as load_sop
from groupbot.sop.planner import plan
from groupbot.storage.one_off import SqlOrders
from groupbot.testing import FakeAdapter
from tests.torture.daemon import DaemonProcess

CONFIG = """\
locale = "en"
[pacing]
enabled = false
[daemon]
stop_timeout_s = 5.0
[[accounts]]
name = "main"
adapter = "console"
[[groups]]
name = "camp-1"
account = "main"
id = "r1"
"""
ECHO = """\
from groupbot.api import *
async def setup(ctx):
    async def repeat(m):
        await ctx.submit(Post(key=m.message_id, group="camp-1", contents=(Text(text="WORD " + m.text),)))
    async def check(d): return Hold(reason="swears") if "damn" in d.candidate.part.content.text else ALLOW
    ctx.on(MessageReceived, repeat)
    ctx.guard(check)
PLUGIN = Plugin(name="echo", setup=setup)
"""
EXITS = """\
import sys
from groupbot.api import *
async def setup(ctx):
    async def leave(m): sys.exit(1)
    ctx.on(MessageReceived, leave)
PLUGIN = Plugin(name="exits", setup=setup)
"""
SOP = """\
name: camp
title: Camp
variables: {who: {default: friends}}
phases:
  - name: run
    steps:
      - {id: hello, at: D1 09:00, text: Hello}
replies:
  - keywords: [报名, 怎么参加]
    text: "See the notice of {{ group }}, {{ who }}"
"""


class Told:
    def __init__(self) -> None:
        self.alerts: list[Alert] = []

    async def send(self, alert: Alert) -> None:
        self.alerts.append(alert)

    @property
    def codes(self) -> list[str]:
        return [alert.code for alert in self.alerts]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    return tmp_path


def save(folder: Path, name: str, text: str) -> None:
    (folder / "plugins" / name).write_text(text, encoding="utf-8")


@asynccontextmanager
async def running(folder: Path, *, follow: bool = False) -> AsyncIterator[tuple[App, FakeAdapter, Told]]:
    adapter, told = FakeAdapter(account="main", own_id="bot"), Told()
    app = build(load(folder / "config.toml", {}), adapters={"main": adapter}, alerts=told)
    stop, config = asyncio.Event(), folder / "config.toml"
    async with opened(app):
        work = Daemon(app, config=config if follow else None, stop=stop, hurry=asyncio.Event()).run()
        daemon = asyncio.create_task(work)
        adapter.connect()
        try:
            yield app, adapter, told
        finally:
            stop.set()
            await daemon


async def until(condition: Callable[[], bool | Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while True:
            found = condition()
            if found if isinstance(found, bool) else await found:
                return
            await asyncio.sleep(0.02)


def texts(adapter: FakeAdapter) -> list[str]:
    return [post.content.text for post in adapter.posts if isinstance(post.content, Text)]


async def test_one_bad_plugin_beside_a_good_one_in_a_whole_daemon(folder: Path) -> None:
    save(folder, "echo.py", ECHO)
    save(folder, "exits.py", EXITS)
    save(folder, "broken.py", "import sys; sys.exit(3)")
    async with running(folder) as (app, adapter, told):
        adapter.say("r1", "ann", "one")
        adapter.say("r1", "bot", "from our own other account")
        await until(lambda: texts(adapter) == ["WORD one"])
        await until(lambda: "plugin-failed" in told.codes)
        states = {view.name: view.state for view in app.plugins.views}
        assert states == {
            "broken": "failed",
            "echo": "running",
            "exits": "running",
            "keyword-reply": "running",
            "welcome": "running",
        }
        orders = OneOff(orders=SqlOrders(app.database), clock=app.clock, timezone="Asia/Shanghai")
        bad = Part(content=Text(text="damn it"))
        await orders.submit(Order(account="main", group="camp-1", key="bad", parts=(bad,)))

        async def held() -> bool:
            return any(
                row.state is State.HELD and row.reason == "swears" for row in await app.campaigns.deliveries(ONE_OFF)
            )

        await until(held)
    assert texts(adapter) == ["WORD one"]


async def test_edits_of_files_and_tables_are_taken_up_while_it_runs(folder: Path) -> None:
    save(folder, "echo.py", ECHO)
    async with running(folder, follow=True) as (app, adapter, told):
        adapter.say("r1", "ann", "one")
        await until(lambda: texts(adapter) == ["WORD one"])
        await until(lambda: any(task.get_name() == "reload" for task in asyncio.all_tasks()))
        save(folder, "echo.py", ECHO.replace("WORD", "NEW"))
        save(folder, "later.py", EXITS.replace('"exits"', '"later"'))
        await until(lambda: "later" in {view.name for view in app.plugins.views})
        adapter.say("r1", "ann", "two")
        await until(lambda: texts(adapter) == ["WORD one", "NEW two"])
        config = f"{CONFIG}[plugins.echo]\nenabled = false\n[plugins.welcome]\ngrops = []\n"
        (folder / "config.toml").write_text(config, encoding="utf-8")
        await until(lambda: {view.state for view in app.plugins.views if view.name == "echo"} == {"disabled"})
        await until(lambda: "plugin-kept" in told.codes)
        assert any("[plugins.welcome] grops" in alert.text for alert in told.alerts)


async def test_the_faq_of_a_campaign_is_answered_while_it_runs(folder: Path) -> None:
    async with running(folder) as (app, adapter, _told):
        path = folder / "sops" / "camp.yaml"
        path.parent.mkdir()
        path.write_text(SOP, encoding="utf-8")
        sop = load_sop(path.read_bytes(), file="camp.yaml", files=ProjectFiles(root=folder, sop_folder=path.parent))
        groups = list(editor(app.settings, app.database).groups.values())
        start = date(2099, 1, 1)
        request = Request(
            plan=plan(sop, groups=groups, start=start),
            groups=["camp-1"],
            start=start,
            sop_text=stored(sop, path, folder).text,
            params={"set": {"who": "all"}, "roles": {}, "event": None},
            campaign_id="camp",
            edition=stored(sop, path, folder).edition,
        )
        assert (await launch(request, campaigns=app.campaigns, directory=app.directory, now=datetime.now(UTC))).ok
        adapter.say("r1", "ann", "请问怎麼參加？")
        await until(lambda: texts(adapter) == ["See the notice of camp-1, all"])


async def test_no_plugin_keeps_the_daemon_from_ending(folder: Path) -> None:
    save(
        folder,
        "stays.py",
        "import asyncio, threading, time\nfrom groupbot.api import *\n"
        "async def never():\n    while True:\n        try: await asyncio.sleep(100)\n"
        "        except BaseException: pass\n"
        "async def setup(ctx):\n    ctx.spawn(never(), 'never')\n"
        "    ctx.spawn(asyncio.to_thread(time.sleep, 600), 'thread')\n"
        "    threading.Thread(target=time.sleep, args=(600,)).start()\n"
        "    ctx.on_unload(asyncio.Event().wait)\n"
        "PLUGIN = Plugin(name='stays', setup=setup)\n",
    )
    config = folder / "config.toml"
    config.write_text(CONFIG.replace("stop_timeout_s = 5.0", "stop_timeout_s = 1.0"), encoding="utf-8")
    daemon = DaemonProcess(config=config)
    daemon.start()
    await daemon.ready()
    daemon.terminate()
    assert await daemon.ended(within_s=12) == 0


async def test_plugins_are_told_of_each_part_that_went_out(folder: Path) -> None:
    save(
        folder,
        "log.py",
        "from groupbot.api import *\nasync def setup(ctx):\n"
        "    async def note(p): await ctx.store.set('posted', [p.campaign, p.group, p.part, p.is_last])\n"
        "    ctx.on(PartPosted, note)\nPLUGIN = Plugin(name='log', setup=setup)\n",
    )
    async with running(folder) as (app, _adapter, _told):
        orders = OneOff(orders=SqlOrders(app.database), clock=app.clock, timezone="Asia/Shanghai")
        hello = Part(content=Text(text="hello"))
        await orders.submit(Order(account="main", group="camp-1", key="one", parts=(hello,)))
        store = app.plugins._services.store

        async def noted() -> bool:
            return await store.get("log", "posted") == [ONE_OFF, "camp-1", 0, True]

        await until(noted)
