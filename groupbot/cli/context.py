"""What most commands open first: the settings, and the database that they name."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from groupbot import i18n, log
from groupbot.cli.output import fail
from groupbot.errors import GroupbotError
from groupbot.i18n import _
from groupbot.paths import Project
from groupbot.settings import Settings, load
from groupbot.storage import migrate
from groupbot.storage.engine import Database

ConfigOption = Annotated[Path, typer.Option("--config", help=_("Path of config.toml."))]
JsonOption = Annotated[bool, typer.Option("--json", help=_("Print one JSON document."))]
DEFAULT_CONFIG = Path("config.toml")

T = TypeVar("T")


def settings_of(config: Path, *, quiet: bool = True) -> Settings:
    """Load `config` and speak and log as it says; `quiet` keeps the log to warnings, for commands that answer.

    Raises ConfigError.
    """
    settings = load(config)
    i18n.use(i18n.from_environment() or settings.locale)
    chosen = settings.log.model_copy(update={"level": "WARNING", "file": None}) if quiet else settings.log
    log.configure(chosen, settings.secrets())
    return settings


@asynccontextmanager
async def open_database(config: Path) -> AsyncIterator[tuple[Settings, Database]]:
    """Load `config` and open its database for the length of the block; a new one is set up first.

    Raises ConfigError for an unusable config, StoreError for a database that can't be used or has another schema.
    """
    settings = settings_of(config)
    database = Database(settings.database.url, busy_timeout_s=settings.database.busy_timeout_s)
    scripts = Project(root=settings.folder).migrations()
    try:
        if await migrate.current(database) is None:
            await migrate.upgrade(database, scripts)
        await migrate.require_current(database)
        yield settings, database
    finally:
        await database.close()


def answer(work: Coroutine[Any, Any, T]) -> T:
    """Run `work`; a refusal is told on stderr and ends the command with status 1."""
    try:
        return asyncio.run(work)
    except GroupbotError as error:
        fail(error)


def user() -> str:
    """Return who gives the command, as the operating system knows them; "" when it does not."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # no such user, as in some containers
        return ""
