"""[alerts]: when and how often people are told in chat, and where alerts go that no chat account can take down."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import time
from typing import Annotated, Literal
from urllib.parse import unquote

from pydantic import AfterValidator, Field

from groupbot.core.policies import QuietHours
from groupbot.i18n import _
from groupbot.settings.fields import PositiveSeconds, Seconds, Section

_BETWEEN_URLS = re.compile(r"[\s,]+(?=[A-Za-z][\w+.-]*://)|\s+")
"""A comma only counts before another URL: a mail URL may list its recipients with commas."""
_PIECES = re.compile(r"[/:@?&=,#]+")
_END_OF_HOST = re.compile(r"[/?#]")
_PASSWORDS = re.compile(r"[?&](?:pass|password|token|secret|key)=([^&#]+)")
_SHORTEST_TOKEN = 8
"""Characters from which a piece of a URL is taken for a token: shorter ones are words that logs need."""


_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")


def _check_clock(value: str) -> str:
    if not _CLOCK.fullmatch(value):
        raise ValueError(_("{value!r} is no time of day; write HH:MM, as in 09:00").format(value=value))
    return value


def _check_hours(value: str) -> str:
    begin, _dash, end = value.partition("-")
    if value and not (_CLOCK.fullmatch(begin) and _CLOCK.fullmatch(end) and begin != end):
        raise ValueError(_("{value!r} are no hours; write HH:MM-HH:MM, as in 22:00-08:00").format(value=value))
    return value


def _minutes(clock: str) -> int:
    at = time.fromisoformat(clock)
    return at.hour * 60 + at.minute


class AlertSettings(Section):
    """Who is told what needs a person. URLs are Apprise's (mail, webhooks, messengers) and hold tokens."""

    urls_env: str = ""
    """Name of the environment variable with the URLs, blanks or commas between them; "" = alerts go to the log only.
    The URLs themselves never stand in a file."""
    least: Literal["info", "warning", "critical"] = "warning"
    """Least severity that is sent there. warning: what needs a person within the day."""
    repeat_after_s: Seconds = 600.0
    """Seconds within which the same alert is sent once, then with a count; 0 = each time. 600: a connection that comes
    and goes must not fill a mailbox, and a person who is at it wants news within minutes."""
    timeout_s: float = Field(default=10.0, gt=0, le=60)
    """Seconds that one attempt on one channel may take, at most 60. 10: slow mail servers answer within it."""
    quiet: Annotated[str, AfterValidator(_check_hours)] = "22:00-08:00"
    """Hours of the day, in `timezone`, in which what is less than critical waits for their end; "" = none. 22:00-08:00:
    nobody is woken for a step that was skipped."""
    digest_at: Annotated[str, AfterValidator(_check_clock)] = "09:00"
    """When news (severity info) is told in chat: once a day, in one message. 09:00: with the first coffee."""
    escalate_after_s: PositiveSeconds = 600.0
    """Seconds after which something critical that nobody acknowledged is told to the owners 1:1 and outside of chat,
    and again each time as many have passed. 600: time to see it, read it and walk to a phone."""
    escalations: int = Field(default=3, ge=0, le=20)
    """How often that is done at most. 3: who hears nothing thrice in half an hour hears nothing at all."""
    unsent_after_s: PositiveSeconds = 60.0
    """Seconds after which an alert that chat has not taken is told outside of chat. 60: pauses between posts are
    shorter, and an account that fails is a minute's loss."""

    def quiet_hours(self, timezone: str) -> QuietHours | None:
        """Return `quiet` as a value, None where there is none."""
        if not self.quiet:
            return None
        begin, end = (_minutes(text) for text in self.quiet.split("-"))
        return QuietHours(start_minute=begin, end_minute=end, timezone=timezone)

    @property
    def digest_clock(self) -> time:
        """`digest_at` as a value."""
        return time.fromisoformat(self.digest_at)


def split_urls(text: str) -> tuple[str, ...]:
    """Return the URLs in the value of `urls_env`."""
    return tuple(url for part in _BETWEEN_URLS.split(text) if (url := part.strip(",")))


def secrets_in(url: str) -> Iterator[str]:
    """Yield what must not be seen of `url`: all of it, its passwords, and every piece that may be a token.

    Host names stay, since the log of connections needs them.
    """
    _scheme, _mark, rest = url.partition("://")
    pieces = [piece for piece in _PIECES.split(rest) if len(piece) >= _SHORTEST_TOKEN and not _is_host(piece)]
    user, sign, _host = _END_OF_HOST.split(rest, maxsplit=1)[0].rpartition("@")
    password = user.partition(":")[2] if sign else ""
    for secret in (url, password, *pieces, *_PASSWORDS.findall(rest)):
        if secret:
            yield secret
            yield unquote(secret)


def _is_host(piece: str) -> bool:
    return "." in piece or piece == "localhost"
