"""Who may post on an account when several daemons share a database: one at a time, and another when that one is gone.

An owner shows that it lives by a number that it raises with each heartbeat. Whoever waits for the account watches that
number against its own monotonic clock: no clock of one machine is ever compared with another's. A mistake (an owner
that was only slow) costs no double post: the account's epoch has grown, so the old owner's claims are refused.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import select

from groupbot.core.clock import Clock
from groupbot.delivery.values import Notice, Ownership
from groupbot.storage.engine import Database
from groupbot.storage.ledger import SqlLedger
from groupbot.storage.tables import accounts, daemons

PATIENCE_S = 15.0
"""Seconds without a heartbeat after which an owner counts as gone: three beats."""
LOOKS = 3
"""One look counts for at most this share of the patience, so that a watcher that was frozen itself, or a database that
was away, is not taken for an owner that fell silent."""

a = accounts.c


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sign:
    """What an owner shows. `beats`: None when no daemon of that name is known."""

    owner: str | None
    epoch: int
    beats: int | None
    stopped: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class _Watch:
    """A sign that has not changed for `silent_s`, last looked at when the watcher's clock showed `at`."""

    sign: _Sign
    at: float
    silent_s: float = 0.0


class Ownerships:
    """Take accounts for the daemon `instance` without taking them from one that lives.

    `alone`: a file lock has made sure that nobody else is there, so that the first time needs no waiting.
    """

    def __init__(
        self,
        database: Database,
        ledger: SqlLedger,
        *,
        instance: str,
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
        patience_s: float = PATIENCE_S,
        alone: bool = False,
    ) -> None:
        self._database = database
        self._ledger = ledger
        self._instance = instance
        self._clock = clock
        self._monotonic = monotonic
        self._patience_s = patience_s
        self._watched: dict[str, _Watch] = {}
        self._alone = alone
        self._had: set[str] = set()

    async def try_take(self, account: str) -> tuple[Ownership, tuple[Notice, ...]] | None:
        """Take `account` over when nobody alive has it; None = somebody has. To be called again every few seconds.

        Free or given back: at once. Owned: once its owner has shown no beat for the patience, as seen by this process.
        Raises StoreError.
        """
        sign = await self._look(account)
        if self._alone and account not in self._had:
            self._had.add(account)
            return await self._ledger.acquire(account, self._instance, self._clock.now())
        if sign.owner not in {None, self._instance} and not sign.stopped and not self._fell_silent(account, sign):
            return None
        self._watched.pop(account, None)
        return await self._ledger.acquire_from(sign.epoch, account, self._instance, self._clock.now())

    async def holds(self, ownership: Ownership) -> bool:
        """Tell whether `ownership` still stands; after a freeze it may not. Raises StoreError."""
        sign = await self._look(ownership.account)
        return sign.owner == ownership.instance and sign.epoch == ownership.epoch

    async def _look(self, account: str) -> _Sign:
        query = (
            select(a.owner, a.epoch, daemons.c.beats, daemons.c.state)
            .outerjoin(daemons, daemons.c.instance == a.owner)
            .where(a.name == account)
        )
        async with self._database.read() as conn:
            row = (await conn.execute(query)).first()
        if row is None:
            return _Sign(owner=None, epoch=0, beats=None, stopped=False)
        return _Sign(owner=row.owner, epoch=row.epoch, beats=row.beats, stopped=row.state == "stopped")

    def _fell_silent(self, account: str, sign: _Sign) -> bool:
        now = self._monotonic()
        watch = self._watched.get(account)
        if watch is None or watch.sign != sign:
            self._watched[account] = _Watch(sign=sign, at=now)
            return False
        silent_s = watch.silent_s + min(now - watch.at, self._patience_s / LOOKS)
        self._watched[account] = replace(watch, at=now, silent_s=silent_s)
        return silent_s >= self._patience_s
