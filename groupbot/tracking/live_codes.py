"""Live codes (活码): printed once, they lead to whichever group takes people in when somebody scans them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from groupbot.tracking.capacity import Door, Pool

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Signs that nobody takes for one another when they are read from a poster: without 0, 1, i, l, o."""
LENGTH = 8
"""Signs of a code. 8: 850,000 million codes, so that a thousand guesses a minute for a year hit none of a hundred."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LiveCode:
    """A code. It leads to `pool`, or to one `group` alone; "" = not that.

    `campaign`: whose it is, "" = any; `fallback`: path of the friend-first image in the project, "" = none; `title`:
    what its page is headed with.
    """

    code: str
    channel: str
    created_at: datetime
    variant: str = ""
    campaign: str = ""
    pool: str = ""
    group: str = ""
    fallback: str = ""
    title: str = ""
    closed: bool = False
    by: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Visits:
    """How often a code was visited in one minute. `group`: whose image was shown, "" = none."""

    code: str
    minute: datetime
    group: str
    count: int


class VisitStore(Protocol):
    """Where visits are counted. Raises StoreError."""

    async def add_visits(self, visits: Sequence[Visits]) -> None:
        """Add to what is counted already; all or none."""
        ...


def drawn(choose: Callable[[str], str]) -> str:
    """Return a new code; `choose` draws one sign of a text."""
    return "".join(choose(ALPHABET) for _sign in range(LENGTH))


def folded(code: str) -> str:
    """Return a code as it is stored, whichever way somebody typed it from a poster."""
    return code.strip().casefold()


def shown_group(code: LiveCode, pools: Mapping[str, Pool], doors: Mapping[str, Door], now: datetime) -> str:
    """Return the group whose image `code` shows now: the first that is open, has room and an image that holds.

    "" = none. `pools`: how each stands, by name. A pool that config.toml has no more has no groups.
    """
    named = code.group
    if named:
        of_it = next((pool for pool in pools.values() if named in pool.rules.groups), None)
        return named if _takes(named, of_it, doors, now) else ""
    pool = pools.get(code.pool)
    found = (group for group in (pool.rules.groups if pool else ()) if _takes(group, pool, doors, now))
    return next(found, "")


def _takes(group: str, pool: Pool | None, doors: Mapping[str, Door], now: datetime) -> bool:
    door = doors.get(group)
    is_full = pool is not None and group in pool.ending
    return door is not None and not door.closed and not is_full and door.has_image(now)
