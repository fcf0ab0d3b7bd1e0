"""A webhook on this machine: an HTTP server that keeps what it is sent and answers as a test says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

DEADLINE_S = 10.0


class Webhook:
    """`got` holds the JSON bodies; `status` is the next answer, 0 = none at all."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.status = 200
        self.port = 0
        self._news = asyncio.Event()
        self._end = asyncio.Event()

    def url(self, path: str = "") -> str:
        """Return the URL by which Apprise posts JSON here."""
        return f"json://127.0.0.1:{self.port}/{path}"

    def release(self) -> None:
        """Close the connections that got no answer."""
        self._end.set()

    async def until(self, count: int) -> None:
        """Wait until `count` bodies have come."""
        async with asyncio.timeout(DEADLINE_S):
            while len(self.got) < count:
                self._news.clear()
                await self._news.wait()

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[Webhook]:
        """Listen on a free port, the same one when served again."""
        server = await asyncio.start_server(self._answer, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            self._end.set()
            server.close()
            await server.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            length = next(int(line[15:]) for line in head.splitlines() if line.lower().startswith("content-length:"))
            body = await reader.readexactly(length)
            if self.status == 0:
                await self._end.wait()
            else:
                self.paths.append(head.split()[1])
                self.got.append(json.loads(body))
                self._news.set()
                writer.write(f"HTTP/1.1 {self.status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
                await writer.drain()
        writer.close()
