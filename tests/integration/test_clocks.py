"""The doctor's second clock: PostgreSQL's own, and none where SQLite has only the machine's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from groupbot.cli.doctor import diagnose
from groupbot.desk.doctor import Asked
from groupbot.paths import Project
from groupbot.storage import migrate
from groupbot.storage.engine import Database
from groupbot.storage.server_clock import server_time
from tests import postgres


@pytest.fixture
def url() -> Iterator[str]:
    with postgres.shared().schema() as fresh:
        yield fresh


async def test_the_servers_clock_is_read(url, tmp_path):
    database = Database(url)
    told = await server_time(database)
    await database.close()
    assert told is not None
    assert abs(datetime.now(UTC) - told) < timedelta(seconds=5)


async def test_sqlite_has_no_clock_of_its_own(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/x.db")
    assert await server_time(database) is None
    await database.close()


async def test_the_doctor_compares_with_the_server(url, tmp_path: Path):
    database = Database(url)
    await migrate.upgrade(database, Project(root=tmp_path).migrations())
    await database.close()
    config = tmp_path / "config.toml"
    config.write_text(
        f'[database]\nurl = "{url}"\n[[accounts]]\nname = "main"\nadapter = "console"\n', encoding="utf-8"
    )
    found = {check.name: check for check in await diagnose(config, Asked())}
    assert found["clock-other"].ok
    assert "database server" in found["clock-other"].message
