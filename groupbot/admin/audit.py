"""What was asked of the bot, by whom, where, and what came of it. Rows never hold codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

BY_ITSELF = "groupbot"
"""The actor of what the bot does by itself."""


class Result(StrEnum):
    """What came of it."""

    ASKED = "asked"
    """It asked back; nothing was done."""
    CONFIRMED = "confirmed"
    """The person confirmed; what came of it is the next entry."""
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditEntry:
    """One row. `actor`: a name of [[people]], `BY_ITSELF`, or the member's id of somebody unknown.

    `place` is `Place.key`; `action` a command's name or `card/<kind>`; `detail` its arguments without secrets, and
    why it was refused.
    """

    at: datetime
    actor: str
    role: str
    account: str
    place: str
    action: str
    result: Result
    detail: str = ""


def by_itself(at: datetime, place: str, action: str, detail: str) -> AuditEntry:
    """Return the entry of something that the bot did without being asked. `place`: `Place.key`, "" = nowhere."""
    return AuditEntry(
        at=at, actor=BY_ITSELF, role="", account="", place=place, action=action, result=Result.DONE, detail=detail
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditQuery:
    """Which rows; what is None does not narrow. Newest first."""

    since: datetime | None = None
    actor: str | None = None
    action: str | None = None
    result: Result | None = None
    limit: int = 50


class AuditLog(Protocol):
    """Keep entries. Raises StoreError."""

    async def write(self, entry: AuditEntry) -> None:
        """Keep `entry`; durable when this returns."""
        ...

    async def list(self, query: AuditQuery) -> Sequence[AuditEntry]:
        """Return the entries that `query` asks for, newest first."""
        ...
