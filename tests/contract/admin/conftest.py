"""The stores that the suite runs over."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from groupbot.admin.audit import AuditLog
from groupbot.admin.cards import CardStore
from groupbot.admin.people import PeopleStore
from groupbot.storage.audit import SqlAudit
from groupbot.storage.cards import SqlCards
from groupbot.storage.engine import Database
from groupbot.storage.people import SqlPeople
from groupbot.storage.tables import metadata
from groupbot.testing import MemoryAudit, MemoryCards, MemoryPeople
from tests import postgres


@dataclass(frozen=True, kw_only=True)
class Stores:
    """One implementation of the ports. `database`: None in memory."""

    people: PeopleStore
    cards: CardStore
    audit: AuditLog
    database: Database | None = None


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Stores]:
    database = Database(url)
    async with database.engine.begin() as conn:
        await conn.run_sync(metadata.create_all)
    yield Stores(people=SqlPeople(database), cards=SqlCards(database), audit=SqlAudit(database), database=database)
    await database.close()


@pytest.fixture
async def sqlite(tmp_path):
    async with opened(f"sqlite:///{tmp_path}/admin.db") as stores:
        yield stores


@pytest.fixture
async def postgresql():
    with postgres.shared().schema() as url:
        async with opened(url) as stores:
            yield stores


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def stores(request) -> Stores:
    if request.param == "memory":
        return Stores(people=MemoryPeople(), cards=MemoryCards(), audit=MemoryAudit())
    return request.getfixturevalue(request.param)
