"""How parts ended, on the way into the ledger: for as long as it takes, and before the lane sends anything else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from loguru import logger

from groupbot.chat.alerts import Alert, Alerts, Severity
from groupbot.core.clock import Clock
from groupbot.delivery.ports import Ledger
from groupbot.delivery.values import Candidate, Claim, Lost, Outcome, Ownership, Sent
from groupbot.errors import StoreError
from groupbot.i18n import _

T = TypeVar("T")

LONGEST_WAIT_S = 30.0


@dataclass(frozen=True, kw_only=True, slots=True)
class _Ending:
    """A part that was sent; `written` is the first try to commit how it ended."""

    candidate: Candidate
    token: str
    outcome: Sent
    written: asyncio.Task[bool]


class Endings:
    """Write one lane's outcomes. `retry`: wait before a second try, then growing; `done` hears of each one written."""

    def __init__(
        self,
        *,
        ownership: Ownership,
        ledger: Ledger,
        clock: Clock,
        alerts: Alerts,
        retry: timedelta,
        done: Callable[[Candidate], None],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._ownership = ownership
        self._ledger = ledger
        self._clock = clock
        self._alerts = alerts
        self._retry_s = retry.total_seconds()
        self._done = done
        self._sleep = sleep
        self._pending: _Ending | None = None
        self._log = logger.bind(account=ownership.account)

    def hand_in(self, candidate: Candidate, token: str, outcome: Sent) -> None:
        """Let `outcome` be written while the lane judges the part after it. `begin` or `settled` must follow."""
        written = asyncio.create_task(self._write(candidate, token, outcome), name=f"outcome-{candidate.account}")
        self._pending = _Ending(candidate=candidate, token=token, outcome=outcome, written=written)

    async def begin(self, claim: Claim, now: datetime) -> str | None:
        """Commit `claim`, where it can be in one transaction with the outcome that was handed in.

        The ledger takes calls in their order, and one that waits behind a failing call fails with it, so that outcome
        is durable no later than this claim. Raises StoreError as `Ledger.begin` does; `settled` must follow then.
        """
        if self._pending is not None:
            await asyncio.sleep(0)  # the ledger has it now, even if nothing was waited for since it was handed in
            if self._pending.written.done():
                await self.settled()
        token = await self._ledger.begin(claim, self._ownership, now)
        await self.settled()
        return token

    async def settled(self) -> None:
        """Wait until the outcome that was handed in is written."""
        if (ending := self._pending) is not None:
            self._pending = None
            await self.write(ending.candidate, ending.token, ending.outcome, ending.written)

    async def given_up(self) -> None:
        """Wait for the first try to write the outcome that was handed in, and for no other: the lane is being ended."""
        if (ending := self._pending) is not None:
            self._pending = None
            await self._once(ending.candidate, ending.written)

    async def write(
        self, candidate: Candidate, token: str, outcome: Outcome, first_try: asyncio.Task[bool] | None = None
    ) -> None:
        """Commit `outcome`, for as long as it takes."""
        tries = iter([first_try] if first_try else [])

        def write() -> Awaitable[bool]:
            return next(tries, None) or self._write(candidate, token, outcome)

        if not await self.until_stored(candidate, write):
            self._log.bind(delivery=candidate.address).warning("the claim was void when its outcome came")
        self._done(candidate)

    async def abandon(self, candidate: Candidate, token: str) -> None:
        """Write that nobody knows; a ledger that fails now leaves it to the next owner, who finds it `sending`."""
        await self._once(candidate, self._write(candidate, token, Lost(error=_("stopped while it was being sent"))))

    async def _once(self, candidate: Candidate, written: Awaitable[bool]) -> None:
        try:
            await asyncio.shield(written)
        except StoreError as error:
            self._log.bind(delivery=candidate.address).error("outcome not written: {error}", error=str(error))

    async def until_stored(self, candidate: Candidate, write: Callable[[], Awaitable[T]]) -> T:
        """Return what `write` gives, called again with growing waits while the database fails; tell a person once."""
        wait_s = self._retry_s
        told = False
        while True:
            try:
                return await write()
            except StoreError as error:
                self._log.bind(delivery=candidate.address).error("not written yet: {error}", error=str(error))
                if not told:
                    told = True
                    await self._tell(candidate, error)
                await self._sleep(wait_s)
                wait_s = min(wait_s * 2, LONGEST_WAIT_S)

    async def _write(self, candidate: Candidate, token: str, outcome: Outcome) -> bool:
        return await self._ledger.finish(token, candidate.id, outcome, self._clock.now())

    async def _tell(self, candidate: Candidate, error: StoreError) -> None:
        fields = {"account": self._ownership.account, "delivery": candidate.address}
        await self._alerts.send(Alert(severity=Severity.CRITICAL, code="store", text=str(error), fields=fields))
