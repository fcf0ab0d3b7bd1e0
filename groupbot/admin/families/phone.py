"""Lines for a phone: few, short, with the times of the campaign's own zone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from groupbot.campaign.views import WAITING
from groupbot.delivery.values import State
from groupbot.delivery.words import state_word
from groupbot.i18n import _
from groupbot.sop.planned import Problem

MOST = 20
"""Lines of one answer."""


def page(lines: Iterable[str], most: int = MOST) -> str:
    """Return `lines` below each other; of more than `most` the rest is counted."""
    found = list(lines)
    if len(found) > most:
        found = [*found[: most - 1], _("…{n} more").format(n=len(found) - most + 1)]
    return "\n".join(found)


def moment(at: datetime, zone: str | ZoneInfo) -> str:
    """Return an instant as 05-18 09:00."""
    return f"{at.astimezone(ZoneInfo(str(zone))):%m-%d %H:%M}"


def clock(at: datetime, zone: str) -> str:
    """Return an instant as 09:00."""
    return f"{at.astimezone(ZoneInfo(zone)):%H:%M}"


def counted(counts: Mapping[State, int]) -> str:
    """Return how many are in which state, those without any left out."""
    found = (f"{state_word(state)} {counts.get(state, 0)}" for state in State if counts.get(state, 0))
    return " · ".join(found) or _("nothing")


def waiting(counts: Mapping[State, int]) -> int:
    """Return how many may still go out."""
    return sum(counts.get(state, 0) for state in WAITING)


def problem_lines(problems: Iterable[Problem], level: str) -> list[str]:
    """Return the problems of a level, each with where it stands and, unless the next says the same, what to write."""
    found = [one for one in problems if one.level == level]
    said_next = [one.hint for one in found[1:]] + [""]
    pairs = zip(found, said_next, strict=True) if found else ()
    return [
        "\n".join(filter(None, (f"{_where(one)} {one.message}".strip(), one.hint if one.hint != after else "")))
        for one, after in pairs
    ]


def _where(problem: Problem) -> str:
    place = problem.where
    cell = f"{place.column or ''}{place.row or place.line or ''}"
    where = " ".join(filter(None, (place.sheet, cell)))
    return f"{where}:" if where else ""
