"""The machine under the project: clock, time zone, disk, log file, catalog of the operator's language."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from groupbot.doctor.checks import Check
from groupbot.i18n import _

EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)
"""No groupbot is older than this: a clock before it is wrong."""
DRIFT = timedelta(seconds=5)
"""How far apart two clocks may be: members notice a countdown that is off by more; NTP keeps within 0.1 s."""
LOW_BYTES = 1_000_000_000
"""Free space below which a person should think of it: months of facts and logs of a large project."""
LEAST_BYTES = 100_000_000
"""Free space below which posting is in danger: the ledger commits before each post, and SQLite's log needs room."""


def clock(now: datetime) -> Check:
    """Judge the system's time, an aware instant: a wrong clock posts at wrong times."""
    shown = f"{now:%Y-%m-%d %H:%M:%S %Z}"
    if now < EARLIEST:
        return Check(
            name="clock",
            ok=False,
            message=_("The system clock says {time}, which can't be.").format(time=shown),
            hint=_("Set the clock, best by switching time synchronisation (NTP) on."),
        )
    return Check(name="clock", ok=True, message=_("The system clock says {time}.").format(time=shown))


def other_clock(now: datetime, other: datetime, whose: str) -> Check:
    """Judge another clock that was read at `now`; `whose` says where it is, as in "the database server"."""
    apart = abs(other - now)
    if apart <= DRIFT:
        message = _("The clock of {whose} agrees with this machine's.").format(whose=whose)
        return Check(name="clock-other", ok=True, message=message)
    return Check(
        name="clock-other",
        ok=False,
        message=_("The clock of {whose} is {seconds:.0f} s apart from this machine's: one of them is wrong.").format(
            whose=whose, seconds=apart.total_seconds()
        ),
        hint=_("Switch time synchronisation (NTP) on for both: posts go out by this machine's clock."),
    )


def disk_clock(folder: Path, read_now: Callable[[], datetime]) -> Iterator[Check]:
    """Compare the time that the disk of `folder` gives a new file: a network disk goes by its server's clock.

    The file is removed again. Nothing is said of a folder that is not there or can't be written. Raises OSError.
    """
    if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK):
        with tempfile.TemporaryFile(dir=folder) as made:
            given = datetime.fromtimestamp(os.fstat(made.fileno()).st_mtime, UTC)
        yield other_clock(read_now(), given, _("the database's disk"))


def zone(name: str, local_offset: timedelta | None, now: datetime) -> Check:
    """Judge the time zone `name` of config.toml beside the machine's own offset from UTC at `now`."""
    try:
        offset = now.astimezone(ZoneInfo(name)).utcoffset()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return Check(
            name="timezone",
            ok=False,
            message=_("This machine does not know the time zone {zone}.").format(zone=name),
            hint=_("Install the zone data (`pip install tzdata`), or correct `timezone` in config.toml."),
        )
    if local_offset == offset:
        return Check(name="timezone", ok=True, message=_("Times are meant in {zone}.").format(zone=name))
    return Check(
        name="timezone",
        ok=True,
        message=_("Times are meant in {zone}; this machine's own clock shows another zone.").format(zone=name),
        hint=_("That is fine; just don't read times off the machine's clock."),
    )


def disk(free: int, place: Path) -> Check:
    """Judge `free` bytes on the disk of `place`."""
    shown = _("{free} MB are free on the disk of {place}.").format(free=free // 1_000_000, place=place)
    if free < LEAST_BYTES:
        hint = _("Free some space: groupbot posts nothing once the database can't be written.")
        return Check(name="disk", ok=False, message=shown, hint=hint)
    return Check(name="disk", ok=True, message=shown, hint=_("Free some space soon.") if free < LOW_BYTES else "")


def catalog(locale: str, folder: Path) -> Check:
    """Judge whether the texts of `locale` are installed below `folder`; English is in the code."""
    if locale == "en" or any(folder.glob(f"{locale}*/LC_MESSAGES/*.mo")):
        return Check(name="locale", ok=True, message=_("Messages are in the language {locale}.").format(locale=locale))
    return Check(
        name="locale",
        ok=False,
        message=_("The texts of the language {locale} are not installed; messages are in English.").format(
            locale=locale
        ),
        hint=_('Install groupbot again, or write `locale = "en"`.'),
    )


def log_file(path: Path) -> Check:
    """Judge whether the log file can be written; it is not created."""
    if path.is_file() and os.access(path, os.W_OK):
        return Check(name="log", ok=True, message=_("The log is written to {file}.").format(file=path))
    if not path.exists() and is_writable_folder(path.parent):
        return Check(name="log", ok=True, message=_("The log will be written to {file}.").format(file=path))
    return Check(
        name="log",
        ok=False,
        message=_("The log file {file} can't be written.").format(file=path),
        hint=_("Give `file` of [log] a place where you may write, or remove that line."),
    )


def is_writable_folder(folder: Path) -> bool:
    """Tell whether files can be made in `folder`, or in the nearest one above it that exists."""
    nearest = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    return nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)
