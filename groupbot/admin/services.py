"""What command families call, as ports. The composition root fills `Services` once.

A family that needs more adds a Protocol here and a field to `Services`; implementations are in groupbot/desk and
groupbot/storage, fakes beside the tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from zoneinfo import ZoneInfo

from groupbot.admin.audit import AuditLog
from groupbot.admin.cards import Cards
from groupbot.admin.people import People
from groupbot.admin.places import Places
from groupbot.chat.directory import Directory
from groupbot.core.clock import Clock


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountLine:
    """An account as `/状态` shows it. `state` is a word of the operator's language."""

    name: str
    state: str
    is_well: bool


class SystemView(Protocol):
    """What the daemon knows of itself. Raises StoreError."""

    async def accounts(self) -> tuple[AccountLine, ...]:
        """Return every account."""
        ...

    async def counts(self) -> tuple[int, int]:
        """Return how many deliveries are held, and how many have an unknown outcome."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Services:
    """Everything that handlers may call."""

    clock: Clock
    zone: ZoneInfo
    directory: Directory
    places: Places
    people: People
    audit: AuditLog
    cards: Cards
    system: SystemView
