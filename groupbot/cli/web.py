"""`groupbot web`: the page of live codes alone, in a process of its own."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Annotated

import typer

from groupbot import log
from groupbot.cli.context import DEFAULT_CONFIG, ConfigOption, answer, open_database
from groupbot.core.clock import SystemClock
from groupbot.desk.code_parts import entries_alone, live_codes
from groupbot.desk.live_page import serve_page
from groupbot.errors import ConfigError
from groupbot.i18n import _


def add_web(app: typer.Typer) -> None:
    """Add `web` to the root command."""
    app.command("web", help=_("Serve the page of live codes alone, beside the daemon, until SIGTERM or Ctrl-C."))(web)


def web(
    *,
    listen: Annotated[str, typer.Option("--listen", help=_("host:port, in place of [web] listen."))] = "",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Serve the page."""
    answer(_serve(config, listen))


async def _serve(config: Path, listen: str) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with open_database(config) as (settings, database):
        address = listen or settings.web.listen
        if not address:
            raise ConfigError(
                _("[web] listen names no address to serve the page on."),
                hint=_('Write listen = "127.0.0.1:8080", and let a reverse proxy with HTTPS lead there.'),
            )
        log.configure(settings.log, settings.secrets())
        clock = SystemClock()
        entries = entries_alone(settings, database=database, clock=clock)
        codes = live_codes(entries, lambda: settings, database=database, clock=clock)
        await serve_page(codes, lambda: settings, address, database=database, clock=clock, stop=stop)
