"""`groupbot run`: the daemon."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import threading
from pathlib import Path

import typer
from rich.console import Console

from groupbot import lifecycle
from groupbot.app import build
from groupbot.cli.context import DEFAULT_CONFIG, ConfigOption, settings_of
from groupbot.cli.output import fail
from groupbot.errors import ConfigError, GroupbotError
from groupbot.i18n import _
from groupbot.settings import Settings

LEAVE_S = 2.0
"""Seconds that threads and tasks which plugins left behind may keep the process once everything is closed."""


def add_daemon(app: typer.Typer) -> None:
    """Add `run` to the root command."""
    app.command("run", help=_("Run the daemon until SIGTERM or Ctrl-C; a second signal stops at once."))(run)


def run(*, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Run the daemon."""
    gc.freeze()  # what is imported stays; looking through it once takes as long as the way from here to the first post
    try:
        settings = settings_of(config, quiet=False)
        if not settings.accounts:
            raise ConfigError(
                _("{file} names no account.").format(file=config),
                hint=_("Add an [[accounts]] block; config.example.toml shows one."),
            )
        asyncio.run(_run(settings, config))
    except GroupbotError as error:
        fail(error)


async def _run(settings: Settings, config: Path) -> None:
    screen = Console(file=sys.stdout, highlight=False)
    await lifecycle.run(build(settings, console=screen), config=config)
    _leave_within(LEAVE_S)


def _leave_within(seconds: float) -> None:
    """End the process, whatever still runs in it, unless it ends by itself: Python waits for threads for ever."""
    leaving = threading.Timer(seconds, os._exit, [0])
    leaving.daemon = True
    leaving.start()
