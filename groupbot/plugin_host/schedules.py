"""When a plugin's job runs: every so often, or by the calendar. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from groupbot.i18n import _
from groupbot.plugin_host.errors import PluginError

LEAST_S = 1.0
"""Shortest interval: what must run more often waits for events instead."""
_INTERVAL = re.compile(r"(?:every\s+)?(\d+(?:\.\d+)?)\s*(s|m|h|d|sec|min|hour|day)\w*\Z", re.IGNORECASE)
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_CRON_FIELDS = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Every:
    """Again and again, `seconds` apart; first after that time."""

    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Cron:
    """By a five-field crontab expression (minute hour day month weekday) in an IANA zone."""

    expression: str
    timezone: str


Schedule = Every | Cron


def parse_schedule(text: str, timezone: str) -> Schedule:
    """Return what `30s`, `10m`, `every 2 hours` or `0 9 * * mon-fri` mean; raises PluginError for anything else."""
    words = text.strip()
    if found := _INTERVAL.match(words):
        return Every(seconds=max(float(found[1]) * _UNITS[found[2][0].lower()], LEAST_S))
    if len(words.split()) == _CRON_FIELDS:
        return Cron(expression=words, timezone=timezone)
    raise PluginError(
        _("{text!r} is no schedule.").format(text=text),
        hint=_("Write an interval such as 30s, 10m or 2h, or five cron fields such as `0 9 * * *`."),
    )
