"""The database: reachable, at the newest migration, writable."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from groupbot.doctor.checks import Check, refused
from groupbot.doctor.machine import is_writable_folder
from groupbot.errors import StoreError
from groupbot.i18n import _


class Store(Protocol):
    """What the checks ask of the database; each call may raise StoreError."""

    def newest(self) -> str | None:
        """Return the revision that this groupbot needs."""
        ...

    async def revision(self) -> str | None:
        """Return the revision that the database is at, None when it was never set up."""
        ...

    async def try_write(self) -> None:
        """Write in a way that changes nothing."""
        ...


async def store_checks(store: Store, file: Path | None) -> tuple[Check, ...]:
    """Judge the database; `file` is that of a SQLite one. One that is not there yet is not made.

    Raises StoreError when it can't be reached.
    """
    if file is not None and not _is_there(file):
        return (_not_made_yet(file),)
    found, wanted = await store.revision(), store.newest()
    reached = Check(name="database", ok=True, message=_("The database can be reached."))
    if found is None:
        message = _("The database is empty; the first start sets it up.")
        return (reached, Check(name="database-schema", ok=True, message=message))
    if found != wanted:
        message = _("The database is at revision {found}, this groupbot needs {wanted}.")
        hint = _("Make a backup, then run `groupbot db upgrade`.")
        shown = message.format(found=found, wanted=wanted)
        return (reached, Check(name="database-schema", ok=False, message=shown, hint=hint))
    schema = Check(
        name="database-schema", ok=True, message=_("The database is at revision {found}.").format(found=found)
    )
    return (reached, schema, await _written(store))


async def _written(store: Store) -> Check:
    try:
        await store.try_write()
    except StoreError as error:
        return refused("database-write", error)
    return Check(name="database-write", ok=True, message=_("The database can be written."))


def _is_there(file: Path) -> bool:
    return file.exists()


def _not_made_yet(file: Path) -> Check:
    if is_writable_folder(file.parent):
        return Check(
            name="database",
            ok=True,
            message=_("The database {file} will be made at the first start.").format(file=file),
        )
    return Check(
        name="database",
        ok=False,
        message=_("The database {file} can't be made.").format(file=file),
        hint=_("Let the user who runs groupbot write there, or correct database.url in config.toml."),
    )
