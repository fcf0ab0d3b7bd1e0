"""Who did what to plugins, written where everything that people ask of the bot is written."""

from __future__ import annotations

from loguru import logger

from groupbot.admin.audit import AuditEntry, AuditLog, Result
from groupbot.core.clock import Clock


class Audited:
    """`plugin_host.ports.Audit` over the audit log."""

    def __init__(self, log: AuditLog, clock: Clock) -> None:
        self._log = log
        self._clock = clock

    async def note(self, *, by: str, action: str, detail: str) -> None:
        entry = AuditEntry(
            at=self._clock.now(),
            actor=by,
            role="",
            account="",
            place="",
            action=action,
            result=Result.DONE,
            detail=detail,
        )
        await self._log.write(entry)


class Logged:
    """The same where there is no audit log: the log alone."""

    async def note(self, *, by: str, action: str, detail: str) -> None:
        logger.bind(action=action, by=by).info("{}", detail)
