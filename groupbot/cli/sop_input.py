"""What `groupbot sop` is given: files, dates, groups and values, read or refused in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path

from groupbot import settings as project_settings
from groupbot.cli.output import wrong_use
from groupbot.desk.group_starts import customers, event_at, plan_groups
from groupbot.desk.linting import Crew
from groupbot.desk.sop_files import is_sop
from groupbot.errors import CampaignError, ConfigError
from groupbot.i18n import _
from groupbot.settings import Settings
from groupbot.sop.calendar import first_on_or_after
from groupbot.sop.planned import PlanGroup
from groupbot.sop.timenode import CalendarDay, Day, TimeNodeError
from groupbot.sop.timetext import parse_day

CONFIG_NAME = "config.toml"


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


def read_start(text: str) -> date:
    """Return the first day; without a year the first such date from today on."""
    return _date(_day(text), date.today(), text)  # noqa: DTZ011  # the operator's own calendar


def read_event(text: str | None, start: date) -> datetime | None:
    """Return the event's wall clock (naive), or None; without a year the first such date on or after `start`."""
    try:
        return event_at(text, start)
    except CampaignError as error:
        wrong_use(error.message, _('Write for example --event "2026-05-23 20:00".'))


def read_sets(settings: Sequence[str], *, option: str = "--set") -> dict[str, str]:
    """Return the values given as `name=value` by `option`."""
    pairs = [setting.partition("=") for setting in settings]
    for name, sign, _value in pairs:
        if not sign or not name.strip():
            wrong_use(_("{option} needs name=value, not `{text}`.").format(option=option, text=name))
    return {name.strip(): value for name, _sign, value in pairs}


def named_groups(names: str | None, config: Path | None) -> tuple[PlanGroup, ...]:
    """Return the groups called `names` (with commas between), or all customers' groups when none are named.

    A name that no config knows is taken as it is. Raises ConfigError when a config file that was asked for can't be
    read.
    """
    found = usable_settings(config)
    known = plan_groups(found) if found else {}
    if names is None:
        return tuple(known[name] for name in customers(found)) if found else ()
    chosen = dict.fromkeys(name.strip() for name in names.replace("，", ",").split(",") if name.strip())
    if not chosen:
        wrong_use(_("--groups names no group."))
    return tuple(known.get(name, PlanGroup(name=name, known=False)) for name in chosen)


def configured(config: Path | None) -> tuple[PlanGroup, ...]:
    """Return the groups that config.toml names; none where there is no usable config and none was asked for."""
    found = usable_settings(config)
    return tuple(plan_groups(found).values()) if found else ()


def project_crew(config: Path | None) -> Crew | None:
    """Return the crew of the project's config.toml, None where there is no usable one."""
    found = usable_settings(config)
    return Crew.of(found) if found else None


def usable_settings(config: Path | None) -> Settings | None:
    """Return what config.toml says, None where there is no usable one and none was asked for."""
    if config is None and not Path(CONFIG_NAME).is_file():
        return None
    try:
        return project_settings.load(config or Path(CONFIG_NAME))
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
