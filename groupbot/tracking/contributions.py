"""What a trail adds to the daily sums. Pure: it depends on the trail alone, and on when and where its campaign began.

So what a trail added is known without having been written down: `after` less `before` is what a change changes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from zoneinfo import ZoneInfo

from groupbot.tracking import metrics
from groupbot.tracking.days import day_of
from groupbot.tracking.replies import StepPost
from groupbot.tracking.seats import Sitting, breaks, seated, sittings
from groupbot.tracking.stages import JOINED, LEFT, PAID, REFUNDED, REPLIED
from groupbot.tracking.trail import Heard, Trail


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
    counted = _Count(frame, Counter())
    for _fields, part in _PARTS:
        part(counted, trail)
    return counted.cells


def change(before: Trail, after: Trail, frame: Frame, parts: Collection[str], cells: Counter[Cell]) -> None:
    """Add `contributions` of `after` less those of `before` to `cells`. `parts`: which differ, see `differing`."""
    counted = _Count(frame, cells)
    is_same = "standing" not in parts
    if is_same and "messages" in parts:
        counted.more_messages(before, after)
    for fields, part in _PARTS:
        if not fields.isdisjoint(parts) and not (is_same and part is _Count.messages):
            counted.sign = 1
            part(counted, after)
            counted.sign = -1
            part(counted, before)


def asks(trail: Trail, frame: Frame, posts: Iterable[StepPost]) -> Counter[Cell]:
    """Return in how many of `posts` the person was asked: they sat in the group when it was posted there."""
    counted: Counter[Cell] = Counter()
    told = () if trail.standing.ours else tuple(posts)
    stays = sittings(trail, frame.began) if told else ()
    where = trail.standing
    for post in told:
        if seated(stays, post.group, post.at):
            day = day_of(post.at, frame.zone)
            counted[Cell(day, metrics.asked(post.step), post.group, where.channel, where.variant)] += 1
    return counted


def bucket(seconds: float) -> int:
    """Return the upper bound, of metrics.FIRST_REPLY, under which `seconds` is counted; 0 = later than all."""
    place = bisect_left(metrics.FIRST_REPLY, seconds)
    return metrics.FIRST_REPLY[place] if place < len(metrics.FIRST_REPLY) else 0


class _Count:
    """Count trails into `cells`; `sign`: -1 takes away."""

    def __init__(self, frame: Frame, cells: Counter[Cell]) -> None:
        self._frame = frame
        self.cells = cells
        self.sign = 1

    def person(self, trail: Trail) -> None:
        """Count what happens to a person once: stages, money, how they came, who talked to them."""
        if trail.standing.ours:
            return
        stays = sittings(trail, self._frame.began)
        self._stages(trail, stays)
        self._money(trail)
        if stays:
            self._coming(trail, stays)
            self._talks(trail)

    def messages(self, trail: Trail) -> None:
        """Count messages where they were written, and active members in their home group."""
        if trail.standing.ours:
            return
        heard = told_once(trail)
        for (day, group), count in heard.items():
            self._add(trail, day, metrics.MESSAGES, count, group)
        for day in {day for day, _group in heard}:
            self._add(trail, day, metrics.ACTIVE)

    def more_messages(self, before: Trail, after: Trail) -> None:
        """Count what `messages` counts of `after` less what it counts of `before`, who stood where they stand now."""
        if after.standing.ours:
            return
        days = _other_days(before.messages, after.messages)
        old, new = told_once(before, days), told_once(after, days)
        for day, group in {**old, **new}:
            if more := new.get((day, group), 0) - old.get((day, group), 0):
                self._add(after, day, metrics.MESSAGES, more, group)
        then, now = {day for day, _group in old}, {day for day, _group in new}
        for day in then ^ now:
            self._add(after, day, metrics.ACTIVE, 1 if day in now else -1)

    def answers(self, trail: Trail) -> None:
        """Count answers of those who were there when the step was posted, on its day."""
        if trail.standing.ours or not trail.answers:
            return
        stays = sittings(trail, self._frame.began)
        for answer in trail.answers.values():
            if seated(stays, answer.group, answer.posted):
                self._add(trail, self._day(answer.posted), metrics.answered(answer.step), group=answer.group)

    def questions(self, trail: Trail) -> None:
        """Count questions, and how soon our people answered them."""
        if trail.standing.ours:
            return
        for group, at, answered, by in waited(trail):
            self._add(trail, self._day(at), metrics.QUESTIONS, group=group)
            if answered:
                metric = metrics.staff_answer(by, bucket((answered - at) / 1000))
                self._add(trail, self._day(at), metric, group=group)

    def _day(self, at: int) -> str:
        return day_of(at, self._frame.zone)

    def _add(self, trail: Trail, day: str, metric: str, count: int = 1, group: str | None = None) -> None:
        where = trail.standing
        cell = Cell(day, metric, where.group if group is None else group, where.channel, where.variant)
        self.cells[cell] += self.sign * count

    def _stages(self, trail: Trail, stays: Sequence[Sitting]) -> None:
        first: dict[str, int] = {}
        if stays:
            first[JOINED] = stays[0].since
            _back, left = breaks(stays)
            if left is not None:
                first[LEFT] = left
        if trail.spoke:
            first[REPLIED] = min(trail.spoke.values())
        for reached in trail.stages:
            first[reached.stage] = min(reached.at, first.get(reached.stage, reached.at))
        joined = self._day(stays[0].since) if stays else ""
        for stage, at in first.items():
            self._add(trail, self._day(at), metrics.stage(stage))
            if joined:
                self._add(trail, joined, metrics.cohort(stage))

    def _money(self, trail: Trail) -> None:
        for reached in trail.stages:
            back, day = reached.stage == REFUNDED, self._day(reached.at)
            if reached.amount is not None:
                metric = metrics.refunds(reached.currency) if back else metrics.revenue(reached.currency)
                self._add(trail, day, metric, reached.amount)
            if back or reached.stage == PAID:
                self._add(trail, day, metrics.REFUNDED_ORDERS if back else metrics.ORDERS)

    def _coming(self, trail: Trail, stays: Sequence[Sitting]) -> None:
        first, day = stays[0], self._day(stays[0].since)
        if first.present:
            self._add(trail, day, metrics.PRESENT)
        elif first.join is None or trail.joins[first.join].found_late:
            self._add(trail, day, metrics.LATE_FOUND)
        elif trail.spoke:
            seconds = (min(trail.spoke.values()) - first.since) / 1000
            self._add(trail, day, metrics.first_reply(bucket(seconds)))
        if trail.standing.invited:
            self._add(trail, day, metrics.INVITED)
        back, _left = breaks(stays)
        if back is not None:
            self._add(trail, self._day(back), metrics.REJOINED)

    def _talks(self, trail: Trail) -> None:
        paid = [reached.at for reached in trail.stages if reached.stage == PAID]
        for person, at in trail.talks.items():
            self._add(trail, self._day(at), metrics.talked(person))
            if any(when >= at for when in paid):
                self._add(trail, self._day(at), metrics.talked_paid(person))
        first = min(trail.talks.values(), default=None)
        if first is not None and not any(when < first for when in paid):
            self._add(trail, self._day(first), metrics.TALKED_TO)
            if paid:
                self._add(trail, self._day(first), metrics.TALKED_TO_PAID)


SEATS = ("joins", "leaves", "present", "spoke")
"""The parts of a trail that tell when a person sat where."""
_PARTS = (
    (frozenset({*SEATS, "stages", "talks", "standing"}), _Count.person),
    (frozenset({"messages", "standing"}), _Count.messages),
    (frozenset({*SEATS, "answers", "standing"}), _Count.answers),
    (frozenset({"questions", "standing"}), _Count.questions),
)
"""What is counted, and the parts of a trail that it is counted from."""


def told_once(trail: Trail, days: Collection[str] | None = None) -> dict[tuple[str, str], int]:
    """Return how many messages a person wrote by (day, group); `days`: only on these, None = all.

    Of accounts that heard the same, whichever heard most.
    """
    heard: dict[tuple[str, str], int] = {}
    for (group, _account), counts in trail.messages.items():
        for day in counts if days is None else counts.keys() & days:
            heard[day, group] = max(counts[day], heard.get((day, group), 0))
    return heard


def _other_days(before: Heard, after: Heard) -> set[str]:
    """Return the days on which another number of messages is known."""
    found: set[str] = set()
    for place in {**before, **after}:
        one, other = before.get(place, {}), after.get(place, {})
        if one is not other:
            found.update([day for day, _count in one.items() ^ other.items()])
    return found


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
