"""Read a message: its kind, its words, and which content an own one was."""

from __future__ import annotations

import re
from contextlib import suppress

from groupbot.adapters.wechaty.carried import kind_in, words_in
from groupbot.adapters.wechaty.gateway import Gateway
from groupbot.adapters.wechaty.outbound import MENTION_END
from groupbot.adapters.wechaty.raw import RawMessage
from groupbot.chat.errors import NotConnected, Permanent, UnknownOutcome
from groupbot.core.content import ContactCard, Content, File, Link, MiniProgram, Text

RECALLED = "recalled"
"""A message that takes another one back: its text is that one's id."""
# wechaty-puppet's MessageType: gateways send these numbers, not those of the protocol's own enumeration.
_KINDS = {
    1: "file",
    2: "voice",
    3: "contact_card",
    4: "chat_history",
    5: "emoticon",
    6: "image",
    7: "text",
    8: "location",
    9: "mini_program",
    10: "group_note",
    11: "transfer",
    12: "red_envelope",
    13: RECALLED,
    14: "link",
    15: "video",
}
WITH_FILE = frozenset({"file", "voice", "image", "video"})
_UNSURE = frozenset({"other", "file"})
"""Kinds as which some puppets give cards and forwards that they don't take apart."""
_IN_XML = frozenset({"contact_card", "chat_history"})
_CARD = {"app_id": "appid", "page": "pagePath", "title": "title", "description": "description"}


def kind_of(message: RawMessage) -> str:
    """Return the kind of a message: a `Content` kind, or a name of the platform's, else "other"."""
    kind = _KINDS.get(message.type, "other")
    return (kind_in(message.text) or kind) if kind in _UNSURE and not message.filename else kind


async def read(gateway: Gateway, message_id: str) -> RawMessage:
    """Read twice where the first try fails on the way: a message whose payload is missed is lost for good."""
    try:
        return await gateway.message(message_id)
    except (NotConnected, UnknownOutcome):
        return await gateway.message(message_id)


async def words(gateway: Gateway, kind: str, message: RawMessage) -> str:
    """Return what stands for a message in words: a file's name, a link's URL, else its text.

    Of a card it is the name, of a mini-program title and name, of a merged forward what its messages say.
    """
    if kind in WITH_FILE:
        return message.filename or message.text
    if kind == Link.kind:
        return await gateway.link_url(message.id)
    if kind == MiniProgram.kind:
        card = await _program(gateway, message.id)
        shown = "\n".join(dict.fromkeys(filter(None, (card.title, card.description))))
        return shown or words_in(message.text) or message.text
    if kind in _IN_XML:
        return words_in(message.text)
    return message.text


async def content_of(gateway: Gateway, kind: str, text: str, message: RawMessage) -> Content:
    """Return an own message as the content that it was; `text` is what `words` found."""
    if kind == MiniProgram.kind:
        return await _program(gateway, message.id)
    if kind == ContactCard.kind:
        contact = ""
        with suppress(Permanent):  # not every puppet reads cards
            contact = await gateway.card_of(message.id)
        return ContactCard(contact=contact)
    return as_content(kind, text, len(message.mentions))


def as_content(kind: str, text: str, mentions: int) -> Content:
    """Return a message as content: without the `@name` before the words that its mentions added."""
    if kind in WITH_FILE:
        return File(path=text, name=text)
    if kind == Link.kind:
        return Link(url=text, title="")
    return Text(text=re.sub(f"^(?:@[^{MENTION_END}]*{MENTION_END}){{0,{mentions}}}", "", text))


async def _program(gateway: Gateway, message_id: str) -> MiniProgram:
    card = {}
    with suppress(Permanent, ValueError):  # not every puppet reads cards
        card = await gateway.mini_program(message_id)
    values = {key: str(card.get(name) or "") for key, name in _CARD.items()}
    return MiniProgram(**values)
