"""When people are told what: night, digests, and how long one may leave a thing unacknowledged. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from groupbot.campaign.one_off import ONE_OFF
from groupbot.chat.alerts import Alert, Severity
from groupbot.core.policies import QuietHours
from groupbot.i18n import _, ngettext
from groupbot.settings import Settings

MOST_LINES = 20
"""Lines of a digest: what a phone shows in two screens."""
_LONGEST = 120
"""Signs of one of its lines."""
_ASKED = frozenset({"delivery-unknown", "delivery-held"})
"""Codes of what `admin.open_questions` asks about in the same chats."""
_OWN_POSTS = tuple(f"{ONE_OFF}/{kind}/" for kind in ("alert", "answer", "card", "digest"))
"""How the keys begin of what the bot itself says to its operators."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertRules:
    """[alerts] as far as it concerns chat."""

    zone: ZoneInfo
    quiet: QuietHours | None = None
    digest_at: time = time(9)
    escalate_after: timedelta = timedelta(minutes=10)
    escalations: int = 3
    unsent_after: timedelta = timedelta(minutes=1)

    @classmethod
    def of(cls, settings: Settings) -> AlertRules:
        """Return the rules that `settings` give."""
        alerts = settings.alerts
        return cls(
            zone=ZoneInfo(settings.timezone),
            quiet=alerts.quiet_hours(settings.timezone),
            digest_at=alerts.digest_clock,
            escalate_after=timedelta(seconds=alerts.escalate_after_s),
            escalations=alerts.escalations,
            unsent_after=timedelta(seconds=alerts.unsent_after_s),
        )

    def waits_until(self, severity: Severity, now: datetime) -> datetime | None:
        """Return when something of that severity is told, None = now."""
        if severity is Severity.CRITICAL:
            return None
        if severity is Severity.WARNING:
            return self._end_of_quiet(now)
        digest = self._next_digest(now)
        return self._end_of_quiet(digest) or digest

    def round_of(self, opened_at: datetime, now: datetime) -> int:
        """Return how often something critical that was told at `opened_at` must have been escalated by `now`."""
        return max(0, min((now - opened_at) // self.escalate_after, self.escalations))

    def _end_of_quiet(self, now: datetime) -> datetime | None:
        return self.quiet.until(now) if self.quiet else None

    def _next_digest(self, now: datetime) -> datetime:
        local = now.astimezone(self.zone)
        today = datetime.combine(local.date(), self.digest_at, tzinfo=self.zone)
        return today if today > local else datetime.combine(local.date() + timedelta(days=1), self.digest_at, self.zone)


class Bursts:
    """Tell the first few of a kind at once and the rest together: a step that 300 groups missed is no 300 posts."""

    def __init__(self, most: int = 5, window: timedelta = timedelta(minutes=10)) -> None:
        self._most = most
        self._window = window
        self._told: dict[str, list[datetime]] = {}

    def until(self, kind: str, now: datetime) -> datetime | None:
        """Return when what is of that kind and comes now is told, None = at once, and counts."""
        lately = [at for at in self._told.get(kind, ()) if at > now - self._window]
        is_one_too_many = len(lately) >= self._most
        self._told[kind] = lately if is_one_too_many else [*lately, now]
        return lately[0] + self._window if is_one_too_many else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """An alert that is told later; `at`: when it came."""

    number: int
    at: datetime
    alert: Alert


def is_about_own_post(alert: Alert) -> bool:
    """Tell whether `alert` says what became of something that the bot said to operators: telling that would go on."""
    return alert.fields.get("delivery", "").startswith(_OWN_POSTS)


def is_asked_elsewhere(alert: Alert) -> bool:
    """Tell whether a card asks about the same in the chat where `alert` would be told."""
    return alert.code in _ASKED


def subject_of(alert: Alert) -> str:
    """Name what `alert` is about: the same trouble, the same name."""
    fields = "\n".join(f"{key}={value}" for key, value in sorted(alert.fields.items()))
    return f"{alert.code}/{hashlib.sha256(fields.encode()).hexdigest()[:16]}"


def digest(rows: Sequence[Waiting], zone: ZoneInfo) -> str:
    """Return what is told of `rows` in one message: each thing once, by the time at which it came last."""
    latest = {row.alert.text: row for row in rows}
    counts = {text: sum(row.alert.text == text for row in rows) for text in latest}
    lines = [_line(row, counts[text], zone) for text, row in latest.items()]
    head = ngettext("{n} notice that waited:", "{n} notices that waited:", len(lines)).format(n=len(lines))
    return "\n".join((head, *cut(lines)))


def cut(lines: Iterable[str], most: int = MOST_LINES) -> list[str]:
    """Return the first of `lines`, and how many more there are."""
    every = list(lines)
    more = len(every) - most
    return every if more <= 0 else [*every[:most], _("…{n} more").format(n=more)]


def _line(row: Waiting, count: int, zone: ZoneInfo) -> str:
    times = f" ×{count}" if count > 1 else ""
    text = " ".join(row.alert.text.split())
    return f"{row.at.astimezone(zone):%H:%M} {text[:_LONGEST]}{'…' if len(text) > _LONGEST else ''}{times}"
