"""Owning accounts where no other daemon can share the database."""

from __future__ import annotations

from groupbot.core.clock import Clock
from groupbot.delivery.ports import Ledger
from groupbot.delivery.values import Notice, Ownership


class Unrivalled:
    """`delivery.ports.Ownerships` for one daemon alone, as the file lock of a SQLite database makes sure."""

    def __init__(self, ledger: Ledger, *, instance: str, clock: Clock) -> None:
        self._ledger = ledger
        self._instance = instance
        self._clock = clock

    async def try_take(self, account: str) -> tuple[Ownership, tuple[Notice, ...]] | None:
        """Take `account` over, whoever had it: that process is gone."""
        return await self._ledger.acquire(account, self._instance, self._clock.now())

    async def holds(self, ownership: Ownership) -> bool:  # noqa: ARG002 - the port's own
        """Nobody takes anything away."""
        return True
