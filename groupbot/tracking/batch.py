"""When waiting things are written together. Pure: instants are seconds of any clock that only goes forward."""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Batch(Generic[T]):
    """Gather things until the oldest has waited `window_s` seconds or `most` are there."""

    def __init__(self, *, window_s: float, most: int) -> None:
        self._window_s = window_s
        self._most = most
        self._waiting: deque[tuple[float, T]] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, thing: T, now: float) -> bool:
        """Let `thing` wait from `now` on; True when that changes how long the gatherer should wait."""
        self._waiting.append((now, thing))
        return len(self._waiting) in {1, self._most}

    def rest_s(self, now: float) -> float | None:
        """Return the seconds until the waiting things should go: 0 = now, None = nothing waits."""
        if not self._waiting:
            return None
        if len(self._waiting) >= self._most:
            return 0.0
        return max(0.0, self._waiting[0][0] + self._window_s - now)

    def take(self) -> list[T]:
        """Remove and return the oldest `most` things, in order."""
        return [self._waiting.popleft()[1] for _count in range(min(self._most, len(self._waiting)))]
