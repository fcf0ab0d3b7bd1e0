"""Stage: friend first. A greeting's code word tells the channel; who becomes a contact is invited into a group, once.

Requests themselves are accepted by `inbound.friends`, within the daily budget. Invitations are orders like any other,
so that their own budget, pacing and "never twice" hold for them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from loguru import logger

from groupbot.campaign.one_off import Order, order_key
from groupbot.chat.alerts import Alert, Alerts, Severity
from groupbot.core.actions import AddMembers
from groupbot.core.clock import Clock
from groupbot.core.content import Part
from groupbot.core.events import AnyEvent, FriendAdded, FriendRequested
from groupbot.i18n import _
from groupbot.inbound.desk import Desk
from groupbot.inbound.friends import accepts
from groupbot.settings import Settings
from groupbot.tracking.facts import Fact, FactKind, StoredFact
from groupbot.tracking.greetings import channel_of
from groupbot.tracking.ports import FactQuery

LOOK_BACK = timedelta(days=7)
"""How far back contacts are looked at who found no group with room: as long as an order may wait."""
LOOK_EVERY = timedelta(minutes=10)
TELL_EVERY = timedelta(hours=1)
"""How often it is told that somebody waits for a place."""
REMEMBERED = 20_000
"""People in memory who need no further look; what was forgotten is known to the store."""
_KINDS = frozenset({FactKind.FRIEND_REQUEST, FactKind.FRIEND})


class FriendBook(Protocol):
    """What is known of people who came by a greeting. Raises StoreError."""

    async def find(self, query: FactQuery) -> Sequence[StoredFact]:
        """Return facts by (at, id)."""
        ...

    async def greeting_of(self, account: str, member: str) -> str | None:
        """Return what `member` wrote in their newest request to `account`, None = they made none."""
        ...

    async def mark(self, member: str, channel: str, *, at: datetime, key: str) -> bool:
        """Note that `member` came by `channel`, as a greeting tells; False = `key` is noted already."""
        ...

    async def pools_of(self, channel: str) -> Sequence[str]:
        """Return the pools that open live codes of `channel` lead to, the newest code's first."""
        ...

    async def is_in(self, member: str, groups: Sequence[str]) -> bool:
        """Tell whether `member` is in one of `groups`."""
        ...


class Openings(Protocol):
    """Where there is room. Raises StoreError."""

    async def group_for(self, pool: str, account: str) -> str | None:
        """Return the group of `pool` into which `account` can invite one more, None = none.

        Those who are invited already and have not come yet take a place.
        """
        ...


class FriendFirstStage:
    """Note channels and invite. `settings`: those that hold now."""

    name = "friend-first"
    limit_s = 30.0

    def __init__(
        self,
        *,
        settings: Callable[[], Settings],
        book: FriendBook,
        openings: Openings,
        desk: Desk,
        alerts: Alerts,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._book = book
        self._openings = openings
        self._desk = desk
        self._alerts = alerts
        self._clock = clock
        self._settled: set[str] = set()
        self._looked_at: datetime | None = None
        self._told: dict[tuple[str, str], datetime] = {}

    async def handle(self, event: AnyEvent) -> None:
        """Judge one request or contact. Raises StoreError."""
        match event:
            case FriendRequested():
                await self._mark(event.account, event.person.id, event.request_id, event.greeting, event.at)
            case FriendAdded():
                await self._invite(event.account, event.person.id)
            case _:
                pass

    async def look(self) -> None:
        """Do now and then what a daemon that died left undone, and for those who found no room. Raises StoreError."""
        now = self._clock.now()
        if self._looked_at is not None and self._looked_at <= now < self._looked_at + LOOK_EVERY:
            return
        self._looked_at = now
        if not self._pools() and not self._words():
            return
        for stored in await self._book.find(FactQuery(kinds=_KINDS, since=now - LOOK_BACK)):
            await self._look_at(stored.fact)

    async def _look_at(self, fact: Fact) -> None:
        if fact.kind is FactKind.FRIEND:
            await self._invite(fact.account, fact.member)
        elif request := fact.extra.get("request"):
            await self._mark(fact.account, fact.member, request, fact.text or "", fact.at)

    async def _mark(self, account: str, member: str, request_id: str, greeting: str, at: datetime) -> None:
        key = f"greeting:{hashlib.sha256(f'{account}/{request_id}'.encode()).hexdigest()}"
        channel = channel_of(greeting, self._words())
        if not channel or key in self._settled:
            return
        if await self._book.mark(member, channel, at=at, key=key):
            logger.bind(action="greeting", account=account, channel=channel).info("channel noted")
        self._settle(key)

    async def _invite(self, account: str, member: str) -> None:
        pools = self._pools()
        if not pools or member in self._settled:
            return
        greeting = await self._book.greeting_of(account, member)
        if greeting is None or not self._accepts(greeting):
            return
        chosen = await self._chosen(greeting)
        if await self._book.is_in(member, [group for name in chosen for group in pools[name]]):
            self._settle(member)
            return
        for pool in chosen:
            group = await self._openings.group_for(pool, account)
            if group is not None:
                await self._order(account, member, group)
                return
        await self._tell_full(account, chosen)

    async def _chosen(self, greeting: str) -> Sequence[str]:
        """Return the pools that somebody with this greeting may be invited into: the channel's own, else all."""
        pools = self._pools()
        channel = channel_of(greeting, self._words())
        of_channel = [pool for pool in await self._book.pools_of(channel) if pool in pools] if channel else []
        return of_channel or list(pools)

    async def _order(self, account: str, member: str, group: str) -> None:
        part = Part(content=AddMembers(members=(member,)))
        key = order_key("friend-first", member)
        if await self._desk.submit(Order(account=account, key=key, parts=(part,), group=group)):
            logger.bind(action="friend-first", account=account, group=group, order=key).info("ordered")
        self._settle(member)

    async def _tell_full(self, account: str, pools: Sequence[str]) -> None:
        pool, now = pools[0], self._clock.now()
        told = self._told.get((account, pool))
        if told is not None and told <= now < told + TELL_EVERY:
            return
        self._told[account, pool] = now
        text = _(
            "Somebody who has become a contact of {account} waits for a place: no group of {pool} into which {account} "
            "can invite has room. They are invited as soon as one has."
        ).format(account=account, pool=pool)
        fields = {"account": account, "entry": pool}
        await self._alerts.send(Alert(severity=Severity.WARNING, code="friend-first-full", text=text, fields=fields))

    def _accepts(self, greeting: str) -> bool:
        settings = self._settings()
        words = [word for channel in settings.channels for word in channel.greetings]
        return accepts(settings.friends, greeting, words)

    def _pools(self) -> dict[str, tuple[str, ...]]:
        return {pool.name: pool.groups for pool in self._settings().pools if pool.invite_friends}

    def _words(self) -> dict[str, tuple[str, ...]]:
        return {channel.name: channel.greetings for channel in self._settings().channels if channel.greetings}

    def _settle(self, what: str) -> None:
        if len(self._settled) >= REMEMBERED:
            self._settled.clear()
        self._settled.add(what)
