"""Saved files of plugins and edited [plugins.NAME] tables: the host takes them up."""

from __future__ import annotations

from collections.abc import Callable

from groupbot.plugin_host.host import Host
from groupbot.reload.settling import settled
from groupbot.settings import Settings


class PluginEdits:
    """Look at the plugins of `host` with the settings that hold now."""

    def __init__(self, host: Host, settings: Callable[[], Settings]) -> None:
        self._host = host
        self._settings = settings
        self._seen = host.stamps()

    async def look(self) -> None:
        """Let the host take up what changed, once files are written to their end. Raises StoreError."""
        stamps = self._host.stamps()
        if stamps != self._seen:
            self._seen = await settled(self._host.stamps, stamps)
        self._host.tables = self._settings().plugins
        await self._host.look()
