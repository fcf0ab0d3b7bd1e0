"""The way in: drop duplicates, record, then hand the event to one stage after the other.

Each account has a reader that runs ahead and hands events to the recorder, so that a commit holds many of them, and
a worker that takes them in the account's order, waits until each is durable and only then lets the stages see it.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncIterable, Iterable
from typing import TYPE_CHECKING, Protocol

from loguru import logger

from groupbot.chat.alerts import Alert, Alerts, Severity
from groupbot.core.events import AnyEvent
from groupbot.errors import GroupbotError, StoreError
from groupbot.i18n import _
from groupbot.inbound.seen import Seen
from groupbot.tracking.facts import narrowed
from groupbot.tracking.recorder import Recorded

if TYPE_CHECKING:
    from loguru import Logger

AHEAD = 2_000
"""Events of one account that may be recorded before its stages saw them; four full commits."""
REMEMBERED = 20_000
"""Event ids kept in memory to drop second deliveries: a reconnect repeats far fewer."""


class Stage(Protocol):
    """One thing that happens to every event, after it was recorded."""

    @property
    def name(self) -> str:
        """Name in logs; unique in a pipeline."""
        ...

    @property
    def limit_s(self) -> float:
        """Seconds after which one call is cancelled."""
        ...

    async def handle(self, event: AnyEvent) -> bool | None:
        """Act on `event`; True = it is dealt with, and no stage behind sees it.

        A failure or time-out is logged, people are told, and it ends this call only.
        """
        ...


class Recording(Protocol):
    """What the pipeline needs of the recorder."""

    async def submit(self, event: AnyEvent) -> asyncio.Future[Recorded]:
        """Queue `event`; the future resolves when it is durable."""
        ...


_Queue = asyncio.Queue[tuple[AnyEvent, asyncio.Future[Recorded]] | None]


class Pipeline:
    """Take the events of several accounts; the order within an account is kept.

    `alerts`: who is told of a stage that fails; it sees every event anew, so repetitions are counted, not told.
    """

    def __init__(
        self,
        *,
        recorder: Recording,
        stages: Iterable[Stage] = (),
        ahead: int = AHEAD,
        remembered: int = REMEMBERED,
        alerts: Alerts | None = None,
    ) -> None:
        self._recorder = recorder
        self._alerts = alerts
        self._stages = list(stages)
        self._ahead = ahead
        self._seen = Seen(remembered)
        self._derived: dict[str, deque[AnyEvent]] = defaultdict(deque)

    def add(self, stage: Stage) -> None:
        """Put `stage` behind those that are there; an event that is with one of them comes to it, too."""
        self._stages.append(stage)

    def emit(self, event: AnyEvent) -> None:
        """Let `event`, which a stage derived, go through the pipeline right behind the event it is handling.

        To be called by a stage inside `handle`, with the account of the event at hand.
        """
        self._derived[event.account].append(event)

    async def consume(self, events: AsyncIterable[AnyEvent]) -> None:
        """Take one account's events until they end; every one that was read is then through its stages.

        Raises what `events` raises, after the rest is through. Cancelled, it leaves what is recorded recorded.
        """
        queue: _Queue = asyncio.Queue(self._ahead)
        failure: Exception | None = None
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._work(queue), name="inbound-worker")
            try:
                async for event in events:
                    await self._take_in(event, queue)
            except Exception as error:  # noqa: BLE001 - raised below, when the worker is through
                failure = error
            await queue.put(None)
        if failure is not None:
            raise failure

    async def _take_in(self, event: AnyEvent, queue: _Queue) -> None:
        if self._seen.first_time((event.account, event.event_id)):
            await queue.put((event, await self._recorder.submit(event)))

    async def _work(self, queue: _Queue) -> None:
        while (item := await queue.get()) is not None:
            event, recorded = item
            await self._pass_on(event, recorded)
            derived = self._derived[event.account]
            while derived:
                await self._follow_up(derived.popleft())

    async def _follow_up(self, event: AnyEvent) -> None:
        try:
            recorded = await self._recorder.submit(event)
        except StoreError as error:
            _log(event).bind(action="inbound-unrecorded").error("{}", error)
            return
        await self._pass_on(event, recorded)

    async def _pass_on(self, event: AnyEvent, mark: asyncio.Future[Recorded]) -> None:
        """Let the stages see `event` once it is durable, if it is news."""
        try:
            recorded = await mark
        except StoreError as error:
            _log(event).bind(action="inbound-unrecorded").error("{}", error)
            return
        if not recorded.new:
            return
        news = narrowed(event, recorded.told, recorded.added)
        for stage in self._stages:
            if await self._run(stage, news):
                return

    async def _run(self, stage: Stage, event: AnyEvent) -> bool:
        """Let one stage see `event`; True = it is dealt with."""
        try:
            async with asyncio.timeout(stage.limit_s):
                return bool(await stage.handle(event))
        except TimeoutError:
            _log(event).bind(action="stage-hung", stage=stage.name).error("Stopped after {} s", stage.limit_s)
            await self._tell(stage, event, TimeoutError.__name__)
        except asyncio.CancelledError as error:
            if _being_cancelled():
                raise
            _log(event).bind(action="stage-failed", stage=stage.name).error("A call inside the stage was cancelled")
            await self._tell(stage, event, type(error).__name__)
        except Exception as error:  # noqa: BLE001 - a stage never stops the next event
            log = _log(event).bind(action="stage-failed", stage=stage.name)
            log.opt(exception=error).error("A stage failed")
            await self._tell(stage, event, str(error) if isinstance(error, GroupbotError) else type(error).__name__)
        return False

    async def _tell(self, stage: Stage, event: AnyEvent, reason: str) -> None:
        """Tell people what they would not see: what the stage is for is not done."""
        if self._alerts is not None:
            text = _("{stage} failed at what {account} heard: {reason}. All else goes on; the log says more.").format(
                stage=stage.name, account=event.account, reason=reason
            )
            fields = {"stage": stage.name, "account": event.account}
            await self._alerts.send(Alert(severity=Severity.WARNING, code="stage-failed", text=text, fields=fields))


def _being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _log(event: AnyEvent) -> Logger:
    return logger.bind(account=event.account, event=event.event_id, kind=type(event).__name__)
