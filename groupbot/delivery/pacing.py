"""How fast an account may post. Pure arithmetic over instants; jitter comes from a generator given by the caller."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """The limits of one account. Seconds; `jitter` is the fraction by which an interval may grow; a cap of 0 is none.

    A day is a local calendar day in `timezone`.
    """

    account_interval_s: float = 0.0
    group_interval_s: float = 0.0
    jitter: float = 0.0
    account_daily_cap: int = 0
    group_daily_cap: int = 0
    timezone: str = "Asia/Shanghai"


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


class Pacer:
    """Remember what one account posted and say when it may post again."""

    def __init__(self, pace: Pace, rng: Random, history: Mapping[str, Sequence[datetime]] | None = None) -> None:
        self._pace = pace
        self._rng = rng
        self._rest: _Rest | None = None
        self._group_rests: dict[str, _Rest] = {}
        self._posts: deque[datetime] = deque()
        self._group_posts: defaultdict[str, deque[datetime]] = defaultdict(deque)
        earlier = sorted((at, group) for group, instants in (history or {}).items() for at in instants)
        for at, group in earlier:
            self.record(group, at)

    def anew(self, pace: Pace, history: Mapping[str, Sequence[datetime]]) -> Pacer:
        """Return a pacer for another pace that counts what `history` says was posted."""
        return Pacer(pace, self._rng, history)

    def record(self, group: str, now: datetime) -> None:
        """Count a post to `group` that begins at `now`."""
        self._rest = _Rest(since=now, lasts=self._interval(self._pace.account_interval_s))
        self._group_rests[group] = _Rest(since=now, lasts=self._interval(self._pace.group_interval_s))
        if self._pace.account_daily_cap:
            self._posts.append(now)
        if self._pace.group_daily_cap:
            self._group_posts[group].append(now)

    def account_ready_at(self, now: datetime) -> datetime:
        """Return when the account may post next; `now` or earlier means at once."""
        if self._full(self._posts, self._pace.account_daily_cap, now):
            return self._midnight(now, days=1)
        return self._rest.ends(now) if self._rest else now

    def group_ready_at(self, group: str, now: datetime) -> datetime:
        """Return when the account may post to `group` next, its daily cap left aside."""
        rest = self._group_rests.get(group)
        return rest.ends(now) if rest else now

    def account_cap_reached(self, now: datetime) -> bool:
        """Tell whether the account has posted its day's number."""
        return self._full(self._posts, self._pace.account_daily_cap, now)

    def group_capped_until(self, group: str, now: datetime) -> datetime | None:
        """Return the next local midnight when `group` has had its day's number, else None."""
        full = self._full(self._group_posts[group], self._pace.group_daily_cap, now) if group else False
        return self._midnight(now, days=1) if full else None

    def _interval(self, seconds: float) -> timedelta:
        return timedelta(seconds=seconds * (1 + self._rng.random() * self._pace.jitter))

    def _full(self, posts: deque[datetime], cap: int, now: datetime) -> bool:
        if not cap:
            return False
        today = self._midnight(now)
        while posts and posts[0] < today:
            posts.popleft()
        return len(posts) >= cap

    def _midnight(self, now: datetime, *, days: int = 0) -> datetime:
        """Return where the local day of `now` begins, or the one so many days later."""
        local = now.astimezone(ZoneInfo(self._pace.timezone))
        midnight = datetime.combine(local.date() + timedelta(days=days), time(), tzinfo=local.tzinfo)
        return midnight.astimezone(now.tzinfo)
