"""Fetch the file of a message that came in."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

from groupbot.adapters.wechaty import files, messages
from groupbot.adapters.wechaty.gateway import BYTES_PER_S, Gateway
from groupbot.adapters.wechaty.payload import parse
from groupbot.chat.adapter import Received
from groupbot.chat.errors import NotConnected, Rejected, Temporary, UnknownOutcome, Unsupported
from groupbot.i18n import _


async def fetch(gateway: Gateway, message_id: str, *, most_bytes: int, deadline_s: float) -> Received:
    """Return a message's file; see `groupbot.chat.adapter.Adapter.fetch`.

    The stream comes first: in both generations it can be left in the middle, and the gateway itself follows a FileBox
    that is only a URL. It tells no errors, so a FileBox is asked for where it stays silent, or where it is gone
    (1.x calls it deprecated).
    """
    within_s = 2 * deadline_s + most_bytes / BYTES_PER_S
    try:
        async with asyncio.timeout(within_s):
            if messages.kind_of(await gateway.message(message_id)) not in messages.WITH_FILE:
                raise _no_file(message_id)
            try:
                return await streamed(gateway, message_id, most_bytes, deadline_s)
            except (Unsupported, TimeoutError):
                return await boxed(gateway, message_id, most_bytes)
    except UnknownOutcome as error:  # reading changes nothing
        raise NotConnected(error.message) from error
    except TimeoutError as error:
        raise Temporary(_("The file did not arrive within {n} seconds.").format(n=round(within_s))) from error


async def streamed(gateway: Gateway, message_id: str, most_bytes: int, silent_s: float) -> Received:
    """Return a message's file from the gateway's stream of it.

    Raises Unsupported where there is none, TimeoutError when it has not begun after `silent_s` seconds.
    """
    async with aclosing(gateway.file_stream(message_id)) as stream:
        async with asyncio.timeout(silent_s):
            name, _none = await anext(stream, ("", b""))
        if not name:
            raise _no_file(message_id)
        data = await files.gathered((piece async for _name, piece in stream), most_bytes)
    return Received(name=_bare(name), data=data)


async def boxed(gateway: Gateway, message_id: str, most_bytes: int) -> Received:
    """Return a message's file from its FileBox: what that holds, or what the gateway has under its uuid."""
    box = await gateway.file_box(message_id)
    try:
        data, uuid = files.held(box)
        name = str(parse(box).get("name") or "")
    except ValueError as error:
        raise _no_file(message_id) from error
    if uuid:
        async with aclosing(gateway.download(uuid)) as found:
            data = await files.gathered(found, most_bytes)
    files.require_size(len(data), most_bytes)
    return Received(name=_bare(name), data=data)


def _bare(name: str) -> str:
    """Return a sender's name of a file without folders, which could lead elsewhere."""
    return name.replace("\\", "/").rsplit("/", 1)[-1].strip() or "file"


def _no_file(message_id: str) -> Rejected:
    return Rejected(
        _("The gateway gives no file for the message {id}.").format(id=message_id),
        hint=_("Send the file again."),
    )
