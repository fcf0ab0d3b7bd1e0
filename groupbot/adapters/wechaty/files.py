"""Turn a file on disk into what a gateway takes (a FileBox inline, or pieces), and read a FileBox that it gives."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncGenerator, AsyncIterable
from pathlib import Path

from groupbot.adapters.wechaty.payload import parse
from groupbot.chat.errors import Rejected, TooLarge
from groupbot.i18n import _, os_reason

INLINE_BYTES = 3_000_000
"""Largest file sent inline: in base64 it is 4.0 MB, just under a gateway's 4 MiB limit for one message."""
_CHUNK_BYTES = 256 * 1024
_MEGA = 1_000_000
_BASE64 = 1
_UUID = 7
_SILK = b"#!SILK_V3"
_SILK_FRAME_S = 0.02


def inline(name: str, data: bytes, *, voice_s: float = 0.0) -> str:
    """Return a FileBox that holds `data`; `voice_s`: how many seconds of speech it is, 0 = no voice message.

    0.x gateways read `boxType` and need `metadata`, 1.x read `type`; puppets look for `voiceLength`, milliseconds.
    """
    metadata = {"voiceLength": round(voice_s * 1000)} if voice_s else {}
    return _box(name, _BASE64, metadata, base64=base64.b64encode(data).decode("ascii"))


def by_uuid(name: str, uuid: str) -> str:
    """Return a FileBox for a file that was uploaded."""
    return _box(name, _UUID, {}, uuid=uuid)


def _box(name: str, kind: int, metadata: dict[str, int], **rest: str) -> str:
    return json.dumps({"name": name, "metadata": metadata, "type": kind, "boxType": kind, **rest}, ensure_ascii=False)


def held(file_box: str) -> tuple[bytes, str]:
    """Return what a FileBox holds, or else the uuid under which the gateway has it.

    Raises ValueError for every other kind (a URL leads away from the gateway) and for what is no FileBox.
    """
    box = parse(file_box)
    match box.get("type", box.get("boxType")), box:
        case (1, {"base64": str(data)}):
            return base64.b64decode(data), ""
        case (7, {"uuid": str(uuid)}) if uuid:
            return b"", uuid
    raise ValueError(file_box[:100])


async def gathered(pieces: AsyncIterable[bytes], most_bytes: int) -> bytes:
    """Return the pieces as one; never holds more than `most_bytes` and a piece. Raises TooLarge."""
    data = bytearray()
    async for piece in pieces:
        require_size(len(data) + len(piece), most_bytes)
        data += piece
    return bytes(data)


def require_size(size: int, most_bytes: int) -> None:
    """Raise TooLarge for more than `most_bytes`."""
    if size > most_bytes:
        raise TooLarge(_("The file is larger than {most} MB.").format(most=f"{most_bytes / _MEGA:g}"))


def silk_seconds(data: bytes) -> float:
    """Return how long a SILK recording lasts, 0.0 when `data` is none: it is counted in frames of 20 ms.

    Layout: perhaps a byte 0x02 (Tencent's), `#!SILK_V3`, then frames, each after its length (16 bits, little-endian).
    """
    body = data.removeprefix(b"\x02")
    if not body.startswith(_SILK):
        return 0.0
    at, frames = len(_SILK), 0
    while at + 2 <= len(body):
        size = int.from_bytes(body[at : at + 2], "little", signed=True)
        if size <= 0 or at + 2 + size > len(body):
            break
        at, frames = at + 2 + size, frames + 1
    return frames * _SILK_FRAME_S


async def size_of(path: str) -> int:
    """Return a file's size in bytes. Raises Rejected when there is no readable file."""
    try:
        return (await asyncio.to_thread(Path(path).stat)).st_size
    except OSError as error:
        raise unreadable(path, error) from error


async def read(path: str) -> bytes:
    """Return a whole file. Raises Rejected."""
    try:
        return await asyncio.to_thread(Path(path).read_bytes)
    except OSError as error:
        raise unreadable(path, error) from error


async def chunks(path: str) -> AsyncGenerator[bytes, None]:
    """Yield a file in pieces. Raises Rejected."""
    try:
        file = await asyncio.to_thread(Path(path).open, "rb")
    except OSError as error:
        raise unreadable(path, error) from error
    with file:
        while piece := await asyncio.to_thread(file.read, _CHUNK_BYTES):
            yield piece


def unreadable(path: str, error: OSError) -> Rejected:
    """Return the refusal for a file that can't be read."""
    return Rejected(
        _("The file {path} can't be read: {reason}.").format(path=path, reason=os_reason(error)),
        hint=_("Put the file there, or correct its path in the SOP, then send this part again."),
    )
