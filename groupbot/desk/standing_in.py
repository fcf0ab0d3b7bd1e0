"""Standing in over the store: every few seconds, who is down and what becomes of their posts; audited."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from groupbot.admin.audit import BY_ITSELF, AuditEntry, AuditLog, Result
from groupbot.campaign.playbooks import ACCOUNT
from groupbot.campaign.ports import Standings
from groupbot.campaign.standby import (
    ByHand,
    Handovers,
    Health,
    Healths,
    MoveTo,
    StandbyRules,
    fails_again,
    fate,
    is_down,
    person_task,
    ramp_up,
)
from groupbot.chat.adapter import Adapter
from groupbot.chat.alerts import Alert, Alerts, Severity
from groupbot.chat.capabilities import UNSEEN, Standing, obstacle
from groupbot.chat.directory import Directory
from groupbot.core.clock import Clock
from groupbot.delivery.budgets import WarmUp
from groupbot.delivery.paces import pace
from groupbot.delivery.pacing import Pace
from groupbot.delivery.values import Candidate, Ownership
from groupbot.desk.playbooks import BookOf
from groupbot.desk.standby_cards import BackCards
from groupbot.i18n import _, joined, ngettext
from groupbot.settings import Settings

_AT_ONCE = 5_000
"""Posts of one account that are looked at in one round. What nobody can make stays among them, so that there must be
more than 300 groups miss within a grace. Reading them all takes a fifth of a second."""


class StandbyStore(Handovers, Healths, Protocol):
    """The ledger's side, and how accounts stand."""


class Holder(Protocol):
    """What stops an account."""

    async def pause_account(self, account: str, *, paused: bool, reason: str, held_at: datetime | None = None) -> bool:
        """Stop or allow posting on an account."""
        ...


class Posting(Protocol):
    """What the dispatcher is asked and told."""

    def owned(self) -> Mapping[str, Ownership]:
        """Return the accounts that this process posts on."""
        ...

    def poke(self, account: str | None = None) -> None:
        """Let an account look at once."""
        ...

    def set_pace(self, account: str, pace: Pace) -> None:
        """Let an account post at another pace."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class StandInParts:
    """What standing in needs of the house. `settings`: those that hold now."""

    store: StandbyStore
    holder: Holder
    posting: Posting
    standings: Standings
    adapters: Mapping[str, Adapter]
    directory: Directory
    settings: Callable[[], Settings]
    clock: Clock
    alerts: Alerts
    audit: AuditLog
    back: BackCards
    book_of: BookOf


class StandIns:
    """Move what an account can't post to another that is in the group, or to a person; ask before it moves back."""

    def __init__(self, parts: StandInParts) -> None:
        self._at = parts
        self._started = parts.clock.now()
        self._ramps: dict[str, WarmUp] = {}
        self._down: set[str] = set()

    @property
    def rules(self) -> StandbyRules:
        """The rules of [standby]."""
        told = self._at.settings().standby
        return StandbyRules(
            after=timedelta(seconds=told.after_s),
            by_hand=timedelta(seconds=told.by_hand_s),
            failures=told.failures,
            ramp_up_days=told.ramp_up_days,
        )

    async def look(self) -> None:
        """Do what is to be done now: for every few seconds. Raises StoreError."""
        if not self._at.settings().standby.enabled:
            return
        now, rules = self._at.clock.now(), self.rules
        healths = {health.account: health for health in await self._at.store.healths()}
        for account, ownership in self._at.posting.owned().items():
            health = healths.get(account)
            if health is None:
                continue
            if is_down(health, now, rules):
                await self._stand_in(health, ownership, healths, now)
            else:
                await self._mind(health, now)
        await self._at.store.close_tasks()

    def slowed(self, account: str, chosen: Pace) -> Pace:
        """Return `chosen`, or what of it an account may use that came back lately. A warm-up of its own goes first."""
        ramp = self._ramps.get(account)
        return chosen if ramp is None or chosen.warm_up is not None else replace(chosen, warm_up=ramp)

    async def _stand_in(
        self, health: Health, ownership: Ownership, healths: Mapping[str, Health], now: datetime
    ) -> None:
        rules = self.rules
        await self._open_book(health.account)
        rows = await self._at.store.waiting(health.account, now + rules.ahead, _AT_ONCE)
        if not rows:
            return
        standings = await self._at.standings.standings(sorted({row.group for row in rows}))
        up = {name for name, one in healths.items() if one.can_post}
        moves: defaultdict[str, list[Candidate]] = defaultdict(list)
        for row in rows:
            group = self._at.directory.get(row.group)
            standins = [name for name in group.ids if name in up] if group else []
            match fate(row, standins, lambda name, of: self._is_able(name, of, standings), now, rules):
                case MoveTo(account=to):
                    moves[to].append(row)
                case ByHand():
                    await self._to_person(row, ownership, now)
        for to, given in moves.items():
            await self._move(ownership, to, given)

    async def _open_book(self, account: str) -> None:
        """Show once what the campaigns of its groups planned for the loss of an account."""
        if account in self._down:
            return
        self._down.add(account)
        groups = [group.name for group in self._at.directory.groups if account in group.ids]
        if book := await self._at.book_of(ACCOUNT, groups):
            text = _("{account} can't post now.").format(account=account) + "\n" + book.text
            await self._tell("account-playbook", account, text)

    async def _move(self, ownership: Ownership, to: str, rows: Sequence[Candidate]) -> None:
        moved = await self._at.store.move(ownership, to, rows)
        if not moved:
            return
        self._at.posting.poke(to)
        groups = sorted({row.group for row in rows if row.id in moved})
        names = joined(groups)
        await self._audit("standby/move", ownership.account, f"{len(moved)} -> {to}: {', '.join(groups)}")
        text = _("{standby} posts for {account} in {groups}.").format(
            standby=to, account=ownership.account, groups=names
        )
        await self._tell("standby-moved", ownership.account, text)

    async def _to_person(self, row: Candidate, ownership: Ownership, now: datetime) -> None:
        why = _("{account} can't post, and no other account of the group can").format(account=row.account)
        if await self._at.store.to_person(ownership, row, person_task(row, why), now):
            await self._audit("standby/by-hand", row.account, row.address)

    def _is_able(self, account: str, row: Candidate, standings: Mapping[tuple[str, str], Standing]) -> bool:
        adapter = self._at.adapters.get(account)
        if adapter is None:
            return False
        standing = standings.get((account, row.group), UNSEEN)
        left = row.parts[row.next_part :]
        return not any(obstacle(part.content, adapter.capabilities, standing) for part in left)

    async def _mind(self, health: Health, now: datetime) -> None:
        """Look after an account that is not down: hold it when nothing goes out, slow it when it came back."""
        account = health.account
        if health.can_post:
            self._down.discard(account)
        if health.held_at is not None:
            await self._at.store.returned(account, now)
            health = replace(health, held_at=None, resumed_at=now)
        self._ramp(health, now)
        if not health.can_post:
            return
        since = max(self._started, health.resumed_at or self._started)
        if fails_again(await self._at.store.last_attempts(account, since, self.rules.failures), self.rules):
            await self._hold(account, now)
        else:
            await self._at.back.look(account)

    async def _hold(self, account: str, now: datetime) -> None:
        reason = ngettext("{n} attempt failed", "{n} attempts in a row failed", self.rules.failures).format(
            n=self.rules.failures
        )
        await self._at.holder.pause_account(account, paused=True, reason=reason, held_at=now)
        await self._audit("standby/hold", account, reason)
        text = _("{account} is held: {reason}. Look at its phone, then `groupbot accounts resume {account}`.").format(
            account=account, reason=reason
        )
        await self._tell("account-failing", account, text, Severity.CRITICAL)

    def _ramp(self, health: Health, now: datetime) -> None:
        settings, account = self._at.settings(), health.account
        if health.resumed_at is None:
            return
        zone = ZoneInfo(settings.timezone)
        since = health.resumed_at.astimezone(zone).date()
        told = settings.warm_up
        full = WarmUp(since=since, posts=told.posts_per_day, shares=told.action_share)
        ramp = ramp_up(health, now.astimezone(zone).date(), since, full, self.rules)
        if ramp is not None and self._ramps.get(account) != ramp:
            self._ramps[account] = ramp
            self._at.posting.set_pace(account, self.slowed(account, pace(settings, account)))

    async def _audit(self, action: str, account: str, detail: str) -> None:
        await self._at.audit.write(
            AuditEntry(
                at=self._at.clock.now(),
                actor=BY_ITSELF,
                role="",
                account=account,
                place="",
                action=action,
                result=Result.DONE,
                detail=detail,
            )
        )

    async def _tell(self, code: str, account: str, text: str, severity: Severity = Severity.WARNING) -> None:
        await self._at.alerts.send(Alert(severity=severity, code=code, text=text, fields={"account": account}))
