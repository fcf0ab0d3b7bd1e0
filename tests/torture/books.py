"""The ledger as a person handles it: looking, and saying what became of what nobody knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import update

from groupbot.campaign.values import Campaign, Reconciled
from groupbot.delivery.values import DeliveryView, NewDelivery, Settlement, State
from groupbot.paths import Project
from groupbot.storage import migrate, signals
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.engine import Database
from groupbot.storage.ledger import SqlLedger
from groupbot.storage.tables import deliveries
from tests.torture.daemon import groupbot
from tests.torture.judge import Expected, Post, Row, Spot

OPEN = {State.PLANNED, State.SENDING, State.HELD, State.UNKNOWN}


@dataclass(frozen=True, kw_only=True)
class Books:
    """The database of one config, beside the daemon's own connections. `ids`: the campaigns looked at."""

    config: Path
    database: Database
    ids: tuple[str, ...]

    async def launch(self, campaign: str, rows: Sequence[NewDelivery]) -> Reconciled:
        """Make `rows` the plan of `campaign`, with whatever due instants they have."""
        now = datetime.now(UTC)
        record = Campaign(
            id=campaign,
            sop=campaign,
            title=campaign,
            version="v1",
            timezone="Asia/Shanghai",
            start=date(now.year, now.month, now.day),
            created_at=now,
        )
        store = SqlCampaigns(self.database)
        version = await store.open_draft(record)
        await store.add_draft(campaign, version, rows)
        return await store.go_live(record, version, sorted({row.group for row in rows}))

    async def views(self) -> list[DeliveryView]:
        """Return every delivery."""
        store = SqlCampaigns(self.database)
        return [view for campaign in self.ids for view in await store.deliveries(campaign)]

    async def spots(self, state: State) -> set[Spot]:
        """Return the parts that are in `state`."""
        return {(address(view), view.part) for view in await self.views() if view.state is state}

    async def finished(self) -> bool:
        """Tell whether nothing is left to send or decide."""
        return all(view.state not in OPEN for view in await self.views())

    async def listed(self) -> list[Row]:
        """Return every delivery as `deliveries list --json` shows it."""
        found: list[Row] = []
        for campaign in self.ids:
            answer = await groupbot(
                "deliveries", "list", "--campaign", campaign, "--config", str(self.config), "--json"
            )
            found += [
                Row(address=row["key"], state=row["state"], part=row["part"], reason=row["reason"])
                for row in answer.document
            ]
        return found

    async def settle(self, plan: Sequence[Expected], posts: Sequence[Post], *, by_command: bool = False) -> int:
        """Say of each unknown part under `ask` what the posts show; return how many."""
        seen = Counter(posts)
        planned = {expected.address: expected for expected in plan}
        count = 0
        for where, part in sorted(await self.spots(State.UNKNOWN)):
            expected = planned[where]
            if expected.policy == "ask":
                was_seen = seen[Post(place=expected.place, sight=expected.parts[part])] > 0
                how = Settlement.SENT if was_seen else Settlement.RESEND
                await (self._resolve(where, how) if by_command else self._settle(where, how))
                count += 1
        return count

    async def _resolve(self, where: str, how: Settlement) -> None:
        answer = await groupbot("deliveries", "resolve", where, how.value, "--config", str(self.config), "--json")
        assert answer.status == 0 or "not open" in answer.err, answer.err  # an echo may come first

    async def _settle(self, where: str, how: Settlement) -> None:
        campaign, _slash, key = where.partition("/")
        ledger = SqlLedger(self.database)
        await ledger.settle(campaign, key, how, datetime.now(UTC))
        await ledger.close()
        await self.poke()

    async def hasten(self) -> None:
        """Let the policies `resend` and `skip` act now, as if their wait for an echo were over."""
        now = datetime.now(UTC)
        async with self.database.write() as conn:
            await conn.execute(
                update(deliveries)
                .where(deliveries.c.state == "unknown", deliveries.c.blocks_until > now)
                .where(deliveries.c.policies.not_like('%"unknown": "ask"%'))
                .values(blocks_until=now)
            )
        await self.poke()

    async def poke(self) -> None:
        """Tell the daemon that something changed, as every command does."""
        async with self.database.write() as conn:
            await signals.raise_(conn, self.database.insert)


def address(view: DeliveryView) -> str:
    """Return the name by which people and the judge know a delivery."""
    return f"{view.campaign}/{view.key}"


@asynccontextmanager
async def opened(config: Path, ids: Sequence[str], url: str | None = None) -> AsyncIterator[Books]:
    """Open the books of `config`: of the database `url`, else of `groupbot.db` beside it; a new one is set up."""
    database = Database(url or f"sqlite:///{config.parent / 'groupbot.db'}", busy_timeout_s=30.0)
    try:
        if await migrate.current(database) is None:
            await migrate.upgrade(database, Project(root=config.parent).migrations())
        yield Books(config=config, database=database, ids=tuple(ids))
    finally:
        await database.close()
