"""Stage: keep how accounts stand, wake what waited for one, and tell a person what needs one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from groupbot.chat.alerts import Alert, Alerts, Severity
from groupbot.core.clock import Clock
from groupbot.core.events import AccountState, AccountStateChanged, AnyEvent
from groupbot.i18n import _


class Accounts(Protocol):
    """Where the standing of accounts is kept."""

    async def set_account_state(self, account: str, state: str, detail: str, now: datetime) -> None:
        """Keep how an account stands."""
        ...

    async def keep_own_id(self, account: str, own_id: str) -> None:
        """Keep the id by which the platform knows the account itself."""
        ...

    async def pause_account(self, account: str, *, paused: bool, reason: str, held_at: datetime | None = None) -> bool:
        """Stop or allow posting on an account. `held_at`: it is held by itself, since then."""
        ...


class AccountStage:
    """Follow AccountStateChanged. A limit notice pauses the account until a person resumes it.

    `own_ids` is filled with the accounts' own ids by account: what they do in a group is no member's join or message,
    and posts that mention an account need its id.
    """

    name = "accounts"
    limit_s = 30.0

    def __init__(self, *, presence: Accounts, clock: Clock, alerts: Alerts, own_ids: dict[str, str]) -> None:
        self._presence = presence
        self._clock = clock
        self._alerts = alerts
        self._own_ids = own_ids
        self.poke: Callable[[str | None], None] = lambda _account: None

    async def handle(self, event: AnyEvent) -> None:
        """Keep the state, then act on it."""
        if not isinstance(event, AccountStateChanged):
            return
        await self._presence.set_account_state(event.account, event.state.value, event.detail, self._clock.now())
        if event.own_id and self._own_ids.get(event.account) != event.own_id:
            self._own_ids[event.account] = event.own_id
            await self._presence.keep_own_id(event.account, event.own_id)
        match event.state:
            case AccountState.ONLINE:
                self.poke(event.account)
            case AccountState.LIMITED:
                await self.limited(event.account, event.detail)
            case AccountState.LOGIN_NEEDED:
                pass  # the store has the code for `groupbot accounts login`; LoginCodeStage tells a person
            case AccountState.REFUSED:
                text = _("{account} is refused: {detail}").format(account=event.account, detail=event.detail)
                await self._tell(Severity.CRITICAL, "account-refused", event.account, text)
            case AccountState.OFFLINE:
                text = _("{account} lost its connection: {detail}").format(account=event.account, detail=event.detail)
                await self._tell(Severity.WARNING, "account-offline", event.account, text)

    async def limited(self, account: str, words: str) -> None:
        """Pause `account` because of a limit notice and tell a person."""
        await self._presence.pause_account(account, paused=True, reason=words, held_at=self._clock.now())
        text = _(
            "{account} got a limit notice and posts nothing more: {words}. Let it rest, then `groupbot accounts resume "
            "{account}`."
        ).format(account=account, words=words)
        await self._tell(Severity.CRITICAL, "account-limited", account, text)

    async def _tell(self, severity: Severity, code: str, account: str, text: str) -> None:
        await self._alerts.send(Alert(severity=severity, code=code, text=text, fields={"account": account}))
