"""Links in a text, open or disguised, and invitations into other groups."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from functools import cache
from typing import TYPE_CHECKING

from groupbot.core.findings import Finding
from groupbot.risk.views import Places, Views, span

if TYPE_CHECKING:
    from tldextract import TLDExtract

LINK, HIDDEN_LINK, INVITE = "link", "hidden-link", "invite"
SCORES = {LINK: 0.35, HIDDEN_LINK: 0.6, INVITE: 0.6}
_LINK = re.compile(
    r"(?P<scheme>https?://|www\.)?(?P<host>(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,18}|\d{1,3}(?:\.\d{1,3}){3}(?=[:/]))"
    r"(?P<path>(?::\d{2,5})?(?:/[!-;=?-~]*)?)(?![a-z0-9])"
)
_DISGUISED = re.compile(
    r"(?<![a-z0-9])(?P<name>[a-z0-9-]{2,63})\s*(?:[。点,·]|dot)\s*"
    r"(?P<end>com|cn|net|top|xyz|vip|cc|club|shop|site|online|info|org|icu|live|fun|link|app)(?![a-z0-9])"
)
_FILES = frozenset({"zip", "md", "py", "sh", "rs", "mov", "pl", "ps", "so", "cc", "java", "app", "ai", "pub", "mm"})
"""Ends of file names that are top-level domains, too: without scheme or path they are read as files."""
_INVITES = re.compile(
    r"weixin\.qq\.com/g/|u\.wechat\.com/|qm\.qq\.com/|jq\.qq\.com/|work\.weixin\.qq\.com/(?:gm|ca)/|qun\.qq\.com/"
    r"|t\.me/|telegram\.me/|discord\.gg/|chat\.whatsapp\.com/|weixin://|wxp://|dingtalk\.com/.*join"
)


@cache
def _suffixes() -> TLDExtract:
    """Return the public suffixes as the package ships them: nothing is fetched, nothing is written."""
    from tldextract import TLDExtract  # noqa: PLC0415 - brings an HTTP client along, 0.3 s

    return TLDExtract(suffix_list_urls=(), cache_dir=None)


def domain(host: str) -> str:
    """Return the registered domain of `host`, "" when its end is no public suffix; an IP address is its own."""
    parts = _suffixes()(host)
    return host if parts.ipv4 else parts.top_domain_under_public_suffix


def is_invite(link: str) -> bool:
    """Return whether `link` (also of a QR code) leads into a group or to somebody's card."""
    return bool(_INVITES.search(link.lower()))


def links_in(seen: Views, where: Places, allowed: AbstractSet[str] = frozenset()) -> list[Finding]:
    """Return a finding for each link whose registered domain is not `allowed`."""
    found = []
    for hit in _LINK.finditer(seen.norm):
        name = domain(hit["host"])
        if name and name not in allowed and not _is_file(hit):
            found.append(_finding(INVITE if is_invite(hit[0]) else LINK, where, *hit.span()))
    return found + [
        _finding(HIDDEN_LINK, where, *hit.span())
        for hit in _DISGUISED.finditer(seen.norm)
        if f"{hit['name']}.{hit['end']}" not in allowed
    ]


def may_link(seen: Views) -> bool:
    """Return whether `links_in` is worth asking."""
    return bool(_LINK.search(seen.norm) or _DISGUISED.search(seen.norm))


def _is_file(hit: re.Match[str]) -> bool:
    return not hit["scheme"] and not hit["path"] and hit["host"].rpartition(".")[2] in _FILES


def _finding(rule: str, where: Places, start: int, end: int) -> Finding:
    first, last = span(where.norm, start, end)
    return Finding(rule=rule, kind="ads", score=SCORES[rule], start=first, end=last)
