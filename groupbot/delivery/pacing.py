"""How fast and how much an account may post. Pure arithmetic over instants; the caller gives jitter's generator."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from groupbot.delivery.budgets import ONE_POST, Cost, PastPost, WarmUp


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """The limits of one account. Seconds; `jitter` is the fraction by which an interval may grow; a cap of 0 is none.

    A day is a local calendar day in `timezone`. `budgets`: how much of each kind (see `budgets.cost`) in a day, 0 or
    not named = no limit. `uncapped`: groups without a daily cap, since commands are answered and people told there.
    """

    account_interval_s: float = 0.0
    group_interval_s: float = 0.0
    jitter: float = 0.0
    account_daily_cap: int = 0
    group_daily_cap: int = 0
    uncapped: frozenset[str] = frozenset()
    timezone: str = "Asia/Shanghai"
    budgets: Mapping[str, int] = field(default_factory=dict)
    warm_up: WarmUp | None = None

    def cap_on(self, day: date) -> int:
        """Return the most posts of the account on `day`, 0 = no cap."""
        return self.warm_up.capped(self.account_daily_cap, day) if self.warm_up else self.account_daily_cap

    def budget_on(self, kind: str, day: date) -> int:
        """Return how much of `kind` the account may do on `day`, 0 = no limit."""
        budget = self.budgets.get(kind, 0)
        return self.warm_up.scaled(budget, day) if self.warm_up else budget


UNPACED = Pace()


@dataclass(kw_only=True, slots=True)
class _Rest:
    """The pause after a post that began at `since`."""

    since: datetime
    lasts: timedelta

    def ends(self, now: datetime) -> datetime:
        """Return the pause's end; on a clock that was set back it begins anew, so it costs one pause at most."""
        self.since = min(self.since, now)
        return self.since + self.lasts


class _Day:
    """What was used since the local day began. On a clock that was set back, what lies ahead counts as used just now.

    So a clock that was wrong costs the rest of one day, neither a year nor the account.
    """

    def __init__(self) -> None:
        self._uses: deque[tuple[datetime, int]] = deque()

    def add(self, now: datetime, amount: int) -> None:
        self._pull_back(now)
        self._uses.append((now, amount))

    def undo(self) -> None:
        if self._uses:
            self._uses.pop()

    def used(self, today: datetime, now: datetime) -> int:
        """Return the sum since `today` began, and forget what was before."""
        self._pull_back(now)
        while self._uses and self._uses[0][0] < today:
            self._uses.popleft()
        return sum(amount for _at, amount in self._uses)

    def _pull_back(self, now: datetime) -> None:
        if self._uses and self._uses[-1][0] > now:
            self._uses = deque((min(at, now), amount) for at, amount in self._uses)


class Pacer:
    """Remember what one account posted and say when it may post again."""

    def __init__(self, pace: Pace, rng: Random, history: Iterable[PastPost] = ()) -> None:
        self._pace = pace
        self._rng = rng
        self._rest: _Rest | None = None
        self._group_rests: dict[str, _Rest] = {}
        self._posts = _Day()
        self._group_posts: defaultdict[str, _Day] = defaultdict(_Day)
        self._spent: defaultdict[str, _Day] = defaultdict(_Day)
        for post in sorted(history, key=lambda post: (post.at, post.group)):
            self.record(post.group, post.at, post.cost)

    def anew(self, pace: Pace, history: Iterable[PastPost]) -> Pacer:
        """Return a pacer for another pace that counts what `history` says was posted."""
        return Pacer(pace, self._rng, history)

    def record(self, group: str, now: datetime, cost: Cost = ONE_POST) -> None:
        """Count a post to `group` that begins at `now`."""
        self._rest = _Rest(since=now, lasts=self._interval(self._pace.account_interval_s))
        self._group_rests[group] = _Rest(since=now, lasts=self._interval(self._pace.group_interval_s))
        if self._pace.account_daily_cap or self._pace.warm_up:
            self._posts.add(now, 1)
        if self._pace.group_daily_cap:
            self._group_posts[group].add(now, 1)
        if self._pace.budgets.get(cost.kind):
            self._spent[cost.kind].add(now, cost.amount)

    def take_back(self, group: str, cost: Cost = ONE_POST) -> None:
        """Count the last post no more, since the platform did not take it; its rest stays."""
        for day in (self._posts, self._group_posts[group], self._spent[cost.kind]):
            day.undo()

    def account_ready_at(self, now: datetime) -> datetime:
        """Return when the account may post next; `now` or earlier means at once."""
        if self.account_cap_reached(now):
            return self._midnight(now, days=1)
        return self._rest.ends(now) if self._rest else now

    def group_ready_at(self, group: str, now: datetime) -> datetime:
        """Return when the account may post to `group` next, its daily cap left aside."""
        rest = self._group_rests.get(group)
        return rest.ends(now) if rest else now

    def account_cap_reached(self, now: datetime) -> bool:
        """Tell whether the account has posted its day's number."""
        if not self._pace.account_daily_cap and self._pace.warm_up is None:
            return False
        return self._full(self._posts, self._pace.cap_on(self._today(now)), now)

    def group_capped_until(self, group: str, now: datetime) -> datetime | None:
        """Return the next local midnight when `group` has had its day's number, else None."""
        if not group or group in self._pace.uncapped:
            return None
        full = self._full(self._group_posts[group], self._pace.group_daily_cap, now)
        return self._midnight(now, days=1) if full else None

    def budget(self, kind: str, now: datetime) -> int:
        """Return how much of `kind` the account may do on this day in all, 0 = no limit."""
        return self._pace.budget_on(kind, self._today(now))

    def spent_until(self, cost: Cost, now: datetime) -> datetime | None:
        """Return the next local midnight when `cost` is more than its day's budget has left, else None."""
        if not self._pace.budgets.get(cost.kind):
            return None
        budget = self.budget(cost.kind, now)
        fits = self._spent[cost.kind].used(self._midnight(now), now) + cost.amount <= budget
        return None if fits else self._midnight(now, days=1)

    def _interval(self, seconds: float) -> timedelta:
        return timedelta(seconds=seconds * (1 + self._rng.random() * self._pace.jitter))

    def _full(self, posts: _Day, cap: int, now: datetime) -> bool:
        return bool(cap) and posts.used(self._midnight(now), now) >= cap

    def _today(self, now: datetime) -> date:
        return now.astimezone(ZoneInfo(self._pace.timezone)).date()

    def _midnight(self, now: datetime, *, days: int = 0) -> datetime:
        """Return where the local day of `now` begins, or the one so many days later."""
        zone = ZoneInfo(self._pace.timezone)
        midnight = datetime.combine(self._today(now) + timedelta(days=days), time(), tzinfo=zone)
        return midnight.astimezone(now.tzinfo)
