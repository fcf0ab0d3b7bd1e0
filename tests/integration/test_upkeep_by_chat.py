"""Groups, squads, people, members, accounts and plugins from chat: through a daemon, its store and its config.toml."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

import groupbot.reload.watching  # noqa: F401 - else the first edit waits for this import; on a busy machine too long
from groupbot import lifecycle
from groupbot.admin.audit import AuditQuery
from groupbot.app import App, build
from groupbot.core.clock import SystemClock
from groupbot.desk.chats import number_of
from groupbot.lifecycle import Daemon, opened
from groupbot.settings import load
from groupbot.storage.audit import SqlAudit
from groupbot.storage.people import SqlPeople
from groupbot.storage.seen_groups import SeenGroups
from groupbot.testing import FakeAdapter

CONFIG = """\
locale = "en"
[pacing]
enabled = false
[admin]
groups = ["ops"]
[[accounts]]
name = "main"
adapter = "wechaty"
endpoint = "127.0.0.1:1"
token_env = "TOKEN"
[[groups]] # where we talk
name = "ops"
account = "main"
id = "g-ops"
[[groups]]
name = "camp-1"
account = "main"
id = "g-camp"
[[groups]]
name = "east-ops"
account = "main"
id = "g-east"
[[people]]
name = "Olga"
role = "owner"
ids = { main = "u-olga" }
"""
PLUGIN = """\
from groupbot.api import ALLOW, Plugin, Role

async def setup(ctx):
    async def judge(draft):
        return ALLOW

    async def count(call):
        return f"{call.actor} has {len(call.text)} letters"

    ctx.guard(judge)
    ctx.command("数数", count, role=Role.STAFF, help="Counts letters.", example="/数数 abc")

PLUGIN = Plugin(name="counting", api=1, setup=setup)
"""
GROUPS = {"g-ops": ("u-olga",), "g-camp": ("wxann", "wxbob"), "g-east": ("u-lena",), "g-new": ("wxcay", "wxann")}


class Room:
    """The chats of a running daemon."""

    def __init__(self, app: App, adapter: FakeAdapter, file: Path) -> None:
        self.app = app
        self.adapter = adapter
        self.file = file

    async def ask(self, line: str, expected: str, *, by: str = "u-olga", to: str | None = "g-ops") -> str:
        """Write `line` and return the first answer that holds `expected`, a regular expression."""
        before = len(self.adapter.posts)
        self.adapter.say(to, by, line)
        try:
            async with asyncio.timeout(20):
                while True:
                    for post in self.adapter.posts[before:]:
                        if re.search(expected, said := getattr(post.content, "text", "")):
                            return said
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise AssertionError([post.content for post in self.adapter.posts[before:]]) from None

    async def confirmed(self, line: str, shown: str, expected: str) -> str:
        """Write `line`, which asks back with `shown`, and confirm it."""
        asked = await self.ask(line, rf"(?s){shown}.*Reply \d{{4}}")
        found = re.search(r"Reply (\d{4})", asked)
        assert found
        return await self.ask(found[1], expected)

    @property
    def config(self) -> str:
        return self.file.read_text(encoding="utf-8")

    async def everything(self) -> str:
        """Return all that the store holds, as text."""
        async with self.app.database.read() as conn:
            names = (await conn.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))).scalars().all()
            tables = [(await conn.execute(text(f'SELECT * FROM "{name}"'))).all() for name in names]
        return "\n".join(repr(row) for table in tables for row in table)


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Room]:
    file = folder / "config.toml"
    adapter = FakeAdapter(account="main", clock=SystemClock(), groups=GROUPS)
    app = build(load(file, {}), adapters={"main": adapter})
    stop = asyncio.Event()
    async with opened(app):
        daemon = asyncio.create_task(Daemon(app, config=file, stop=stop, hurry=asyncio.Event()).run())
        try:
            async with asyncio.timeout(20):
                while len(await SeenGroups(app.database).list()) < len(GROUPS):  # noqa: ASYNC110 - no event tells it
                    await asyncio.sleep(0.01)
            yield Room(app, adapter, file)
        finally:
            stop.set()
            await daemon


@pytest.fixture
async def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Room]:
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "counting.py").write_text(PLUGIN, encoding="utf-8")
    monkeypatch.setattr(lifecycle, "WATCH_AFTER_S", 0.0)
    async with running(tmp_path) as found:
        yield found


async def test_a_group_is_bound_moved_led_and_taken_out_again(room: Room) -> None:
    listed = await room.ask("/群 待绑定", "G-NEW")
    assert f"{number_of('g-new')} G-NEW (2 members, main)" in listed
    await room.ask("1", "G-NEW is called G-NEW here")
    assert room.app.directory.chat_id("main", "G-NEW") == "g-new"
    await room.ask("/群 待绑定", "Every group")
    await room.confirmed("/群 改名 G-NEW camp-2", "stays under the old name", "G-NEW is called camp-2 now")
    await room.confirmed("/分组 新建 east east-ops", "no customers' group", "east is a squad now")
    await room.ask("/群 分组 camp-2 east", "camp-2 belongs to east now")
    assert "camp-2 · east #vip" in await room.ask("/群 标签 camp-2 +vip", "#vip") + await room.ask("/群 列表 vip", "·")
    told = await room.confirmed("/分组 组长 east Lena", "Lena is to lead east: 1 groups", "Lena leads east now")
    code = re.search(r"/认领 (\w+)", told)
    assert code
    await room.ask(f"/认领 {code[1]}", "You are Lena now: leader", by="u-lena", to="g-east")
    await room.ask("/群 列表", r"\Acamp-2 · east #vip\Z", by="u-lena", to="g-east")
    await room.ask("/群 标签 camp-1 +own", "outside your squad", by="u-lena", to="g-east")
    await room.confirmed("/人员 撤销 Lena", "Lena can give no more commands", "1 id of Lena is forgotten")
    assert await SqlPeople(room.app.database).bindings() == []
    await room.confirmed("/群 解绑 camp-2", "Nothing is posted to camp-2", "camp-2 is taken out")
    assert room.app.directory.get("camp-2") is None
    assert "# where we talk" in room.config
    assert load(room.file, {}).groups == room.app.desk.settings.groups
    await room.ask("/群 改名 ops camp-1", "stays under the old name")
    assert "vip" not in room.config


async def test_what_is_forgotten_of_a_member_is_nowhere_in_the_store(room: Room) -> None:
    room.adapter.say("g-camp", "wxann", "how much is it?")
    room.adapter.say("g-camp", "wxbob", "ask wxann, wxannabel knows, too")
    await room.ask("/成员 查 wxann", r"(?s)WXANN \(wxann\)\ncamp-1: since .*, 1 message")
    await room.ask("/成员 标签 wxann +vip", "#vip")
    await room.ask("/成员 信任 wxann 信任", "trusted")
    await room.ask("/成员 备注 wxann id:wxann wants the next camp", r"trusted\n#vip\n.* Olga: id:wxann wants")
    await room.confirmed("/成员 忘记 wxann", r"WXANN \(wxann\) out of everything: 1 groups, 1 messages", "Forgotten: ")
    left = await room.everything()
    assert [line for line in left.splitlines() if re.search(r"wxann(?!abel)", line)] == []
    assert "wxannabel knows" in left
    assert "WXANN" not in left
    assert "WXBOB" in left
    await room.ask("/成员 查 wxann", "Nobody in your groups")


async def test_an_account_rests_and_comes_back(room: Room) -> None:
    asked = await room.ask("/账号 暂停 main new phone", r"(?s)posts nothing more, in 3 groups.*no answers.*Reply \d{4}")
    room.adapter.say("g-ops", "u-olga", asked[asked.index("Reply ") + 6 :][:4])
    async with asyncio.timeout(20):
        while not (await room.app.presence.standing(room.app.clock.now())).accounts[0].paused:  # noqa: ASYNC110 - poll
            await asyncio.sleep(0.01)
    assert "paused by Olga: new phone" in await room.everything()
    await room.ask("/账号 恢复 main", "posts again")
    await room.ask("/账号 状态", "main · online · 3 groups")
    await room.ask("/账号 人设 main", "declares no persona")


async def test_a_plugins_command_is_heard_as_long_as_the_plugin_runs(room: Room) -> None:
    await room.ask("/插件 列表", r"counting · running · guards: counting/judge · /数数")
    await room.ask("/数数 abc", "Olga has 3 letters")
    assert "/数数" in await room.ask("/帮助", "数数")
    await room.confirmed(
        "/插件 守卫放行 counting/judge 2h 群=camp-1", "camp-1, until", "counting/judge is not asked: camp-1"
    )
    assert [one.scope.groups for one in room.app.plugins.overrides] == [frozenset({"camp-1"})]
    await room.ask("/插件 守卫恢复 counting/judge", "1 override ended")
    await room.confirmed("/插件 停用 counting", "guards counting/judge go", "counting · disabled")
    await room.ask("/数数 abc", "no such command")
    await room.ask("/插件 启用 counting", "counting · running")
    await room.ask("/数数 abcd", "4 letters")
    await room.ask("/插件 重载 nothing", "There is no plugin nothing")
    done = [entry.action for entry in await SqlAudit(room.app.database).list(AuditQuery()) if entry.actor == "Olga"]
    assert {"guard-override", "guard-override-end", "plugin-disable", "plugin-enable", "数数"} <= set(done)
