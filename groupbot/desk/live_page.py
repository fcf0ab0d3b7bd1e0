"""The page of live codes over the store: what it shows, and how a daemon keeps it up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from importlib import import_module
from types import ModuleType

from loguru import logger

from groupbot.chat.alerts import Alert, Alerts, Severity
from groupbot.core.clock import Clock
from groupbot.desk.live_codes import LiveCodes, Showing
from groupbot.errors import ConfigError, GroupbotError
from groupbot.i18n import _
from groupbot.settings import Settings
from groupbot.storage.engine import Database
from groupbot.storage.live_codes import SqlLiveCodes
from groupbot.web.signs import Sign

AGAIN_S = 60.0
"""Seconds after which a page that could not be served is tried again."""


class StoredSigns:
    """`web.signs.Signs` over the live codes."""

    def __init__(self, codes: LiveCodes, settings: Callable[[], Settings]) -> None:
        self._codes = codes
        self._settings = settings

    async def signs(self) -> Sequence[Sign]:
        settings = self._settings()
        return [_sign(one, settings) for one in await self._codes.showing()]


def greeting_word(settings: Settings, channel: str) -> str:
    """Return what to greet with so that a request is accepted and its channel known, "" = nothing. Pure."""
    greetings = next((one.greetings for one in settings.channels if one.name == channel), ())
    codes = settings.friends.codes if settings.friends.accept == "code" else ()
    return next(iter((*greetings, *codes)), "")


def _sign(one: Showing, settings: Settings) -> Sign:
    code, door = one.code, one.door
    return Sign(
        code=code.code,
        title=code.title,
        closed=code.closed,
        group=one.group,
        image=settings.folder / door.image if door else None,
        until=door.expires_at if door else None,
        friend=settings.folder / code.fallback if code.fallback else None,
        word=greeting_word(settings, code.channel),
    )


async def serve_page(
    codes: LiveCodes,
    settings: Callable[[], Settings],
    listen: str,
    *,
    database: Database,
    clock: Clock,
    stop: asyncio.Event,
) -> None:
    """Serve the page on `listen` (host:port), else as [web] says, until `stop`, or until cancelled.

    Raises WebError when it can't listen, ConfigError when its libraries are not installed.
    """
    server, sites, limits = await asyncio.to_thread(_libraries)
    rules = settings().web
    around = sites.Around(
        signs=StoredSigns(codes, settings),
        store=SqlLiveCodes(database, window_s=settings().tracking.visit_window_s),
        clock=clock,
        limit=limits.RateLimit(rules.per_minute),
        trusted_proxies=rules.trusted_proxies,
    )
    await server.serve(sites.site(around), listen, stop)


async def keep_up(
    codes: LiveCodes, settings: Callable[[], Settings], *, database: Database, clock: Clock, alerts: Alerts
) -> None:
    """Serve the page until cancelled; what keeps it from being served is told, and tried again."""
    while True:
        try:
            listen = settings().web.listen
            await serve_page(codes, settings, listen, database=database, clock=clock, stop=asyncio.Event())
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not cost the daemon's posts
            if not isinstance(error, GroupbotError):
                logger.bind(action="web").opt(exception=error).error("the page of live codes failed")
            text = _("The page of live codes is down: {problem}").format(problem=error)
            await alerts.send(Alert(severity=Severity.CRITICAL, code="web-down", text=text))
        await asyncio.sleep(AGAIN_S)


def _libraries() -> tuple[ModuleType, ...]:
    try:
        return tuple(import_module(f"groupbot.web.{name}") for name in ("server", "site", "limits"))
    except ImportError as error:
        raise ConfigError(
            _("[web] listen needs libraries that are not installed: {detail}").format(detail=error),
            hint=_("Install them with groupbot: pip install 'groupbot[web]'"),
        ) from error
