"""Our side: accounts that post to nowhere, a campaign whose deliveries are due, and the dispatcher that sends them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

from groupbot.campaign.values import Campaign
from groupbot.chat.adapter import Receipt, Received
from groupbot.chat.alerts import Alert
from groupbot.chat.capabilities import Capabilities
from groupbot.chat.directory import Directory, Group
from groupbot.chat.errors import Rejected
from groupbot.core.clock import SystemClock
from groupbot.core.content import Content, Part, Text
from groupbot.core.events import AccountState, AnyEvent
from groupbot.delivery.dispatcher import Dispatcher
from groupbot.delivery.ports import Waker
from groupbot.delivery.values import NewDelivery
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.engine import Database
from groupbot.storage.ledger import SqlLedger
from groupbot.storage.tables import metadata

CAMPAIGN = "bench"
SQLITE = "sqlite, synchronous=FULL"
CHUNK = 2_000
"""Rows in one transaction of a launch, as `campaign.launch` writes them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """How much work. Delivery n is step n // groups in group n % groups, whose account is (n % groups) % accounts."""

    rows: int
    groups: int
    accounts: int

    def group(self, row: int) -> str:
        return f"g{row % self.groups}"

    def account(self, row: int) -> str:
        return f"a{row % self.groups % self.accounts}"

    def conditions(self, **more: object) -> dict[str, object]:
        """Return the sizes, and `more`, as a line of output states them."""
        return {"rows": self.rows, "accounts": self.accounts, "groups": self.groups, "store": SQLITE, **more}

    @property
    def account_names(self) -> list[str]:
        return [f"a{number}" for number in range(self.accounts)]

    def directory(self) -> Directory:
        """Return every group in its account, under its own name."""
        return Directory(
            Group(name=self.group(n), account=self.account(n), ids={self.account(n): self.group(n)})
            for n in range(self.groups)
        )


class NullAdapter:
    """An account whose posts go nowhere. `sent` is called with the text of each."""

    capabilities = Capabilities()
    state = AccountState.ONLINE

    def __init__(self, account: str, sent: Callable[[Content], None] | None = None) -> None:
        self.account = account
        self.count = 0
        self._sent = sent

    async def events(self) -> AsyncIterator[AnyEvent]:
        await asyncio.Event().wait()
        yield  # type: ignore[misc]

    async def send(self, to: str, content: Content) -> Receipt:
        self.count += 1
        if self._sent:
            self._sent(content)
        return Receipt(message_id=f"{self.account}-{self.count}")

    async def fetch(self, message_id: str, *, most_bytes: int) -> Received:
        raise Rejected(message_id)

    async def close(self) -> None:
        """Nothing is open."""


class NoAlerts:
    """Alerts that must not come."""

    async def send(self, alert: Alert) -> None:
        raise AssertionError(alert)


class NoWaker:
    """For `tick`, which never waits."""

    async def wait(self, lane: str, until: datetime | None) -> None:
        raise AssertionError

    def poke(self, lane: str | None = None) -> None:
        """Nobody waits."""


@asynccontextmanager
async def database(url: str) -> AsyncIterator[Database]:
    """Give a database with every table."""
    opened = Database(url)
    try:
        async with opened.write() as conn:
            await conn.run_sync(metadata.create_all)
        yield opened
    finally:
        await opened.close()


def due_rows(size: Size) -> Iterator[NewDelivery]:
    """Yield `size.rows` deliveries that have just become due, step by step."""
    first = datetime.now(UTC) - timedelta(seconds=60)
    for n in range(size.rows):
        step = n // size.groups
        yield NewDelivery(
            campaign=CAMPAIGN,
            key=f"s{step}/{first:%Y-%m-%d}.0/{size.group(n)}",
            step=f"s{step}",
            phase="",
            group=size.group(n),
            account=size.account(n),
            due=first + timedelta(seconds=step),
            ordinal=step,
            parts=(Part(content=Text(text=f"step {step}: see you at eight")),),
        )


async def launch(opened: Database, size: Size, rows: Sequence[NewDelivery]) -> float:
    """Write `rows` as a launch does and return the seconds it took."""
    campaigns = SqlCampaigns(opened)
    record = campaign()
    began = time.perf_counter()
    version = await campaigns.open_draft(record)
    for at in range(0, len(rows), CHUNK):
        await campaigns.add_draft(CAMPAIGN, version, rows[at : at + CHUNK])
    await campaigns.go_live(record, version, [size.group(n) for n in range(min(size.groups, size.rows))])
    return time.perf_counter() - began


def campaign() -> Campaign:
    """Return the campaign that all deliveries belong to."""
    today = date.today()  # noqa: DTZ011 - only ever shown
    return Campaign(
        id=CAMPAIGN,
        sop="bench",
        title="",
        version="v1",
        timezone="Asia/Shanghai",
        start=today,
        created_at=datetime.now(UTC),
    )


@asynccontextmanager
async def dispatcher(
    opened: Database,
    size: Size,
    *,
    waker: Waker | None = None,
    sent: Callable[[Content], None] | None = None,
) -> AsyncIterator[tuple[Dispatcher, list[NullAdapter]]]:
    """Give a dispatcher that owns every account, unpaced, and the accounts."""
    adapters = [NullAdapter(name, sent) for name in size.account_names]
    ledger = SqlLedger(opened)
    ours = Dispatcher(
        ledger=ledger,
        adapters={adapter.account: adapter for adapter in adapters},
        directory=size.directory(),
        clock=SystemClock(),
        waker=waker or NoWaker(),
        alerts=NoAlerts(),
        instance="bench",
        rng=Random(1),
    )
    await ours.open()
    try:
        yield ours, adapters
    finally:
        await ours.close()
        await ledger.close()


async def send_due(opened: Database, size: Size) -> tuple[int, float]:
    """Send everything that is due; return how many posts were made and the seconds it took."""
    async with dispatcher(opened, size) as (ours, adapters):
        began = time.perf_counter()
        await ours.tick()
        seconds = time.perf_counter() - began
    return sum(adapter.count for adapter in adapters), seconds
