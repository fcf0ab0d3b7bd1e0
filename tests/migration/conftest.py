"""Databases at any revision, and what Alembic can be told to do with them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from groupbot.storage.engine import Database
from groupbot.storage.tables import metadata
from tests import postgres

SQLITE_OBJECTS = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'alembic%'"
POSTGRESQL_OBJECTS = """
    SELECT table_name AS name, string_agg(concat_ws(' ', column_name, udt_name, character_maximum_length,
           column_default, is_nullable), ', ' ORDER BY ordinal_position) AS sql
    FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name NOT LIKE 'alembic%%' GROUP BY table_name
    UNION ALL
    SELECT indexname, replace(indexdef, current_schema() || '.', '') FROM pg_indexes
    WHERE schemaname = current_schema() AND indexname NOT LIKE 'alembic%%'
    UNION ALL
    SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = current_schema()::regnamespace AND contype = 'f'
"""
SCRIPTS = Path(__file__).parents[2] / "migrations"


def _config(connection: object = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def revisions() -> list[str]:
    """Return every revision, the first one first."""
    return [script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()][::-1]


class Schema:
    """A database whose schema is moved by hand."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def up(self, revision: str = "head") -> None:
        async with self.database.write() as conn:
            await conn.run_sync(lambda sync: command.upgrade(_config(sync), revision))

    async def down(self, revision: str = "base") -> None:
        async with self.database.write() as conn:
            await conn.run_sync(lambda sync: command.downgrade(_config(sync), revision))

    async def drift(self) -> list[Any]:
        """Return what autogenerate would still change."""
        async with self.database.read() as conn:
            return await conn.run_sync(lambda sync: compare_metadata(MigrationContext.configure(sync), metadata))

    async def objects(self) -> dict[str, str]:
        """Return what every table and index is, by name."""
        query = SQLITE_OBJECTS if self.database.is_sqlite else POSTGRESQL_OBJECTS
        async with self.database.read() as conn:
            return {row.name: " ".join(row.sql.split()) for row in await conn.exec_driver_sql(query)}


@pytest.fixture(params=["sqlite", "postgresql"])
async def schema(request, tmp_path) -> AsyncIterator[Schema]:
    with ExitStack() as stack:
        sqlite = request.param == "sqlite"
        url = f"sqlite:///{tmp_path}/bot.db" if sqlite else stack.enter_context(postgres.shared().schema())
        database = Database(url)
        yield Schema(database)
        await database.close()
