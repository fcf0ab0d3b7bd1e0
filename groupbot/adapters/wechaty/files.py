"""Turn a file on disk into what a gateway takes: a FileBox inline, or pieces."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncGenerator
from pathlib import Path

from groupbot.chat.errors import Rejected
from groupbot.i18n import _, os_reason

INLINE_BYTES = 3_000_000
"""Largest file sent inline: in base64 it is 4.0 MB, just under a gateway's 4 MiB limit for one message."""
_CHUNK_BYTES = 256 * 1024
_BASE64 = 1
_UUID = 7


def inline(name: str, data: bytes) -> str:
    """Return a FileBox that holds `data`. 0.x gateways read `boxType` and need `metadata`, 1.x read `type`."""
    return _box(name, _BASE64, base64=base64.b64encode(data).decode("ascii"))


def by_uuid(name: str, uuid: str) -> str:
    """Return a FileBox for a file that was uploaded."""
    return _box(name, _UUID, uuid=uuid)


def _box(name: str, kind: int, **rest: str) -> str:
    return json.dumps({"name": name, "metadata": {}, "type": kind, "boxType": kind, **rest}, ensure_ascii=False)


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
