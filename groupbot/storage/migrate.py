"""Bringing a database to the present schema, and telling whether it is there."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from groupbot.errors import StoreError
from groupbot.i18n import _
from groupbot.storage.engine import Database

_UPGRADING = 0x67726F7570626F74
"""Key of the advisory lock: "groupbot" in ASCII, so that other programs' keys stay clear of it."""


def _config(scripts: Path, connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def head(scripts: Path) -> str | None:
    """Return the newest revision under `scripts` (the migrations folder)."""
    return ScriptDirectory.from_config(_config(scripts)).get_current_head()


async def current(database: Database) -> str | None:
    """Return the revision that the database is at, None when it was never set up."""
    async with database.read() as conn:
        return await conn.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())


async def upgrade(database: Database, scripts: Path) -> str | None:
    """Bring the database to the newest revision, in one transaction, and return it.

    Two daemons that start at once on one new PostgreSQL database do it one after the other.
    """
    async with database.write() as conn:
        if not database.is_sqlite:
            await conn.execute(select(func.pg_advisory_xact_lock(_UPGRADING)))
        await conn.run_sync(lambda sync: command.upgrade(_config(scripts, sync), "head"))
    return await current(database)


async def require_current(database: Database, scripts: Path) -> None:
    """Raise StoreError unless the database is at the newest revision."""
    found, wanted = await current(database), head(scripts)
    if found != wanted:
        raise StoreError(
            _("The database is at revision {found}, this groupbot needs {wanted}.").format(
                found=found or _("none"), wanted=wanted
            ),
            hint=_("Run `groupbot db upgrade`."),
        )
