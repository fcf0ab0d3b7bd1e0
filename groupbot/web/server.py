"""Serving the site with uvicorn: on a socket of our own, without its signals, logs of visitors or exits."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from loguru import logger

from groupbot.errors import GroupbotError
from groupbot.i18n import _, os_reason
from groupbot.web.site import Site

STOP_S = 2.0
"""Seconds that answers under way have when the site stops."""
BACKLOG = 2_048
_LAST_PORT = 65_535
MOST_CONNECTIONS = 4_000
"""Connections at once; who comes then is told to come again. Each costs some 30 kB."""


class WebError(GroupbotError):
    """The site can't be served."""


class _Server(uvicorn.Server):
    """uvicorn that leaves signals to whoever runs it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listening(listen: str) -> socket.socket:
    """Return a socket that listens on `listen` (host:port). Raises WebError."""
    host, _colon, port = listen.rpartition(":")
    if not (host and port.isascii() and port.isdigit() and 0 < int(port) <= _LAST_PORT):
        raise WebError(_("{endpoint!r} is no endpoint; write host:port, as in 127.0.0.1:8788").format(endpoint=listen))
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(
            host.strip("[]"), int(port), type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        made = socket.socket(family, kind, protocol)
        try:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind(address)
            made.listen(BACKLOG)
            made.setblocking(False)  # noqa: FBT003 - the standard library's own parameter
        except OSError:
            made.close()
            raise
    except OSError as error:
        raise WebError(
            _("The page of live codes can't listen on {listen}: {reason}.").format(
                listen=listen, reason=os_reason(error)
            ),
            hint=_("Is another program on that port, `groupbot web` perhaps? Mend [web] listen."),
        ) from error
    return made


async def serve(site: Site, listen: str, stop: asyncio.Event) -> None:
    """Serve `site` until `stop`, or until cancelled; then let answers end and write the last visits.

    Raises WebError when it can't listen. Ends within `STOP_S` and what the visits' last attempts take.
    """
    sock = listening(listen)
    server = _Server(
        uvicorn.Config(
            site.app,
            access_log=False,
            log_config=None,
            log_level="error",
            server_header=False,
            proxy_headers=False,
            lifespan="off",
            ws="none",
            backlog=BACKLOG,
            limit_concurrency=MOST_CONNECTIONS,
            timeout_graceful_shutdown=max(1, int(STOP_S)),
        )
    )
    serving = asyncio.create_task(server.serve(sockets=[sock]), name="web-server")
    counting = asyncio.create_task(site.visits.run(), name="web-visits")
    stopping = asyncio.create_task(stop.wait(), name="web-stop")
    logger.bind(action="web", listen=listen).info("live codes are served")
    try:
        await asyncio.wait({serving, counting, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        server.should_exit = True
        await asyncio.wait({serving}, timeout=STOP_S + 1)
        serving.cancel()
        site.visits.close()
        await asyncio.wait({counting})
        sock.close()
    for task in (serving, counting):
        if task.done() and not task.cancelled() and (error := task.exception()) is not None:
            raise error
