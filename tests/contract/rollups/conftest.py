"""The stores that roll-ups are kept in."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from groupbot.storage.engine import Database
from groupbot.storage.tables import metadata
from tests import postgres
from tests.contract.rollups.world import World


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """Open an empty database."""
    database = Database(url)
    async with database.engine.begin() as conn:
        await conn.run_sync(metadata.create_all)
    yield database
    await database.close()


@pytest.fixture
async def world(tmp_path) -> AsyncIterator[World]:
    async with opened(f"sqlite:///{tmp_path}/rollups.db") as database:
        yield World(database=database)


@pytest.fixture(params=["sqlite", "postgresql"])
async def either(request, tmp_path) -> AsyncIterator[World]:
    """Give a world on each of the databases."""
    async with AsyncExitStack() as stack:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path}/rollups.db"
        else:
            url = stack.enter_context(postgres.shared().schema())
        yield World(database=await stack.enter_async_context(opened(url)))
