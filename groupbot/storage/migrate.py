"""Bringing a database to the present schema, and telling whether it is there."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import func, inspect, select, text
from sqlalchemy.engine import Connection

from groupbot.errors import StoreError
from groupbot.i18n import _
from groupbot.storage.engine import Database
from groupbot.storage.tables.columns import REVISION

_UPGRADING = 0x67726F7570626F74
"""Key of the advisory lock: "groupbot" in ASCII, so that other programs' keys stay clear of it."""


NEWEST = REVISION
"""The revision that this groupbot needs."""


async def current(database: Database) -> str | None:
    """Return the revision that the database is at, None when it was never set up."""
    async with database.read() as conn:
        return await conn.run_sync(_current)


def _current(conn: Connection) -> str | None:
    if not inspect(conn).has_table("alembic_version"):
        return None
    found: str | None = conn.scalar(text("SELECT version_num FROM alembic_version"))
    return found


async def upgrade(database: Database, scripts: Path) -> str | None:
    """Bring the database to the newest revision, in one transaction, and return it.

    Two daemons that start at once on one new PostgreSQL database do it one after the other.
    """
    found = await current(database)
    if found is not None and found > NEWEST:
        raise _newer(found)
    async with database.write() as conn:
        if not database.is_sqlite:
            await conn.execute(select(func.pg_advisory_xact_lock(_UPGRADING)))
        await conn.run_sync(lambda sync: _upgrade(sync, scripts))
    return await current(database)


def _upgrade(conn: Connection, scripts: Path) -> None:
    # Imported here: it costs as much as the rest of a command's start, and only the first start of all needs it.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = conn
    command.upgrade(config, "head")


async def require_current(database: Database) -> None:
    """Raise StoreError unless the database is at the newest revision."""
    found = await current(database)
    if found is not None and found > NEWEST:
        raise _newer(found)
    if found != NEWEST:
        raise StoreError(
            _("The database is at revision {found}, this groupbot needs {wanted}.").format(
                found=found or _("none"), wanted=NEWEST
            ),
            hint=_("Run `groupbot db upgrade`."),
        )


def _newer(found: str) -> StoreError:
    return StoreError(
        _("The database is at revision {found}, newer than this groupbot ({wanted}).").format(
            found=found, wanted=NEWEST
        ),
        hint=_("Use the groupbot that made it, or a newer one."),
    )
