"""A campaign in the store, and what happens in its groups told in few words."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from groupbot.core.content import Part, Text
from groupbot.storage.conversions import SqlConversions
from groupbot.storage.engine import Database
from groupbot.storage.facts import SqlFacts
from groupbot.storage.roller import Roller
from groupbot.storage.rollups import ALWAYS, SqlRollups
from groupbot.storage.rows import body_of
from groupbot.storage.tables import campaign_groups, campaigns, contents, deliveries, posts
from groupbot.testing.clock import FakeClock
from groupbot.tracking.facts import Fact, FactKind
from groupbot.tracking.metrics import Dimension, Period
from groupbot.tracking.rolling import Rolling
from groupbot.tracking.stages import Conversion, Source

BEGAN = datetime(2026, 5, 18, 0, 0, tzinfo=UTC)
"""08:00 in Shanghai on a Monday."""


def at(minutes: float) -> datetime:
    """Return the instant so many minutes after the campaign began."""
    return BEGAN + timedelta(minutes=minutes)


@dataclass(kw_only=True)
class World:
    """A store with campaigns, and a roller over it. `rolling` may be changed at any time."""

    database: Database
    rolling: Rolling = field(default_factory=Rolling)
    chunk: int = 1_000

    def __post_init__(self) -> None:
        self.clock = FakeClock(at(60 * 24 * 3))
        self.facts = SqlFacts(self.database)
        self.conversions = SqlConversions(self.database)
        self.roller = Roller(self.database, lambda: self.rolling, self.clock, chunk=self.chunk)
        self.rollups = SqlRollups(self.database, self.roller.refresh)
        self._ids = itertools.count(1)

    def began(self) -> datetime:
        """Return the instant from which minutes are counted."""
        return BEGAN

    async def campaign(
        self, name: str = "spring", *groups: str, zone: str = "Asia/Shanghai", began: datetime = BEGAN
    ) -> None:
        """Start a campaign in `groups`."""
        row = {"id": name, "sop": "s", "version": "v", "state": "running", "timezone": zone, "start_date": "2026-05-18"}
        async with self.database.write() as conn:
            await conn.execute(insert(campaigns).values(**row, created_at=began))
            for group in groups or ("g1",):
                await conn.execute(insert(campaign_groups).values(campaign=name, group=group))

    async def add_group(self, campaign: str, group: str) -> None:
        """Let a campaign run in one more group."""
        async with self.database.write() as conn:
            await conn.execute(insert(campaign_groups).values(campaign=campaign, group=group))

    async def post(
        self,
        step: str,
        minutes: float,
        *,
        group: str = "g1",
        campaign: str = "spring",
        text: str = "hello",
        known: float = 0,
    ) -> str:
        """Let a step be posted, known to have been `known` minutes later; return the message's id."""
        number = next(self._ids)
        content, body = body_of((Part(content=Text(text=text)),))
        row: dict[str, Any] = {"campaign": campaign, "key": f"{step}/{number}/{group}", "step": step, "group": group}
        row |= {
            "lane": f"g:{group}",
            "account": "main",
            "due": at(minutes),
            "ordinal": 0,
            "content": content,
            "parts": 1,
        }
        row |= {"policies": "{}", "plan_version": 0, "not_before": at(minutes), "state": "sent"}
        async with self.database.write() as conn:
            await conn.execute(self.database.insert(contents).values(id=content, parts=body).on_conflict_do_nothing())
            delivery = (await conn.execute(insert(deliveries).values(row).returning(deliveries.c.id))).scalar_one()
            sent = {"token": f"t{number}", "delivery": delivery, "part": 0, "account": "main", "group": group}
            sent |= {"fingerprint": "f", "outcome": "sent", "started_at": at(minutes), "message_id": f"post-{number}"}
            await conn.execute(insert(posts).values(**sent, finished_at=at(minutes + known)))
        return f"post-{number}"

    async def tell(self, *facts: Fact) -> None:
        """Record facts in one commit."""
        await self.facts.append(facts, recorded_at=self.clock.now())

    async def convert(
        self, stage: str, *members: str, minutes: float, amount: Any = None, campaign: str = "spring", key: str = ""
    ) -> None:
        """Let members reach a stage by a command."""
        told = [
            Conversion(
                campaign=campaign,
                member=member,
                stage=stage,
                at=at(minutes),
                source=Source.COMMAND,
                key=f"{key}{stage}:{member}:{minutes}",
                amount=amount,
                currency="CNY" if amount is not None else "",
            )
            for member in members
        ]
        await self.conversions.add(told, now=self.clock.now())

    async def sums(
        self, *by: Dimension, campaign: str = "spring", period: Period = ALWAYS, metrics: Sequence[str] = ()
    ) -> Mapping[tuple[str, ...], int]:
        """Return sums of all facts there are."""
        await self.rollups.refresh()
        return await self.rollups.sums(campaign, by, period, metrics=metrics)

    async def count(self, metric: str, **more: Any) -> int:
        """Return the sum of one metric."""
        return (await self.sums(Dimension.METRIC, **more)).get((metric,), 0)

    async def rows(self, campaign: str = "spring") -> Mapping[tuple[str, ...], int]:
        """Return every row of the sums."""
        return await self.sums(*Dimension, campaign=campaign)


_event = itertools.count(1)


def joined(
    member: str,
    minutes: float,
    *,
    group: str = "g1",
    inviter: str | None = None,
    late: bool = False,
    account: str = "main",
) -> Fact:
    """Return the fact that somebody came."""
    return _fact(FactKind.JOIN, member, minutes, group, account, actor=inviter, found_late=late)


def left(member: str, minutes: float, *, group: str = "g1", account: str = "main") -> Fact:
    """Return the fact that somebody went."""
    return _fact(FactKind.LEAVE, member, minutes, group, account)


def wrote(
    member: str, minutes: float, text: str = "hi", *, group: str | None = "g1", account: str = "main", **extra: Any
) -> Fact:
    """Return the fact that somebody wrote."""
    return _fact(FactKind.MESSAGE, member, minutes, group, account, text=text, extra=extra)


def greeted(member: str, minutes: float, text: str) -> Fact:
    """Return the fact that somebody asked to be a contact."""
    return _fact(FactKind.FRIEND_REQUEST, member, minutes, None, "main", text=text)


def _fact(kind: FactKind, member: str, minutes: float, group: str | None, account: str, **more: Any) -> Fact:
    event = f"{kind.value}-{next(_event)}"
    return Fact(at=at(minutes), kind=kind, account=account, event_id=event, group=group, member=member, **more)


Opened = Callable[..., World]
