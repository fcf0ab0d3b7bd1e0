"""See edits of config.toml and SOP files while the daemon runs.

The file system's own notices (watchfiles) only say when to look; what is looked at is content, so a notice that is
lost or comes too often changes nothing. A look without any notice is taken every few seconds.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from pathlib import Path

from loguru import logger
from watchfiles import Change, awatch

from groupbot.chat.alerts import Alert, Alerts, Severity
from groupbot.core.clock import SystemClock
from groupbot.errors import ConfigError
from groupbot.i18n import _
from groupbot.plugin_host.host import Host
from groupbot.reload.applying import Apply, bring, mended, refuse, tell
from groupbot.reload.campaign_edits import CampaignEdits
from groupbot.reload.plugin_edits import PluginEdits
from groupbot.reload.settling import settled
from groupbot.reload.sop_edits import SopEdits
from groupbot.settings import Settings, load
from groupbot.sop.load import ENDINGS
from groupbot.storage.engine import Database

STEP_MS = 200
"""Milliseconds between looks at the operating system's notices."""
POLL_MS = 1_000
"""Milliseconds between looks through the folders, where the operating system gives no notices."""
ANYWAY_MS = 5_000
"""Milliseconds after which a look is taken without any notice: it costs less than a heartbeat."""

Notices = Callable[[Path], AsyncGenerator[object, None]]
"""Yield whenever something may have changed in the folder of a config file."""


async def watch(
    path: Path,
    settings: Settings,
    apply: Apply,
    alerts: Alerts,
    *,
    environ: Mapping[str, str] | None = None,
    notices: Notices | None = None,
    database: Database | None = None,
    plugins: Host | None = None,
) -> None:
    """Follow edits of the config file `path`, which gave `settings`, and of the project's SOP files; until cancelled.

    With a `database`, its campaigns hear of edited SOPs; `plugins` takes up edited plugins.

    A bad edit changes nothing and is told about. An edit made before this began is found at once. Ends by itself, with
    an alert, only where the folder can't be watched in any way; raises nothing.
    """
    config = ConfigEdits(path, settings, apply, alerts, environ=environ)
    campaigns = (
        CampaignEdits(settings=lambda: config.in_force, database=database, clock=SystemClock(), alerts=alerts)
        if database
        else None
    )
    sops = SopEdits(settings.folder, alerts, campaigns)
    edited = PluginEdits(plugins, lambda: config.in_force) if plugins else None
    try:
        async with aclosing((notices or file_notices)(settings.folder / path.name)) as stream:
            await _safely(config.look)
            if edited:
                await _safely(edited.look)
            async for _notice in stream:
                await _safely(config.look)
                await _safely(sops.look)
                if edited:
                    await _safely(edited.look)
    except (OSError, RuntimeError) as error:
        logger.bind(action="reload").warning("edits are not seen: {error}", error=repr(error))
        text = _("Edits of config.toml and SOPs are not seen until groupbot is started again: {error}").format(
            error=error
        )
        await alerts.send(Alert(severity=Severity.WARNING, code="reload-blind", text=text))


async def _safely(look: Callable[[], Awaitable[None]]) -> None:
    """Take a look; whatever goes wrong in it costs this look only."""
    try:
        await look()
    except Exception:  # noqa: BLE001 - logged; a mistake here must not end the daemon
        logger.bind(action="reload").exception("an edit could not be looked at")


class ConfigEdits:
    """Remember what config.toml held and which settings are in force, and act on what was saved since."""

    def __init__(
        self,
        path: Path,
        settings: Settings,
        apply: Apply,
        alerts: Alerts,
        *,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._path = path
        self._in_force = settings
        self._apply = apply
        self._alerts = alerts
        self._environ = environ
        self._seen = ""
        self._refused = False

    @property
    def in_force(self) -> Settings:
        """The settings that hold now."""
        return self._in_force

    async def look(self) -> None:
        """Take up what was saved since the last look."""
        digest = self._digest()
        if digest == self._seen:
            return
        self._seen = await settled(self._digest, digest)
        try:
            changes = bring(self._in_force, load(self._path, self._environ), self._apply)
        except ConfigError as error:
            self._refused = True
            await refuse(error, self._alerts)
            return
        self._in_force = changes.in_force
        await (mended(self._alerts) if self._refused and not changes.any else tell(changes, self._alerts))
        self._refused = False

    def _digest(self) -> str:
        try:
            return hashlib.sha256(self._path.read_bytes()).hexdigest()
        except OSError as error:
            return f"unreadable: {error.errno}"


async def file_notices(config: Path) -> AsyncGenerator[object, None]:
    """Yield at once, when config.toml or an SOP file may have been saved, and every few seconds anyway.

    Folders are watched, not files: editors put a new file in the old one's place. Where the operating system gives no
    notices (too many watches, some network disks) the folders are looked through instead. Raises OSError or
    RuntimeError where that fails too.
    """
    polling: bool | None = None
    while True:
        try:
            async for changes in _watched(config, polling=polling):
                yield changes
        except (OSError, RuntimeError) as error:
            if polling:
                raise
            logger.bind(action="reload").info("no notices from the operating system: {error}", error=str(error))
            polling = True


async def _watched(config: Path, *, polling: bool | None) -> AsyncGenerator[object, None]:
    """Yield changes until sops/ comes or goes: then the folders to watch are others."""
    stream = awatch(
        *_folders(config),
        watch_filter=_Wanted(config),
        step=STEP_MS,
        rust_timeout=ANYWAY_MS,
        yield_on_timeout=True,
        recursive=False,
        force_polling=polling,
        poll_delay_ms=POLL_MS,
    )
    async with aclosing(stream):
        async for changes in stream:
            yield changes
            if any(Path(name) == config.parent / "sops" and change is not Change.modified for change, name in changes):
                return


def _folders(config: Path) -> list[Path]:
    plugins = config.parent / "plugins"
    parts = sorted(plugins.iterdir()) if plugins.is_dir() else []
    return [folder for folder in (config.parent, config.parent / "sops", plugins, *parts) if folder.is_dir()]


class _Wanted:
    """Which notices are wanted: those of files that are followed, and now and then any other.

    The database lies in the same folder and changes all the time, and while notices come watchfiles sees no time-out.
    """

    def __init__(self, config: Path) -> None:
        self._config = config
        self._last = time.monotonic()

    def __call__(self, change: Change, name: str) -> bool:
        del change
        path, now = Path(name), time.monotonic()
        is_followed = path in {self._config, self._config.parent / "sops"} or path.suffix in {*ENDINGS, ".py"}
        if is_followed or now - self._last >= ANYWAY_MS / 1000:
            self._last = now
            return True
        return False
