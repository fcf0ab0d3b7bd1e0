"""One account's lane: take the next part that may go out, ask the guards, commit, send, commit the outcome.

A lane sends one part at a time, so a crash leaves at most one unknown part per account. Lanes share nothing but the
ledger: an account that hangs or fails keeps no other from posting.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from loguru import logger

from groupbot.chat.adapter import Adapter, Receipt
from groupbot.chat.alerts import Alert, Alerts, Severity
from groupbot.chat.directory import Directory
from groupbot.core.clock import Clock
from groupbot.core.content import fingerprint
from groupbot.core.events import AccountState
from groupbot.delivery.addressing import LOOK_AGAIN, OwnId, addressed, awaited
from groupbot.delivery.budgets import cost
from groupbot.delivery.decide import Go, decide
from groupbot.delivery.endings import Endings
from groupbot.delivery.guards import Guards
from groupbot.delivery.pacing import Pace, Pacer
from groupbot.delivery.ports import Draft, Ledger
from groupbot.delivery.rations import Rations, paced_lately
from groupbot.delivery.sending import Sender
from groupbot.delivery.values import (
    Ask,
    Candidate,
    Claim,
    Diversion,
    Drop,
    Look,
    Lost,
    Notice,
    Ownership,
    Refused,
    Retry,
    Sent,
    State,
    Wait,
)
from groupbot.delivery.words import state_word
from groupbot.i18n import _

T = TypeVar("T")

CAN_POST = frozenset({AccountState.ONLINE, AccountState.LIMITED})
"""A limit notice pauses the account in the ledger; when a person resumes it there, the connection can post."""

SEND_RESERVE = timedelta(seconds=120)
"""How long a claim reserves its lane while nothing is heard of it: longer than any adapter's deadline."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LaneRules:
    """What all lanes obey. `lock_gap`: parts nearer together than this keep their group for themselves."""

    batch: int = 50
    lock_gap: timedelta = timedelta(seconds=120)
    store_retry: timedelta = timedelta(seconds=1)


class Lane:
    """Send what is due on one account. `step` does everything that can be done now; `run` belongs to the dispatcher."""

    def __init__(  # noqa: PLR0913 - the dispatcher fills each
        self,
        *,
        ownership: Ownership,
        adapter: Adapter,
        ledger: Ledger,
        directory: Directory,
        guards: Guards,
        pacer: Pacer,
        clock: Clock,
        alerts: Alerts,
        rules: LaneRules,
        posted: Callable[[Candidate, Receipt, datetime], Awaitable[None]],
        limited: Callable[[str, str], Awaitable[None]],
        own_id: OwnId,
        done: Callable[[Candidate], None],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.ownership = ownership
        self.adapter = adapter
        self.stopping = False
        self.must_look = False
        """Whether something was planned that goes ahead of what the lane is about to post."""
        self._ledger = ledger
        self._directory = directory
        self._guards = guards
        self._pacer = pacer
        self._clock = clock
        self._alerts = alerts
        self._rules = rules
        self._limited = limited
        self._own_id = own_id
        self._done = done
        self._rations = Rations(ownership.account, alerts)
        self._new_pace: Pace | None = None
        self._log = logger.bind(account=ownership.account)
        self._endings = Endings(
            ownership=ownership,
            ledger=ledger,
            clock=clock,
            alerts=alerts,
            retry=rules.store_retry,
            done=done,
            sleep=sleep,
        )
        self._sender = Sender(
            adapter=adapter,
            directory=directory,
            clock=clock,
            lock_gap=rules.lock_gap,
            posted=posted,
            limited=self._note_limit,
        )

    @property
    def account(self) -> str:
        """Name of the account whose lane this is."""
        return self.ownership.account

    def change_pace(self, pace: Pace) -> None:
        """Post at `pace` from the next step on; what was posted today still counts."""
        self._new_pace = pace

    async def step(self) -> datetime | None:
        """Send everything that may go out now; return when to look again (None = when something changes).

        Raises StoreError when the ledger can't be read or a claim can't be committed; nothing was sent then.
        """
        while True:
            now = self._clock.now()
            if self._new_pace is not None:
                history = await paced_lately(self._ledger, self.account, now)
                self._pacer, self._new_pace = self._pacer.anew(self._new_pace, history), None
            self.must_look = False
            look = await self._ledger.look(self.ownership, now, self._rules.batch)
            moved = await self._sweep(look, now)
            if not self._can_post:
                if moved:
                    continue
                return look.next
            ready = self._pacer.account_ready_at(now)
            if ready > now:
                await self._rations.tell_cap(self._pacer, now, ready)
                return ready
            try:
                sent, again = await self._walk(look.candidates)
            except asyncio.CancelledError:
                await self._endings.given_up()
                raise
            finally:
                await self._endings.settled()
            if not (moved or sent):
                return await self._next_after(look, again, now)

    @property
    def _can_post(self) -> bool:
        return not self.stopping and self.adapter.state in CAN_POST

    async def _sweep(self, look: Look, now: datetime) -> bool:
        """Let what is late meet its policy even while nothing can be posted: it must not wait for the account.

        Return whether anything changed. `look` is then of the past, which is safe: a claim sees what is.
        """
        if look.over:
            await self._tell(await self._ledger.expire(self.account, now))
        moved = look.over
        for candidate in look.overdue:
            judged = decide(candidate, now)
            if isinstance(judged, Drop | Ask):
                moved = await self._divert(candidate, judged, now) or moved
        return moved

    async def _next_after(self, look: Look, again: datetime | None, now: datetime) -> datetime | None:
        """Return when to look again after a walk in which nothing moved."""
        if not look.candidates:
            return look.next
        looks = [again, await self._ledger.next_look(self.account, now)]  # what kept a candidate may be newer than it
        return min((instant for instant in looks if instant is not None), default=None)

    async def _walk(self, candidates: Sequence[Candidate]) -> tuple[bool, datetime | None]:
        """Try each candidate once; return whether anything changed and the first instant a skipped one is ready."""
        moved = False
        again: datetime | None = None
        for candidate in candidates:
            now = self._clock.now()
            if not self._can_post:
                return False, again
            if self.must_look or self._pacer.account_ready_at(now) > now:
                return True, again
            ready = self._pacer.group_ready_at(candidate.paced_group, now)
            if ready > now:
                again = min(again, ready) if again else ready
                continue
            moved = await self._attempt(candidate, now) or moved
        return moved, again

    async def _attempt(self, candidate: Candidate, now: datetime) -> bool:
        """Judge, claim and send one part; return whether the ledger changed."""
        candidate = addressed(candidate, self._own_id)
        judged = await self._judge(candidate, now)
        if not isinstance(judged, Go):
            return await self._divert(candidate, judged, now)
        claim = Claim(
            candidate=candidate, fingerprint=fingerprint(candidate.part.content), lock_until=now + SEND_RESERVE
        )
        token = await self._endings.begin(claim, now)
        if token is None:
            return False
        self._pacer.record(candidate.paced_group, now, cost(candidate.part.content))
        await self._send(candidate, token)
        return True

    async def _judge(self, candidate: Candidate, now: datetime) -> Go | Diversion:
        judged = decide(candidate, now)
        if not isinstance(judged, Go):
            return judged
        in_group = candidate.member is None and not candidate.is_of_account
        if in_group and self._directory.chat_id(self.account, candidate.group) is None:
            return Ask(reason=_("config.toml no longer says where {group} is").format(group=candidate.group))
        if (account := awaited(candidate)) is not None:
            return Wait(until=now + LOOK_AGAIN, reason=_("{account} has not logged in yet").format(account=account))
        rationed = await self._rations.judge(candidate, self._pacer, now)
        return rationed or await self._guards.check(Draft(candidate=candidate, now=now))

    async def _divert(self, candidate: Candidate, diversion: Diversion, now: datetime) -> bool:
        changed = await self._ledger.divert(candidate, diversion, self.ownership, now)
        if changed and not isinstance(diversion, Wait):
            state = State.HELD if isinstance(diversion, Ask) else State.SKIPPED
            await self._tell([_notice(candidate, state, diversion.reason)])
        if changed and isinstance(diversion, Drop):
            self._done(candidate)
        return changed

    async def _send(self, candidate: Candidate, token: str) -> None:
        """Send the claimed part and hand in how it ended; cancelled in mid-send, the outcome is unknown."""
        try:
            outcome = await self._sender.send(candidate)
        except asyncio.CancelledError:
            await self._endings.abandon(candidate, token)
            raise
        except Exception as error:  # noqa: BLE001 - a fault of ours: the part may be out, so nobody knows
            self._log.exception("sending failed in an unforeseen way")
            outcome = Lost(error=f"{type(error).__name__}: {error}")
        if isinstance(outcome, Sent):
            self._endings.hand_in(candidate, token, outcome)
            return
        if isinstance(outcome, Retry | Refused):
            self._pacer.take_back(candidate.paced_group, cost(candidate.part.content))
        await self._endings.write(candidate, token, outcome)
        if isinstance(outcome, Lost):
            await self._tell([_notice(candidate, State.UNKNOWN, outcome.error)])
            await self.settle_echoes()
        elif isinstance(outcome, Refused):
            await self._tell([_notice(candidate, State.FAILED, outcome.error)])

    async def settle_echoes(self) -> None:
        """Settle what recorded echoes prove."""
        await self._tell(await self._ledger.settle_echoes(self.account, self._clock.now()))

    async def _note_limit(self, candidate: Candidate, words: str) -> None:
        await self._endings.until_stored(candidate, lambda: self._limited(self.account, words))

    async def _tell(self, notices: Sequence[Notice]) -> None:
        for notice in notices:
            text = _("{group}, step {step}: {state} ({reason})").format(
                group=notice.group or notice.account,
                step=notice.step,
                state=state_word(notice.state),
                reason=notice.reason,
            )
            if notice.state in {State.HELD, State.UNKNOWN, State.FAILED}:
                text += _(" Settle it: `groupbot deliveries resolve {key} sent|resend|skip`.").format(
                    key=notice.address
                )
            severity = Severity.INFO if notice.state is State.SENT else Severity.WARNING
            await self._alert(severity, f"delivery-{notice.state}", text, delivery=notice.address, group=notice.group)

    async def _alert(self, severity: Severity, code: str, text: str, **fields: str) -> None:
        await self._alerts.send(
            Alert(severity=severity, code=code, text=text, fields={"account": self.account, **fields})
        )


def _notice(candidate: Candidate, state: State, reason: str) -> Notice:
    return Notice(
        address=candidate.address,
        group=candidate.group,
        account=candidate.account,
        step=candidate.step,
        state=state,
        reason=reason,
    )
