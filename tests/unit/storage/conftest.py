"""An empty SQLite database with the present tables."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from groupbot.storage.engine import Database
from groupbot.storage.tables import metadata


@pytest.fixture
async def database(tmp_path) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/bot.db", busy_timeout_s=0.02)
    async with database.write() as conn:
        await conn.run_sync(metadata.create_all)
    yield database
    await database.close()
