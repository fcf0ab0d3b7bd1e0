"""How a step meets trouble, and when nothing is sent. Shared by what plans a step and what delivers it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class LateThen(StrEnum):
    """What happens to a step that could not start within its grace."""

    SKIP = "skip"
    ASK = "ask"
    SEND = "send"


class UnknownThen(StrEnum):
    """What happens to a part whose outcome is unknown after a crash or time-out."""

    ASK = "ask"
    RESEND = "resend"
    SKIP = "skip"


class PartFailure(StrEnum):
    """What happens to the parts after one that the platform refused for good."""

    STOP = "stop"
    CONTINUE = "continue"


class Unapproved(StrEnum):
    """What happens at its time to a step that nobody has approved."""

    HOLD = "hold"
    SEND = "send"


@dataclass(frozen=True, kw_only=True, slots=True)
class Approval:
    """A person looks at a step before it is posted. `ahead`: how long before its time they are asked."""

    ahead: timedelta = timedelta(hours=2)
    default: Unapproved = Unapproved.HOLD


@dataclass(frozen=True, kw_only=True, slots=True)
class QuietHours:
    """Wall-clock minutes of the day in which nothing is sent; `start_minute` > `end_minute` spans midnight."""

    start_minute: int
    end_minute: int
    timezone: str

    def until(self, now: datetime) -> datetime | None:
        """Return when the quiet hours that `now` lies in end (aware, in `now`'s zone), or None outside them."""
        local = now.astimezone(ZoneInfo(self.timezone))
        minute = local.hour * 60 + local.minute
        spans_midnight = self.start_minute > self.end_minute
        inside = (
            minute >= self.start_minute or minute < self.end_minute
            if spans_midnight
            else self.start_minute <= minute < self.end_minute
        )
        if not inside:
            return None
        tomorrow = spans_midnight and minute >= self.start_minute
        day = local.date() + timedelta(days=1 if tomorrow else 0)
        end = datetime.combine(day, time(), tzinfo=local.tzinfo) + timedelta(minutes=self.end_minute)
        # In the hour that comes twice in autumn, the end meant is the one in the same pass as `now`.
        return end.replace(fold=local.fold).astimezone(now.tzinfo)


@dataclass(frozen=True, kw_only=True, slots=True)
class Policies:
    """How a step meets trouble. `grace`: how late it may start at most; `ask_timeout`: how long an open question of
    this delivery blocks later steps of its group.
    """

    grace: timedelta = timedelta(minutes=30)
    late: LateThen = LateThen.SKIP
    unknown: UnknownThen = UnknownThen.ASK
    on_part_failure: PartFailure = PartFailure.STOP
    ask_timeout: timedelta = timedelta(minutes=30)
    quiet: QuietHours | None = None
    approval: Approval | None = None
    """None: nobody has to."""
    promo: bool | None = None
    """Whether it sells, so that an open incident of its group holds it; None: what it posts decides."""

    def latest(self, expected: datetime, until: datetime | None) -> datetime | None:
        """Return the last instant at which what is expected at `expected` is not late; None = it never is.

        Inside a window nothing is late before its end, `until`.
        """
        if until is not None:
            return until
        return None if self.late is LateThen.SEND else expected + self.grace

    def dump(self) -> str:
        """Return canonical JSON (seconds, names); `load_policies` is the inverse."""
        approval = self.approval
        asked = {"approval": [approval.ahead.total_seconds(), approval.default.value]} if approval else {}
        promo = {} if self.promo is None else {"promo": self.promo}
        return json.dumps(
            {
                "grace_s": self.grace.total_seconds(),
                "late": self.late.value,
                "unknown": self.unknown.value,
                "on_part_failure": self.on_part_failure.value,
                "ask_timeout_s": self.ask_timeout.total_seconds(),
                "quiet": [self.quiet.start_minute, self.quiet.end_minute, self.quiet.timezone] if self.quiet else None,
            }
            | asked
            | promo,
            sort_keys=True,
        )


def load_policies(text: str) -> Policies:
    """Return the policies that `Policies.dump` wrote."""
    raw = json.loads(text)
    quiet, asked = raw["quiet"], raw.get("approval")
    return Policies(
        grace=timedelta(seconds=raw["grace_s"]),
        late=LateThen(raw["late"]),
        unknown=UnknownThen(raw["unknown"]),
        on_part_failure=PartFailure(raw["on_part_failure"]),
        ask_timeout=timedelta(seconds=raw["ask_timeout_s"]),
        quiet=QuietHours(start_minute=quiet[0], end_minute=quiet[1], timezone=quiet[2]) if quiet else None,
        approval=Approval(ahead=timedelta(seconds=asked[0]), default=Unapproved(asked[1])) if asked else None,
        promo=raw.get("promo"),
    )
