"""Whose requests are visits: not those of programs that look at a link before a person does. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_ROBOTS = (
    *(b"spider", b"crawl", b"slurp", b"preview", b"facebookexternalhit", b"facebookcatalog", b"whatsapp", b"embedly"),
    *(b"iframely", b"vkshare", b"google-safety", b"google-read-aloud", b"google-inspection", b"mediapartners"),
    *(b"lighthouse", b"pingdom", b"uptime", b"nmap", b"zgrab"),
)
"""Names that programs which fetch links for previews, indexes and health checks give themselves."""
_BOT = re.compile(rb"(?<!cu)bot\b")
"""The commonest of them; Cubot makes phones."""
_EARLY = {b"purpose", b"sec-purpose", b"x-purpose", b"x-moz"}
_EARLY_WORDS = (b"prefetch", b"preview", b"prerender")


def is_visit(method: str, headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Tell whether a person sees the answer to a request. `headers`: names in small letters, as ASGI has them."""
    if method != "GET":
        return False
    for name, value in headers:
        if name == b"user-agent" and is_robot(value.lower()):
            return False
        if name in _EARLY and any(word in value.lower() for word in _EARLY_WORDS):
            return False
    return True


@lru_cache(maxsize=4_096)
def is_robot(agent: bytes) -> bool:
    """Tell whether a program calls itself `agent`, in small letters; phones of one kind say the same."""
    return any(name in agent for name in _ROBOTS) or _BOT.search(agent) is not None
