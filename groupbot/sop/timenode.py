"""When a step happens, as values: what an operator's words about time mean before a campaign gives them dates.

`sop.timetext` makes these from text; `sop.calendar` turns them into instants. Every length is in whole minutes, every
clock in minutes of the local day (1440 = 24:00 = the next day's 00:00).
"""

from __future__ import annotations

from dataclasses import dataclass

from groupbot.errors import GroupbotError

DAY_MINUTES = 24 * 60
EVERY_DAY = frozenset(range(7))
"""ISO weekdays minus one: 0 = Monday."""
MAX_DAYS = 3660
"""Ten years: further away is a typing mistake."""
MAX_MINUTES = 366 * DAY_MINUTES


class TimeNodeError(GroupbotError):
    """A text is no time node that groupbot understands; it is never guessed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CampaignDay:
    """A day counted from the campaign's first day: D1 is that day, D-1 the day before it.

    D0 is the day before D1 too; an SOP that uses it counts D-1 one day earlier.
    """

    number: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CalendarDay:
    """A date; without a year it is the first such date on or after the campaign's first day.

    `weekday` (0 = Monday) is what the operator wrote beside it, to be compared.
    """

    year: int | None = None
    month: int
    day: int
    weekday: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class EventDay:
    """The day `days` after the event's date (negative: before it)."""

    days: int


Day = CampaignDay | CalendarDay | EventDay


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """A clock, or with `end` a window: it starts at `start` and never after `end` (beyond 1440: the days after)."""

    start: int
    end: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class OnDay:
    """One or more clocks of one day."""

    day: Day
    slots: tuple[Slot, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Repeat:
    """The same clocks on the chosen weekdays from `first` to `until`; None: the campaign's first day, and its last."""

    weekdays: frozenset[int] = EVERY_DAY
    slots: tuple[Slot, ...]
    until: Day | None = None
    first: Day | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FromEvent:
    """The event's instant moved by whole days on the wall clock, then by minutes; both negative before the event."""

    days: int = 0
    minutes: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class AfterStep:
    """`minutes` after each time of another step."""

    step: str
    minutes: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Several:
    """The times of more than one node: `5月18日晚8点、5月20日早9点`."""

    nodes: tuple[OnDay | Repeat | FromEvent, ...]


TimeNode = OnDay | Repeat | FromEvent | AfterStep | Several


def single_nodes(node: TimeNode) -> tuple[OnDay | Repeat | FromEvent | AfterStep, ...]:
    """Return the nodes that `node` is made of."""
    return node.nodes if isinstance(node, Several) else (node,)


def days_of(node: TimeNode) -> tuple[Day, ...]:
    """Return the days that `node` names."""
    match node:
        case OnDay(day=day):
            return (day,)
        case Repeat(first=first, until=until):
            return tuple(day for day in (first, until) if day)
        case Several(nodes=nodes):
            return tuple(day for single in nodes for day in days_of(single))
    return ()


def slots_of(node: TimeNode) -> tuple[Slot, ...]:
    """Return the wall clocks that `node` names; none for what hangs on an event or a step."""
    return tuple(slot for single in single_nodes(node) if isinstance(single, OnDay | Repeat) for slot in single.slots)


def needs_event(node: TimeNode) -> bool:
    """Return whether `node` has no meaning without the event's time."""
    if isinstance(node, OnDay):
        return isinstance(node.day, EventDay)
    hangs = any(isinstance(single, FromEvent) for single in single_nodes(node))
    return hangs or any(isinstance(day, EventDay) for day in days_of(node))
