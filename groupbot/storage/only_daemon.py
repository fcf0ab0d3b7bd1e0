"""One daemon on one SQLite file, by a lock of the operating system beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from groupbot.errors import LifecycleError
from groupbot.i18n import _


@contextmanager
def only_daemon(file: Path) -> Iterator[None]:
    """Hold the lock of a database file, or raise LifecycleError that says who has it."""
    lock = FileLock(f"{file.resolve()}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise LifecycleError(
            _("Another groupbot is running on {name}.").format(name=file.name),
            hint=_("Stop it first, or use another database. `groupbot status` shows it."),
        ) from error
    try:
        yield
    finally:
        lock.release()
