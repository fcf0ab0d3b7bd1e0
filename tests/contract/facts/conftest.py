"""The stores that the suite runs over."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from groupbot.campaign.ports import Standings
from groupbot.chat.directory import Directory, Group
from groupbot.core.events import AnyEvent
from groupbot.storage.engine import Database
from groupbot.storage.facts import SqlFacts
from groupbot.storage.roster import SqlRoster
from groupbot.storage.tables import metadata
from groupbot.testing.events import NOON
from groupbot.testing.facts import MemoryFacts
from groupbot.tracking.facts import Fact, facts_of
from groupbot.tracking.ports import FactStore, Roster
from groupbot.tracking.roster import Reading
from tests import postgres

GROUPS = Directory(
    [
        Group(name="camp-1", account="main", ids={"main": "r1", "second": "s1"}),
        Group(name="camp-2", account="main", ids={"main": "r2"}),
    ]
)


@dataclass(frozen=True, kw_only=True)
class Stores:
    """One implementation of the ports."""

    facts: FactStore
    roster: Roster
    standings: Standings

    async def append(self, *events: AnyEvent) -> tuple[Fact, ...]:
        """Append what `events` tell, in one call."""
        told = [fact for event in events for fact in facts_of(event, GROUPS)]
        return await self.facts.append(told, recorded_at=NOON)

    async def read_anew(self, reading: Reading) -> None:
        """Note a member list beside what is stored."""
        await self.roster.apply(reading, await self.roster.read(reading.group))


@pytest.fixture
async def database(tmp_path) -> AsyncIterator[Database]:
    async with _opened(f"sqlite:///{tmp_path}/facts.db") as database:
        yield database


@pytest.fixture
async def postgresql() -> AsyncIterator[Database]:
    with postgres.shared().schema() as url:
        async with _opened(url) as database:
            yield database


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Database]:
    database = Database(url)
    async with database.engine.begin() as conn:
        await conn.run_sync(metadata.create_all)
    yield database
    await database.close()


@pytest.fixture(params=["memory", "database", "postgresql"], ids=["memory", "sqlite", "postgresql"])
def stores(request) -> Stores:
    if request.param == "memory":
        memory = MemoryFacts()
        return Stores(facts=memory, roster=memory, standings=memory)
    database = request.getfixturevalue(request.param)
    return Stores(facts=SqlFacts(database), roster=SqlRoster(database), standings=SqlRoster(database))
