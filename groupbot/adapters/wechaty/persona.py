"""Read an account's own persona: name, signature, picture."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from contextlib import aclosing
from typing import TYPE_CHECKING, Protocol

from groupbot.adapters.wechaty import files
from groupbot.adapters.wechaty.gateway import Gateway
from groupbot.chat.errors import AuthFailed, ChatError
from groupbot.core.events import AnyEvent

if TYPE_CHECKING:
    from loguru import Logger


_LARGEST_PICTURE = 10_000_000
"""Bytes: far above what platforms keep as a picture of a person."""


class Reader(Protocol):
    """Who hears of a persona."""

    async def emit(self, event: AnyEvent) -> None:
        """Pass an event on."""
        ...

    def profile(self, name: str, bio: str | None, avatar: str) -> AnyEvent:
        """Return the event for a persona that was read now."""
        ...


class Persona:
    """The persona of one connection's account, read in the background whenever `want` asks for it."""

    def __init__(self, *, gateway: Gateway, reader: Reader, own_id: Callable[[], str], log: Logger) -> None:
        self._gateway = gateway
        self._reader = reader
        self._own_id = own_id
        self._log = log
        self._wanted = asyncio.Event()

    def want(self) -> None:
        """Ask for a reading; several at once are one."""
        self._wanted.set()

    async def run(self) -> None:
        """Read when asked until cancelled. What fails costs its value, never the connection; raises AuthFailed."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            if own_id := self._own_id():
                await self._read(own_id)

    async def _read(self, own_id: str) -> None:
        try:
            contact = await self._gateway.contact(own_id)
        except AuthFailed:
            raise
        except ChatError as error:
            self._log.warning("own persona not read: {}", error)
            return
        avatar = await self._avatar(own_id)
        if self._own_id() == own_id:
            # The protocol has no word for "not told": an empty signature may be either.
            await self._reader.emit(self._reader.profile(contact.name, contact.signature or None, avatar))

    async def _avatar(self, own_id: str) -> str:
        """Return the SHA-256 of the own picture, "" where the gateway has none that can be read from it."""
        try:
            data, uuid = files.held(await self._gateway.avatar(own_id))
            if uuid:
                async with aclosing(self._gateway.download(uuid)) as pieces:
                    data = await files.gathered(pieces, _LARGEST_PICTURE)
        except AuthFailed:
            raise
        except (ChatError, ValueError) as error:
            self._log.debug("own picture not read: {!r}", error)
            return ""
        return hashlib.sha256(data).hexdigest() if data else ""
