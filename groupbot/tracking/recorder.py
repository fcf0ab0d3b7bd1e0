"""Write events down before anything else sees them, many in one commit.

One transaction per event reaches about 500 events a second, a commit of what came within 10 ms holds 10,000; a crash
loses at most those 10 ms, and nobody has acted on what was lost, because `submit`'s future resolves after the commit.

A database that is locked or full keeps the events in memory, at most `Limits.capacity`; then `submit` waits, the
adapter's stream backs up, and still nothing is dropped.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Container, Sequence
from dataclasses import dataclass

from loguru import logger

from groupbot.chat.alerts import Alert, Alerts, Severity
from groupbot.chat.directory import Directory
from groupbot.core.clock import Clock
from groupbot.core.events import AnyEvent
from groupbot.errors import StoreError
from groupbot.i18n import _
from groupbot.tracking.batch import Batch
from groupbot.tracking.facts import Fact, FactKey, facts_of
from groupbot.tracking.ports import FactStore

FIRST_RETRY_S, LAST_RETRY_S = 0.1, 15.0
"""Rest after the first and after any later failed commit; doubled in between."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """How much is gathered, and how much is held."""

    window_s: float = 0.010
    """Longest wait for company before a commit, seconds; what a crash can lose."""
    most: int = 500
    """Events in one commit at most; 10,000 events a second were reached with it."""
    capacity: int = 20_000
    """Events held in memory while the database can't be written; about 20 MB."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorded:
    """An event is durable. `told`: the facts in it, `added`: those that were not known before."""

    told: tuple[Fact, ...] = ()
    added: tuple[Fact, ...] = ()

    @property
    def new(self) -> bool:
        """Tell whether anything was added; True also for an event that tells no fact."""
        return bool(self.added) or not self.told


@dataclass(frozen=True, slots=True)
class _Waiting:
    facts: tuple[Fact, ...]
    done: asyncio.Future[Recorded]


class Recorder:
    """Commit facts in groups. `run` is one owned task; `close` ends it."""

    def __init__(
        self,
        *,
        store: FactStore,
        directory: Directory,
        clock: Clock,
        alerts: Alerts,
        ours: Container[str] = frozenset(),
        wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
        limits: Limits = Limits(),
    ) -> None:
        self._store = store
        self._directory = directory
        self._clock = clock
        self._alerts = alerts
        self._ours = ours
        self._wait = wait
        self._batch: Batch[_Waiting] = Batch(window_s=limits.window_s, most=limits.most)
        self._capacity = limits.capacity
        self._changed = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._closing = asyncio.Event()
        self._ended = asyncio.Event()
        self._held = 0
        self._running = False

    @property
    def held(self) -> int:
        """Return how many events are in memory and not durable yet."""
        return self._held

    async def record(self, event: AnyEvent) -> Recorded:
        """Return once `event` is durable. Raises what `submit` and its future raise."""
        return await (await self.submit(event))

    async def submit(self, event: AnyEvent) -> asyncio.Future[Recorded]:
        """Queue `event` and return a future that resolves when it is durable; waits while the memory is full.

        Raises StoreError after `close`. The future raises StoreError when the recorder was closed before the database
        came back, or when the database refuses this very event.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Recorded] = loop.create_future()
        facts = facts_of(event, self._directory, self._ours)
        if not facts:
            done.set_result(Recorded())
            return done
        while self._held >= self._capacity and not self._closing.is_set():
            self._room.clear()
            await self._room.wait()
        if self._closing.is_set():
            raise _closed()
        self._held += 1
        if self._batch.add(_Waiting(facts, done), loop.time()):
            self._changed.set()
        return done

    async def run(self) -> None:
        """Commit what was submitted until `close`; then commit the rest and return. Runs once.

        However it ends, whoever waits for an event that was not written gets StoreError, and so does `submit`.
        """
        self._running = True
        waiting: Sequence[_Waiting] = ()
        try:
            while await self._gathered():
                waiting = self._batch.take()
                await self._commit(waiting)
        finally:
            self._running = False
            self._closing.set()
            self._room.set()
            self._refuse(waiting)
            while len(self._batch):
                self._refuse(self._batch.take())
            self._ended.set()

    async def close(self, within_s: float = 5.0) -> int:
        """Take no more events, wait until the rest is durable; return how many could not be written in time.

        Those are logged, alerted and their futures raise StoreError. Idempotent. `run`'s task is to be cancelled by
        its owner when the result is not 0.
        """
        self._closing.set()
        self._changed.set()
        self._room.set()
        if not self._ended.is_set() and (self._running or self._held):
            try:
                async with asyncio.timeout(within_s):
                    await self._ended.wait()
            except TimeoutError:
                await self._report_lost()
        return self._held

    async def _gathered(self) -> bool:
        """Wait until a batch should go; False when the recorder is closed and empty."""
        loop = asyncio.get_running_loop()
        while (rest := self._batch.rest_s(loop.time())) != 0:
            if self._closing.is_set():
                return len(self._batch) > 0
            self._changed.clear()
            try:
                async with asyncio.timeout(rest):
                    await self._changed.wait()
            except TimeoutError:
                pass
        return True

    async def _commit(self, waiting: Sequence[_Waiting]) -> None:
        """Make `waiting` durable: all in one transaction, unless one of them is refused for what it holds."""
        try:
            added = await self._append([fact for one in waiting for fact in one.facts])
        except Exception as error:  # noqa: BLE001 - one bad event must not keep the others out
            if len(waiting) == 1:
                await self._give_up(waiting[0], error)
                return
            middle = len(waiting) // 2
            await self._commit(waiting[:middle])
            await self._commit(waiting[middle:])
            return
        left = set(added)
        for one in waiting:
            mine = tuple(fact for fact in one.facts if fact.key in left)
            left.difference_update(fact.key for fact in mine)
            self._release(one)
            if not one.done.done():
                one.done.set_result(Recorded(told=one.facts, added=mine))

    async def _append(self, facts: Sequence[Fact]) -> set[FactKey]:
        """Append `facts`, again and again while the database can't; any other failure is raised."""
        failures = 0
        while True:
            try:
                added = await self._store.append(facts, recorded_at=self._clock.now())
            except StoreError as error:
                failures += 1
                await self._report_failure(error, failures)
                await self._rest(min(FIRST_RETRY_S * 2 ** min(failures - 1, 10), LAST_RETRY_S))
            else:
                if failures:
                    logger.bind(action="recorder-back", failures=failures).info("The database takes facts again")
                return {fact.key for fact in added}

    async def _rest(self, seconds: float) -> None:
        """Wait before the next try, shorter when the recorder is closing."""
        if self._closing.is_set():
            await self._wait(FIRST_RETRY_S)
            return
        rest = asyncio.ensure_future(self._wait(seconds))
        closing = asyncio.ensure_future(self._closing.wait())
        try:
            await asyncio.wait({rest, closing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            rest.cancel()
            closing.cancel()

    async def _report_failure(self, error: StoreError, failures: int) -> None:
        logger.bind(action="recorder-failed", failures=failures, held=self._held).warning("{}", error)
        if failures == 1:
            await self._alert(
                "recorder-store",
                _("What happens in chat can't be written down: {detail} {n} events wait in memory.").format(
                    detail=error, n=self._held
                ),
            )

    async def _give_up(self, one: _Waiting, error: Exception) -> None:
        """Set aside one event that the database refuses for what it holds, so that the others pass."""
        fact = one.facts[0]
        log = logger.bind(action="recorder-refused", account=fact.account, event=fact.event_id, group=fact.group)
        log.opt(exception=error).error("An event can't be recorded")
        self._release(one)
        if not one.done.done():
            one.done.set_exception(StoreError(_("The database refuses an event: {detail}").format(detail=error)))
            one.done.exception()  # read once: whoever dropped the future was told by the log and the alert
        await self._alert(
            "recorder-refused",
            _("One event of account {account} can't be recorded ({event}); the log has the details.").format(
                account=fact.account, event=fact.event_id
            ),
        )

    async def _report_lost(self) -> None:
        logger.bind(action="recorder-lost", held=self._held).error("Events were not written before the stop")
        text = _("{n} events could not be written before the stop and are lost.").format(n=self._held)
        await self._alert("recorder-lost", text)

    async def _alert(self, code: str, text: str) -> None:
        await self._alerts.send(Alert(severity=Severity.CRITICAL, code=code, text=text))

    def _release(self, _one: _Waiting) -> None:
        self._held -= 1
        self._room.set()

    def _refuse(self, waiting: Sequence[_Waiting]) -> None:
        for one in waiting:
            if not one.done.done():
                one.done.set_exception(_closed())
                one.done.exception()  # read once, so that a future that nobody awaits any more makes no noise


def _closed() -> StoreError:
    return StoreError(_("The recorder is closed; the event was not written down."))
