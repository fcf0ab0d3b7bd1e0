"""Live codes by command line and chat, and the page that a daemon keeps up beside its posts."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from groupbot.app import App, build
from groupbot.cli.entry import app as entry
from groupbot.lifecycle import Daemon, opened
from groupbot.risk.codes import codes_in
from groupbot.storage.live_codes import SqlLiveCodes
from groupbot.testing import FakeAdapter
from tests.integration.live_project import FRIEND_CODE, GROUP_CODE, Project, project
from tests.unit.delivery.bench import Inbox


@pytest.fixture
def made(tmp_path: Path) -> Project:
    (tmp_path / "group.png").write_bytes(GROUP_CODE)
    (tmp_path / "friend.png").write_bytes(FRIEND_CODE)
    return project(tmp_path)


def do(made: Project, *words: str) -> Result:
    return CliRunner().invoke(entry, [*words, "--config", str(made.folder / "config.toml")])


def told(made: Project, *words: str) -> object:
    done = do(made, *words, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_a_code_from_the_poster_to_another_pool(made: Project) -> None:
    folder = made.folder
    door = told(made, "image", "g1", str(folder / "group.png"), "--days", "0")
    assert door["expires_at"] is None
    new = ("code", "add", "--channel", "moments", "--variant", "A", "--pool", "camp", "--title", "Camp")
    first = told(made, *new, "--fallback", str(folder / "friend.png"))
    assert first | {"code": ""} == {
        "code": "",
        "channel": "moments",
        "variant": "A",
        "target": "camp",
        "visits": 0,
        "campaign": "",
        "title": "Camp",
        "has_friend": True,
        "shows": "g1",
        "closed": False,
        "url": f"https://join.example.com/c/{first['code']}",
    }
    assert told(made, "code", "close", first["code"])["closed"]
    assert not told(made, "code", "open", first["code"].upper())["closed"]
    moved = told(made, "code", "move", first["code"], "--group", "g3")
    assert (moved["target"], moved["shows"]) == ("g3", None)
    assert told(made, "code", "list") == [moved]
    [pool, _later] = told(made, "pools")
    assert (pool["entry"], pool["groups"][0]["has_image"]) == ("g1", True)
    assert do(made, "code", "qr", first["code"], "-o", str(folder / "poster.png")).exit_code == 0
    assert codes_in((folder / "poster.png").read_bytes()) == (first["url"],)
    assert "lead to itself" in do(made, "image", "g1", str(folder / "poster.png")).stderr


@pytest.mark.parametrize(
    ("words", "status", "problem"),
    [
        (("code", "add", "--channel", "moments"), 2, "--pool"),
        (("code", "add", "--channel", "moments", "--pool", "camp", "--group", "g1"), 2, "--pool"),
        (("code", "add", "--channel", "moments", "--pool", "tea"), 1, "No pool and no group is called tea"),
        (("code", "add", "--channel", " ", "--pool", "camp"), 1, "no usable name"),
        (("code", "add", "--channel", "a", "--pool", "camp", "--campaign", "x"), 1, "no campaign called x"),
        (("code", "add", "--channel", "a", "--pool", "camp", "--fallback", "config.toml"), 1, "no QR code"),
        (("code", "close", "nosuch"), 1, "no live code nosuch"),
        (("code", "qr", "nosuch", "-o", "x.png"), 1, "no live code nosuch"),
        (("image", "g9", "group.png"), 1, "No group is called g9"),
        (("image", "g1", "lost.png"), 1, "can't be read"),
    ],
)
def test_a_mistake_is_told(
    words: tuple[str, ...], status: int, problem: str, made: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(made.folder)
    done = do(made, *words)
    assert (done.exit_code, problem in done.stderr) == (status, True), done.output


def test_a_channel_that_is_not_planned_is_told_and_a_title_means_its_channel(made: Project) -> None:
    file = made.folder / "config.toml"
    file.write_text(file.read_text().replace('name = "moments"', 'name = "moments"\ntitle = "朋友圈"'))
    assert told(made, "code", "add", "--channel", "朋友圈", "--pool", "camp")["channel"] == "moments"
    assert "no channel" not in do(made, "code", "add", "--channel", "moments", "--pool", "camp").stdout
    assert "no channel moment," in do(made, "code", "add", "--channel", "moment", "--pool", "camp").stdout


def test_without_an_address_there_is_nothing_to_print(made: Project) -> None:
    file = made.folder / "config.toml"
    file.write_text(file.read_text().replace("public_url", "#public_url"))
    code = made.add()
    done = do(made, "code", "qr", code, "-o", str(made.folder / "x.png"))
    assert done.exit_code == 1
    assert "public_url is not set" in done.stderr


@asynccontextmanager
async def running(made: Project, alerts: Inbox) -> AsyncIterator[App]:
    adapter = FakeAdapter(account="main")
    app, stop = build(made.settings(), adapters={"main": adapter}, alerts=alerts), asyncio.Event()
    async with opened(app):
        daemon = asyncio.create_task(Daemon(app, config=None, stop=stop, hurry=asyncio.Event()).run())
        adapter.connect()
        try:
            yield app
        finally:
            stop.set()
            async with asyncio.timeout(15):
                await daemon


async def first_answer(url: str) -> httpx.Response:
    async with httpx.AsyncClient() as client, asyncio.timeout(20):
        while True:
            try:
                return await client.get(url)
            except httpx.TransportError:
                await asyncio.sleep(0.05)


async def test_a_daemon_serves_the_page_and_writes_the_last_visit_when_it_stops(made: Project) -> None:
    await asyncio.to_thread(made.image, "g1")
    code = await asyncio.to_thread(made.add)
    async with running(made, Inbox()):
        page = await first_answer(f"{made.url}/c/{code}")
        assert page.status_code == 200
        assert "Press and hold" in page.text
    assert await asyncio.to_thread(made.visited) == {code: 1}


async def test_a_taken_port_is_an_alert_and_the_daemon_goes_on(made: Project) -> None:
    alerts = Inbox()
    with socket.socket() as other:
        other.bind(("127.0.0.1", made.port))
        other.listen()
        async with running(made, alerts) as app:
            async with asyncio.timeout(20):
                while "web-down" not in alerts.codes:  # noqa: ASYNC110 - no event tells it
                    await asyncio.sleep(0.05)
            [alert] = [alert for alert in alerts.alerts if alert.code == "web-down"]
            assert f"127.0.0.1:{made.port}" in alert.text
            assert await SqlLiveCodes(app.database).codes() == []
