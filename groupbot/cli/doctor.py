"""`groupbot doctor`: what may keep this project from working, and the way out of each."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from groupbot import i18n
from groupbot.app import connectors, database_file
from groupbot.cli.context import DEFAULT_CONFIG, ConfigOption, JsonOption, settings_of
from groupbot.cli.output import REFUSED, console, print_json
from groupbot.cli.sop_input import read_sop, sop_paths
from groupbot.core.clock import SystemClock
from groupbot.doctor import accounts, groups, machine, sops, store
from groupbot.doctor.checks import Check, Probe, examine, refused
from groupbot.errors import ConfigError, StoreError
from groupbot.i18n import _
from groupbot.settings import Settings, WechatyAccount
from groupbot.storage import migrate
from groupbot.storage.engine import Database
from groupbot.storage.presence import Presence, Standing

SOP_ENDINGS = frozenset({".yaml", ".yml"})
OfflineOption = Annotated[bool, typer.Option("--offline", help=_("Connect to no gateway."))]


def add_doctor(app: typer.Typer) -> None:
    """Add `doctor` to the root command."""
    app.command("doctor", help=_("Look for what may keep this project from working; exit status 1 if anything does."))(
        doctor
    )


def doctor(
    *, config: ConfigOption = DEFAULT_CONFIG, offline: OfflineOption = False, as_json: JsonOption = False
) -> None:
    """Examine the project."""
    found = asyncio.run(diagnose(config, offline=offline))
    if as_json:
        print_json({"checks": [_as_document(check) for check in found]})
    else:
        _show(found)
    if not all(check.ok for check in found):
        raise typer.Exit(REFUSED)


async def diagnose(config: Path, *, offline: bool) -> tuple[Check, ...]:
    """Return everything that is found about the project of `config`; `offline` leaves gateways alone."""
    now = datetime.now(UTC)
    try:
        settings = settings_of(config)
    except ConfigError as error:
        return (refused("config", error), *await examine({"clock": _plain(lambda: [machine.clock(now)])}))
    readable = Check(name="config", ok=True, message=_("{file} is in order.").format(file=config))
    return (readable, *await examine(_probes(settings, now, offline=offline)))


def _probes(settings: Settings, now: datetime, *, offline: bool) -> dict[str, Probe]:
    books = _Books(settings)
    local = now.astimezone().utcoffset()
    probes = {
        "database": books.checks,
        "disk": _plain(lambda: [_disk(settings, books.file)]),
        "accounts": _plain(lambda: [groups.account_names(settings)]),
        "groups": _plain(lambda: [groups.groups(settings)]),
        "standby": _plain(lambda: groups.standby(settings)),
        "secrets": _plain(lambda: groups.secrets(settings)),
        "sops": _plain(lambda: _sops(settings)),
        "clock": _plain(lambda: [machine.clock(now)]),
        "timezone": _plain(lambda: [machine.zone(settings.timezone, local, now)]),
        "locale": _plain(lambda: [machine.catalog(i18n.present(), Path(i18n.__file__).parent / "locale")]),
        "log": _plain(lambda: [machine.log_file(settings.log.file)] if settings.log.file else []),
    }
    return probes if offline else probes | {"gateways": partial(_gateways, settings, books)}


def _plain(look: Callable[[], Iterable[Check]]) -> Probe:
    """Return a look that waits for nothing as a probe."""

    async def probe() -> Iterable[Check]:
        return look()

    return probe


class _Books:
    """The project's database, opened for one question at a time; a file that is not there is not made."""

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
        database = self._open()
        try:
            file = database_file(database)
            if file is not None and not file.exists():
                return None
            standing = await Presence(database).standing(now)
        except StoreError:
            return None
        finally:
            await database.close()
        return standing if standing.state in {"running", "stopping"} else None

    def _open(self) -> Database:
        chosen = self._settings.database
        return Database(chosen.url, busy_timeout_s=chosen.busy_timeout_s)


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


def _disk(settings: Settings, file: Path | None) -> Check:
    folder = file.parent if file is not None else settings.folder
    nearest = next(place for place in (folder, *folder.absolute().parents) if place.is_dir())
    return machine.disk(shutil.disk_usage(nearest).free, folder)


def _sops(settings: Settings) -> Iterator[Check]:
    folder = settings.folder / "sops"
    if not folder.is_dir() or not any(entry.suffix in SOP_ENDINGS for entry in folder.iterdir()):
        message = _("The project has no SOPs of its own in {folder}; the shipped ones are used.").format(folder=folder)
        yield Check(name="sops", ok=True, message=message, hint=_("`groupbot init DIR` copies them to start from."))
        return
    yield from sops.sop_checks(sop_paths([folder]), lambda path: read_sop(path, settings.folder))


async def _gateways(settings: Settings, books: _Books) -> Iterable[Check]:
    """Look at the accounts that have a gateway, all at a time; a running daemon's word is taken for its own."""
    remote = [account for account in settings.accounts if isinstance(account, WechatyAccount)]
    if not remote:
        return []
    daemon = await books.daemon(datetime.now(UTC))
    looks = [_reported(account.name, daemon) if daemon else _visit(settings, account) for account in remote]
    return [check for checks in await asyncio.gather(*looks) for check in checks]


async def _reported(account: str, daemon: Standing) -> list[Check]:
    """Judge `account` by what the running daemon says: a second client would be refused."""
    view = next((view for view in daemon.accounts if view.name == account), None)
    if view is None:
        return [
            Check(
                name=f"account:{account}",
                ok=False,
                message=_("The running daemon does not know account {account} yet.").format(account=account),
                hint=_("Stop it and start it again."),
            )
        ]
    unseen = Check(
        name=f"groups:{account}",
        ok=True,
        message=_("Groups of account {account} were not looked at: the running daemon holds it.").format(
            account=account
        ),
        hint=_("To compare them with config.toml, stop the daemon and run this again."),
    )
    return [*accounts.judge_sight(account, accounts.Sight(state=view.state, detail=view.detail), ()), unseen]


async def _visit(settings: Settings, account: WechatyAccount) -> list[Check]:
    """Connect to the gateway of `account`, see what there is, and leave."""
    reached = await accounts.reach(account.name, account.endpoint)
    if not reached.ok:
        return [reached]
    alone = settings.model_copy(update={"accounts": (account,)})
    try:
        adapter = connectors(alone, SystemClock(), None)[account.name]
    except ConfigError:  # its secret is missing, which has its own check
        return [reached]
    seats = accounts.seats_of(settings, account.name)
    sight = await accounts.look(adapter, frozenset(seat.chat_id for seat in seats))
    return [reached, *accounts.judge_sight(account.name, sight, seats)]


def _as_document(check: Check) -> dict[str, object]:
    return {"name": check.name, "ok": check.ok, "message": check.message, "hint": check.hint}


def _show(found: Iterable[Check]) -> None:
    screen = console()
    failed = 0
    for check in found:
        failed += not check.ok
        mark, style = ("✗", "bold red") if not check.ok else ("!", "yellow") if check.hint else ("✓", "green")
        screen.print(Text.assemble((mark, style), f" {check.name}: {check.message}"), soft_wrap=True)
        if check.hint:
            screen.print(Text(f"    {check.hint}", style="dim"), soft_wrap=True)
    if failed:
        screen.print(Text(_("{n} of these must be mended.").format(n=failed), style="bold red"))
    else:
        screen.print(Text(_("Nothing stands in the way."), style="green"))
