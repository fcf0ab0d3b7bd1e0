"""A whole daemon: alerts, tasks, the handover, the doctor, the audit and single posts, all from chat."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from groupbot import lifecycle
from groupbot.app import App, build
from groupbot.campaign.values import Campaign, NewTask
from groupbot.chat.alerts import Alert, Severity
from groupbot.core.content import Image, Part, Text
from groupbot.core.events import AccountState
from groupbot.lifecycle import Daemon, opened
from groupbot.settings import Settings, load
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.testing import FakeAdapter
from tests.unit.adapters.webhook import Webhook

CONFIG = """\
locale = "en"
[pacing]
enabled = false
[alerts]
urls_env = "TEST_ALERT_URLS"
quiet = ""
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


@pytest.fixture
def hook() -> Webhook:
    return Webhook()


@asynccontextmanager
async def running(folder: Path, hook: Webhook) -> AsyncIterator[tuple[App, FakeAdapter]]:
    async with hook.serve():
        adapter = FakeAdapter(account="main")
        app = build(_settings(folder, hook), adapters={"main": adapter})
        stop = asyncio.Event()
        async with opened(app):
            daemon = asyncio.create_task(Daemon(app, config=None, stop=stop, hurry=asyncio.Event()).run())
            adapter.connect()
            try:
                yield app, adapter
            finally:
                stop.set()
                await daemon


def _settings(folder: Path, hook: Webhook) -> Settings:
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    return load(folder / "config.toml", {"TEST_ALERT_URLS": hook.url("t")})


async def posted(adapter: FakeAdapter, count: int) -> list[tuple[str, str]]:
    async with asyncio.timeout(20):
        while len(adapter.posts) < count:  # noqa: ASYNC110 - no event tells it
            await asyncio.sleep(0.01)
    return [(post.to, getattr(post.content, "text", None) or post.content.path) for post in adapter.posts]


async def test_alerts_come_to_chat_and_outside_only_when_chat_is_away(tmp_path, hook):
    async with running(tmp_path, hook) as (app, adapter):
        adapter.say("g-ops", "u-olga", "/状态")
        await posted(adapter, 1)
        await app.alerts.send(Alert(severity=Severity.CRITICAL, code="disk", text="The disk is full."))
        assert (await posted(adapter, 2))[1] == ("g-ops", "#1 Urgent: The disk is full.\n1 Got it")
        adapter.say("g-ops", "u-olga", "1")
        assert (await posted(adapter, 3))[2] == ("g-ops", "Olga takes care of #1.")
        assert not hook.got
        adapter.stand(AccountState.OFFLINE, "gone")
        await hook.until(1)
    assert "main lost its connection: gone" in hook.got[0]["message"]


async def test_a_task_comes_with_its_words_and_file_and_is_ticked_off(tmp_path, hook, monkeypatch):
    monkeypatch.setattr(lifecycle, "REMINDERS_S", 0.05)
    poster = tmp_path / "poster.png"
    poster.write_bytes(b"x")
    parts = (Part(content=Text(text="Copy me")), Part(content=Image(path=str(poster))))
    async with running(tmp_path, hook) as (app, adapter):
        now = datetime.now(UTC)
        campaigns = SqlCampaigns(app.database)
        camp = Campaign(
            id="camp", sop="x", title="", version="v", timezone="UTC", start=date(2026, 5, 18), created_at=now
        )
        task = NewTask(
            campaign="camp", key="moments/-", step="moments", text="Post it", assignee="Olga", due=now, parts=parts
        )
        await campaigns.go_live(camp, await campaigns.open_draft(camp), ["camp-1"], [task])
        said = await posted(adapter, 3)
        assert said == [
            ("u-olga", "#1 Task due for Olga: Post it\n1 Done\n2 in 30 minutes"),
            ("u-olga", "Copy me"),
            ("u-olga", str(poster)),
        ]
        adapter.say(None, "u-olga", "1")
        assert (await posted(adapter, 4))[3] == ("u-olga", "Done by Olga: Post it")
        [done] = await app.tasks.list("camp")
        assert (done.state, done.done_by) == ("done", "Olga")
        assert done.done_at is not None
        assert done.done_at - now < timedelta(minutes=1)


async def test_the_room_is_handed_over_examined_audited_and_used_to_post(tmp_path, hook):
    async with running(tmp_path, hook) as (_app, adapter):
        adapter.say("g-ops", "u-olga", "/交接")
        [(_to, words), (_to_again, file)] = await posted(adapter, 2)
        assert words.startswith("Handover of ")
        page = await asyncio.to_thread(Path(file).read_text, encoding="utf-8")
        assert "Commands are taken in: ops" in page
        assert "<li>Olga: project owner (known at main)</li>" in page
        adapter.say("g-ops", "u-olga", "/诊断")
        assert re.search(r"checks, nothing wrong|✗", (await posted(adapter, 3))[2][1])
        adapter.say("g-ops", "u-olga", "/发送 camp-1 See you at 8")
        digits = re.findall(r"\b\d{4}\b", (await posted(adapter, 4))[3][1])[-1]
        adapter.say("g-ops", "u-olga", digits)
        assert ("g-camp", "See you at 8") in (await posted(adapter, 6))[4:]
        adapter.say("g-ops", "u-olga", "/审计 今天 发送")
        told = (await posted(adapter, 7))[6][1].splitlines()
        assert [line.split()[4] for line in told] == ["done", "confirmed", "asked"]
