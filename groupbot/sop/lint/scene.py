"""What the rules look at: an SOP with the times and groups of its steps, of one campaign or of a made-up one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime

from groupbot.sop.choosing import choose
from groupbot.sop.document import Selector, Sop, Step
from groupbot.sop.notes import Notes
from groupbot.sop.planned import PlanGroup
from groupbot.sop.planner import calendar_of
from groupbot.sop.timenode import CalendarDay, days_of
from groupbot.sop.timetable import Occurrence, timetable

_A_MONDAY = date(2026, 1, 5)
_EVERYONE = ("all", "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """One time of a step whose messages go to groups. `ordinal` is the step's place in the SOP."""

    step: Step
    ordinal: int
    occurrence: Occurrence

    @property
    def due(self) -> datetime:
        """When it is to begin, in the SOP's zone."""
        return self.occurrence.moment.due

    @property
    def is_at_an_instant(self) -> bool:
        """Whether it has a clock rather than a window, in which steps go out one after the other anyway."""
        return self.occurrence.moment.until is None

    @property
    def utc(self) -> datetime:
        """The same instant."""
        return self.occurrence.moment.utc


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """An SOP in time and space.

    `audiences`: step id -> who receives it, as marks that two steps share when some group may receive both. `reach`:
    step id -> in how many of `groups`, those of the campaign, it is posted; empty before a launch names them. `begins`:
    by (step id, occurrence) when the last group has the post, as far as that is foreseen.
    """

    sop: Sop
    posts: Sequence[Post]
    audiences: Mapping[str, AbstractSet[object]]
    reach: Mapping[str, int]
    groups: Sequence[PlanGroup]
    begins: Mapping[tuple[str, str], datetime] = field(default_factory=dict)

    def last(self, post: Post) -> datetime:
        """Return when the last group has `post`, in the SOP's zone."""
        found = self.begins.get((post.step.id, post.occurrence.name))
        return found.astimezone(post.due.tzinfo) if found else post.due


def before_launch(sop: Sop, *, start: date | None = None, event: datetime | None = None) -> Scene:
    """Return the SOP as it is before anybody says where: groups by what steps ask for; without `start` on made-up days.

    Steps that count from an event which only a launch can date have no time here.
    """
    posts = _posts(sop, start or _made_up_start(sop), event)
    return Scene(sop=sop, posts=posts, audiences=_audiences(sop), reach={}, groups=())


def of_campaign(
    sop: Sop,
    *,
    groups: Sequence[PlanGroup],
    start: date,
    event: datetime | None = None,
    begins: Mapping[tuple[str, str], datetime] | None = None,
) -> Scene:
    """Return the SOP on `groups` from `start` on; the parameters are those of `plan`."""
    chosen = {step.id: choose(groups, _selectors(step, sop)) for step in sop.steps}
    named = {step: frozenset(group.name for group, _said in found) for step, found in chosen.items()}
    return Scene(
        sop=sop,
        posts=_posts(sop, start, event),
        audiences=named if all(group.known for group in groups) else _audiences(sop),
        reach={step: len(names) for step, names in named.items()},
        groups=groups,
        begins=begins or {},
    )


def _selectors(step: Step, sop: Sop) -> Sequence[Selector]:
    return sop.groups if step.groups is None else step.groups


def _audiences(sop: Sop) -> dict[str, AbstractSet[object]]:
    selectors = {step.id: _selectors(step, sop) for step in sop.steps}
    marks = {(one.by, value) for chosen in selectors.values() for one in chosen for value in one.values} | {_EVERYONE}
    return {step: frozenset(_marks(chosen, marks)) for step, chosen in selectors.items()}


def _marks(chosen: Sequence[Selector], every: set[tuple[str, str]]) -> set[tuple[str, str]]:
    if any(one.by == "all" for one in chosen):
        return every
    return {(one.by, value) for one in chosen for value in one.values}


def _made_up_start(sop: Sop) -> date:
    """Return the first date that the SOP names, so that dates lie within the campaign; else some Monday."""
    named = [day for step in sop.steps if step.at for day in days_of(step.at) if isinstance(day, CalendarDay)]
    dates = [date(day.year or _A_MONDAY.year, day.month, min(day.day, 28)) for day in named]
    return min(dates, default=_A_MONDAY)


def _posts(sop: Sop, start: date, event: datetime | None) -> list[Post]:
    unheard = Notes()  # planning tells what is wrong with the times
    times = timetable(sop, calendar_of(sop, start, event, unheard), unheard)
    posts = [
        Post(step=step, ordinal=ordinal, occurrence=occurrence)
        for ordinal, step in enumerate(sop.steps)
        if step.parts and step.place == "group"
        for occurrence in times.get(step.id, ())
    ]
    return sorted(posts, key=lambda post: (post.utc, post.ordinal))
