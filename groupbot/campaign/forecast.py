"""When each post of a plan will really go out: its accounts post one message at a time, at their pace.

The rules are the dispatcher's (order within a group, priority between groups, gaps between parts, what is too late is
left out) with the mean of the jitter. Other campaigns, quiet hours and time lost by an adapter are not foreseen.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from heapq import heappop, heappush
from zoneinfo import ZoneInfo

from groupbot.delivery.pacing import UNPACED, Pace
from groupbot.sop.planned import PlannedDelivery
from groupbot.sop.preview.expected import Expected


def forecast(
    deliveries: Sequence[PlannedDelivery],
    *,
    account_of: Callable[[PlannedDelivery], str],
    paces: Mapping[str, Pace],
) -> list[Expected]:
    """Return when each of `deliveries` begins and ends, in their order; accounts without a pace post at once."""
    return _Run(deliveries, account_of, paces).play()


def mean_interval(pace: Pace) -> float:
    """Return the seconds between two posts of an account, on the average."""
    return pace.account_interval_s * (1 + pace.jitter / 2)


class _Account:
    """One account's clock (seconds since the epoch), what it may post now and what it waits for."""

    def __init__(self, pace: Pace) -> None:
        self.interval = mean_interval(pace)
        self.group_interval = pace.group_interval_s * (1 + pace.jitter / 2)
        self.days = _Days(pace)
        self.capped = bool(pace.account_daily_cap or pace.warm_up)
        self.free_at = 0.0
        self.wakes_at = float("inf")
        self.ready: list[tuple[int, float, int, int, int]] = []
        self.waiting: list[tuple[float, int]] = []
        self.groups: dict[str, float] = {}


@dataclass(kw_only=True, slots=True)
class _Job:
    """One delivery on its way out."""

    rank: tuple[int, float, int]
    gaps: tuple[float, ...]
    group: str
    account: str
    latest: float
    next_part: int = 0
    begins: float = 0.0


class _Days:
    """How much was posted on each local day."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._zone = ZoneInfo(pace.timezone)
        self._begins: list[float] = []
        self._ends: list[float] = []
        self._caps: list[int] = []
        self._used: dict[float, int] = defaultdict(int)

    def full_until(self, at: float) -> float | None:
        """Return the end of the day when its number is posted, else None."""
        day = self._day(at)
        cap = self._caps[day]
        return self._ends[day] if cap and self._used[self._begins[day]] >= cap else None

    def count(self, at: float) -> None:
        """Count a post."""
        self._used[self._begins[self._day(at)]] += 1

    def _day(self, at: float) -> int:
        number = bisect_right(self._begins, at) - 1
        if number >= 0 and at < self._ends[number]:
            return number
        today = datetime.fromtimestamp(at, self._zone).date()
        midnight, following = (
            datetime.combine(today + timedelta(days=days), time(), tzinfo=self._zone).timestamp() for days in (0, 1)
        )
        place = bisect_right(self._begins, midnight)
        self._begins.insert(place, midnight)
        self._ends.insert(place, following)
        self._caps.insert(place, self._pace.cap_on(today))
        return place


@dataclass(slots=True)
class _Run:
    """One simulation. Within a group the next delivery begins when the one before it is through."""

    deliveries: Sequence[PlannedDelivery]
    account_of: Callable[[PlannedDelivery], str]
    paces: Mapping[str, Pace]
    _accounts: dict[str, _Account] = field(default_factory=dict)
    _jobs: list[_Job] = field(default_factory=list)
    _next: dict[int, int] = field(default_factory=dict)
    _wakes: list[tuple[float, str]] = field(default_factory=list)
    _found: list[Expected | None] = field(default_factory=list)

    def play(self) -> list[Expected]:
        """Return what happens to each delivery."""
        self._found = [None] * len(self.deliveries)
        for number in self._prepare():
            self._queue(number, self._jobs[number].rank[1])
        while self._wakes:
            at, name = heappop(self._wakes)
            account = self._accounts[name]
            if at == account.wakes_at:
                account.wakes_at = float("inf")
                self._act(name, account, at)
        return [one for one in self._found if one is not None]

    def _prepare(self) -> list[int]:
        """Make the jobs; return the first of each group."""
        last: dict[str, int] = {}
        first = []
        times: dict[tuple[int, int, int], tuple[float, float]] = {}
        gaps: dict[int, tuple[float, ...]] = {}
        for number, delivery in enumerate(self.deliveries):
            moment = (id(delivery.due), id(delivery.until), id(delivery.policies))  # one step's groups share these
            due, latest = times.get(moment) or times.setdefault(moment, _times(delivery))
            account = self.account_of(delivery)
            if account not in self._accounts:
                self._accounts[account] = _Account(self.paces.get(account, UNPACED))
            self._jobs.append(
                _Job(
                    rank=(-delivery.priority, due, delivery.ordinal),
                    gaps=gaps.get(id(delivery.parts)) or gaps.setdefault(id(delivery.parts), _gaps(delivery)),
                    group=delivery.group,
                    account=account,
                    latest=latest,
                )
            )
            lane = delivery.member or delivery.group
            if lane in last:
                self._next[last[lane]] = number
            else:
                first.append(number)
            last[lane] = number
        return first

    def _queue(self, number: int, at: float) -> None:
        """Let the delivery's next part wait for `at`."""
        account = self._accounts[self._jobs[number].account]
        heappush(account.waiting, (at, number))
        self._wake(self._jobs[number].account, account, max(at, account.free_at))

    def _wake(self, name: str, account: _Account, at: float) -> None:
        if at < account.wakes_at:
            account.wakes_at = at
            heappush(self._wakes, (at, name))

    def _act(self, name: str, account: _Account, now: float) -> None:
        """Post one part of what is ready at `now`, and say when to look again."""
        while account.waiting and account.waiting[0][0] <= now:
            number = heappop(account.waiting)[1]
            job = self._jobs[number]
            heappush(account.ready, (*job.rank, -job.next_part, number))
        until = account.days.full_until(now) if account.capped and account.ready else None
        if until is not None:
            account.free_at = until
        elif account.ready:
            self._post(account, heappop(account.ready)[-1], now)
        if account.ready or account.waiting:
            nearest = now if account.ready else account.waiting[0][0]
            self._wake(name, account, max(nearest, account.free_at))

    def _post(self, account: _Account, number: int, now: float) -> None:
        job = self._jobs[number]
        rests_until = account.groups.get(job.group, 0.0)
        if rests_until > now:
            heappush(account.waiting, (rests_until, number))
            return
        if job.next_part == 0:
            job.begins = now
            if now > job.latest or not job.gaps:
                self._finish(number, now, is_late=bool(job.gaps))
                return
        account.free_at = now + account.interval
        account.groups[job.group] = now + account.group_interval
        if account.capped:
            account.days.count(now)
        job.next_part += 1
        if job.next_part < len(job.gaps):
            heappush(account.waiting, (now + job.gaps[job.next_part], number))
        else:
            self._finish(number, now, is_late=False)

    def _finish(self, number: int, now: float, *, is_late: bool) -> None:
        begins = self._jobs[number].begins
        self._found[number] = Expected(begins=_instant(begins), ends=_instant(now), is_left_out=is_late)
        following = self._next.get(number)
        if following is not None:
            self._queue(following, max(self._jobs[following].rank[1], now))


def _times(delivery: PlannedDelivery) -> tuple[float, float]:
    """Return when it is due and when it is too late."""
    latest = delivery.policies.latest(delivery.due, delivery.until)
    return delivery.due.timestamp(), latest.timestamp() if latest else float("inf")


def _gaps(delivery: PlannedDelivery) -> tuple[float, ...]:
    return tuple(part.gap_s for part in delivery.parts)


def _instant(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
