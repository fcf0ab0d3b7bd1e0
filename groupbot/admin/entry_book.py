"""What the commands about entries call, as a port; groupbot/desk has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryLine:
    """A group of a pool. `members`: None = nobody has counted; `lacks`: what keeps it from taking people in, in words.

    `expires_at` of its QR image: None = it lasts, or there is none.
    """

    group: str
    members: int | None
    limit: int
    full_at: datetime | None = None
    has_image: bool = False
    expires_at: datetime | None = None
    is_closed: bool = False
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PoolLine:
    """A pool. `entry`: the group that takes people in now, "" = none; `after`: the one after it."""

    name: str
    entry: str
    after: str
    groups: tuple[EntryLine, ...]


class EntryBook(Protocol):
    """The entries of the project. Raises ConfigError for a pool or group that no pool has, and StoreError."""

    async def pools(self) -> Sequence[PoolLine]:
        """Return how every pool stands."""
        ...

    async def take_image(self, group: str, *, account: str, message_id: str, by: str) -> EntryLine:
        """Let people in by the QR image of a message, from now on. Raises CampaignError when it holds no QR code."""
        ...

    async def open(self, group: str, *, by: str) -> EntryLine:
        """Let `group` take people in again when its turn comes."""
        ...

    async def advance(self, pool: str, *, by: str) -> PoolLine:
        """Let the next group of `pool` take people in. Raises CampaignError when there is none."""
        ...
