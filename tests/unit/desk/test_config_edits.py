"""A change by chat is done when the daemon goes by it."""

from __future__ import annotations

import asyncio

import pytest

from groupbot.desk.config_edits import LiveConfig
from groupbot.errors import ConfigError
from groupbot.settings import load
from groupbot.settings.editing import AddSquad, RenameGroup, TagGroup

CONFIG = """\
[[accounts]]
name = "main"
adapter = "console"
[[groups]]
name = "one"
account = "main"
id = "g-1"
"""


class Daemon:
    """Goes by config.toml as it was when it last looked."""

    def __init__(self, file):
        self.file = file
        self.settings = load(file, {})

    def look(self):
        self.settings = load(self.file, {})


@pytest.fixture
def daemon(tmp_path):
    (tmp_path / "other.toml").write_text(CONFIG, encoding="utf-8")
    return Daemon(tmp_path / "other.toml")


async def test_it_waits_until_the_daemon_has_looked(daemon):
    config = LiveConfig(lambda: daemon.settings)
    change = asyncio.create_task(config.change(RenameGroup(name="one", to="two"), AddSquad(name="east")))
    async with asyncio.timeout(10):
        while "east" not in daemon.file.read_text(encoding="utf-8"):  # noqa: ASYNC110 - no event tells it
            await asyncio.sleep(0.01)
    await asyncio.sleep(0)
    assert not change.done()
    daemon.look()
    assert await change is True
    assert [group.name for group in config.in_force.groups] == ["two"]


async def test_what_no_daemon_takes_up_is_written_and_said_to_wait(daemon):
    assert await LiveConfig(lambda: daemon.settings, within_s=0.01).change(TagGroup(name="one", tags=("vip",))) is False
    assert load(daemon.file, {}).groups[0].tags == {"vip"}


async def test_what_can_not_be_changes_nothing(daemon):
    with pytest.raises(ConfigError):
        await LiveConfig(lambda: daemon.settings).change(AddSquad(name="east", group="nowhere"))
    assert daemon.file.read_text(encoding="utf-8") == CONFIG
