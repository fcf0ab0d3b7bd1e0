"""One function of a plugin, with its time limit and how it has fared lately."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar

from groupbot.plugin_host.errors import CallFailed
from groupbot.plugin_host.tasks import Tasks

T = TypeVar("T")


class Handler(Generic[T]):
    """Call `function` within `limit_s`; after `patience` failures in a row it rests (None = it never does).

    `failed` hears of every failure, once it is counted.
    """

    def __init__(
        self,
        function: Callable[..., Awaitable[T]],
        *,
        name: str,
        tasks: Tasks,
        limit_s: float,
        patience: int | None,
        failed: Callable[[Handler[Any], CallFailed], Awaitable[None]],
    ) -> None:
        self.name = name
        self.failures = 0
        self._function = function
        self._tasks = tasks
        self._limit_s = limit_s
        self._patience = patience
        self._failed = failed
        self._is_stopped = False

    @property
    def is_resting(self) -> bool:
        """Whether it is not called any more, until `wake`."""
        return self._is_stopped or (self._patience is not None and self.failures >= self._patience)

    @property
    def has_just_begun_to_rest(self) -> bool:
        """Whether the latest failure was the one too many."""
        return self._patience is not None and self.failures == self._patience

    def rest(self) -> None:
        """Call it no more, but for one that has no patience to lose: a guard."""
        self._is_stopped = self._patience is not None

    def wake(self) -> None:
        """Call it again, with all its patience."""
        self.failures, self._is_stopped = 0, False

    async def call(self, *args: object) -> T:
        """Return what the function gives. Raises CallFailed, at once when it rests."""
        if self.is_resting:
            raise CallFailed(self.name, "resting after failures")
        try:
            result = await self._tasks.call(self._function, *args, name=self.name, limit_s=self._limit_s)
        except CallFailed as failure:
            self.failures += 1
            await self._failed(self, failure)
            raise
        self.failures = 0
        return result


def name_of(function: object) -> str:
    """Return what `function` is called, for logs and alerts."""
    return str(getattr(function, "__name__", type(function).__name__))
