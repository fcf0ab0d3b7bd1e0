"""What may keep this project from working, all of it looked at. Imports the reader of SOPs."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from groupbot import i18n
from groupbot.chat.directory import Directory
from groupbot.connectors import abilities, channels
from groupbot.desk.doctor_books import Books
from groupbot.desk.doctor_gateways import gateways, seen_groups
from groupbot.desk.personas import declared_accounts, persona_of
from groupbot.desk.sop_files import is_sop, read_sop
from groupbot.doctor import groups, machine, sops
from groupbot.doctor.alerting import alert_checks
from groupbot.doctor.checks import Check, Probe, examine, refused
from groupbot.doctor.links import ask_links
from groupbot.doctor.materials import LARGEST
from groupbot.doctor.persona import persona_checks
from groupbot.doctor.rights import deeds, rights
from groupbot.doctor.warm_up import warm_ups
from groupbot.errors import ConfigError
from groupbot.i18n import _
from groupbot.settings import Settings
from groupbot.sop.document import Sop
from groupbot.sop.planned import SopError
from groupbot.storage.past_posts import ever_posted


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What the operator wants beyond a look at this machine. `offline` leaves gateways alone."""

    offline: bool = False
    links: bool = False
    test_alert: bool = False


async def diagnose(config: Path, asked: Asked, read: Callable[[Path], Settings]) -> tuple[Check, ...]:
    """Return everything that is found about the project of `config`, which `read` loads or refuses."""
    now = datetime.now(UTC)
    try:
        settings = read(config)
    except ConfigError as error:
        return (refused("config", error), *await examine({"clock": _plain(lambda: [machine.clock(now)])}))
    readable = Check(name="config", ok=True, message=_("{file} is in order.").format(file=config))
    return (readable, *await examine(_probes(settings, now, asked)))


def _probes(settings: Settings, now: datetime, asked: Asked) -> dict[str, Probe]:
    books = Books(settings)
    local = now.astimezone().utcoffset()
    look = seen_groups if asked.offline else gateways
    return {
        "database": books.checks,
        "disk": _plain(lambda: [_disk(settings, books.file)]),
        "accounts": _plain(lambda: [groups.account_names(settings)]),
        "groups": _plain(lambda: [groups.groups(settings)]),
        "standby": _plain(lambda: groups.standby(settings)),
        "risk": _plain(lambda: groups.risk_pools(settings)),
        "secrets": _plain(lambda: groups.secrets(settings)),
        "alerts": lambda: alert_checks(
            partial(channels, settings), send_test=asked.test_alert, admin=settings.admin.groups
        ),
        "warm-up": partial(_warm_ups, settings, books, now),
        "sops": _plain(lambda: _sops(settings)),
        "links": partial(_links, settings, asked=asked.links),
        "rights": partial(_rights, settings, books),
        **{f"persona:{name}": partial(_persona, settings, books, name) for name in declared_accounts(settings)},
        "tracking": partial(books.counted, now),
        "clock": _plain(lambda: [machine.clock(now)]),
        "clock-other": books.clock,
        "timezone": _plain(lambda: [machine.zone(settings.timezone, local, now)]),
        "locale": _plain(lambda: [machine.catalog(i18n.present(), Path(i18n.__file__).parent / "locale")]),
        "log": _plain(lambda: [machine.log_file(settings.log.file)] if settings.log.file else []),
        "gateways": partial(look, settings, books),
    }


def _plain(look: Callable[[], Iterable[Check]]) -> Probe:
    """Return a look that waits for nothing as a probe."""

    async def probe() -> Iterable[Check]:
        return look()

    return probe


def _disk(settings: Settings, file: Path | None) -> Check:
    folder = file.parent if file is not None else settings.folder
    nearest = next(place for place in (folder, *folder.absolute().parents) if place.is_dir())
    return machine.disk(shutil.disk_usage(nearest).free, folder)


async def _warm_ups(settings: Settings, books: Books, now: datetime) -> Iterable[Check]:
    async with books.opened() as database:
        posted = await ever_posted(database, [account.name for account in settings.accounts]) if database else None
    return warm_ups(settings, now.astimezone(ZoneInfo(settings.timezone)).date(), posted)


def _sops(settings: Settings) -> Iterator[Check]:
    paths = _own_sops(settings)
    if not paths:
        folder = settings.folder / "sops"
        message = _("The project has no SOPs of its own in {folder}; the shipped ones are used.").format(folder=folder)
        yield Check(name="sops", ok=True, message=message, hint=_("`groupbot init DIR` copies them to start from."))
        return
    posting = {group.account for group in settings.groups}
    limits = [can.max_file_bytes or LARGEST for name, can in abilities(settings).items() if name in posting]
    read = partial(read_sop, root=settings.folder)
    yield from sops.sop_checks(paths, read, largest=min([LARGEST, *limits]))


def _own_sops(settings: Settings) -> list[Path]:
    folder = settings.folder / "sops"
    return sorted(entry for entry in folder.iterdir() if is_sop(entry)) if folder.is_dir() else []


def _readable(settings: Settings) -> Iterator[tuple[str, Sop]]:
    """Yield the project's SOPs by file name; broken ones have a check of their own."""
    for path in _own_sops(settings):
        try:
            yield path.name, read_sop(path, settings.folder)
        except SopError:
            continue


async def _links(settings: Settings, *, asked: bool) -> Iterable[Check]:
    """Ask for the links whose syntax is in order."""
    if not asked:
        return []
    found = {file: [url for url in sops.links_of(sop) if not sops.judge_link(url)] for file, sop in _readable(settings)}
    return await ask_links(found)


async def _rights(settings: Settings, books: Books) -> Iterable[Check]:
    places = Directory.from_settings(settings.groups).groups
    wanted = [deeds(sop, places) for _file, sop in _readable(settings)]
    return rights(wanted, places, abilities(settings), (await books.sightings()).standings)


async def _persona(settings: Settings, books: Books, account: str) -> Iterable[Check]:
    async with books.opened() as database:
        persona = await persona_of(settings, database, account)
    return persona_checks(account, persona.found, persona.can)
