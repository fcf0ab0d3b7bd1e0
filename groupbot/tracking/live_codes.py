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


def takers(pool: Pool) -> tuple[str, ...]:
    """Return the groups of `pool` that may take people in, in their turn: its entry, then the others that are ready."""
    entry = (pool.entry,) if pool.entry is not None else ()
    return (*entry, *(group for group in pool.waiting if group not in pool.unready))


def shown_group(code: LiveCode, pools: Mapping[str, Pool], doors: Mapping[str, Door], now: datetime) -> str:
    """Return the group whose image `code` shows now, "" = none: the first that takes people in by an image that holds.

    `pools`: how each stands, by name. A pool that config.toml has no more has no groups. A group that a code names by
    itself need not be its pool's entry.
    """
    groups: tuple[str, ...] = ()
    if not code.group:
        pool = pools.get(code.pool)
        groups = takers(pool) if pool is not None else ()
    elif not any(code.group in pool.ending for pool in pools.values()):
        groups = (code.group,)
    return next((group for group in groups if _lets_in(doors.get(group), now)), "")


def _lets_in(door: Door | None, now: datetime) -> bool:
    return door is not None and not door.closed and door.has_image(now)
