"""A plan as a calendar: what is equal in many groups stands once. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from groupbot.core.content import Part
from groupbot.sop.planned import Plan, PlannedDelivery, PlannedTask, PlannedTrigger, Problem
from groupbot.sop.preview.expected import Expected

_QUARTER = 15
"""Minutes by which zones' offsets differ; so an hour of any zone is whole quarters of UTC."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """One time of one step. `groups`, `expected` and `version_of` go together; `versions` are its different words.

    `speaker` is what operators call the role, "" = the group's own account.
    """

    step: str
    phase: str
    speaker: str
    due: datetime
    until: datetime | None
    groups: tuple[str, ...]
    expected: tuple[Expected, ...]
    version_of: tuple[int, ...]
    versions: tuple[tuple[Part, ...], ...]

    @property
    def last_at(self) -> datetime:
        """When the last group has its last part, in the SOP's zone."""
        return max(one.ends for one in self.expected).astimezone(self.due.tzinfo)

    @property
    def left_out(self) -> int:
        """How many groups don't get it, since their turn comes too late."""
        return sum(one.is_left_out for one in self.expected)


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """One local day: its posts in their order, and the tasks of people that are due on it."""

    day: date
    posts: tuple[Post, ...]
    tasks: tuple[PlannedTask, ...] = ()

    @property
    def by_time(self) -> tuple[Post | PlannedTask, ...]:
        """Return posts and tasks together as they come; at one time posts first."""
        timed = [(post.due, post) for post in self.posts] + [(task.due, task) for task in self.tasks if task.due]
        return tuple(item for _due, item in sorted(timed, key=lambda pair: pair[0]))


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """A campaign before it is launched. `per_hour`: local hour -> messages that begin in it."""

    title: str
    version: str
    timezone: str
    groups: tuple[str, ...]
    days: tuple[Day, ...]
    undated: tuple[PlannedTask, ...] = ()
    triggers: tuple[PlannedTrigger, ...] = ()
    per_hour: Mapping[datetime, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def busiest(self) -> tuple[datetime, int] | None:
        """The hour with the most messages and their number, None when there are none."""
        return max(self.per_hour.items(), key=lambda pair: pair[1], default=None)


def preview(plan: Plan, expected: Sequence[Expected]) -> Preview:
    """Return `plan` day by day; `expected` goes with its deliveries."""
    posts = list(_posts(plan, expected))
    dated: dict[date, list[PlannedTask]] = {}
    for task in plan.tasks:
        if task.due:
            dated.setdefault(task.due.date(), []).append(task)
    by_day = {day: tuple(found) for day, found in groupby(posts, key=lambda post: post.due.date())}
    return Preview(
        title=plan.title,
        version=plan.version,
        timezone=plan.timezone,
        groups=tuple(sorted({group for post in posts for group in post.groups})),
        days=tuple(
            Day(day=day, posts=by_day.get(day, ()), tasks=tuple(dated.get(day, ())))
            for day in sorted({*by_day, *dated})
        ),
        undated=tuple(task for task in plan.tasks if task.due is None),
        triggers=plan.triggers,
        per_hour=_per_hour(plan, expected),
        problems=plan.problems,
    )


def only(shown: Preview, group: str) -> Preview:
    """Return what the group called `group` gets of it."""
    days = (Day(day=day.day, posts=_of_group(day.posts, group), tasks=_tasks(day.tasks, group)) for day in shown.days)
    return Preview(
        title=shown.title,
        version=shown.version,
        timezone=shown.timezone,
        groups=(group,),
        days=tuple(day for day in days if day.posts or day.tasks),
        undated=_tasks(shown.undated, group),
        triggers=shown.triggers,
        problems=shown.problems,
    )


def _of_group(posts: Sequence[Post], group: str) -> tuple[Post, ...]:
    found = []
    for post in posts:
        if group in post.groups:
            at = post.groups.index(group)
            found.append(
                Post(
                    step=post.step,
                    phase=post.phase,
                    speaker=post.speaker,
                    due=post.due,
                    until=post.until,
                    groups=(group,),
                    expected=(post.expected[at],),
                    version_of=(0,),
                    versions=(post.versions[post.version_of[at]],),
                )
            )
    return tuple(sorted(found, key=lambda post: post.expected[0].begins))


def _tasks(tasks: Sequence[PlannedTask], group: str) -> tuple[PlannedTask, ...]:
    return tuple(task for task in tasks if task.group in {None, group})


def _posts(plan: Plan, expected: Sequence[Expected]) -> Iterator[Post]:
    rows = zip(plan.deliveries, expected, strict=True)
    for _key, together in groupby(rows, key=lambda row: (row[0].step, row[0].occurrence)):
        yield _post(list(together), plan.roles)


def _post(rows: Sequence[tuple[PlannedDelivery, Expected]], roles: Mapping[str, str]) -> Post:
    first = rows[0][0]
    versions: dict[int, int] = {}
    words: list[tuple[Part, ...]] = []
    version_of = []
    for delivery, _expected in rows:
        number = versions.setdefault(id(delivery.parts), len(words))  # the planner renders equal values once
        if number == len(words):
            words.append(delivery.parts)
        version_of.append(number)
    return Post(
        step=first.step,
        phase=first.phase,
        speaker=roles.get(first.speaker) or first.speaker,
        due=first.due,
        until=first.until,
        groups=tuple(delivery.group for delivery, _expected in rows),
        expected=tuple(one for _delivery, one in rows),
        version_of=tuple(version_of),
        versions=tuple(words),
    )


def _per_hour(plan: Plan, expected: Sequence[Expected]) -> dict[datetime, int]:
    """Count messages by the local hour in which their delivery begins."""
    zone = ZoneInfo(plan.timezone) if plan.timezone else None
    counted: Counter[datetime] = Counter()
    for delivery, one in zip(plan.deliveries, expected, strict=True):
        if not one.is_left_out:
            quarter = one.begins.minute - one.begins.minute % _QUARTER
            counted[one.begins.replace(minute=quarter, second=0, microsecond=0)] += len(delivery.parts)
    local: Counter[datetime] = Counter()
    for at, count in sorted(counted.items()):
        local[at.astimezone(zone).replace(minute=0)] += count
    return dict(local)
