"""One WeChat account behind a Wechaty puppet-service gateway."""

from __future__ import annotations

import asyncio
import random as randomness
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

from loguru import logger

from groupbot.adapters.wechaty import fetching
from groupbot.adapters.wechaty.abilities import BIG_GROUP, capabilities
from groupbot.adapters.wechaty.deeds import Deeds
from groupbot.adapters.wechaty.gateway import Gateway
from groupbot.adapters.wechaty.inbound import Inbound
from groupbot.adapters.wechaty.names import Names
from groupbot.adapters.wechaty.outbound import Outbound
from groupbot.adapters.wechaty.outbox import Outbox
from groupbot.adapters.wechaty.session import Session
from groupbot.adapters.wechaty.wire import Wire, split_endpoint
from groupbot.chat.adapter import Receipt, Received
from groupbot.chat.capabilities import Capabilities
from groupbot.chat.errors import (
    AuthFailed,
    Busy,
    ChatError,
    Limited,
    NotConnected,
    Rejected,
    Temporary,
    UnknownOutcome,
    Unsupported,
)
from groupbot.chat.words import kind_word
from groupbot.core import ids
from groupbot.core.actions import SetProfile
from groupbot.core.clock import Clock, SystemClock
from groupbot.core.content import MESSAGES, Content, Message
from groupbot.core.events import AccountState, AccountStateChanged, AnyEvent, Person, ProfileRead, Rank, RosterRead
from groupbot.errors import ConfigError
from groupbot.i18n import _

LIMIT_NOTICES = ("操作频繁", "操作过于频繁", "操作太频繁", "账号被限制", "功能被限制")
"""Words by which WeChat says that an account does too much; operators' experience, so a setting."""
_FIRST_RETRY_S = 0.5
_LONGEST_RETRY_S = 30.0
_JITTER = 0.2
_CLOSE_S = 2.0


class WechatyAdapter:
    """Bridge one account to its gateway; see `groupbot.chat.adapter.Adapter` for what each method promises.

    `endpoint` is `host:port`. `plaintext` leaves TLS out. `deadline_s` bounds each call. `stable_ids`, `echoes`,
    `big_group`, `cannot`: see `abilities.capabilities`. `limit_notices`: words by which the platform says "too much".
    `probe_s`: seconds between proofs of life.
    A gateway that another client holds is waited for, never taken over: `Stop` would restart it for everybody.
    """

    def __init__(  # noqa: PLR0913 - one keyword per setting
        self,
        *,
        account: str,
        endpoint: str,
        token: str,
        plaintext: bool = False,
        deadline_s: float = 15.0,
        stable_ids: bool = True,
        echoes: bool = True,
        limit_notices: tuple[str, ...] = LIMIT_NOTICES,
        big_group: int = BIG_GROUP,
        cannot: Iterable[str] = (),
        probe_s: float = 20.0,
        clock: Clock | None = None,
        random: Callable[[], float] = randomness.random,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        _check_endpoint(account, endpoint)
        self._account = account
        self._endpoint = endpoint
        self._token = token
        self._plaintext = plaintext
        self._deadline_s = deadline_s
        self._limit_notices = limit_notices
        self._probe_s = probe_s
        self._clock = clock or SystemClock()
        self._random = random
        self._sleep = sleep
        self._capabilities = capabilities(stable_ids=stable_ids, echoes=echoes, big_group=big_group, cannot=cannot)
        self._log = logger.bind(account=account, adapter="wechaty")
        self._names = Names()
        self._inbound = Inbound(account=account, clock=self._clock, names=self._names)
        self._outbound = Outbound(names=self._names, deadline_s=deadline_s)
        self._deeds = Deeds(deadline_s=deadline_s, is_limit=self._is_limit)
        self._outbox = Outbox()
        self._boot = ids.token()
        self._reported = 0
        self._state = AccountState.OFFLINE
        self._detail = ""
        self._lost: ChatError = NotConnected(_("The account is not connected yet."))
        self._limits = 0
        self._retry_s = _FIRST_RETRY_S
        self._gateway: Gateway | None = None
        self._session: Session | None = None
        self._runner: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def account(self) -> str:
        """Name of the account in config.toml."""
        return self._account

    @property
    def capabilities(self) -> Capabilities:
        """What this account can do."""
        return self._capabilities

    @property
    def state(self) -> AccountState:
        """How the account stands now."""
        return self._state

    async def events(self) -> AsyncIterator[AnyEvent]:
        """Connect, and yield what happens until closed or refused. One iteration at a time."""
        if self._closed:
            return
        if self._runner is not None:
            raise RuntimeError("events() of this adapter is being iterated already")
        outbox = self._outbox = Outbox()
        runner = self._runner = asyncio.create_task(self._live(), name=f"wechaty-{self._account}")
        runner.add_done_callback(lambda _task: outbox.end())
        try:
            while (event := await outbox.get()) is not None:
                yield event
            if runner.done() and not runner.cancelled():
                runner.result()
        finally:
            await self._stop(runner)
            self._runner = None

    async def send(self, to: str, content: Content) -> Receipt:
        """Post one message, or carry one action out. Raises a ChatError."""
        if content.kind not in self._capabilities.kinds:
            raise Unsupported(_("The account can't do this: {kind}.").format(kind=kind_word(content.kind)))
        gateway, session = self._usable()
        limits = self._limits
        try:
            if isinstance(content, Message):
                message_id = await self._outbound.post(gateway, to, content)
            else:
                message_id = await self._deeds.do(gateway, session.own_id, to, content)
        except Rejected as error:
            if self._is_limit(error.message):
                self.notice(error.message)
                raise Limited(error.message) from error
            if session.is_loading(to):
                raise NotConnected(error.message, hint=_("The gateway has not loaded this group yet.")) from error
            raise
        except UnknownOutcome:
            session.doubt()
            raise
        if isinstance(content, SetProfile):
            session.read_persona()
        is_post = content.kind in MESSAGES
        if is_post and self._state is AccountState.LIMITED and limits == self._limits:
            self.stand(AccountState.ONLINE, _("A post was accepted again."))
        return Receipt(message_id=message_id)

    async def fetch(self, message_id: str, *, most_bytes: int) -> Received:
        """Return the file of a message that came in. Raises Temporary or Permanent."""
        gateway, session = self._usable()
        try:
            return await fetching.fetch(gateway, message_id, most_bytes=most_bytes, deadline_s=self._deadline_s)
        except Temporary:
            session.doubt()
            raise

    async def close(self) -> None:
        """Release the connection and end `events()`. Idempotent."""
        self._closed = True
        if self._runner is not None:
            await self._stop(self._runner)
        self._outbox.end()
        self._state = AccountState.OFFLINE
        self._lost = NotConnected(_("The account's connection was closed."))

    def stand(self, state: AccountState, detail: str = "", *, own_id: str = "") -> None:
        """Note and report how the account stands; says nothing when that is known."""
        if (state, detail) == (self._state, self._detail):
            return
        self._state, self._detail = state, detail
        # A QR payload lets its reader log in as the account: it is for the operator, not for the log.
        self._log.info("account is {}", state, detail="" if state is AccountState.LOGIN_NEEDED else detail)
        event_id = self._next_id("state")
        now = self._clock.now()
        self._outbox.put_now(
            AccountStateChanged(
                account=self._account, event_id=event_id, at=now, state=state, detail=detail, own_id=own_id
            )
        )

    def notice(self, words: str) -> None:
        """Go LIMITED when `words` of the platform say so."""
        if self._is_limit(words):
            self._limits += 1
            self.stand(AccountState.LIMITED, words.split("\n", maxsplit=1)[0][:300])

    async def emit(self, event: AnyEvent) -> None:
        """Pass an event on to the reader of `events()`."""
        await self._outbox.put(event)

    def roster(self, group: str, topic: str, members: tuple[Person, ...], rank: Rank) -> AnyEvent:
        """Return the event for a member list that was read now."""
        event_id, now = self._next_id("roster"), self._clock.now()
        return RosterRead(
            account=self._account, event_id=event_id, at=now, group=group, topic=topic, members=members, rank=rank
        )

    def profile(self, name: str, bio: str | None, avatar: str) -> AnyEvent:
        """Return the event for the account's own persona as it was read now."""
        event_id, now = self._next_id("profile"), self._clock.now()
        return ProfileRead(account=self._account, event_id=event_id, at=now, name=name, bio=bio, avatar=avatar)

    async def _stop(self, runner: asyncio.Task[None]) -> None:
        runner.cancel()
        _done, running = await asyncio.wait({runner}, timeout=_CLOSE_S)
        if running:
            self._log.error("the connection did not end within {} s", _CLOSE_S)

    def _usable(self) -> tuple[Gateway, Session]:
        up = self._state in {AccountState.ONLINE, AccountState.LIMITED}
        if up and self._gateway is not None and self._session is not None:
            return self._gateway, self._session
        raise type(self._lost)(self._lost.message, hint=self._lost.hint)

    def _is_limit(self, words: str) -> bool:
        return any(phrase in words for phrase in self._limit_notices)

    def _next_id(self, what: str) -> str:
        self._reported += 1
        return f"{what}:{self._boot}:{self._reported}"

    async def _live(self) -> None:
        """Keep connecting until refused."""
        while True:
            error = await self._connect_once()
            if isinstance(error, AuthFailed):
                self._lost = AuthFailed(error.message, hint=_("Correct the account's token and start again."))
                self.stand(AccountState.REFUSED, error.message)
                return
            self._lost = error if isinstance(error, Busy) else NotConnected(error.message)
            self.stand(AccountState.OFFLINE, error.message)
            pause = self._retry_s * (1 + _JITTER * self._random())
            self._retry_s = min(self._retry_s * 2, _LONGEST_RETRY_S)
            await self._sleep(pause)

    async def _connect_once(self) -> ChatError:
        """Hold one connection as long as it lasts; return why it ended."""
        connection = Wire(
            endpoint=self._endpoint, token=self._token, plaintext=self._plaintext, deadline_s=self._deadline_s
        )
        gateway = self._gateway = Gateway(connection)
        session = self._session = Session(
            gateway=gateway,
            account=self,
            inbound=self._inbound,
            names=self._names,
            probe_s=self._probe_s,
            on_up=self._connected,
            log=self._log,
        )
        try:
            await session.run()
        except ChatError as error:
            return error
        finally:
            self._gateway = self._session = None
            connection.close()
        return NotConnected(_("The gateway ended the event stream."))

    def _connected(self) -> None:
        self._retry_s = _FIRST_RETRY_S
        self._lost = NotConnected(
            _("Nobody is logged in on account {account}.").format(account=self._account),
            hint=_("Scan the login code with the account's phone."),
        )


def _check_endpoint(account: str, endpoint: str) -> None:
    try:
        split_endpoint(endpoint)
    except ValueError as error:
        raise ConfigError(
            _("Account {account}: {endpoint!r} is no endpoint.").format(account=account, endpoint=endpoint),
            hint=_("Write host:port, for example 127.0.0.1:8788."),
        ) from error
