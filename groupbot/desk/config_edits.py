"""Changes of config.toml by chat: written into the file, whose edit the daemon takes up like everybody's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import fields
from typing import Any

from groupbot.settings import Settings
from groupbot.settings.config_file import ConfigFile
from groupbot.settings.editing import Change

ADOPTED_S = 15.0
"""Seconds until an edit counts as one that does not hold yet. 15: edits are looked for every 5 s at the latest."""
_LOOK_S = 0.05
"""Seconds between looks whether it holds."""


class LiveConfig:
    """`admin.upkeep.ConfigEdits`. `settings`: those that hold now; `within_s`: seconds to wait until an edit does."""

    def __init__(self, settings: Callable[[], Settings], *, within_s: float = ADOPTED_S) -> None:
        self._settings = settings
        self._within_s = within_s
        held = settings()
        self._file = ConfigFile(held.file, held.environ)

    @property
    def in_force(self) -> Settings:
        return self._settings()

    async def change(self, *changes: Change) -> bool:
        wanted = await asyncio.to_thread(self._file.edit, *changes)
        names = frozenset(_names(changes))
        try:
            async with asyncio.timeout(self._within_s):
                while _blocks(self._settings(), names) != _blocks(wanted, names):  # noqa: ASYNC110 - see `_LOOK_S`
                    await asyncio.sleep(_LOOK_S)
        except TimeoutError:
            return False
        return True


def _names(changes: Iterable[Change]) -> Iterable[str]:
    """Yield the names of what `changes` are about."""
    for change in changes:
        yield from (getattr(change, item.name) for item in fields(change) if item.name in {"name", "to"})


def _blocks(settings: Settings, names: frozenset[str]) -> list[Any]:
    """Return the blocks of `settings` that are called so."""
    return [
        block for table in (settings.groups, settings.people, settings.squads) for block in table if block.name in names
    ]
