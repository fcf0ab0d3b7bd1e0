"""What the roll-ups are made with: the settings that say what counts, and who is one of our people. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from groupbot.core.roles import Role
from groupbot.settings import Settings
from groupbot.settings.tracking import counted_by
from groupbot.tracking.origins import ChannelWords
from groupbot.tracking.rules import Rules, rules_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Rolling:
    """The rules of counting. `staff`: names of our people by their ids on any platform."""

    rules: Rules = field(default_factory=Rules)
    words: ChannelWords = field(default_factory=lambda: ChannelWords(()))
    staff: Mapping[str, str] = field(default_factory=dict)
    people: frozenset[str] = frozenset()
    """Names of our people: an id that was bound to one of them by a code is theirs, too."""
    reply_window_ms: int = 7_200_000
    visit_window_ms: int = 1_800_000
    mark_window_days: int = 30
    after_days: int = 14
    digest: str = ""
    """Of the settings by which the past is counted."""


def rolling(settings: Settings) -> Rolling:
    """Return the rules of counting that `settings` hold."""
    told = settings.tracking
    ours = [person for person in settings.people if person.rank > Role.MEMBER]
    return Rolling(
        rules=rules_of(told.stages),
        words=ChannelWords(settings.channels),
        staff={chat_id: person.name for person in ours for chat_id in person.ids.values()},
        people=frozenset(person.name for person in ours),
        reply_window_ms=int(told.reply_window_s * 1000),
        visit_window_ms=int(told.visit_window_s * 1000),
        mark_window_days=told.mark_window_days,
        after_days=told.after_days,
        digest=digest(settings),
    )


def digest(settings: Settings) -> str:
    """Return a short text that is another when what happened would be counted otherwise."""
    return hashlib.sha256(counted_by(settings.tracking, settings.channels).encode()).hexdigest()[:16]
