"""Whose requests are visits: not those of programs that look at a link before a person does. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

_ROBOTS = re.compile(
    rb"(?<!cu)bot\b|spider|crawl|slurp|preview|facebookexternalhit|facebookcatalog|whatsapp|skypeuri|embedly|iframely"
    rb"|vkshare|google-(?:safety|read-aloud|inspection)|mediapartners|lighthouse|pingdom|uptime|nmap|zgrab",
    re.IGNORECASE,
)
"""Names that programs which fetch links for previews, indexes and health checks give themselves. Cubot makes phones."""
_EARLY = {b"purpose", b"sec-purpose", b"x-purpose", b"x-moz"}
_EARLY_WORDS = re.compile(rb"prefetch|preview|prerender", re.IGNORECASE)


def is_visit(method: str, headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Tell whether a person sees the answer to a request. `headers`: names in small letters, as ASGI has them."""
    if method != "GET":
        return False
    for name, value in headers:
        if name == b"user-agent" and _ROBOTS.search(value):
            return False
        if name in _EARLY and _EARLY_WORDS.search(value):
            return False
    return True
