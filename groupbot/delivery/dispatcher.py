"""The dispatcher: takes accounts over, runs one lane for each, and passes on what concerns them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from loguru import logger

from groupbot.chat.adapter import Adapter, Receipt
from groupbot.chat.alerts import Alert, Alerts, Severity
from groupbot.chat.directory import Directory
from groupbot.core.clock import Clock
from groupbot.delivery.addressing import OwnId
from groupbot.delivery.guards import Guards
from groupbot.delivery.lane import Lane, LaneRules
from groupbot.delivery.ownership import Unrivalled
from groupbot.delivery.pacing import UNPACED, Pace, Pacer
from groupbot.delivery.ports import Ledger, Ownerships, Waker
from groupbot.delivery.rations import paced_lately
from groupbot.delivery.values import Candidate, Ownership
from groupbot.errors import StoreError
from groupbot.i18n import _

OWNERSHIP_S = 5.0
"""Seconds between looks at who owns the accounts: a third of the silence after which an owner counts as gone."""


async def _ignore_post(candidate: Candidate, receipt: Receipt, at: datetime) -> None:
    """Tell nobody about a post."""


async def _ignore_limit(account: str, words: str) -> None:
    """Tell nobody about a limit notice."""


def _unknown_id(account: str) -> str | None:  # noqa: ARG001 - the port's own
    """Know no account's id."""
    return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Hooks:
    """What others want to know: `posted` after each post, `limited` at a platform's limit notice; and what they know:
    `own_id` of an account on its platform.
    """

    posted: Callable[[Candidate, Receipt, datetime], Awaitable[None]] = _ignore_post
    limited: Callable[[str, str], Awaitable[None]] = _ignore_limit
    own_id: OwnId = _unknown_id


@dataclass(frozen=True, kw_only=True, slots=True)
class Paces:
    """The pace of each account; `default` for those not named."""

    default: Pace = UNPACED
    by_account: Mapping[str, Pace] = field(default_factory=dict)

    def of(self, account: str) -> Pace:
        """Return the pace of `account`."""
        return self.by_account.get(account, self.default)


class Dispatcher:
    """Own accounts and send what is due on them.

    `open` takes the accounts over, `run` (a daemon) or `tick` (virtual time) sends, `close` gives them back.
    """

    def __init__(  # noqa: PLR0913 - the composition root fills each
        self,
        *,
        ledger: Ledger,
        adapters: Mapping[str, Adapter],
        directory: Directory,
        clock: Clock,
        waker: Waker,
        alerts: Alerts,
        instance: str,
        rng: Random,
        guards: Guards | None = None,
        paces: Paces | None = None,
        rules: LaneRules | None = None,
        hooks: Hooks | None = None,
        ownerships: Ownerships | None = None,
    ) -> None:
        self._ledger = ledger
        self._adapters = adapters
        self._directory = directory
        self._clock = clock
        self._waker = waker
        self._alerts = alerts
        self._rng = rng
        self._guards = guards or Guards()
        self._paces = paces or Paces()
        self._rules = rules or LaneRules()
        self._hooks = hooks or Hooks()
        self._ownerships = ownerships or Unrivalled(ledger, instance=instance, clock=clock)
        self._stopping = asyncio.Event()
        self.begun = asyncio.Event()
        """Set once a running lane has posted, or found that it has nothing to post now."""
        self._lanes: dict[str, Lane] = {}
        self._roused = False

    @property
    def lanes(self) -> Sequence[Lane]:
        """The lanes that are open."""
        return tuple(self._lanes.values())

    def owned(self) -> Mapping[str, Ownership]:
        """Return the accounts that this process posts on."""
        return {lane.account: lane.ownership for lane in self.lanes}

    async def open(self) -> None:
        """Take over every account that nobody alive has and tell a person what was left in the send window."""
        for account in self._adapters:
            await self._take(account)

    async def _take(self, account: str) -> Lane | None:
        taken = await self._ownerships.try_take(account)
        if taken is None:
            return None
        ownership, notices = taken
        lane = self._lanes[account] = await self._lane(ownership)
        for notice in notices:
            text = f"{notice.address}: {notice.reason}"
            fields = {"account": account, "group": notice.group, "delivery": notice.address}
            await self._alerts.send(Alert(severity=Severity.WARNING, code="delivery-unknown", text=text, fields=fields))
        await lane.settle_echoes()
        return lane

    async def _lane(self, ownership: Ownership) -> Lane:
        account = ownership.account
        history = await paced_lately(self._ledger, account, self._clock.now())
        return Lane(
            ownership=ownership,
            adapter=self._adapters[account],
            ledger=self._ledger,
            directory=self._directory,
            guards=self._guards,
            pacer=Pacer(self._paces.of(account), self._rng, history),
            clock=self._clock,
            alerts=self._alerts,
            rules=self._rules,
            posted=self._posted,
            limited=self._hooks.limited,
            own_id=self._hooks.own_id,
            done=self._poke_neighbours,
        )

    async def tick(self) -> datetime | None:
        """Send everything due on all lanes; return the next instant to look (None = nothing in sight)."""
        while True:
            self._roused = False
            looks = await asyncio.gather(*(lane.step() for lane in self.lanes), return_exceptions=True)
            for look in looks:
                if isinstance(look, BaseException):
                    raise look
            if not self._roused:
                return min((look for look in looks if isinstance(look, datetime)), default=None)

    async def run(self) -> None:
        """Run every lane until `stop`; one task each, under one group."""
        async with asyncio.TaskGroup() as tasks:
            for lane in self.lanes:
                tasks.create_task(self._run_lane(lane), name=f"lane-{lane.account}")
            while not await self._stops_within(OWNERSHIP_S):
                for lane in await self._mind_ownership():
                    tasks.create_task(self._run_lane(lane), name=f"lane-{lane.account}")

    async def _stops_within(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        return self._stopping.is_set()

    async def _mind_ownership(self) -> list[Lane]:
        """End lanes whose account another daemon has taken; return the lanes of accounts that have become free."""
        fresh: list[Lane] = []
        try:
            for lane in self.lanes:
                if not await self._ownerships.holds(lane.ownership):
                    lane.stopping = True
                    await self._tell_lost(lane.account)
                    del self._lanes[lane.account]
                    self._waker.poke(lane.account)
            for account in self._adapters.keys() - self._lanes.keys():
                taken = await self._take(account)
                fresh += [taken] if taken else []
        except StoreError as error:
            logger.bind(action="ownership").warning("{error}", error=str(error))
        return fresh

    async def _run_lane(self, lane: Lane) -> None:
        """Step, wait, step; whatever goes wrong in one lane is told, and tried again later, in this lane alone."""
        pause = 1.0
        while not lane.stopping:
            try:
                look = await lane.step()
                pause = 1.0
            except Exception as error:  # noqa: BLE001 - another lane must not end because of this one
                foreseen = isinstance(error, StoreError)
                log = logger.bind(account=lane.account).opt(exception=None if foreseen else error)
                log.error("the lane could not go on: {error}", error=str(error))  # noqa: TRY400 - traceback by opt
                if pause == 1.0:
                    await self._tell_stuck(lane.account, str(error) or type(error).__name__)
                look = self._clock.now() + timedelta(seconds=pause)
                pause = min(pause * 2, 30.0)
            self.begun.set()
            if not lane.stopping:
                await self._waker.wait(lane.account, look)

    async def _posted(self, candidate: Candidate, receipt: Receipt, at: datetime) -> None:
        self.begun.set()
        await self._hooks.posted(candidate, receipt, at)

    async def _tell_stuck(self, account: str, error: str) -> None:
        text = _("{account} can't post now: {error} It is tried again.").format(account=account, error=error)
        await self._alerts.send(
            Alert(severity=Severity.CRITICAL, code="lane-stuck", text=text, fields={"account": account})
        )

    async def _tell_lost(self, account: str) -> None:
        text = _("Another daemon has taken {account} over; this one posts nothing on it.").format(account=account)
        await self._alerts.send(
            Alert(severity=Severity.CRITICAL, code="account-lost", text=text, fields={"account": account})
        )

    def stop(self) -> None:
        """Begin no further part; `run` ends once the parts under way are finished."""
        self._stopping.set()
        for lane in self.lanes:
            lane.stopping = True
        self._waker.poke()

    def set_pace(self, account: str, pace: Pace) -> None:
        """Let `account` post at `pace` from its next post on."""
        if lane := self._lanes.get(account):
            lane.change_pace(pace)
            self._waker.poke(account)

    def poke(self, account: str | None = None) -> None:
        """Look again now: an account came online, or another process changed something."""
        self._waker.poke(account)

    def hasten(self, account: str) -> None:
        """Look again before the next post of `account`: something that goes ahead of others was planned."""
        if lane := self._lanes.get(account):
            lane.must_look = True
        self._waker.poke(account)

    async def echoed(self, account: str) -> None:
        """Settle unknown parts of `account`, since one of its own posts came back."""
        if lane := self._lanes.get(account):
            await lane.settle_echoes()
            self._waker.poke(account)

    async def close(self) -> None:
        """Give the accounts back."""
        while self._lanes:
            _account, lane = self._lanes.popitem()
            await self._ledger.release(lane.ownership, self._clock.now())

    def _poke_neighbours(self, candidate: Candidate) -> None:
        """Wake the other accounts of a group: their next step may have waited for this one."""
        group = self._directory.get(candidate.group)
        for account in group.ids if group else ():
            if account != candidate.account and account in self._lanes:
                self._roused = True
                self._waker.poke(account)
