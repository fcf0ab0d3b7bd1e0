"""Telling a person. Where alerts go is decided by the composition root; features only say what happened."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from loguru import logger


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
    attachments: tuple[str, ...] = ()
    """Absolute paths of files that go along where the way of telling carries files: a login code's picture."""
    plain: str = field(default="", compare=False)
    """`text` without how often it came again, "" = it holds no count."""


class Alerts(Protocol):
    """Deliver alerts; never raises, never blocks a caller for long."""

    async def send(self, alert: Alert) -> None:
        """Pass `alert` on to whoever is responsible."""
        ...


class LogAlerts:
    """Write alerts to the log: what there is before anybody is told in chat."""

    async def send(self, alert: Alert) -> None:
        """Log `alert` at the level of its severity."""
        level = {Severity.INFO: "INFO", Severity.WARNING: "WARNING", Severity.CRITICAL: "ERROR"}[alert.severity]
        fields = alert.fields | {"action": "alert", "code": alert.code}
        logger.bind(**fields).log(level, "{text}", text=alert.text)
