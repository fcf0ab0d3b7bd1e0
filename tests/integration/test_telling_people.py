"""A whole daemon and a webhook: alerts arrive with the login code's picture, and a dead channel costs no post."""

from __future__ import annotations

import asyncio
import base64
import io
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from loguru import logger

from groupbot import lifecycle, log
from groupbot.app import App, build
from groupbot.campaign.one_off import OneOff, Order
from groupbot.core.clock import SystemClock
from groupbot.core.content import Part, Text
from groupbot.core.events import AccountState
from groupbot.errors import ConfigError
from groupbot.inbound.qr import picture
from groupbot.settings import LogSettings, Settings, load
from groupbot.storage.one_off import SqlOrders
from groupbot.testing import FakeAdapter
from tests.torture.daemon import until
from tests.unit.adapters.webhook import Webhook

CONFIG = """\
locale = "en"
[pacing]
enabled = false
[alerts]
urls_env = "TEST_ALERT_URLS"
timeout_s = 1.0
[daemon]
stop_timeout_s = 3.0
[[accounts]]
name = "main"
adapter = "console"
[[groups]]
name = "camp-1"
account = "main"
id = "r1"
"""
TOKEN = "T0kenThatNobodyMaySee"
CODE = "https://login.test/l/Qx7secret=="


@pytest.fixture
def hook() -> Webhook:
    return Webhook()


@pytest.fixture
def heard() -> io.StringIO:
    return io.StringIO()


@asynccontextmanager
async def daemon(folder: Path, urls: str, heard: io.StringIO, adapter: FakeAdapter) -> AsyncIterator[App]:
    """Run a daemon for the length of the block; its stop must end in time."""
    settings = _settings(folder, urls)
    log.configure(LogSettings(level="DEBUG"), settings.secrets(), stream=heard)
    app, stop = build(settings, adapters={"main": adapter}), asyncio.Event()
    running = asyncio.create_task(lifecycle.run(app, stop=stop))
    try:
        await until(lambda: running.done() or adapter.state is AccountState.ONLINE, within_s=20, what="online")
        yield app
    finally:
        stop.set()
        async with asyncio.timeout(10):
            await running
        logger.remove()


def _settings(folder: Path, urls: str) -> Settings:
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    return load(folder / "config.toml", {"TEST_ALERT_URLS": urls} if urls else {})


async def test_a_login_code_reaches_a_person_outside_of_chat_and_goes_when_it_is_used(tmp_path, hook, heard):
    adapter = FakeAdapter()
    left = tmp_path / "login-main.png"
    left.write_bytes(b"left by a killed daemon")
    async with hook.serve(), daemon(tmp_path, hook.url(TOKEN), heard, adapter):
        assert not left.exists()
        adapter.stand(AccountState.LOGIN_NEEDED, CODE)
        await hook.until(1)
        assert left.read_bytes() == picture(CODE)
        adapter.stand(AccountState.LOGIN_NEEDED, f"{CODE}2")
        await until(lambda: left.read_bytes() == picture(f"{CODE}2"), within_s=10, what="the renewed code")
        adapter.stand(AccountState.ONLINE)
        await until(lambda: not left.exists(), within_s=10, what="the picture goes")
    [body] = hook.got
    assert "main must be logged in" in body["message"]
    assert base64.b64decode(body["attachments"][0]["base64"]) == picture(CODE)
    assert "Qx7" not in heard.getvalue() + body["message"]
    assert TOKEN not in heard.getvalue()


async def test_the_picture_goes_with_the_daemon(tmp_path, hook, heard):
    adapter = FakeAdapter()
    async with hook.serve(), daemon(tmp_path, hook.url(), heard, adapter):
        adapter.stand(AccountState.LOGIN_NEEDED, CODE)
        await until((tmp_path / "login-main.png").exists, within_s=10, what="the picture")
    assert not (tmp_path / "login-main.png").exists()


@pytest.mark.parametrize("silent", [False, True])
async def test_a_dead_channel_costs_no_post_and_no_stop(tmp_path, hook, heard, silent):
    adapter = FakeAdapter()
    hook.status = 0
    async with hook.serve():
        url = hook.url(TOKEN) if silent else f"json://127.0.0.1:1/{TOKEN}"
        async with daemon(tmp_path, url, heard, adapter) as app:
            adapter.stand(AccountState.OFFLINE, "gone")
            await until(lambda: "the channel fails" in heard.getvalue(), within_s=20, what="the channel fails")
            adapter.stand(AccountState.ONLINE)
            desk = OneOff(orders=SqlOrders(app.database), clock=SystemClock(), timezone="Asia/Shanghai")
            await desk.submit(Order(account="main", group="camp-1", key="k", parts=(Part(content=Text(text="hello")),)))
            await until(lambda: bool(adapter.posts), within_s=20, what="the post")
    assert [post.content for post in adapter.posts] == [Text(text="hello")]
    assert heard.getvalue().count("the channel fails") == 1
    assert TOKEN not in heard.getvalue()


async def test_what_waits_at_the_stop_is_still_sent(tmp_path, hook, heard):
    adapter = FakeAdapter()
    async with hook.serve():
        async with daemon(tmp_path, hook.url(), heard, adapter):
            adapter.stand(AccountState.REFUSED, "banned")
            await until(lambda: "is refused: banned" in heard.getvalue(), within_s=10, what="the alert")
        assert "main is refused: banned" in hook.got[0]["message"]


def test_alerts_that_have_nowhere_to_go_are_refused_at_the_start(tmp_path):
    with pytest.raises(ConfigError, match="TEST_ALERT_URLS is not set"):
        build(_settings(tmp_path, ""), adapters={})
    with pytest.raises(ConfigError, match=r"alert channel 1 \(nonsense\)"):
        build(_settings(tmp_path, "nonsense://x"), adapters={})


def test_without_the_extra_the_way_out_is_told(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "groupbot.adapters.apprise", None)
    with pytest.raises(ConfigError) as refused:
        build(_settings(tmp_path, "json://127.0.0.1"), adapters={})
    assert "groupbot[alerts]" in refused.value.hint
