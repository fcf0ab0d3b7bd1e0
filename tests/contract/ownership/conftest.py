"""Daemons that share one database, each with a clock of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from groupbot.campaign.values import Campaign
from groupbot.core.content import fingerprint
from groupbot.delivery.values import Candidate, Claim, Ownership
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.engine import Database
from groupbot.storage.ledger import SqlLedger
from groupbot.storage.ownership import Ownerships
from groupbot.storage.presence import Presence
from groupbot.storage.tables import metadata
from tests import postgres
from tests.contract.ledger.conftest import T0, delivery

PATIENCE_S = 15.0


@dataclass
class StandingClock:
    """A wall clock, right or wrong, that a test sets."""

    at: datetime = T0

    def now(self) -> datetime:
        return self.at


@dataclass
class Rival:
    """One daemon: its connections, its wall clock (`skew` wrong) and its monotonic clock."""

    name: str
    url: str
    skew: timedelta = timedelta()
    ticks: float = 0.0
    database: Database = field(init=False)

    def __post_init__(self) -> None:
        self.database = Database(self.url)
        self.clock = StandingClock(T0 + self.skew)
        self.ledger = SqlLedger(self.database)
        self.ownerships = Ownerships(
            self.database,
            self.ledger,
            instance=self.name,
            clock=self.clock,
            monotonic=lambda: self.ticks,
            patience_s=PATIENCE_S,
        )

    async def beat(self, state: str = "running") -> None:
        """Show that it lives."""
        await Presence(self.database).beat(self.name, state, T0, 1, self.clock.now())

    async def take(self, account: str = "main") -> Ownership | None:
        """Try once."""
        taken = await self.ownerships.try_take(account)
        return taken[0] if taken else None

    async def watch(self, seconds: float, account: str = "main", *, every: float = 5.0) -> Ownership | None:
        """Try again and again for so long by its own clock."""
        taken = await self.take(account)
        while taken is None and seconds > 0:
            self.ticks += every
            seconds -= every
            taken = await self.take(account)
        return taken

    async def begin(self, ownership: Ownership, candidate: Candidate) -> str | None:
        """Claim a part."""
        lock_until = T0 + timedelta(minutes=2)
        claim = Claim(candidate=candidate, fingerprint=fingerprint(candidate.part.content), lock_until=lock_until)
        return await self.ledger.begin(claim, ownership, T0)

    async def due(self, ownership: Ownership) -> list[Candidate]:
        """Return what may go out."""
        return list(await self.ledger.candidates(ownership, T0, 10))

    async def launch(self, *, account: str = "main") -> None:
        """Plan two steps in one group."""
        record = Campaign(id="camp", sop="x", title="", version="v", timezone="UTC", start=T0.date(), created_at=T0)
        campaigns = SqlCampaigns(self.database)
        version = await campaigns.open_draft(record)
        rows = [delivery("s1", account=account), delivery("s2", account=account, ordinal=1)]
        await campaigns.add_draft("camp", version, rows)
        await campaigns.go_live(record, version, ["g1"])

    async def close(self) -> None:
        await self.ledger.close()
        await self.database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
async def rivals(request, tmp_path) -> AsyncIterator[tuple[Rival, Rival, Rival]]:
    """Three daemons on one database; the wall clocks of the second and the third are an hour wrong."""
    with ExitStack() as stack:
        sqlite = request.param == "sqlite"
        url = f"sqlite:///{tmp_path}/bot.db" if sqlite else stack.enter_context(postgres.shared().schema())
        hour = timedelta(hours=1)
        three = Rival("first", url), Rival("second", url, skew=hour), Rival("third", url, skew=-hour)
        async with three[0].database.write() as conn:
            await conn.run_sync(metadata.create_all)
        yield three
        for rival in three:
            await rival.close()
