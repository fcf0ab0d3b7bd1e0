"""Links that members can't open, or that platforms tend to block. The network is not asked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from groupbot.i18n import _
from groupbot.sop.document import LinkPart, MiniProgramPart, Sop, Step
from groupbot.sop.lint.findings import Findings
from groupbot.sop.lint.scene import Scene
from groupbot.sop.lint.words import BLANK, posted, said
from groupbot.sop.planned import Source

SHORTENERS = frozenset({
    "t.cn", "dwz.cn", "dwz.mk", "url.cn", "suo.im", "suo.nz", "mrw.so", "sourl.cn", "985.so", "0x3.me", "tb.cn", "u.nu",
    "bit.ly", "tinyurl.com", "t.co", "goo.gl", "is.gd", "ow.ly", "cutt.ly", "rebrand.ly", "s.id", "v.gd", "reurl.cc",
    "t.ly", "tiny.cc",
})  # fmt: skip
"""Public shorteners: chat platforms block them in series, and members don't see where they lead."""
_ADDRESS = re.compile(
    r"[hｈ][tｔ]{2}[pｐ][sｓ]?[ \t]*[:：][ \t]*[/／]{1,2}[ \t]*[^\s\u3000-\u303f\u4e00-\u9fff，！？；（）“”‘’…]+",
    re.IGNORECASE,
)
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_INSIDE = (".local", ".lan", ".internal", ".intranet", ".localhost", ".test", ".invalid")


def links(scene: Scene, found: Findings) -> None:
    """Warn of addresses in texts and links, once for each address of a step."""
    for step in scene.sop.steps:
        told = set()
        for address, where in _addresses(step, scene.sop):
            if address in told:
                continue
            told.add(address)
            if judged := judge(address):
                code, message, hint = judged
                found.warn(code, message, step, hint=hint, where=where)


def judge(address: str) -> tuple[str, str, str] | None:
    """Return (code, message, hint) of what is wrong with a link's `address`, None when nothing is."""
    shown = address.replace(BLANK, "…")
    plain = "".join(unicodedata.normalize("NFKC", address).split())
    try:
        host = (urlsplit(plain).hostname or "").rstrip(".")
    except ValueError:
        host = ""
    if BLANK in host or plain.startswith(BLANK):
        return None
    if plain != address and plain.replace(BLANK, "") != address.replace(BLANK, ""):
        message = _("The link `{url}` holds blanks or full-width signs, so it can't be opened.")
        return "bad-link", message.format(url=shown), _("Write `{url}`.").format(url=plain.replace(BLANK, "…"))
    if _is_inside(host):
        message = _("The link `{url}` leads to a private address, which members can't reach.")
        return "private-link", message.format(url=shown), _("Give the public address.")
    if not plain.casefold().startswith(("http://", "https://")) or not _HOST.fullmatch(host):
        message = _("`{url}` is no link that members can open.")
        return "bad-link", message.format(url=shown), _("Write the whole address, as in https://example.com/camp.")
    if host.casefold().removeprefix("www.") in SHORTENERS:
        message = _("The link `{url}` goes through a public shortener, which chat platforms often block.")
        return "short-link", message.format(url=shown), _("Give the real address, or one of your own domain.")
    return None


def _is_inside(host: str) -> bool:
    try:
        return not ip_address(host).is_global
    except ValueError:
        return host == "localhost" or host.casefold().endswith(_INSIDE)


def _addresses(step: Step, sop: Sop) -> Iterator[tuple[str, Source]]:
    for part in step.parts:
        if isinstance(part, LinkPart):
            yield from ((text, step.source) for text in (said(part.url, sop),) if text != BLANK)
        if isinstance(part, LinkPart | MiniProgramPart) and part.thumbnail is not None:
            yield from ((text, step.source) for text in (said(part.thumbnail, sop),) if text not in {"", BLANK})
    for template, where in posted(step):
        for address in _ADDRESS.finditer(said(template, sop)):
            yield address[0].rstrip(".,;:!?)]}>\"'"), where
