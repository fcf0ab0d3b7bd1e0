"""Which echo proves which post. Pure.

An echo settles a part whose outcome is unknown only when no other post could have caused it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

SKEW = timedelta(seconds=90)
"""How much earlier than our own clock's send a platform may stamp the echo (its clock is not ours)."""
WINDOW = timedelta(minutes=15)
"""How long after a send its echo still counts: a frozen gateway delivers when it thaws."""

ECHO_WAIT = timedelta(seconds=30)
"""How long an unknown part waits for its echo before the policies `resend` and `skip` act."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """A post that may have caused an echo. `is_open`: its outcome is unknown, so an echo would settle it."""

    token: str
    place: str
    fingerprint: str
    started_at: datetime
    is_open: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Echo:
    """An own post that came back and that no post has used yet."""

    fact: int
    place: str
    fingerprint: str
    at: datetime
    message_id: str | None


def match(attempts: Sequence[Attempt], echoes: Iterable[Echo]) -> list[tuple[Attempt, Echo]]:
    """Pair unknown attempts with the echoes that prove them; each echo and each attempt at most once.

    An echo that two attempts could have caused proves neither: both stay unknown.
    """
    pairs: dict[str, tuple[Attempt, Echo]] = {}
    for echo in sorted(echoes, key=lambda echo: echo.at):
        causes = [attempt for attempt in attempts if _fits(attempt, echo)]
        if len(causes) == 1 and causes[0].is_open:
            pairs.setdefault(causes[0].token, (causes[0], echo))
    return list(pairs.values())


def _fits(attempt: Attempt, echo: Echo) -> bool:
    return (
        attempt.place == echo.place
        and attempt.fingerprint == echo.fingerprint
        and attempt.started_at - SKEW <= echo.at <= attempt.started_at + WINDOW
    )
