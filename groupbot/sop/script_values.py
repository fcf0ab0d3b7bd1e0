"""What a script's blanks are filled with, for one group at one time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from groupbot.sop.calendar import Calendar, Moment
from groupbot.sop.document import Sop
from groupbot.sop.planned import PlanGroup
from groupbot.sop.template import Value

WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


@dataclass(frozen=True, kw_only=True, slots=True)
class ScriptValues:
    """The values of one plan. A group's own value goes before one given at launch, that before the SOP's default."""

    sop: Sop
    calendar: Calendar
    given: Mapping[str, str]

    def declared(self, name: str, group: PlanGroup | None) -> str | None:
        """Return the value of a declared variable for `group`, or None when nobody gives one."""
        if group and name in group.variables:
            return group.variables[name]
        if name in self.given:
            return self.given[name]
        variable = self.sop.variables.get(name)
        return variable.default if variable else None

    def of_group(self, names: frozenset[str], group: PlanGroup | None) -> dict[str, Value]:
        """Return those of `names` that do not change with time."""
        found: dict[str, Value] = {}
        for name in names:
            value = self._fixed(name, group)
            if value is not None:
                found[name] = value
        return found

    def of_moment(self, names: frozenset[str], moment: Moment | None) -> dict[str, Value]:
        """Return those of `names` that change with the time of the post."""
        if moment is None:
            return {}
        local = moment.due.date()
        known: dict[str, Value] = {
            "day": self.calendar.day_number(local),
            "date": local.isoformat(),
            "weekday": WEEKDAYS[local.weekday()],
        }
        return {name: known[name] for name in names if name in known}

    def _fixed(self, name: str, group: PlanGroup | None) -> Value | None:
        built_in = {
            "group": group.name if group else None,
            "start_date": _shown(self.calendar.start),
            "event_time": _shown(self.calendar.event) if self.calendar.event else None,
            "sop_title": self.sop.title,
        }
        return built_in[name] if name in built_in else self.declared(name, group)


def _shown(at: date) -> str:
    return at.strftime("%Y-%m-%d %H:%M") if isinstance(at, datetime) else at.isoformat()
