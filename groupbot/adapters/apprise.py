"""Channels of alerts by Apprise: mail, webhooks, messengers, each named by a URL that holds its tokens.

Apprise blocks, so each attempt has a thread of its own, which may be left behind when its time is over and keeps no
process from ending. Its own log would show tokens: what it says is only used, blotted, as the reason of a failure.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from apprise import Apprise, AppriseAsset, NotifyBase, NotifyFormat, NotifyType

from groupbot.chat.alerts import Alert, Severity
from groupbot.chat.channels import ChannelError
from groupbot.errors import ConfigError
from groupbot.i18n import _
from groupbot.log import blotter

LEFT_BEHIND = 4
"""Attempts without an end that one channel may have: a server that sends a byte now and then keeps its thread."""
MOST_BYTES = 5_000_000
"""Bytes that go along with one alert, before they are encoded: many mail servers refuse a message of 10 MB."""

_TYPES = {
    Severity.INFO: NotifyType.INFO,
    Severity.WARNING: NotifyType.WARNING,
    Severity.CRITICAL: NotifyType.FAILURE,
}


def open_channels(urls: Iterable[str], *, timeout_s: float, secrets: Iterable[str]) -> tuple[AppriseChannel, ...]:
    """Return a channel for each of `urls`; nothing is connected. `secrets` never appear in what a channel says.

    Raises ConfigError for a URL that Apprise does not understand, which is named by its place only.
    """
    logging.getLogger("apprise").propagate = False
    asset = AppriseAsset(app_id="groupbot", async_mode=False, service_timeout=0)  # no threads of its own
    blot = blotter(secrets)
    channels = []
    for number, url in enumerate(urls, start=1):
        with warnings.catch_warnings():  # the first URL loads every service, some of which use what Python gives up
            warnings.simplefilter("ignore", DeprecationWarning)
            service = Apprise.instantiate(url, asset=asset)
        scheme = url.partition("://")[0] if "://" in url else "?"
        if service is None:
            raise ConfigError(
                _("The alert channel {number} ({scheme}) is no URL that Apprise understands.").format(
                    number=number, scheme=scheme
                ),
                hint=_("Compare it with the services in Apprise's documentation."),
            )
        channels.append(AppriseChannel(f"{scheme}-{number}", service, timeout_s=timeout_s, blot=blot))
    return tuple(channels)


class AppriseChannel:
    """One service of Apprise's; `name` is its scheme and place in the list."""

    def __init__(self, name: str, service: NotifyBase, *, timeout_s: float, blot: Callable[[str], str]) -> None:
        self._name = name
        self._timeout_s = timeout_s
        self._blot = blot
        self._apprise = Apprise(service)
        self._attempts: list[threading.Thread] = []

    @property
    def name(self) -> str:
        """Its scheme and place in the list."""
        return self._name

    async def tell(self, alert: Alert) -> None:
        """Send `alert` with those of its attachments that are there and not too large; raises ChannelError."""
        self._attempts = [attempt for attempt in self._attempts if attempt.is_alive()]
        if len(self._attempts) >= LEFT_BEHIND:
            raise ChannelError(_("no answer within {seconds:g} s").format(seconds=self._timeout_s))
        attempt, done = _in_own_thread(lambda: self._notify(alert), name=f"alert-{self._name}")
        self._attempts.append(attempt)
        try:
            async with asyncio.timeout(self._timeout_s):
                reason = await done
        except TimeoutError as error:
            words = _("no answer within {seconds:g} s").format(seconds=self._timeout_s)
            raise ChannelError(words) from error
        if reason is not None:
            raise ChannelError(self._blot(reason) or _("the service refused it"))

    def _notify(self, alert: Alert) -> str | None:
        """Send and block; return None when it was taken, else what Apprise said about it."""
        attach = [file.as_uri() for file in _enclosed(map(Path, alert.attachments))]
        result = self._apprise.notify(
            body=_body(alert),
            title=_title(alert.severity),
            notify_type=_TYPES[alert.severity],
            body_format=NotifyFormat.TEXT,
            attach=attach or None,
        )
        if result:
            return None
        return " ".join(entry.message for entry in result.logs())


def _enclosed(files: Iterable[Path]) -> Iterator[Path]:
    """Yield those of `files` that are there, as long as all of them together are not too large."""
    room = MOST_BYTES
    for file in files:
        size = file.stat().st_size if file.is_file() else room + 1
        if size < room:
            room -= size
            yield file


def _title(severity: Severity) -> str:
    words = {
        Severity.INFO: _("groupbot: for your information"),
        Severity.WARNING: _("groupbot: please look"),
        Severity.CRITICAL: _("groupbot: needs you now"),
    }
    return words[severity]


def _body(alert: Alert) -> str:
    """Return the text, then what names the place, a line each."""
    return "\n".join([alert.text, *(f"{name}: {value}" for name, value in alert.fields.items())])


def _in_own_thread(work: Callable[[], str | None], *, name: str) -> tuple[threading.Thread, asyncio.Future[str | None]]:
    """Begin `work` in a daemon thread: a pool's threads would be waited for when the process ends."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[str | None] = loop.create_future()

    def settle(result: str | None) -> None:
        if not done.done():
            done.set_result(result)

    context = contextvars.copy_context()  # the operator's language is in it

    def run() -> None:
        try:
            result = context.run(work)
        except Exception as error:  # noqa: BLE001 - told as the reason
            result = type(error).__name__
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, result)

    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    return thread, done
