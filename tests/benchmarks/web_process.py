"""A server of bench_web in its own process: `page FOLDER PORT` the real page, `bare FOLDER PORT` a bare handler."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from starlette.types import Receive, Scope, Send

from groupbot.core.clock import SystemClock
from groupbot.desk.code_parts import entries_alone, live_codes
from groupbot.desk.live_page import serve_page
from groupbot.settings import load
from groupbot.storage.engine import Database
from groupbot.tracking.live_codes import Visits
from groupbot.web.server import serve
from groupbot.web.site import Site
from groupbot.web.visits import VisitCounter

BODY = b"x" * 1_500
"""As long as the page."""
HEAD = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", str(len(BODY)).encode())],
}


async def bare(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer the same to everybody."""
    await send(HEAD)
    await send({"type": "http.response.body", "body": BODY})


class Nowhere:
    """Counts nothing."""

    async def add_visits(self, visits: Sequence[Visits]) -> None:
        raise AssertionError(visits)


async def main(kind: str, folder: Path, port: str) -> None:
    """Serve until SIGTERM."""
    stop, clock = asyncio.Event(), SystemClock()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    if kind == "bare":
        await serve(Site(app=bare, visits=VisitCounter(Nowhere(), clock)), f"127.0.0.1:{port}", stop)
        return
    settings = load(folder / "config.toml", {})
    database = Database(settings.database.url)
    codes = live_codes(
        entries_alone(settings, database=database, clock=clock), lambda: settings, database=database, clock=clock
    )
    await serve_page(codes, lambda: settings, settings.web.listen, database=database, clock=clock, stop=stop)
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3]))
