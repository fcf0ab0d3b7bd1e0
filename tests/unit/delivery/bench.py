"""A dispatcher over a ledger in memory and fake accounts, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from groupbot.campaign.values import Campaign, Reconciled
from groupbot.chat.alerts import Alert
from groupbot.chat.directory import Directory, Group
from groupbot.delivery.dispatcher import Dispatcher, Hooks, Paces
from groupbot.delivery.guards import Guards
from groupbot.delivery.lane import LaneRules
from groupbot.delivery.pacing import UNPACED, Pace
from groupbot.delivery.ports import Guard
from groupbot.delivery.values import DeliveryView, NewDelivery, State
from groupbot.testing import FakeAdapter, FakeClock, FakeWaker, MemoryCampaigns, MemoryLedger, MemoryStore
from tests.contract.ledger.conftest import T0

DEADLINE_S = 10.0


class Inbox:
    """Alerts that a person would have got."""

    def __init__(self) -> None:
        self.alerts: list[Alert] = []

    async def send(self, alert: Alert) -> None:
        self.alerts.append(alert)

    @property
    def codes(self) -> list[str]:
        return [alert.code for alert in self.alerts]


@dataclass(frozen=True)
class Sight:
    """A post as members see it."""

    at: datetime
    account: str
    to: str
    text: str


@dataclass
class Bench:
    """Build, launch, then let time pass with `run`. Group g<n> is room r<n>; every account is in every group."""

    accounts: Sequence[str] = ("main",)
    groups: Sequence[str] = ("g1", "g2", "g3")
    guards: Sequence[Guard] = ()
    pace: Pace = UNPACED
    hooks: Hooks = field(default_factory=Hooks)
    directory: Directory | None = None
    lock_gap: timedelta = timedelta(seconds=120)
    store: MemoryStore = field(default_factory=MemoryStore)
    clock: FakeClock = field(default_factory=lambda: FakeClock(T0))
    seen: list[Sight] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.waker = FakeWaker(self.clock)
        self.ledger = MemoryLedger(self.store)
        self.campaigns = MemoryCampaigns(self.store)
        self.inbox = Inbox()
        self.rooms = {name: f"r{name[1:]}" for name in self.groups}
        self.adapters = {name: Watched(self, name) for name in self.accounts}
        self.dispatcher = self.build()

    def build(self, instance: str = "me", adapters: Mapping[str, FakeAdapter] | None = None) -> Dispatcher:
        """Return a further dispatcher on the same ledger, as a restart or a second process has it."""
        return Dispatcher(
            ledger=self.ledger,
            adapters=adapters or self.adapters,
            directory=self.directory or self._everywhere(),
            clock=self.clock,
            waker=self.waker,
            alerts=self.inbox,
            instance=instance,
            rng=Random(7),
            guards=Guards(self.guards, timeout_s=0.05),
            paces=Paces(default=self.pace),
            rules=LaneRules(lock_gap=self.lock_gap, store_retry=timedelta(milliseconds=1)),
            hooks=self.hooks,
        )

    def _everywhere(self) -> Directory:
        return Directory(
            Group(name=name, account=self.accounts[0], ids=dict.fromkeys(self.accounts, room))
            for name, room in self.rooms.items()
        )

    @property
    def main(self) -> FakeAdapter:
        return self.adapters[self.accounts[0]]

    async def launch(
        self, *steps: NewDelivery, campaign: str = "camp", groups: Sequence[str] | None = None
    ) -> Reconciled:
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
        return await self.campaigns.go_live(record, version, groups or list(self.groups))

    async def open(self, *steps: NewDelivery) -> None:
        """Launch `steps`, bring the accounts online and take them over."""
        if steps:
            await self.launch(*steps)
        for adapter in self.adapters.values():
            adapter.connect()
        await self.dispatcher.open()

    async def tick(self) -> datetime | None:
        async with asyncio.timeout(DEADLINE_S):
            return await self.dispatcher.tick()

    async def run(self, until: datetime) -> None:
        """Let time pass to `until`, stopping wherever the dispatcher wants to look."""
        for _ in range(100_000):
            look = await self.tick()
            if look is None or look > until:
                break
            assert look > self.clock.now(), "a lane wants to look at an instant that is over"
            self.clock.set(look)
        self.clock.set(until)

    def texts(self, room: str | None = None) -> list[str]:
        """Return what members saw, in one room or in all."""
        return [sight.text for sight in self.seen if room in {None, sight.to}]

    async def view(self, step: str = "s1", campaign: str = "camp", group: str = "g1") -> DeliveryView:
        rows = await self.campaigns.deliveries(campaign)
        return next(row for row in rows if (row.step, row.group) == (step, group))

    async def states(self, campaign: str = "camp") -> dict[str, State]:
        return {row.step: row.state for row in await self.campaigns.deliveries(campaign)}


class Watched(FakeAdapter):
    """A fake account whose posts land in the bench's one list, with their virtual instant."""

    def __init__(self, bench: Bench, account: str) -> None:
        super().__init__(account=account, groups=dict.fromkeys(bench.rooms.values(), ()), clock=bench.clock)
        self._bench = bench

    def _post(self, to, content, message_id) -> None:
        words = getattr(content, "text", content.kind)
        self._bench.seen.append(Sight(self._bench.clock.now(), self.account, to, words))
        super()._post(to, content, message_id)


async def until_true(condition) -> None:
    """Wait for `condition` with a deadline."""
    async with asyncio.timeout(DEADLINE_S):
        while not condition():  # noqa: ASYNC110 - no event tells it
            await asyncio.sleep(0)
