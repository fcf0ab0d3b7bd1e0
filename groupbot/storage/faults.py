"""What a database can answer instead of doing its work, in the operator's words and with a way out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from groupbot.errors import StoreError
from groupbot.i18n import _


class Contended(StoreError):
    """Two transactions met and this one was undone as a whole; doing it again is right and likely to succeed."""


@contextmanager
def store_errors() -> Iterator[None]:
    """Turn a driver's error into a StoreError that says what to do."""
    try:
        yield
    except DBAPIError as error:
        explained = _explain_postgresql(error) if _speaks_postgresql(error) else _explain_sqlite(error)
        if explained is None:
            raise
        raise explained from error
    except PoolTimeout as error:
        raise StoreError(
            _("The database is too slow: every connection to it is in use."),
            hint=_("Look for long queries on the server; groupbot tries again."),
        ) from error


def _speaks_postgresql(error: DBAPIError) -> bool:
    return type(error.orig).__module__.partition(".")[0] == "psycopg"


def _explain_postgresql(error: DBAPIError) -> StoreError | None:
    """Go by SQLSTATE; a refused connection carries none before psycopg knows the server, so there by its words."""
    state = getattr(error.orig, "sqlstate", None) or ""
    detail = " ".join(str(error.orig).split())
    if state in _CONTENDED:
        return Contended(_("Two programs changed the same rows at once."), hint=_("Try again."))
    if state == _LOCKED:
        return _locked()
    if state.startswith(_NO_ROOM):
        return _full(detail)
    if state in _NO_SCHEMA:
        return _not_set_up(detail)
    if state == _TABLE_EXISTS:
        return StoreError(
            _("The database holds another program's tables: {detail}").format(detail=detail),
            hint=_("Give groupbot a database of its own and name it in database.url."),
        )
    if state == _READ_ONLY:
        return StoreError(
            _("The database server takes no writes: {detail}").format(detail=detail),
            hint=_("It is a standby or set to read-only; name the primary server in database.url."),
        )
    if state == _NO_PRIVILEGE:
        return StoreError(
            _("The database user may not do this: {detail}").format(detail=detail),
            hint=_("Make it the owner of the database: ALTER DATABASE … OWNER TO …"),
        )
    if error.connection_invalidated or isinstance(error, OperationalError):
        return _explain_connection(state, detail)
    return None


_CONTENDED = frozenset({"40P01", "40001"})  # deadlock_detected, serialization_failure
_LOCKED = "55P03"  # lock_not_available, after lock_timeout
_NO_ROOM = "5310"  # disk_full
_NO_SCHEMA = frozenset({"42P01", "42703", "3F000"})  # undefined_table, undefined_column, invalid_schema_name
_TABLE_EXISTS = "42P07"
_READ_ONLY = "25006"
_NO_PRIVILEGE = "42501"
_CROWDED = "53300"


def _explain_connection(state: str, detail: str) -> StoreError:
    words = detail.lower()
    if state.startswith("28") or "password" in words or "pg_hba.conf" in words:
        return StoreError(
            _("The database server refused the login: {detail}").format(detail=detail),
            hint=_("Correct the user in database.url and the password in PGPASSWORD."),
        )
    if state == "3D000" or ("database" in words and "does not exist" in words):
        return StoreError(
            _("The database does not exist on the server: {detail}").format(detail=detail),
            hint=_("Create it (`createdb NAME`), or correct its name in database.url."),
        )
    if state == _CROWDED or "too many clients" in words or "connection slots" in words:
        return StoreError(
            _("The database server has no free connection: {detail}").format(detail=detail),
            hint=_("Close other programs or raise max_connections; groupbot tries again."),
        )
    return StoreError(
        _("The database server can't be reached or went away: {detail}").format(detail=detail),
        hint=_("Check that it runs and that host and port in database.url are right; groupbot tries again."),
    )


def _explain_sqlite(error: DBAPIError) -> StoreError | None:
    words = str(error.orig).lower()
    damaged = "not a database" in words or "malformed" in words
    if not (isinstance(error, OperationalError) or error.connection_invalidated or damaged):
        return None
    if "locked" in words or "busy" in words:
        return _locked()
    if "full" in words or "no space" in words or "disk i/o" in words:
        return _full(str(error.orig))
    if "no such table" in words or "no such column" in words:
        return _not_set_up(str(error.orig))
    if "unable to open" in words or "readonly" in words:
        return StoreError(
            _("The database file can't be opened or written: {detail}").format(detail=error.orig),
            hint=_("Check that its folder exists and that you may write there."),
        )
    if damaged:
        return StoreError(
            _("The file is no SQLite database, or it is damaged: {detail}").format(detail=error.orig),
            hint=_("Correct database.url in config.toml, or bring the file back from a backup."),
        )
    return StoreError(
        _("The database failed: {detail}").format(detail=error.orig),
        hint=_("Run `groupbot db current`; the log has the details."),
    )


def _locked() -> StoreError:
    return StoreError(
        _("The database is locked by another program."),
        hint=_("Close tools that hold it open (a database browser, a backup); groupbot tries again."),
    )


def _full(detail: str) -> StoreError:
    return StoreError(
        _("The disk is full: {detail}").format(detail=detail),
        hint=_("Free some space; groupbot posts nothing until the database can be written."),
    )


def _not_set_up(detail: str) -> StoreError:
    return StoreError(
        _("The database has not been set up: {detail}").format(detail=detail),
        hint=_("Run `groupbot db upgrade`."),
    )
