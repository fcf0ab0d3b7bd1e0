"""Alerts on their way out: to the log at once, and by a queue of its own to each channel that reaches a person.

A feature's `send` only puts an alert into queues, so a mail server that hangs costs no post. Each channel has its own
worker: one that fails keeps the others from nothing. What is repeated is told once, then counted.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Protocol

from loguru import logger

from groupbot.chat.alerts import Alert, Alerts, Severity
from groupbot.chat.repeats import Repeats

WAITING = 100
"""Alerts that one channel may have waiting; then the oldest of the least grave gives way: a thousand skipped posts must
not hide a ban, and the newest says how things are."""
RETRY_DELAYS_S = (2.0, 10.0, 60.0, 300.0)
"""Seconds between the attempts to tell one alert. In all 6 min: a mail server that restarts is back by then."""
LOOK_S = 5.0
"""Seconds between looks for repetitions to tell: they are minutes old by then."""
_ORDER = tuple(Severity)


class ChannelError(Exception):
    """A channel did not take an alert; str() says why, without any secret."""


class Channel(Protocol):
    """One way to reach a person that does not depend on a chat account: mail, webhook, another messenger."""

    @property
    def name(self) -> str:
        """What operators call it; holds no secret."""
        ...

    async def tell(self, alert: Alert) -> None:
        """Hand `alert` over within a bounded time; raises ChannelError when it was not taken."""
        ...


class Preferred(Channel, Protocol):
    """The channel that is tried first, the others only when it fails. Each of its posts is proven later."""

    def takes(self, alert: Alert) -> bool:
        """Tell whether it has somewhere to put `alert`."""
        ...

    def ignores(self, alert: Alert) -> bool:
        """Tell whether `alert` is for the log alone: it is about this channel's own posts."""
        ...

    async def tend(self, *, ending: bool = False) -> Sequence[Alert]:
        """Do what is due and return what the others must tell; `ending`: also what was not proven yet."""
        ...


class AlertDesk:
    """The `Alerts` of a daemon: `log` gets everything, `channels` what is at least `least` and no repetition.

    With a preferred channel (chat) the others are told what that one could not tell.
    To be run in one owned task; until then alerts wait. `close` lets what waits go out and ends `run`.
    """

    def __init__(
        self,
        *,
        log: Alerts,
        channels: Sequence[Channel] = (),
        least: Severity = Severity.WARNING,
        repeat_after_s: float = 600.0,
        retry_delays_s: Sequence[float] = RETRY_DELAYS_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._log = log
        self._least = _ORDER.index(least)
        self._repeats = Repeats(repeat_after_s)
        self._monotonic = monotonic
        self._closing = asyncio.Event()
        self._outlets = [_Outlet(channel, self._closing, retry_delays_s) for channel in channels]
        self._first: tuple[Preferred, _Outlet] | None = None

    def prefer(self, channel: Preferred) -> None:
        """Try `channel` before the others; to be called before `run`."""
        self._first = channel, _Outlet(channel, self._closing, (), failed=self._instead)

    async def send(self, alert: Alert) -> None:
        """Log `alert` and queue it for the channels; never waits and never raises."""
        await self._log.send(alert)
        if self._first is not None and self._first[0].ignores(alert):
            return
        is_wanted = self._goes_first(alert) or (bool(self._outlets) and _gravity(alert) >= self._least)
        if is_wanted and self._repeats.is_new(alert, self._monotonic()):
            self._pass_on(alert)

    async def run(self) -> None:
        """Hand alerts to the channels until `close`; what then waits gets one attempt more."""
        async with asyncio.TaskGroup() as tasks:
            for outlet in self._outlets:
                tasks.create_task(outlet.run(), name=f"alerts-{outlet.name}")
            first = tasks.create_task(self._first[1].run(), name="alerts-first") if self._first else None
            while not self._closing.is_set():
                self.tell_repeats()
                await self.tend()
                await _pause(self._closing, LOOK_S)
            self._again(self._repeats.rest())
            if self._first is not None and first is not None:
                self._first[1].end()
                await first
                await self.tend(ending=True)
            for outlet in self._outlets:
                outlet.end()

    def close(self) -> None:
        """Let `run` end as soon as what waits was tried; idempotent."""
        self._closing.set()

    def tell_repeats(self) -> None:
        """Queue what was repeated in a window that is over."""
        self._again(self._repeats.ripe(self._monotonic()))

    async def tend(self, *, ending: bool = False) -> None:
        """Let the preferred channel do what is due, and tell outside what it hands back. Never raises."""
        if self._first is None:
            return
        try:
            for alert in await self._first[0].tend(ending=ending):
                self._instead(alert)
        except Exception as error:  # noqa: BLE001 - alerting about failing to alert would never end
            logger.bind(action="alert-tend").opt(exception=error).error("looking after alerts failed")

    def _again(self, alerts: Iterable[Alert]) -> None:
        """Queue `alerts`, but for those whose files are gone: what they were about (a login code) is over."""
        for alert in alerts:
            if not alert.attachments or any(Path(path).exists() for path in alert.attachments):
                self._pass_on(alert)

    def _goes_first(self, alert: Alert) -> bool:
        return self._first is not None and not self._closing.is_set() and self._first[0].takes(alert)

    def _pass_on(self, alert: Alert) -> None:
        goes_first = self._goes_first(alert)
        if self._first is not None and goes_first:
            self._first[1].put(alert)
        if alert.attachments or not goes_first:  # chat carries no files: a login code is not for groups
            self._outside(alert)

    def _instead(self, alert: Alert) -> None:
        """Tell outside what chat could not tell; what has files went there already."""
        if not alert.attachments:
            self._outside(alert)

    def _outside(self, alert: Alert) -> None:
        for outlet in self._outlets if _gravity(alert) >= self._least else ():
            outlet.put(alert)


class _Outlet:
    """One channel with what waits for it, and whether it works."""

    def __init__(
        self,
        channel: Channel,
        closing: asyncio.Event,
        retry_delays_s: Sequence[float],
        failed: Callable[[Alert], None] | None = None,
    ) -> None:
        self._channel = channel
        self._failed = failed
        self._closing = closing
        self._delays = retry_delays_s
        self._waiting: list[Alert] = []
        self._news = asyncio.Event()
        self._ended = False
        self._works = True

    @property
    def name(self) -> str:
        return self._channel.name

    def put(self, alert: Alert) -> None:
        self._waiting.append(alert)
        if len(self._waiting) > WAITING:
            dropped = self._waiting.pop(self._first(min(map(_gravity, self._waiting))))
            logger.bind(action="alert-dropped", channel=self.name, code=dropped.code).error("too many wait")
        self._news.set()

    def _first(self, gravity: int) -> int:
        return next(place for place, alert in enumerate(self._waiting) if _gravity(alert) == gravity)

    def end(self) -> None:
        self._ended = True
        self._news.set()

    async def run(self) -> None:
        while self._waiting or not self._ended:
            if self._waiting:
                await self._deliver(self._waiting.pop(self._first(max(map(_gravity, self._waiting)))))
            else:
                await self._news.wait()
                self._news.clear()

    async def _deliver(self, alert: Alert) -> None:
        """Try until it is taken, the attempts are used up, or the daemon stops."""
        for delay in (*self._delays, None):
            if await self._try(alert):
                return
            if delay is None or self._closing.is_set():
                break
            await _pause(self._closing, delay)
        if self._failed is not None:
            self._failed(alert)
            return
        logger.bind(action="alert-undelivered", channel=self.name, code=alert.code).error("given up")

    async def _try(self, alert: Alert) -> bool:
        try:
            await self._channel.tell(alert)
        except ChannelError as error:
            reason = str(error)
        except Exception as error:  # noqa: BLE001 - a channel's own fault must not end the others' alerts
            reason = type(error).__name__
        else:
            self._note(works=True)
            return True
        self._note(works=False, reason=reason)
        return False

    def _note(self, *, works: bool, reason: str = "") -> None:
        """Log the beginning and the end of an outage, nothing in between."""
        if works == self._works:
            return
        self._works = works
        log = logger.bind(action="alert-channel", channel=self.name)
        if works:
            log.info("the channel works again")
        else:
            log.warning("the channel fails: {reason}", reason=reason)


def _gravity(alert: Alert) -> int:
    return _ORDER.index(alert.severity)


async def _pause(ended: asyncio.Event, seconds: float) -> None:
    """Wait `seconds`, or until `ended`."""
    try:
        async with asyncio.timeout(seconds):
            await ended.wait()
    except TimeoutError:
        return
