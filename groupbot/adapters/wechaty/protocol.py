"""The protocol's messages: those of wechaty-grpc, and those that differ between the protocol's generations.

The pinned wechaty-grpc 0.20 knows the 0.x generation; messages whose fields moved or were added in 1.x are declared
here with both fields, because a gateway ignores a field number that it does not know.
tests/unit/adapters/wechaty/test_wire.py pins their bytes.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Optional

with warnings.catch_warnings():
    # stringcase, which betterproto 1.2.5 imports, has invalid escapes: a warning wherever its bytecode is not cached.
    warnings.simplefilter("ignore")
    import betterproto
    from betterproto import Message
    from wechaty_grpc.wechaty import puppet as pb

__all__ = ["Message", "pb"]

# betterproto 1.2.5 resolves annotations itself and only understands Optional[...], not `... | None` (hence UP045).


@dataclass(eq=False, repr=False)
class SetText(betterproto.Message):
    """Set a text of a group or contact: RoomTopic, RoomAnnounce, ContactAlias and ContactAvatar (a FileBox) look alike.

    0.x reads `wrapped`, 1.x reads `plain`.
    """

    id: str = betterproto.string_field(1)
    wrapped: Optional[str] = betterproto.message_field(2, wraps=betterproto.TYPE_STRING)  # noqa: UP045
    plain: str = betterproto.string_field(3)

    def __bytes__(self) -> bytes:
        """Send an empty `plain` too, which betterproto leaves out: without it 1.x takes the call for a question."""
        return bytes(super().__bytes__()) + (b"" if self.plain else b"\x1a\x00")

    SerializeToString = __bytes__


@dataclass(eq=False, repr=False)
class TextReply(betterproto.Message):
    """A topic, announcement, alias, avatar or message id in a reply: 0.x fills `wrapped`, 1.x `plain` or both."""

    wrapped: Optional[str] = betterproto.message_field(1, wraps=betterproto.TYPE_STRING)  # noqa: UP045
    plain: str = betterproto.string_field(2)

    @property
    def value(self) -> str | None:
        """The text, or None when the gateway gave none."""
        return self.plain or self.wrapped or None


@dataclass(eq=False, repr=False)
class UrlLink(betterproto.Message):
    """A link card as 1.x wants it."""

    description: str = betterproto.string_field(1)
    thumbnail_url: str = betterproto.string_field(2)
    title: str = betterproto.string_field(3)
    url: str = betterproto.string_field(4)


@dataclass(eq=False, repr=False)
class SendUrlRequest(betterproto.Message):
    """Post a link card: 0.x reads the JSON text, 1.x the message."""

    conversation_id: str = betterproto.string_field(1)
    json_text: str = betterproto.string_field(2)
    link: UrlLink = betterproto.message_field(3)  # noqa: RUF009 - how betterproto declares a field


@dataclass(eq=False, repr=False)
class MiniProgramCard(betterproto.Message):
    """A mini-program's card as 1.x wants it."""

    appid: str = betterproto.string_field(1)
    description: str = betterproto.string_field(2)
    page_path: str = betterproto.string_field(3)
    thumb_url: str = betterproto.string_field(6)
    title: str = betterproto.string_field(7)
    username: str = betterproto.string_field(8)


@dataclass(eq=False, repr=False)
class SendMiniProgramRequest(betterproto.Message):
    """Post a mini-program's card: 0.x reads the JSON text, 1.x the message."""

    conversation_id: str = betterproto.string_field(1)
    json_text: str = betterproto.string_field(2)
    card: MiniProgramCard = betterproto.message_field(3)  # noqa: RUF009 - how betterproto declares a field


@dataclass(eq=False, repr=False)
class UploadRequest(betterproto.Message):
    """A piece of a file on its way to the gateway (1.x only)."""

    chunk: bytes = betterproto.bytes_field(1)


@dataclass(eq=False, repr=False)
class UploadReply(betterproto.Message):
    """The uuid under which the gateway keeps an uploaded file."""

    id: str = betterproto.string_field(1)


@dataclass(eq=False, repr=False)
class DownloadRequest(betterproto.Message):
    """Ask for the file behind a uuid (1.x only)."""

    id: str = betterproto.string_field(1)


@dataclass(eq=False, repr=False)
class DownloadReply(betterproto.Message):
    """A piece of a file on its way to us."""

    chunk: bytes = betterproto.bytes_field(1)
