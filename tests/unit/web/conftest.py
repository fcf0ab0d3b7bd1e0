"""A site over signs and visits in memory, asked without a socket."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from groupbot.errors import StoreError
from groupbot.testing import FakeClock
from groupbot.tracking.live_codes import Visits
from groupbot.web.limits import RateLimit
from groupbot.web.signs import Sign
from groupbot.web.site import Around, Site, site

NOON = datetime(2026, 5, 18, 4, 0, 30, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n one"
JPEG = b"\xff\xd8\xff two"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) MicroMessenger/8.0.49(0x18003137) NetType/WIFI"


class Store:
    """`tracking.live_codes.VisitStore` in memory; `down`: every write fails."""

    def __init__(self) -> None:
        self.rows: Counter[tuple[str, datetime, str]] = Counter()
        self.down = False
        self.writes = 0

    async def add_visits(self, visits: Sequence[Visits]) -> None:
        self.writes += 1
        if self.down:
            raise StoreError("locked")
        for one in visits:
            self.rows[one.code, one.minute, one.group] += one.count


class World:
    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock(NOON)
        self.store = Store()
        self.found: list[Sign] = []
        self.asked = 0
        self.down = False
        self.now = 0.0
        self.one, self.two = folder / "one.png", folder / "two.jpg"
        self.one.write_bytes(PNG)
        self.two.write_bytes(JPEG)

    async def signs(self) -> Sequence[Sign]:
        self.asked += 1
        if self.down:
            raise StoreError("locked")
        return list(self.found)

    def show(self, *signs: Sign) -> None:
        """Show something else from the next look on."""
        self.found = list(signs)
        self.clock.advance(3)

    def site(self, *, per_minute: int = 0, proxies: Sequence[str] = ()) -> Site:
        limit = RateLimit(per_minute, timer=lambda: self.now)
        return site(Around(signs=self, store=self.store, clock=self.clock, limit=limit, trusted_proxies=proxies))


@asynccontextmanager
async def visitor(made: Site, *, address: str = "198.51.100.7", agent: str = PHONE) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=made.app, client=(address, 4711), raise_app_exceptions=False)
    headers = {"User-Agent": agent}
    async with httpx.AsyncClient(transport=transport, base_url="http://join", headers=headers) as client:
        yield client


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)
