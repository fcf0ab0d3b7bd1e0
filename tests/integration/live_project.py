"""A project with pools, images and live codes, and `groupbot web` run on it as a process of its own."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx

from groupbot.admin.code_book import CodeLine, NewCode
from groupbot.core.clock import SystemClock
from groupbot.desk.code_parts import entries_alone, live_codes
from groupbot.desk.entries import Entries
from groupbot.desk.live_codes import LiveCodes
from groupbot.inbound.qr import picture
from groupbot.settings import Settings, load
from groupbot.storage import migrate
from groupbot.storage.engine import Database
from groupbot.storage.live_codes import SqlLiveCodes

ROOT = Path(__file__).parents[2]
CONFIG = """\
locale = "{locale}"
[database]
busy_timeout_s = 0.3
[[accounts]]
name = "main"
adapter = "console"
[[groups]]
name = "g1"
account = "main"
id = "r1"
[[groups]]
name = "g2"
account = "main"
id = "r2"
[[groups]]
name = "g3"
account = "main"
id = "r3"
[[pools]]
name = "camp"
groups = ["g1", "g2"]
limit = 20
switch_before = 5
[[pools]]
name = "later"
groups = ["g3"]
[[channels]]
name = "moments"
greetings = ["蓝海"]
[web]
listen = "127.0.0.1:{port}"
public_url = "https://join.example.com"
per_minute = {per_minute}
"""
GROUP_CODE, FRIEND_CODE = picture("https://weixin.qq.com/g/one"), picture("https://u.wechat.com/friend")

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Project:
    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def do(self, work: Callable[[Entries, LiveCodes], Awaitable[T]]) -> T:
        """Do something with the project's entries and codes, in a process that the page knows nothing of."""

        async def done() -> T:
            settings = self.settings()
            database = Database(settings.database.url, busy_timeout_s=10)
            try:
                if await migrate.current(database) is None:
                    await migrate.upgrade(database, ROOT / "migrations")
                entries = entries_alone(settings, database=database, clock=SystemClock())
                return await work(
                    entries, live_codes(entries, lambda: settings, database=database, clock=SystemClock())
                )
            finally:
                await database.close()

        return _apart(done)

    def settings(self) -> Settings:
        return load(self.folder / "config.toml", {})

    def add(
        self, target: str = "camp", *, friend: bytes | None = None, title: str = "", channel: str = "moments"
    ) -> str:
        """Make a code and return it."""
        new = NewCode(channel=channel, target=target, friend=friend, title=title)

        async def made(_entries: Entries, codes: LiveCodes) -> CodeLine:
            return await codes.add(new, by="Olga")

        return self.do(made).code

    def image(self, group: str, data: bytes = GROUP_CODE) -> None:
        async def put(entries: Entries, _codes: LiveCodes) -> None:
            await entries.put_image(group, data, by="Olga")

        self.do(put)

    def visited(self) -> dict[str, int]:
        """Return the visits on the disk."""

        async def read() -> dict[str, int]:
            database = Database(self.settings().database.url)
            try:
                return dict(await SqlLiveCodes(database).visited())
            finally:
                await database.close()

        return _apart(read)


def _apart(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run `work` in a thread: a test that drives a browser has a loop of its own in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(work())).result()


def project(folder: Path, *, locale: str = "en", per_minute: int = 0) -> Project:
    """Return a new project whose page has a free port."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port = asked.getsockname()[1]
    text = CONFIG.format(locale=locale, port=port, per_minute=per_minute)
    (folder / "config.toml").write_text(text, encoding="utf-8")
    return Project(folder=folder, port=port)


@contextmanager
def served(made: Project) -> Iterator[subprocess.Popen[bytes]]:
    """Run `groupbot web` until the block ends; it is killed if it doesn't stop when asked."""
    environ = os.environ | {"GROUPBOT_LOCALE": made.settings().locale}
    command = [sys.executable, "-m", "groupbot", "web"]
    process = subprocess.Popen(command, cwd=made.folder, env=environ, stderr=subprocess.PIPE)
    try:
        _wait_for(process, made.url)
        yield process
        if process.poll() is None:
            process.terminate()
            process.wait(10)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def _wait_for(process: subprocess.Popen[bytes], url: str) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if process.poll() is not None:
            raise AssertionError((process.stderr.read() if process.stderr else b"").decode())
        try:
            httpx.get(f"{url}/healthz", timeout=1)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the page does not answer")
