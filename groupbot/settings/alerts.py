"""[alerts]: where alerts go besides the log, by ways that no chat account can take down."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal
from urllib.parse import unquote

from pydantic import Field

from groupbot.settings.fields import Seconds, Section

_BETWEEN_URLS = re.compile(r"[\s,]+(?=[A-Za-z][\w+.-]*://)|\s+")
"""A comma only counts before another URL: a mail URL may list its recipients with commas."""
_PIECES = re.compile(r"[/:@?&=,#]+")
_END_OF_HOST = re.compile(r"[/?#]")
_PASSWORDS = re.compile(r"[?&](?:pass|password|token|secret|key)=([^&#]+)")
_SHORTEST_TOKEN = 8
"""Characters from which a piece of a URL is taken for a token: shorter ones are words that logs need."""


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
