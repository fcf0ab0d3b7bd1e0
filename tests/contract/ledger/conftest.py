"""A ledger of each kind, and a small language to fill it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from groupbot.campaign.approvals import Approvals
from groupbot.campaign.ports import Campaigns, Orders
from groupbot.campaign.standby import Handovers
from groupbot.campaign.tasks import Tasks
from groupbot.campaign.values import Campaign, CampaignState, NewTask, Reconciled
from groupbot.core.content import Part, Text, fingerprint
from groupbot.core.policies import Policies
from groupbot.delivery.ports import Ledger
from groupbot.delivery.values import Candidate, Claim, DeliveryView, NewDelivery, Ownership, Sent, State
from groupbot.storage.approvals import SqlApprovals
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.engine import Database
from groupbot.storage.ledger import SqlLedger
from groupbot.storage.one_off import SqlOrders
from groupbot.storage.presence import Presence
from groupbot.storage.standby import SqlStandby
from groupbot.storage.tables import facts, metadata
from groupbot.storage.tasks import SqlTasks
from groupbot.testing import MemoryApprovals, MemoryCampaigns, MemoryLedger, MemoryOrders, MemoryStore, MemoryTasks
from groupbot.testing.standby import MemoryStandby
from tests import postgres

T0 = datetime(2026, 5, 18, 0, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    """Return the instant so many minutes after the campaign's first."""
    return T0 + timedelta(minutes=minutes)


@dataclass
class Kit:
    """A ledger and its campaigns, with words for what tests do to them."""

    ledger: Ledger
    campaigns: Campaigns
    record_echo: Callable[..., object]
    people: Tasks
    orders: Orders
    standby: Handovers
    pause: Callable[..., Awaitable[object]]
    approvals: Approvals
    owners: dict[str, Ownership] = field(default_factory=dict)

    async def launch(
        self,
        *steps: NewDelivery,
        campaign: str = "camp",
        groups: Sequence[str] = ("g1",),
        tasks: Sequence[NewTask] = (),
    ) -> Reconciled:
        """Make `steps` the plan of `campaign` in `groups`."""
        record = Campaign(
            id=campaign,
            sop="demo",
            title="Demo",
            version="v1",
            timezone="Asia/Shanghai",
            start=date(2026, 5, 18),
            created_at=T0,
        )
        version = await self.campaigns.open_draft(record)
        await self.campaigns.add_draft(campaign, version, steps)
        return await self.campaigns.go_live(record, version, groups, tasks)

    async def tasks(self) -> list[tuple[str, str, str]]:
        """Return (key, text, state) of every task."""
        return [(task.key, task.text, task.state) for task in await self.people.list("camp")]

    async def own(self, account: str = "main", instance: str = "me", now: datetime = T0) -> Ownership:
        """Take `account` over."""
        self.owners[account], _ = await self.ledger.acquire(account, instance, now)
        return self.owners[account]

    async def due(self, now: datetime, account: str = "main") -> list[Candidate]:
        """Return what may go out."""
        return list(await self.ledger.candidates(self.owners[account], now, 100))

    async def steps_due(self, now: datetime, account: str = "main") -> list[str]:
        """Return the names of the steps that may go out."""
        return [candidate.step for candidate in await self.due(now, account)]

    async def begin(self, candidate: Candidate, now: datetime) -> str | None:
        """Claim `candidate`."""
        claim = Claim(
            candidate=candidate,
            fingerprint=fingerprint(candidate.part.content),
            lock_until=now + timedelta(minutes=2),
        )
        return await self.ledger.begin(claim, self.owners[candidate.account], now)

    async def send(self, candidate: Candidate, now: datetime, message_id: str = "m1") -> bool:
        """Claim and finish one part as the dispatcher does when all goes well."""
        token = await self.begin(candidate, now)
        assert token is not None
        gap = None if candidate.is_last else candidate.parts[candidate.next_part + 1].gap_s
        next_at = None if gap is None else now + timedelta(seconds=gap)
        outcome = Sent(message_id=message_id, next_at=next_at, lock_until=next_at and next_at + timedelta(minutes=2))
        return await self.ledger.finish(token, candidate.id, outcome, now)

    async def view(self, step: str = "s1", campaign: str = "camp", group: str = "g1") -> DeliveryView:
        """Return the delivery of `step` in `group`."""
        rows = await self.campaigns.deliveries(campaign)
        return next(row for row in rows if row.step == step and row.group == group)

    async def state(self, step: str = "s1", campaign: str = "camp", group: str = "g1") -> State:
        """Return the state of the delivery of `step` in `group`."""
        return (await self.view(step, campaign, group)).state


def delivery(
    step: str = "s1",
    minutes: float = 0,
    *,
    campaign: str = "camp",
    group: str = "g1",
    account: str = "main",
    words: Sequence[str] = ("hello",),
    gap_s: float = 3.0,
    ordinal: int = 0,
    priority: int = 0,
    member: str | None = None,
    policies: Policies | None = None,
) -> NewDelivery:
    """Return a planned row; `minutes` after T0, one part per word."""
    parts = tuple(Part(content=Text(text=word), gap_s=gap_s if n else 0) for n, word in enumerate(words))
    return NewDelivery(
        campaign=campaign,
        key=f"{step}/2026-05-18.0/{member or group}",
        step=step,
        phase="p",
        group=group,
        account=account,
        due=at(minutes),
        ordinal=ordinal,
        parts=parts,
        priority=priority,
        place="member" if member else "group",
        member=member,
        policies=policies or Policies(),
    )


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
async def kit(request: pytest.FixtureRequest, tmp_path) -> AsyncIterator[Kit]:
    """A fresh ledger of each kind."""
    open_kit = {"memory": _memory, "sqlite": _sqlite, "postgresql": _postgresql}[request.param]
    async with open_kit(tmp_path) as opened:
        yield opened


@asynccontextmanager
async def _memory(_folder: Path) -> AsyncIterator[Kit]:
    store = MemoryStore()
    ledger = MemoryLedger(store)

    async def record_echo(**values: Any) -> None:
        del values["event_id"]
        ledger.record_echo(**values)

    async def pause(account: str) -> None:
        ledger.pause_account(account)

    yield Kit(
        ledger=ledger,
        campaigns=MemoryCampaigns(store),
        record_echo=record_echo,
        people=MemoryTasks(store),
        orders=MemoryOrders(store),
        standby=MemoryStandby(ledger),
        pause=pause,
        approvals=MemoryApprovals(store),
    )


@asynccontextmanager
async def _sqlite(folder: Path) -> AsyncIterator[Kit]:
    async with _on(f"sqlite:///{folder}/ledger.db") as kit:
        yield kit


@asynccontextmanager
async def _postgresql(_folder: Path) -> AsyncIterator[Kit]:
    with postgres.shared().schema() as url:
        async with _on(url) as kit:
            yield kit


@asynccontextmanager
async def _on(url: str) -> AsyncIterator[Kit]:
    database = Database(url)
    async with database.write() as conn:
        await conn.run_sync(metadata.create_all)
    ledger = SqlLedger(database)

    async def record_echo(**values: object) -> None:
        async with database.write() as conn:
            await conn.execute(facts.insert().values(kind="own_post", recorded_at=T0, **values))

    yield Kit(
        ledger=ledger,
        approvals=SqlApprovals(database),
        campaigns=SqlCampaigns(database),
        record_echo=record_echo,
        people=SqlTasks(database),
        orders=SqlOrders(database),
        standby=SqlStandby(database),
        pause=partial(Presence(database).pause_account, paused=True, reason="test"),
    )
    await ledger.close()
    await database.close()


__all__ = ["T0", "CampaignState", "Kit", "at", "delivery"]
