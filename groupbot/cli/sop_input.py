"""What `groupbot sop` is given: files, dates, groups and values, read or refused in words."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from groupbot.cli.output import WRONG_USE, fail
from groupbot.errors import ConfigError, GroupbotError
from groupbot.i18n import _, os_reason
from groupbot.paths import Project
from groupbot.project_files import ProjectFiles
from groupbot.sop.calendar import first_on_or_after
from groupbot.sop.document import Sop
from groupbot.sop.load import ENDINGS, load, load_what_can
from groupbot.sop.planned import PlanGroup, Problem, SopError, Source
from groupbot.sop.timenode import CalendarDay, Day, OnDay, TimeNodeError
from groupbot.sop.timetext import parse_day, parse_time

if TYPE_CHECKING:
    from groupbot.settings import Settings

CONFIG_NAME = "config.toml"


def wrong_use(message: str, hint: str = "") -> NoReturn:
    """Leave with status 2: the command line itself is wrong."""
    fail(GroupbotError(message, hint=hint), status=WRONG_USE)


def root_of(config: Path | None) -> Path:
    """Return the project's folder: where the config file is, else the current one."""
    return config.parent if config else Path()


def sop_paths(paths: Iterable[Path]) -> list[Path]:
    """Return the SOP files that `paths` name; a folder stands for the files directly in it."""
    found: list[Path] = []
    for path in paths:
        inside = sorted(entry for entry in path.iterdir() if is_sop(entry)) if path.is_dir() else [path]
        if not inside:
            wrong_use(_("There is no SOP file in {folder}.").format(folder=path))
        found += inside
    return found


def is_sop(path: Path) -> bool:
    """Return whether a file of a folder is an SOP by its name; `~$…` is what a spreadsheet that has it open leaves."""
    return path.suffix.casefold() in ENDINGS and not path.name.startswith(("~$", "."))


def read_sop(path: Path, root: Path, *, whole: bool = True) -> Sop:
    """Return the SOP at `path`, or the shipped one of that name.

    Unless it must be `whole`, a workbook with errors gives what can be planned, and its errors are in `warnings`.
    Raises SopError for a file that can't be read or used.
    """
    place = sop_place(path, root)
    try:
        if place.exists() and not place.is_file():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        data = place.read_bytes()
    except OSError as error:
        message = _("The file can't be read: {reason}.").format(reason=os_reason(error))
        hint = _("Mend the path; `sops/` holds the project's SOPs.")
        where = Source(file=str(path))
        problem = Problem(level="error", code="unreadable-file", message=message, hint=hint, where=where)
        raise SopError((problem,)) from error
    files = ProjectFiles(root=root, sop_folder=place.parent)
    return (load if whole else load_what_can)(data, file=_called(path, place), files=files)


def _called(path: Path, place: Path) -> str:
    """Return how problems call the file: as it was asked for, with its ending, by which it is read."""
    return str(path) if path.suffix == place.suffix else f"{path}{place.suffix}"


def sop_place(path: Path, root: Path) -> Path:
    """Return where the SOP called `path` lies: there, in the project's `sops/`, or among the shipped ones."""
    if path.exists():
        return path
    project = Project(root=root)
    shipped = (project.find("sops", f"{path}{ending}") for ending in ("", *ENDINGS))
    return next((place for place in shipped if place), path)


def read_start(text: str) -> date:
    """Return the first day; without a year the first such date from today on."""
    return _date(_day(text), date.today(), text)  # noqa: DTZ011  # the operator's own calendar


def read_event(text: str | None, start: date) -> datetime | None:
    """Return the event's wall clock (naive), or None; without a year the first such date on or after `start`."""
    if text is None:
        return None
    try:
        node = parse_time(text)
    except TimeNodeError as error:
        wrong_use(error.message, _('Write for example --event "2026-05-23 20:00".'))
    if not isinstance(node, OnDay) or len(node.slots) != 1 or not isinstance(node.day, CalendarDay):
        wrong_use(
            _("`{text}` is not one date and clock.").format(text=text),
            _('Write for example --event "2026-05-23 20:00".'),
        )
    return datetime.combine(_date(node.day, start, text), time()) + timedelta(minutes=node.slots[0].start)


def read_sets(settings: Sequence[str], *, option: str = "--set") -> dict[str, str]:
    """Return the values given as `name=value` by `option`."""
    pairs = [setting.partition("=") for setting in settings]
    for name, sign, _value in pairs:
        if not sign or not name.strip():
            wrong_use(_("{option} needs name=value, not `{text}`.").format(option=option, text=name))
    return {name.strip(): value for name, _sign, value in pairs}


def named_groups(names: str | None, config: Path | None) -> tuple[PlanGroup, ...]:
    """Return the groups called `names` (with commas between), or all of the config when there are none.

    A name that no config knows is taken as it is. Raises ConfigError when a config file that was asked for can't be
    read.
    """
    known = {group.name: group for group in configured(config)}
    if names is None:
        return tuple(known.values())
    chosen = dict.fromkeys(name.strip() for name in names.replace("，", ",").split(",") if name.strip())
    if not chosen:
        wrong_use(_("--groups names no group."))
    return tuple(known.get(name, PlanGroup(name=name, known=False)) for name in chosen)


def stand_ins(sop: Sop) -> tuple[PlanGroup, ...]:
    """Return made-up groups that between them receive every step of `sop`."""
    chosen = [selector for step in sop.steps for selector in step.groups or ()] + list(sop.groups)
    named = [name for selector in chosen if selector.by == "names" for name in selector.values]
    return tuple(PlanGroup(name=name, known=False) for name in dict.fromkeys(("group-1", *named)))


def configured(config: Path | None) -> tuple[PlanGroup, ...]:
    """Return the groups that config.toml names; none where there is no usable config and none was asked for."""
    found = usable_settings(config)
    return tuple(
        PlanGroup(name=group.name, tags=group.tags, squad=group.squad, variables=group.variables)
        for group in (found.groups if found else ())
    )


def usable_settings(config: Path | None) -> Settings | None:
    """Return what config.toml says, None where there is no usable one and none was asked for."""
    from groupbot import settings  # noqa: PLC0415  # planning without a config needs none of it

    if config is None and not Path(CONFIG_NAME).is_file():
        return None
    try:
        return settings.load(config or Path(CONFIG_NAME))
    except ConfigError:
        if config is None:  # planning needs no config: one that is half written must not stand in the way
            return None
        raise


def _day(text: str) -> Day:
    try:
        return parse_day(text)
    except TimeNodeError as error:
        wrong_use(error.message, _("Write a date, e.g. 2026-05-18."))


def _date(day: Day, earliest: date, text: str) -> date:
    if not isinstance(day, CalendarDay):
        wrong_use(_("`{text}` is no date.").format(text=text), _("Write a date, e.g. 2026-05-18."))
    if day.year is None:
        return first_on_or_after(earliest, day.month, day.day)
    return date(day.year, day.month, day.day)
