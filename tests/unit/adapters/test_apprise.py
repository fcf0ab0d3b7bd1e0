"""Alerts through Apprise to a real HTTP server: they arrive with their files, failures say why, tokens stay hidden."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import threading
from pathlib import Path

import pytest

from groupbot.adapters.apprise import LEFT_BEHIND, MOST_BYTES, AppriseChannel, open_channels
from groupbot.chat.alerts import Alert, Severity
from groupbot.chat.channels import ChannelError
from groupbot.errors import ConfigError
from groupbot.log import configure
from groupbot.settings import LogSettings
from groupbot.settings.alerts import secrets_in
from tests.unit.adapters.webhook import Webhook

TOKEN = "T0kenThatNobodyMaySee"
HELP = Alert(
    severity=Severity.CRITICAL, code="login-needed", text="main must log in <b>&\n第二行", fields={"account": "main"}
)


@pytest.fixture
async def hook():
    async with Webhook().serve() as hook:
        yield hook


def channel(*urls: str, timeout_s: float = 5.0) -> AppriseChannel:
    return open_channels(urls, timeout_s=timeout_s, secrets=[secret for url in urls for secret in secrets_in(url)])[0]


async def test_an_alert_arrives_as_it_was_written(hook):
    await channel(hook.url(TOKEN)).tell(HELP)
    [body] = hook.got
    assert hook.paths == [f"/{TOKEN}"]
    assert body["message"] == "main must log in <b>&\n第二行\naccount: main"
    assert (body["title"], body["type"]) == ("groupbot: needs you now", "failure")


@pytest.mark.parametrize("name", ["login-main.png", "登录 100% a&b?#.png"])
async def test_a_picture_arrives(hook, tmp_path: Path, name: str):
    picture = tmp_path / name
    picture.write_bytes(b"\x89PNG\r\n\x1a\npixels")
    gone = str(tmp_path / "gone.png")
    await channel(hook.url()).tell(
        Alert(severity=Severity.CRITICAL, code="x", text="scan", attachments=(str(picture), gone))
    )
    [attached] = hook.got[0]["attachments"]
    assert base64.b64decode(attached["base64"]) == picture.read_bytes()
    assert attached["mimetype"] == "image/png"


async def test_a_server_that_is_down_is_told_with_the_reason():
    hook = Webhook()
    async with hook.serve():
        pass
    with pytest.raises(ChannelError, match=r"(?i)connection") as refused:
        await channel(hook.url(TOKEN)).tell(HELP)
    assert TOKEN not in str(refused.value)


async def test_a_service_that_refuses_is_told_with_its_words(hook):
    hook.status = 403
    with pytest.raises(ChannelError, match="403"):
        await channel(hook.url()).tell(HELP)


async def test_a_server_that_never_answers_costs_its_time_only(hook):
    hook.status = 0
    with pytest.raises(ChannelError, match=r"no answer within 0\.2 s"):
        await channel(hook.url(), timeout_s=0.2).tell(HELP)


async def test_what_a_service_says_is_blotted():
    with pytest.raises(ChannelError, match=r"\*\*\*") as refused:
        await channel(f"json://{TOKEN.lower()}", timeout_s=30).tell(HELP)
    assert TOKEN.lower() not in str(refused.value)


async def test_tokens_are_seen_nowhere(hook, capsys, monkeypatch):
    monkeypatch.setattr(logging.getLogger("apprise"), "propagate", True)
    url = f"json://someone:{TOKEN}@127.0.0.1:{hook.port}/hooks/{TOKEN}-too"
    configure(LogSettings(level="DEBUG"), secrets_in(url))
    hook.status = 500
    made = channel(url)
    with pytest.raises(ChannelError) as refused:
        await made.tell(HELP)
    hook.status = 200
    await made.tell(HELP)
    logging.getLogger("apprise").warning("a word of its own about %s", url)
    shown = "".join(capsys.readouterr()) + str(refused.value) + repr(made) + json.dumps(vars(made), default=repr)
    assert TOKEN not in shown
    assert "word of its own" not in shown
    assert "500" in str(refused.value)


@pytest.mark.parametrize(
    ("url", "scheme"), [("nonsense", "?"), (f"nonsense://{TOKEN}", "nonsense"), ("json://", "json")]
)
def test_a_url_that_apprise_does_not_know_is_refused_by_its_place(url: str, scheme: str, capsys):
    with pytest.raises(ConfigError) as refused:
        open_channels(["json://127.0.0.1", url], timeout_s=1, secrets=[TOKEN])
    assert f"2 ({scheme})" in refused.value.message
    assert refused.value.hint
    assert TOKEN not in str(refused.value) + "".join(capsys.readouterr())


def test_channels_are_called_by_scheme_and_place():
    made = open_channels(["json://127.0.0.1", "mailtos://u:pw@mail.test?to=a@b.test,c@d.test"], timeout_s=1, secrets=[])
    assert [each.name for each in made] == ["json-1", "mailtos-2"]


async def test_attempts_that_never_end_do_not_pile_up_and_the_channel_comes_back(hook):
    hook.status = 0
    made = channel(hook.url(), timeout_s=0.02)
    for _ in range(LEFT_BEHIND + 5):
        with pytest.raises(ChannelError):
            await made.tell(HELP)
    assert len(_attempts()) == LEFT_BEHIND
    hook.status = 200
    hook.release()
    async with asyncio.timeout(10):
        while _attempts():  # noqa: ASYNC110 - no event tells it
            await asyncio.sleep(0.01)
    await channel(hook.url()).tell(HELP)
    assert hook.got


def _attempts() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "alert-json-1"]


async def test_files_that_no_mail_server_takes_do_not_keep_the_words_back(hook, tmp_path: Path):
    small, film = tmp_path / "small.png", tmp_path / "film.mp4"
    small.write_bytes(b"\x89PNG\r\n\x1a\n")
    with film.open("wb") as file:
        file.truncate(MOST_BYTES)
    await channel(hook.url()).tell(
        Alert(severity=Severity.WARNING, code="task-due", text="post it", attachments=(str(film), str(small)))
    )
    assert len(hook.got[0]["attachments"]) == 1
    await channel(hook.url()).tell(
        Alert(severity=Severity.WARNING, code="task-due", text="post it", attachments=(str(small), str(film)))
    )
    assert [attached["filename"] for attached in hook.got[1]["attachments"]] == ["small.png"]
