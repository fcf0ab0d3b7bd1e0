"""Read what WeChat sends as XML: cards, mini-programs, merged forwards. Senders write it, so it is read by pattern.

A merged forward holds its messages as a second XML text inside of the first, escaped or in CDATA.
"""

from __future__ import annotations

import html
import re
from collections import defaultdict

MOST_XML = 60_000
"""Characters that are read: a forward of a hundred messages."""
MOST_WORDS = 4_000
"""Characters of words that are kept."""
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")
_TAG = re.compile(r"<(?P<end>/?)(?P<name>title|des|desc|datatitle|datadesc|sourcedisplayname)>")
_TYPE = re.compile(r"<type>\s*(\d{1,3})\s*</type>")
_NICKNAME = re.compile(r'\snickname="([^"]*)"')
_MESSAGES = ("datatitle", "datadesc")
_PREVIEW = ("des", "desc")
"""Tags of what a forward shows before it is opened: the beginning of what its messages say."""
_KINDS = {"19": "chat_history", "24": "chat_history", "33": "mini_program", "36": "mini_program"}


def is_xml(text: str) -> bool:
    """Return whether `text` is XML, not words."""
    return text.lstrip()[:5] in {"<?xml", "<msg>"} or text.lstrip().startswith("<msg ")


def kind_in(text: str) -> str:
    """Return the kind of message that an XML text is, "" = none of those which are read here."""
    if not is_xml(text):
        return ""
    xml = text[:MOST_XML]
    if "<appmsg" in xml:
        found = _TYPE.search(xml)
        return _KINDS.get(found[1], "") if found else ""
    return "contact_card" if _NICKNAME.search(xml) and "username=" in xml else ""


def words_in(text: str) -> str:
    """Return what people read of a card or a forward, a line for each piece; `text` itself where it is no XML."""
    if not is_xml(text):
        return text[:MOST_WORDS]
    xml = html.unescape(_CDATA.sub("", text[:MOST_XML]))
    pieces = _pieces(xml)
    said = [word for name in _MESSAGES for word in pieces[name]] or [word for name in _PREVIEW for word in pieces[name]]
    named = [html.unescape(name) for name in _NICKNAME.findall(xml)[:1]]
    lines = (*named, *pieces["title"], *pieces["sourcedisplayname"], *said)
    return "\n".join(dict.fromkeys(filter(None, lines)))[:MOST_WORDS]


def _pieces(xml: str) -> dict[str, list[str]]:
    """Return the words by the tag around them, in one pass however the tags are nested."""
    pieces: dict[str, list[str]] = defaultdict(list)
    opened: re.Match[str] | None = None
    for tag in _TAG.finditer(xml):
        if not tag["end"]:
            opened = tag
        elif opened is not None and opened["name"] == tag["name"]:
            pieces[tag["name"]].append(html.unescape(xml[opened.end() : tag.start()]).strip())
            opened = None
    return pieces
