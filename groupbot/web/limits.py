"""How many requests one address may make. Addresses are never kept: only their salted hash, and only in memory."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import ip_address, ip_network

REMEMBERED = 50_000
"""Addresses at most, some 10 MB; the one that asked longest ago is forgotten first."""
MISS_COSTS = 20
"""How many requests one for an unknown code counts as: who guesses is stopped after some dozens."""
IPV6_NET = 64
"""Bits of an IPv6 address that tell one customer of a network from another."""
_MINUTE_S = 60.0


class RateLimit:
    """Let each address make `per_minute` requests, all at once or spread; 0 = as many as it likes."""

    def __init__(self, per_minute: int, *, timer: Callable[[], float] = time.monotonic) -> None:
        self._most = float(per_minute)
        self._timer = timer
        self._left: OrderedDict[int, tuple[float, float]] = OrderedDict()

    def allows(self, address: str) -> bool:
        """Take one request from what `address` may still make; False = it has made too many."""
        return not self._most or self._take(address, 1)

    def charge(self, address: str, cost: int) -> None:
        """Let a request that was allowed count as `cost` more."""
        if self._most:
            self._take(address, cost)

    def _take(self, address: str, cost: int) -> bool:
        key, now = hash(network_of(address)), self._timer()  # Python's hash of a text is salted for each process
        left, at = self._left.pop(key, (self._most, now))
        left = min(self._most, left + (now - at) * self._most / _MINUTE_S)
        allowed = left >= 1
        self._left[key] = (max(left - cost, 0.0) if allowed else left, now)
        if len(self._left) > REMEMBERED:
            self._left.popitem(last=False)
        return allowed


def network_of(address: str) -> str:
    """Return what is counted as one: an IPv4 address, or the network of an IPv6 one."""
    if ":" not in address:
        return address
    try:
        found = ip_address(address)
    except ValueError:
        return address
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped or ip_network((found, IPV6_NET), strict=False))
