"""Wait until what is being written stays as it is: editors empty a file before they fill it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

SETTLE_S = 0.3
"""Seconds without a change after which a file counts as saved."""

Seen = TypeVar("Seen")
Sleep = Callable[[float], Awaitable[None]]


async def settled(read: Callable[[], Seen], first: Seen, *, sleep: Sleep = asyncio.sleep) -> Seen:
    """Return what `read` gives once it gives the same twice, `SETTLE_S` apart; `first` is what it gave just now."""
    while True:
        await sleep(SETTLE_S)
        later = read()
        if later == first:
            return later
        first = later
