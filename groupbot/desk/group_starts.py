"""The groups of a launch or a preview: those of config.toml, those of a list, and when each of them begins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

from groupbot.errors import CampaignError
from groupbot.i18n import _, os_reason
from groupbot.settings import Settings
from groupbot.sop.calendar import first_on_or_after
from groupbot.sop.document import Sop
from groupbot.sop.group_list import Known, ListedGroup, read_group_list
from groupbot.sop.group_tags import values_of
from groupbot.sop.planned import PlanGroup
from groupbot.sop.starts import GroupStart, listed_start
from groupbot.sop.timenode import CalendarDay, OnDay, TimeNodeError
from groupbot.sop.timetext import parse_time


def plan_groups(settings: Settings) -> dict[str, PlanGroup]:
    """Return the groups of config.toml by name, as the planner knows them."""
    return {
        group.name: PlanGroup(
            name=group.name,
            tags=group.tags,
            squad=group.squad,
            variables={**values_of(group.tags), **group.variables},
        )
        for group in settings.groups
    }


def customers(settings: Settings) -> tuple[str, ...]:
    """Return the names of the groups that are meant where none is named: not the chats where commands are taken."""
    staffed = {*settings.admin.groups, *(squad.group for squad in settings.squads)}
    return tuple(group.name for group in settings.groups if group.name not in staffed)


def stand_ins(sop: Sop, name: str = "group-1") -> tuple[PlanGroup, ...]:
    """Return made-up groups, the first of them called `name`, that between them receive every step of `sop`."""
    chosen = [selector for step in sop.steps for selector in step.groups or ()] + list(sop.groups)
    named = [value for selector in chosen if selector.by == "names" for value in selector.values]
    return tuple(PlanGroup(name=one, known=False) for one in dict.fromkeys((name, *named)))


def event_at(text: str | None, start: date) -> datetime | None:
    """Return the event's wall clock (naive), or None; without a year the first such date on or after `start`.

    Raises CampaignError for what is not one date and clock.
    """
    if text is None:
        return None
    try:
        node = parse_time(text)
    except TimeNodeError as error:
        raise CampaignError(error.message, hint=_event_hint()) from error
    if not isinstance(node, OnDay) or len(node.slots) != 1 or not isinstance(node.day, CalendarDay):
        raise CampaignError(_("`{text}` is not one date and clock.").format(text=text), hint=_event_hint())
    day = node.day
    found = date(day.year, day.month, day.day) if day.year else first_on_or_after(start, day.month, day.day)
    return datetime.combine(found, time()) + timedelta(minutes=node.slots[0].start)


def _event_hint() -> str:
    return _('Write the event as a date and a clock, e.g. "2026-05-23 20:00".')


def list_bytes(path: Path) -> bytes:
    """Return what a group list holds; raises CampaignError for a file that can't be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise CampaignError(
            _("The group list {file} can't be read: {reason}.").format(file=path, reason=os_reason(error)),
            hint=_("Write one group name a line, or a table with the heading `group`."),
        ) from error


def listed_groups(
    path: Path | None, sop: Sop, *, start: date | None, settings: Settings | None = None
) -> dict[str, ListedGroup]:
    """Return the rows of a group list by name, none without one; with `settings` its names are judged.

    Raises CampaignError for a file that can't be read, SopError for one with problems.
    """
    if path is None:
        return {}
    known = Known(
        variables=sop.variables,
        roles=sop.roles,
        groups={group.name for group in settings.groups} if settings else None,
        accounts={account.name for account in settings.accounts} if settings else None,
    )
    today = start or date.today()  # noqa: DTZ011 - the operator's own calendar
    rows = read_group_list(list_bytes(path), file=str(path), known=known, start=start, today=today)
    return {row.name: row for row in rows}


def starts_of(
    groups: Iterable[PlanGroup], listed: Mapping[str, ListedGroup], *, start: date, event: datetime | None
) -> Sequence[GroupStart]:
    """Return when each group begins: at `start`, unless the list says otherwise."""
    return [
        listed_start(group, row, event)
        if (row := listed.get(group.name))
        else GroupStart(group=group, start=start, event=event)
        for group in groups
    ]
