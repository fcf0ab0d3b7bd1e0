"""What the parts of a daemon stand on."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass

from groupbot.chat.adapter import Adapter
from groupbot.chat.channels import AlertDesk
from groupbot.chat.directory import Directory
from groupbot.core.clock import Clock
from groupbot.settings import Settings
from groupbot.storage.engine import Database


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """What the parts of a daemon stand on. `ours`: the ids by which platforms know its accounts."""

    settings: Settings
    database: Database
    directory: Directory
    adapters: Mapping[str, Adapter]
    alerts: AlertDesk
    clock: Clock
    ours: Container[str]

    def has_stable_ids(self, account: str) -> bool:
        """Tell whether ids keep their meaning across an account's logins."""
        return self.adapters[account].capabilities.stable_ids

    def can_send(self, account: str, kind: str) -> bool:
        """Tell whether an account can post a kind of content."""
        return kind in self.adapters[account].capabilities.kinds
