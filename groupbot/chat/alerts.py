"""Telling a person. Where alerts go is decided by the composition root; features only say what happened."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Severity(StrEnum):
    """How soon a person should look."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


@dataclass(frozen=True, kw_only=True, slots=True)
class Alert:
    """One thing that a person should know. `code` is stable (for dedupe), `text` is in the operator's language."""

    severity: Severity
    code: str
    text: str
    fields: dict[str, str] = field(default_factory=dict)
    """campaign, group, account, delivery: whatever names the place."""


class Alerts(Protocol):
    """Deliver alerts; never raises, never blocks a caller for long."""

    async def send(self, alert: Alert) -> None:
        """Pass `alert` on to whoever is responsible."""
        ...
