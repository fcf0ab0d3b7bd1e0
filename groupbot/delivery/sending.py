"""Handing one part to the adapter, and saying how it ended in the ledger's words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from loguru import logger

from groupbot.chat.adapter import Adapter, Receipt
from groupbot.chat.directory import Directory
from groupbot.chat.errors import ChatError, Limited, NotConnected, Permanent, Temporary
from groupbot.core.clock import Clock
from groupbot.core.policies import PartFailure
from groupbot.delivery.values import Candidate, Lost, Outcome, Refused, Retry, Sent
from groupbot.i18n import _

RETRY_FIRST = timedelta(seconds=5)
RETRY_MOST = timedelta(minutes=5)
LONGEST_WISH_S = 86_400.0
"""A platform that asks to wait longer than a day means "not today"."""


class Sender:
    """Send parts on one account. `lock_gap`: parts nearer together than this keep their group for themselves."""

    def __init__(
        self,
        *,
        adapter: Adapter,
        directory: Directory,
        clock: Clock,
        lock_gap: timedelta,
        posted: Callable[[Candidate, Receipt, datetime], Awaitable[None]],
        limited: Callable[[Candidate, str], Awaitable[None]],
    ) -> None:
        self._adapter = adapter
        self._directory = directory
        self._clock = clock
        self._lock_gap = lock_gap
        self._posted = posted
        self._limited = limited

    async def send(self, candidate: Candidate) -> Outcome:
        """Send the part that is next. Raises nothing but a cancellation, after which its outcome is unknown."""
        to = "" if candidate.is_of_account else self._conversation(candidate)
        if to is None:
            return self._refused(candidate, _("{account} is not in this group").format(account=candidate.account))
        log = logger.bind(
            account=candidate.account, campaign=candidate.campaign, group=candidate.group, step=candidate.step
        )
        try:
            receipt = await self._adapter.send(to, candidate.part.content)
        except Temporary as error:
            return await self._temporary(candidate, error)
        except Permanent as error:
            return self._refused(candidate, str(error))
        except ChatError as error:
            return Lost(error=str(error))
        except Exception as error:  # an adapter's bug must not end the lane, and it may have posted
            log.exception("adapter failed in an unforeseen way")
            return Lost(error=f"{type(error).__name__}: {error}")
        now = self._clock.now()
        log.info("part {part}/{parts} sent", part=candidate.next_part + 1, parts=len(candidate.parts))
        try:
            await self._posted(candidate, receipt, now)
        except Exception:
            log.exception("the post was not passed on")
        next_at, late_at, lock_until = self._following(candidate, now)
        return Sent(message_id=receipt.message_id, next_at=next_at, late_at=late_at, lock_until=lock_until)

    def _conversation(self, candidate: Candidate) -> str | None:
        return candidate.member or self._directory.chat_id(candidate.account, candidate.group)

    def _following(
        self, candidate: Candidate, now: datetime
    ) -> tuple[datetime | None, datetime | None, datetime | None]:
        """Return when the next part may go, when it is late, and how long the group stays reserved for it."""
        if candidate.is_last:
            return None, None, None
        gap = timedelta(seconds=candidate.parts[candidate.next_part + 1].gap_s)
        near = gap < self._lock_gap
        late_at = candidate.policies.latest(now + gap, candidate.until)
        return now + gap, late_at, now + gap + self._lock_gap if near else None

    async def _temporary(self, candidate: Candidate, error: Temporary) -> Retry:
        now = self._clock.now()
        if isinstance(error, Limited):
            await self._limited(candidate, str(error))
        wait = min(RETRY_FIRST * 2 ** min(candidate.attempt, 10), RETRY_MOST)
        if error.retry_after_s is not None:
            wait = max(wait, timedelta(seconds=min(max(error.retry_after_s, 0), LONGEST_WISH_S)))
        if isinstance(error, NotConnected):
            wait = RETRY_FIRST
        between_parts = candidate.next_part > 0 and wait < self._lock_gap
        lock_until = now + wait + self._lock_gap if between_parts else None
        return Retry(not_before=now + wait, error=str(error), lock_until=lock_until)

    def _refused(self, candidate: Candidate, error: str) -> Refused:
        reason = _("part {part}: {error}").format(part=candidate.next_part + 1, error=error)
        if candidate.policies.on_part_failure is PartFailure.STOP:
            return Refused(error=reason)
        next_at, late_at, lock_until = self._following(candidate, self._clock.now())
        return Refused(error=reason, next_at=next_at, late_at=late_at, lock_until=lock_until)
