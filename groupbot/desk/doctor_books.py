"""What the doctor asks of the project's database: one question at a time, and a file that is not there is not made."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from groupbot.chat.capabilities import Standing as Seat
from groupbot.doctor import machine, store
from groupbot.doctor.checks import Check, in_short
from groupbot.doctor.seats import Seen
from groupbot.errors import ConfigError, StoreError
from groupbot.i18n import _
from groupbot.settings import Settings
from groupbot.storage import migrate
from groupbot.storage.engine import Database, database_file
from groupbot.storage.presence import Presence, Standing
from groupbot.storage.roll_starting import counted_otherwise
from groupbot.storage.seen_groups import SeenGroups
from groupbot.storage.server_clock import server_time
from groupbot.tracking.rolling import digest


@dataclass(frozen=True, kw_only=True, slots=True)
class Sightings:
    """What daemons have seen of accounts in groups, by (account, group)."""

    seen: Mapping[tuple[str, str], Seen] = field(default_factory=dict)

    @property
    def standings(self) -> dict[tuple[str, str], Seat]:
        """How each account stands in each group."""
        return {place: seen.standing for place, seen in self.seen.items()}

    def of(self, account: str) -> dict[str, Seen]:
        """Return by group what was seen by `account`."""
        return {group: seen for (name, group), seen in self.seen.items() if name == account}


class Books:
    """The project's database."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def file(self) -> Path | None:
        """The file of a SQLite database; None where there is none, or the URL can't be understood."""
        try:
            return database_file(self._open())
        except ConfigError:
            return None

    async def checks(self) -> Iterable[Check]:
        """Judge the database."""
        database = self._open()
        try:
            return await store.store_checks(_Store(database), database_file(database))
        finally:
            await database.close()

    async def daemon(self, now: datetime) -> Standing | None:
        """Return how the daemon stands that runs on this database, None when none does."""
        async with self.opened() as database:
            standing = await Presence(database).standing(now) if database else None
        return standing if standing and standing.state in {"running", "stopping"} else None

    async def sightings(self) -> Sightings:
        """Return what was seen of groups."""
        async with self.opened() as database:
            rows = await SeenGroups(database).list() if database else ()
        return Sightings(seen={(row.account, row.group): Seen(standing=row.standing, at=row.read_at) for row in rows})

    async def counted(self, now: datetime) -> Iterable[Check]:
        """Tell whether running campaigns were counted by other settings than these."""
        rules = digest(self._settings)
        async with self.opened() as database:
            older = await database.query(lambda conn: counted_otherwise(conn, rules, now)) if database else ()
        if not older:
            return ()
        message = _("[tracking] or [[channels]] changed; what happened in {campaigns} before counts as it did.")
        hint = _("`groupbot tracking rebuild {campaign}` counts it anew.").format(campaign=older[0])
        return [Check(name="tracking", ok=True, message=message.format(campaigns=in_short(older)), hint=hint)]

    async def clock(self) -> Iterable[Check]:
        """Compare this machine's clock with the one that the database's server, or its disk, goes by."""
        async with self.opened() as database:
            before = datetime.now(UTC)
            other = await server_time(database) if database else None
            if other is not None:
                now = before + (datetime.now(UTC) - before) / 2
                return [machine.other_clock(now, other, _("the database server"))]
        return list(machine.disk_clock(self.file.parent, partial(datetime.now, UTC))) if self.file else []

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Database | None]:
        """Open the database for the length of the block; None for one that is not ready, which has its own check."""
        try:
            database = self._open()
        except ConfigError:
            yield None
            return
        try:
            yield database if await _is_ready(database) else None
        finally:
            await database.close()

    def _open(self) -> Database:
        chosen = self._settings.database
        return Database(chosen.url, busy_timeout_s=chosen.busy_timeout_s)


async def _is_ready(database: Database) -> bool:
    """Tell whether `database` can be asked: a file that is not there would be made by asking."""
    file = database_file(database)
    if file is not None and not file.exists():
        return False
    try:
        return await migrate.current(database) == migrate.NEWEST
    except StoreError:
        return False


class _Store:
    """The doctor's port to the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(self) -> str | None:
        return migrate.NEWEST

    async def revision(self) -> str | None:
        return await migrate.current(self._database)

    async def try_write(self) -> None:
        long_ago = datetime(2000, 1, 1, tzinfo=UTC)
        await Presence(self._database).forget_others("", long_ago)
