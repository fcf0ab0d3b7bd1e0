"""How long facts are kept, by kind. Pure; a daily job prunes what `cutoffs` names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from groupbot.settings import RetentionSettings
from groupbot.tracking.facts import FactKind


@dataclass(frozen=True, kw_only=True, slots=True)
class Cutoff:
    """Facts of `kind` from before `before` (UTC) are to go."""

    kind: FactKind
    before: datetime


def cutoffs(retention: RetentionSettings, now: datetime) -> tuple[Cutoff, ...]:
    """Return what is due for deletion at `now`; a kind with 0 days, or without a setting, is kept for good."""
    days = {
        FactKind.JOIN: retention.join,
        FactKind.LEAVE: retention.leave,
        FactKind.MESSAGE: retention.message,
        FactKind.FRIEND_REQUEST: retention.message,  # the greeting is a member's words
        FactKind.OWN_POST: retention.own_post,
        FactKind.ACCOUNT: retention.account_state,
    }
    return tuple(Cutoff(kind=kind, before=now - timedelta(days=kept)) for kind, kept in days.items() if kept)
