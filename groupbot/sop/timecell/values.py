"""What a time cell says, as values: a time of its own, something to wait for, a deadline, or a task for a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from groupbot.sop.timecell.dayparts import DayPart, DefaultClocks
from groupbot.sop.timenode import EVERY_DAY, Day, TimeNode, TimeNodeError

Place = Literal["group", "member", "moments"]
TriggerKind = Literal["row", "join", "friend", "members", "invites", "action", "no_action", "keyword", "event_end"]


class UnknownTime(TimeNodeError):
    """A text, or a part of it, is of no form that is read."""


class PlaceholderLeft(UnknownTime):
    """A blank that the operator meant to fill in (`X日晚X点`) is still there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """Single days, one after another."""

    days: tuple[Day, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """The chosen weekdays (0 = Monday) from `first` to `until`; None: from the campaign's first day, to its last."""

    weekdays: frozenset[int] = EVERY_DAY
    first: Day | None = None
    until: Day | None = None


Days = Listed | Span
DAILY = Span()


@dataclass(frozen=True, kw_only=True, slots=True)
class Scheduled:
    """A time of its own. `approximate`: the operator allows jitter; `has_clock`: a clock or day part was written.

    `part_only`: of these only a part of the day, so that the clock is a default.
    """

    node: TimeNode
    approximate: bool = False
    has_clock: bool = True
    part_only: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """Something must happen first, then `days` and `minutes` pass.

    `kind` `row` is whatever the row itself waits for, `members` the group reaching `count` (None: full), `invites` a
    member bringing `count`, `action` and `no_action` something members did or left undone; `words` is as written.
    """

    kind: TriggerKind
    words: str
    count: int | None = None
    days: int = 0
    minutes: int = 0
    approximate: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Within:
    """A deadline: done at most `minutes` after the row's trigger."""

    minutes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class By:
    """A deadline: done before the time of `node`."""

    node: TimeNode


@dataclass(frozen=True, kw_only=True, slots=True)
class Checklist:
    """No time: a person does it when it suits. `words` is what the cell says (may be empty)."""

    words: str = ""


When = Scheduled | Waiting | Within | By | Checklist


@dataclass(frozen=True, kw_only=True, slots=True)
class Carried:
    """What a cell below may leave out: the days, `shift` days later, the last part of the day and the last clock."""

    days: Days | None = None
    shift: int = 0
    part: DayPart | None = None
    last: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeReading:
    """All that one cell says.

    `script` is what stands behind the time to be posted, `materials` notes in brackets about pictures and files,
    `stage` other brackets, `label` a few words beside the time that are no script. `assumptions` tell the operator, in
    the operator's language, what the cell leaves open and how it was read.
    """

    when: When
    script: str = ""
    materials: tuple[str, ...] = ()
    stage: str = ""
    label: str = ""
    place: Place | None = None
    assumptions: tuple[str, ...] = ()
    carried: Carried = Carried()


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeContext:
    """What a cell is read by.

    `above`: the reading of the row (or line) above. `weekdays`: those of the cell's column in a weekday matrix.
    `otherwise`: the days of a clock for which neither the cell, nor its column, nor a row above names any (`DAILY` in a
    sheet without dates); None refuses such a clock. `event`: the name of the campaign's event, for `<name>前2小时`.
    """

    above: TimeReading | None = None
    clocks: DefaultClocks = DefaultClocks()  # noqa: RUF009 - frozen
    weekdays: frozenset[int] = frozenset()
    otherwise: Days | None = None
    event: str = ""
