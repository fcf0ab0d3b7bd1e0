"""Where rules place orders, and a memory of what they placed: the same requests are looked at again and again."""

from __future__ import annotations

from collections import deque
from typing import Protocol

from groupbot.campaign.one_off import Order

REMEMBERED = 20_000
"""Keys kept in memory, some 2 MB; what was forgotten is known to the store."""


class Desk(Protocol):
    """Where orders are placed."""

    async def submit(self, order: Order) -> bool:
        """Plan `order`; False = its key is known."""
        ...


class RememberingDesk:
    """Pass orders on to `desk`, each key once as long as it is remembered: a known one costs no transaction."""

    def __init__(self, desk: Desk, *, most: int = REMEMBERED) -> None:
        self._desk = desk
        self._most = most
        self._known: set[str] = set()
        self._oldest: deque[str] = deque()

    async def submit(self, order: Order) -> bool:
        """Plan `order`; False = its key is known. Raises what the desk behind raises, and remembers nothing then."""
        if order.key in self._known:
            return False
        is_new = await self._desk.submit(order)
        if order.key not in self._known:
            self._known.add(order.key)
            self._oldest.append(order.key)
        if len(self._oldest) > self._most:
            self._known.remove(self._oldest.popleft())
        return is_new
