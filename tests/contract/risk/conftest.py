"""The stores that the suite runs over."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from groupbot.admin.risk_ports import BlockedMembers
from groupbot.risk.incidents import Incidents
from groupbot.risk.promotion import Versions
from groupbot.risk.teaching import Lessons
from groupbot.storage.engine import Database
from groupbot.storage.incidents import SqlBlocked, SqlIncidents
from groupbot.storage.lessons import SqlLessons, SqlVersions
from groupbot.storage.tables import metadata
from groupbot.testing import MemoryBlocked, MemoryIncidents, MemoryLessons, MemoryVersions
from tests import postgres


@dataclass(frozen=True, kw_only=True)
class Stores:
    """One implementation of the ports. `database`: None in memory."""

    incidents: Incidents
    blocked: BlockedMembers
    lessons: Lessons
    versions: Versions
    database: Database | None = None


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Stores]:
    database = Database(url)
    async with database.engine.begin() as conn:
        await conn.run_sync(metadata.create_all)
    yield Stores(
        incidents=SqlIncidents(database),
        blocked=SqlBlocked(database),
        lessons=SqlLessons(database),
        versions=SqlVersions(database),
        database=database,
    )
    await database.close()


@pytest.fixture
async def sqlite(tmp_path):
    async with opened(f"sqlite:///{tmp_path}/risk.db") as stores:
        yield stores


@pytest.fixture
async def postgresql():
    with postgres.shared().schema() as url:
        async with opened(url) as stores:
            yield stores


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def stores(request) -> Stores:
    if request.param == "memory":
        return Stores(
            incidents=MemoryIncidents(), blocked=MemoryBlocked(), lessons=MemoryLessons(), versions=MemoryVersions()
        )
    return request.getfixturevalue(request.param)
