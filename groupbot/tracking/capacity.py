"""How full groups are, when they will be, and which group of a pool takes people in now. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

LOOK_BACK = timedelta(hours=3)
"""How far back joins and leaves are counted for the forecast: entries are posted in waves of hours, not of days."""
TOO_FEW = 3
"""Net joins in that time below which nothing is forecast."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fill:
    """How full a group is. `members`: None = nobody has counted yet; `per_hour`: members gained lately."""

    group: str
    members: int | None
    limit: int
    per_hour: float = 0.0
    full_at: datetime | None = None
    """When it is full if it goes on like this, None = nothing says that it will be."""

    @property
    def room(self) -> int | None:
        """How many more may come, None = not known."""
        return None if self.members is None else max(self.limit - self.members, 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Door:
    """How people come into a group. `image`: path of its QR image, "" = none; `expires_at`: None = it lasts.

    `closed`: it takes nobody in any more, until a person opens it. `entered_at`: when it became the entry of its pool,
    None = it never was.
    """

    group: str
    image: str = ""
    expires_at: datetime | None = None
    closed: bool = False
    by: str = ""
    taken_at: datetime | None = None
    entered_at: datetime | None = None

    def has_image(self, now: datetime) -> bool:
        """Tell whether its image lets people in now."""
        return bool(self.image) and (self.expires_at is None or self.expires_at > now)


@dataclass(frozen=True, kw_only=True, slots=True)
class PoolRules:
    """A pool of groups that are filled one after the other, in this order.

    `switch_before`: so many seats before the limit the next group takes over; `switch_ahead`: or so long before it is
    full by the forecast.
    """

    name: str
    groups: tuple[str, ...]
    limit: int = 200
    switch_before: int = 10
    switch_ahead: timedelta = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pool:
    """How a pool stands. `entry`: the group that takes people in, None = none can; `after`: the one after it.

    `waiting`: open groups with room besides the entry. `unready`: what groups lack to become the entry, in words.
    """

    rules: PoolRules
    fills: Mapping[str, Fill]
    doors: Mapping[str, Door]
    now: datetime
    entry: str | None = None
    after: str | None = None
    ending: tuple[str, ...] = ()
    """Groups that have just become so full that they are to be closed."""
    waiting: tuple[str, ...] = ()
    unready: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_stopgap(self) -> bool:
        """Whether the entry is one that should have been closed: no other group is ready."""
        return self.entry is not None and is_ending(self.fills.get(self.entry), self.rules, self.now)

    def is_passed_over(self, group: str) -> bool:
        """Tell whether a group that is not ready would have its turn before the entry."""
        order = self.rules.groups
        turn = order.index(self.entry) if self.entry is not None else len(order)
        return group in self.waiting and group in self.unready and (self.is_stopgap or order.index(group) < turn)

    def is_up_to_next(self, group: str) -> bool:
        """Tell whether a group is the next one, or would be before it if it were ready."""
        order = self.rules.groups
        return group in self.waiting and self.after is not None and order.index(group) <= order.index(self.after)


def forecast(group: str, members: int | None, limit: int, moves: Iterable[tuple[datetime, int]], now: datetime) -> Fill:
    """Return how full `group` is and will be; `moves`: when how many came (+) or went (-)."""
    gained = sum(count for at, count in moves if now - LOOK_BACK <= at <= now)
    per_hour = gained / (LOOK_BACK / timedelta(hours=1))
    full_at = None
    if members is not None and gained >= TOO_FEW:
        full_at = now + timedelta(hours=max(limit - members, 0) / per_hour)
    return Fill(group=group, members=members, limit=limit, per_hour=per_hour, full_at=full_at)


def stand(
    rules: PoolRules,
    fills: Mapping[str, Fill],
    doors: Mapping[str, Door],
    now: datetime,
    unready: Mapping[str, tuple[str, ...]] | None = None,
) -> Pool:
    """Return how a pool stands. `unready`: what groups lack, in words; who is not named lacks nothing.

    The entry stays what it is until it is closed or nearly full; then the first open group with room that is ready
    takes over. While none is, it stays as long as it has a seat.
    """
    unready = unready or {}
    unclosed = [group for group in rules.groups if not _is_closed(doors.get(group))]
    ending = [group for group in unclosed if is_ending(fills.get(group), rules, now)]
    with_room = [group for group in unclosed if group not in ending]
    current = _current(rules, unclosed, doors)
    entry = current if current in with_room else next((group for group in with_room if group not in unready), None)
    if entry is None and current is not None and _has_seat(fills.get(current)):
        entry = current
    waiting = tuple(group for group in with_room if group != entry)
    return Pool(
        rules=rules,
        fills=fills,
        doors=doors,
        now=now,
        entry=entry,
        after=next((group for group in waiting if group not in unready), next(iter(waiting), None)),
        ending=tuple(group for group in ending if group != entry),
        waiting=waiting,
        unready={group: lacks for group, lacks in unready.items() if lacks},
    )


def _current(rules: PoolRules, unclosed: Sequence[str], doors: Mapping[str, Door]) -> str | None:
    """Return the open group that became the entry last; of a pool that had no entry yet the first."""
    entered = {group: door.entered_at for group in rules.groups if (door := doors.get(group)) and door.entered_at}
    if not entered:
        return next(iter(unclosed), None)
    return max((group for group in unclosed if group in entered), key=entered.__getitem__, default=None)


def _has_seat(fill: Fill | None) -> bool:
    return fill is None or fill.room is None or fill.room > 0


def is_ending(fill: Fill | None, rules: PoolRules, now: datetime) -> bool:
    """Tell whether the next group must take over; a group that nobody has counted yet counts as empty."""
    if fill is None or fill.room is None:
        return False
    soon = fill.full_at is not None and fill.full_at - now <= rules.switch_ahead
    return fill.room <= rules.switch_before or soon


def images_to_ask(pool: Pool, now: datetime, ahead: timedelta) -> Sequence[str]:
    """Return the groups whose QR image is needed: of the entry and the group after it, missing or over within `ahead`.

    A picture for the group after it is asked for early, so that the change costs nobody a scan.
    """
    wanted = [group for group in (pool.entry, pool.after) if group is not None]
    return [group for group in wanted if not pool.doors.get(group, Door(group=group)).has_image(now + ahead)]


def _is_closed(door: Door | None) -> bool:
    return door is not None and door.closed
