"""Whether a part may go out at this instant: late policy, window and quiet hours. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from groupbot.core.policies import LateThen
from groupbot.delivery.values import Ask, Candidate, Diversion, Drop, Wait
from groupbot.i18n import _


@dataclass(frozen=True, kw_only=True, slots=True)
class Go:
    """Nothing of the step's own rules stands against it."""


def decide(candidate: Candidate, now: datetime) -> Go | Diversion:
    """Judge `candidate` at `now`.

    A window's end is absolute. A later part's lateness counts from when it was to follow the one before it, so that a
    delivery cut in two by an outage does not end a day later. Quiet hours defer; what they defer too far meets the late
    policy at once.
    """
    if candidate.until is not None and now > candidate.until:
        return Drop(reason=_("its time window is over"))
    if candidate.approved:
        return Go()
    quiet_until = candidate.policies.quiet.until(now) if candidate.policies.quiet else None
    start = max(now, quiet_until) if quiet_until else now
    if candidate.late_at is not None and start > candidate.late_at:
        late = _late(candidate, quiet=quiet_until is not None)
        if late is not None:
            return late
    return Wait(until=quiet_until, reason=_("quiet hours")) if quiet_until else Go()


def _late(candidate: Candidate, *, quiet: bool) -> Diversion | None:
    reason = _("quiet hours last longer than its grace") if quiet else _("too late: its grace is over")
    match candidate.policies.late:
        case LateThen.SKIP:
            return Drop(reason=reason)
        case LateThen.ASK:
            return Ask(reason=reason)
        case LateThen.SEND:
            return None
