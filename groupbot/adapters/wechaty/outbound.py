"""Post one message through a gateway."""

from __future__ import annotations

from contextlib import aclosing
from pathlib import PurePath

from groupbot.adapters.wechaty import files
from groupbot.adapters.wechaty.gateway import Gateway
from groupbot.adapters.wechaty.names import Names
from groupbot.chat.errors import NotConnected, TooLarge, UnknownOutcome, Unsupported
from groupbot.core.content import (
    EVERYBODY,
    ContactCard,
    File,
    Image,
    Link,
    Message,
    MiniProgram,
    Text,
    Video,
    Voice,
)
from groupbot.i18n import _

MENTION_END = "\u2005"
"""Four-per-em space: where WeChat sees a mention end."""
VOICE_SUFFIX = ".sil"
_EVERYBODY_NAME = "所有人"


class Outbound:
    """Post on behalf of one account. `deadline_s`: longest wait for one call; large files get more."""

    def __init__(self, *, names: Names, deadline_s: float) -> None:
        self._names = names
        self._deadline_s = deadline_s

    async def post(self, gateway: Gateway, to: str, content: Message) -> str | None:
        """Post `content`; return the message's id where the gateway tells it. Raises a ChatError."""
        match content:
            case Text(text=text, mentions=mentions):
                return await gateway.send_text(to, await self._prefix(gateway, to, mentions) + text, mentions)
            case Link():
                return await gateway.send_link(to, content)
            case MiniProgram():
                return await gateway.send_mini_program(to, content)
            case ContactCard(contact=contact):
                return await gateway.send_card(to, contact)
            case Voice():
                return await self._voice(gateway, to, content)
            case File(path=path, name=name):
                return await self._file(gateway, to, path, name or PurePath(path).name)
            case Image(path=path) | Video(path=path):
                return await self._file(gateway, to, path, PurePath(path).name)

    async def _prefix(self, gateway: Gateway, to: str, mentions: tuple[str, ...]) -> str:
        """Return `@name` for each mention: a puppet passes the ids on and leaves the words to its client."""
        shown = []
        for member in mentions:
            if member == EVERYBODY:
                shown.append(_EVERYBODY_NAME)
            else:
                try:
                    person = await self._names.person(gateway, to, member)
                except UnknownOutcome as error:
                    raise NotConnected(error.message) from error
                shown.append(person.name or member)
        return "".join(f"@{name}{MENTION_END}" for name in shown)

    async def _voice(self, gateway: Gateway, to: str, voice: Voice) -> str | None:
        """Post a voice message: gateways know one by its ending `.sil` and want its length beside it."""
        if await files.size_of(voice.path) > files.INLINE_BYTES:
            raise TooLarge(_("A voice message may have 3 MB: {path}.").format(path=voice.path))
        data = await files.read(voice.path)
        name = PurePath(voice.path).stem + VOICE_SUFFIX
        box = files.inline(name, data, voice_s=voice.seconds or files.silk_seconds(data))
        return await gateway.send_file_box(to, box)

    async def _file(self, gateway: Gateway, to: str, path: str, name: str) -> str | None:
        size = await files.size_of(path)
        if size <= files.INLINE_BYTES:
            return await gateway.send_file_box(to, files.inline(name, await files.read(path)))
        uuid = await upload(gateway, path, size, deadline_s=self._deadline_s)
        if uuid is not None:
            return await gateway.send_file_box(to, files.by_uuid(name, uuid))
        async with aclosing(files.chunks(path)) as pieces:
            return await gateway.send_stream(to, name, pieces, size, deadline_s=self._deadline_s)


async def upload(gateway: Gateway, path: str, size: int, *, deadline_s: float) -> str | None:
    """Return the uuid of the file on the gateway; None when the gateway is too old for that."""
    try:
        async with aclosing(files.chunks(path)) as pieces:
            return await gateway.upload(pieces, size, deadline_s=deadline_s)
    except Unsupported:
        return None
    except UnknownOutcome as error:  # an upload posts nothing yet
        raise NotConnected(error.message) from error
