"""What a trail adds to the daily sums. Pure: it depends on the trail alone, and on when and where its campaign began.

So what a trail added is known without having been written down: `after` less `before` is what a change changes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from zoneinfo import ZoneInfo

from groupbot.tracking import metrics
from groupbot.tracking.days import day_of
from groupbot.tracking.replies import StepPost
from groupbot.tracking.seats import Sitting, breaks, seated, sittings
from groupbot.tracking.stages import JOINED, LEFT, PAID, REFUNDED, REPLIED
from groupbot.tracking.trail import Trail


class Cell(NamedTuple):
    """A row of the daily sums."""

    day: str
    metric: str
    group: str
    channel: str
    variant: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """Where a campaign's days begin and end, and when (milliseconds) it began."""

    zone: ZoneInfo
    began: int


def contributions(trail: Trail, frame: Frame) -> Counter[Cell]:
    """Return what `trail` adds to the sums; nothing for one of our people. What was asked of them: see `asks`."""
    counted: Counter[Cell] = Counter()
    if not trail.standing.ours:
        _Count(trail, frame, counted).all()
    return counted


def asks(trail: Trail, frame: Frame, posts: Iterable[StepPost]) -> Counter[Cell]:
    """Return in how many of `posts` the person was asked: they sat in the group when it was posted there."""
    counted: Counter[Cell] = Counter()
    if trail.standing.ours:
        return counted
    stays = sittings(trail, frame.began)
    where = trail.standing
    for post in posts:
        if seated(stays, post.group, post.at):
            day = day_of(post.at, frame.zone)
            counted[Cell(day, metrics.asked(post.step), post.group, where.channel, where.variant)] += 1
    return counted


def bucket(seconds: float) -> int:
    """Return the upper bound, of metrics.FIRST_REPLY, under which `seconds` is counted; 0 = later than all."""
    place = bisect_left(metrics.FIRST_REPLY, seconds)
    return metrics.FIRST_REPLY[place] if place < len(metrics.FIRST_REPLY) else 0


class _Count:
    """Count one trail into `counted`."""

    def __init__(self, trail: Trail, frame: Frame, counted: Counter[Cell]) -> None:
        self._trail = trail
        self._zone = frame.zone
        self._counted = counted
        self._stays = sittings(trail, frame.began)
        self._joined = self._day(self._stays[0].since) if self._stays else ""

    def all(self) -> None:
        self._stages()
        self._money()
        self._messages()
        self._answers()
        if self._stays:
            self._coming(self._stays[0])
            self._talks()
        self._questions()

    def _day(self, at: int) -> str:
        return day_of(at, self._zone)

    def _add(self, day: str, metric: str, count: int = 1, group: str | None = None) -> None:
        where = self._trail.standing
        self._counted[Cell(day, metric, where.group if group is None else group, where.channel, where.variant)] += count

    def _reached(self, stage: str, day: str) -> None:
        self._add(day, metrics.stage(stage))
        if self._joined:
            self._add(self._joined, metrics.cohort(stage))

    def _stages(self) -> None:
        trail = self._trail
        first: dict[str, int] = {}
        if self._stays:
            first[JOINED] = self._stays[0].since
            _back, left = breaks(self._stays)
            if left is not None:
                first[LEFT] = left
        if trail.spoke:
            first[REPLIED] = min(trail.spoke.values())
        for reached in trail.stages:
            first[reached.stage] = min(reached.at, first.get(reached.stage, reached.at))
        for stage, at in first.items():
            self._reached(stage, self._day(at))

    def _money(self) -> None:
        for reached in self._trail.stages:
            back = reached.stage == REFUNDED
            if reached.amount is not None:
                metric = metrics.refunds(reached.currency) if back else metrics.revenue(reached.currency)
                self._add(self._day(reached.at), metric, reached.amount)
            if back or reached.stage == PAID:
                self._add(self._day(reached.at), metrics.REFUNDED_ORDERS if back else metrics.ORDERS)

    def _messages(self) -> None:
        heard: dict[tuple[str, str], int] = {}
        for (day, group, _account), count in self._trail.messages.items():
            heard[day, group] = max(count, heard.get((day, group), 0))
        for (day, group), count in heard.items():
            self._add(day, metrics.MESSAGES, count, group)
        for day in {day for day, _group in heard}:
            self._add(day, metrics.ACTIVE)

    def _answers(self) -> None:
        for answer in self._trail.answers.values():
            if seated(self._stays, answer.group, answer.posted):
                self._add(self._day(answer.posted), metrics.answered(answer.step), group=answer.group)

    def _coming(self, stay: Sitting) -> None:
        trail, day = self._trail, self._joined
        if stay.present:
            self._add(day, metrics.PRESENT)
        elif stay.join is None or trail.joins[stay.join].found_late:
            self._add(day, metrics.LATE_FOUND)
        elif trail.spoke:
            seconds = (min(trail.spoke.values()) - stay.since) / 1000
            self._add(day, metrics.first_reply(bucket(seconds)))
        if trail.standing.invited:
            self._add(day, metrics.INVITED)
        back, _left = breaks(self._stays)
        if back is not None:
            self._add(self._day(back), metrics.REJOINED)

    def _talks(self) -> None:
        paid = [reached.at for reached in self._trail.stages if reached.stage == PAID]
        for person, at in self._trail.talks.items():
            self._add(self._day(at), metrics.talked(person))
            if any(when >= at for when in paid):
                self._add(self._day(at), metrics.talked_paid(person))

    def _questions(self) -> None:
        for group, at, answered, by in waited(self._trail):
            self._add(self._day(at), metrics.QUESTIONS, group=group)
            if answered:
                metric = metrics.staff_answer(by, bucket((answered - at) / 1000))
                self._add(self._day(at), metric, group=group)


def waited(trail: Trail) -> Sequence[tuple[str, int, int, str]]:
    """Return questions as (group, at, answered, by); who asks again before an answer is still waiting for the first."""
    kept: list[tuple[str, int, int, str]] = []
    open_until: dict[str, int | None] = {}
    for (group, at), question in sorted(trail.questions.items(), key=lambda item: (item[0][1], item[0][0])):
        if group in open_until and ((until := open_until[group]) is None or at < until):
            continue
        open_until[group] = question.answered or None
        kept.append((group, at, question.answered, question.by))
    return kept
