"""A project in a folder, a daemon that notes what is applied, and alerts that a test can wait for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from groupbot.chat.alerts import Alert
from groupbot.chat.directory import Directory
from groupbot.delivery.pacing import Pace
from groupbot.reload.watching import watch
from groupbot.settings import FriendSettings, InvitationSettings, LogSettings, RetentionSettings, Settings, load

CONFIG = """\
locale = "en"
[database]
url = "sqlite:///one.db"
[pacing]
account_interval_s = 3.0
[[accounts]]
name = "main"
adapter = "wechaty"
endpoint = "localhost:1"
token_env = "T"
[[accounts]]
name = "slow"
adapter = "wechaty"
endpoint = "localhost:1"
token_env = "T"
pacing = { account_interval_s = 9.0 }
[[accounts]]
name = "screen"
adapter = "console"
[[groups]]
name = "camp-1"
account = "main"
id = "c1"
"""


@dataclass
class Daemon:
    """What was applied, in order."""

    paces: list[tuple[str, Pace]] = field(default_factory=list)
    directories: list[Directory] = field(default_factory=list)
    logs: list[LogSettings] = field(default_factory=list)
    retentions: list[RetentionSettings] = field(default_factory=list)
    requests: list[tuple[FriendSettings, InvitationSettings]] = field(default_factory=list)
    people: list[Settings] = field(default_factory=list)
    settings: Settings | None = None

    def set_pace(self, account: str, pace: Pace) -> None:
        self.paces.append((account, pace))

    def set_requests(self, friends: FriendSettings, invitations: InvitationSettings) -> None:
        self.requests.append((friends, invitations))

    def set_directory(self, directory: Directory) -> None:
        self.directories.append(directory)

    def set_people(self, settings: Settings) -> None:
        self.people.append(settings)

    def set_settings(self, settings: Settings) -> None:
        self.settings = settings

    def set_log(self, log: LogSettings, secrets: tuple[str, ...]) -> None:
        self.logs.append(log)

    def set_retention(self, retention: RetentionSettings) -> None:
        self.retentions.append(retention)

    @property
    def touched(self) -> bool:
        return any((self.paces, self.requests, self.directories, self.people, self.logs, self.retentions))


class Told:
    """Alerts that were sent; `next` waits for one, within a deadline."""

    def __init__(self) -> None:
        self.alerts: asyncio.Queue[Alert] = asyncio.Queue()

    async def send(self, alert: Alert) -> None:
        self.alerts.put_nowait(alert)

    async def next(self, within_s: float = 20.0) -> Alert:
        async with asyncio.timeout(within_s):
            return await self.alerts.get()


@dataclass
class Workplace:
    """A project folder under watch."""

    root: Path
    daemon: Daemon
    told: Told

    @property
    def config(self) -> Path:
        return self.root / "config.toml"

    def settings(self) -> Settings:
        return load(self.config, {})

    def edit(self, old: str, new: str) -> None:
        """Save config.toml the way editors do: a new file in the old one's place."""
        text = self.config.read_text(encoding="utf-8")
        assert old in text
        draft = self.root / ".config.toml.new"
        draft.write_text(text.replace(old, new), encoding="utf-8")
        draft.replace(self.config)

    def save_sop(self, name: str, text: str) -> None:
        (self.root / "sops").mkdir(exist_ok=True)
        (self.root / "sops" / name).write_text(text, encoding="utf-8")

    @asynccontextmanager
    async def watched(
        self, notices: Callable[[Path], AsyncGenerator[object, None]] | None = None
    ) -> AsyncIterator[None]:
        """Watch the folder for the length of the block."""
        work: Awaitable[None] = watch(self.config, self.settings(), self.daemon, self.told, environ={}, notices=notices)
        task = asyncio.create_task(work, name="watch")
        await asyncio.sleep(0)  # it runs up to where it waits: what is there now is known
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    root = tmp_path.resolve()
    (root / "config.toml").write_text(CONFIG, encoding="utf-8")
    return Workplace(root=root, daemon=Daemon(), told=Told())
