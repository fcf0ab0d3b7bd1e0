"""Live through one connection: read events, keep it honest, have lists and persona read in the background."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any, Protocol

from groupbot.adapters.wechaty import persona, rosters
from groupbot.adapters.wechaty.gateway import Gateway
from groupbot.adapters.wechaty.inbound import Inbound
from groupbot.adapters.wechaty.names import Names
from groupbot.adapters.wechaty.payload import parse, required
from groupbot.adapters.wechaty.raw import DirtyType, EventType, RawEvent
from groupbot.chat.errors import AuthFailed, ChatError, NotConnected, Permanent
from groupbot.core.events import AccountState, MembersJoined, MembersLeft, MessageReceived
from groupbot.i18n import _

if TYPE_CHECKING:
    from loguru import Logger

_HEARTBEAT_WAIT_S = 1.0
"""Gateways of the Wechaty project speak first; others may stay silent until they are started."""
_START_PAUSE_S = 5.0
_LOADING_S = 60.0
"""How long after a login a puppet may still refuse groups that it has not loaded."""
_SYSTEM_SENDERS = frozenset({"", "weixin", "notifymessage"})
"""Whose words count as the platform's own: nobody, the WeChat team, service notifications. A member's never do."""


class Account(rosters.Reader, persona.Reader, Protocol):
    """What a session tells about its account."""

    def stand(self, state: AccountState, detail: str = "", *, own_id: str = "") -> None:
        """Note how the account stands now; `own_id`: its contact id, once logged in."""
        ...

    def notice(self, words: str) -> None:
        """Look at what the platform itself says: it may be a limit notice."""
        ...


class Session:
    """One connection, from the event stream's opening to its loss.

    `probe_s`: seconds between two proofs of life; HTTP/2 would not notice a gateway that is stopped but connected.
    """

    def __init__(
        self,
        *,
        gateway: Gateway,
        account: Account,
        inbound: Inbound,
        names: Names,
        probe_s: float,
        on_up: Callable[[], None],
        log: Logger,
    ) -> None:
        self._gateway = gateway
        self._account = account
        self._inbound = inbound
        self._names = names
        self._probe_s = probe_s
        self._on_up = on_up
        self._log = log
        self._self_id = ""
        self._up_at = 0.0
        self._rosters = rosters.Rosters(gateway=gateway, names=names, reader=account, doubt=self.doubt, log=log)
        self._persona = persona.Persona(gateway=gateway, reader=account, own_id=lambda: self._self_id, log=log)
        self._heard = asyncio.Event()
        self._doubt = asyncio.Event()
        self._handlers: dict[int, Callable[[dict[str, Any]], Awaitable[None]]] = {
            EventType.LOGIN: self._login,
            EventType.LOGOUT: self._logout,
            EventType.SCAN: self._scan,
            EventType.ERROR: self._error,
            EventType.READY: self._ready,
            EventType.DIRTY: self._dirty,
        }

    async def run(self) -> None:
        """Live until the connection is lost. Raises a ChatError that says why, never returns otherwise."""
        task = asyncio.current_task()
        cancels = task.cancelling() if task else 0
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._start(), name="wechaty-start")
                tasks.create_task(self._probe(), name="wechaty-probe")
                tasks.create_task(self._rosters.run(), name="wechaty-rosters")
                tasks.create_task(self._persona.run(), name="wechaty-persona")
                await self._read()
        except ExceptionGroup as group:
            if task and task.cancelling() > cancels:  # a task group that is ending already loses a cancellation
                raise asyncio.CancelledError from group
            raise rosters.first(group) from group

    @property
    def own_id(self) -> str:
        """The account's contact id, "" while nobody is logged in."""
        return self._self_id

    def is_loading(self, room: str) -> bool:
        """Tell whether a refusal about `room` may only mean that the puppet, just logged in, does not have it yet."""
        fresh = asyncio.get_running_loop().time() - self._up_at < _LOADING_S
        return fresh and "@" in room and not self._rosters.has_read(room)

    def doubt(self) -> None:
        """Ask for a proof of life now: a call has just timed out."""
        self._doubt.set()

    def read_persona(self) -> None:
        """Read name, signature and picture of the account again: they have just been set."""
        self._persona.want()

    async def _read(self) -> None:
        async with aclosing(self._gateway.events()) as stream:
            async for raw in stream:
                if not self._heard.is_set():
                    self._heard.set()
                    self._on_up()
                await self._handle_safely(raw)
        raise NotConnected(_("The gateway ended the event stream."))

    async def _handle_safely(self, raw: RawEvent) -> None:
        """Handle one event; whatever is wrong with it costs this event only."""
        try:
            await self._handle(raw)
        except ChatError as error:
            self._log.warning("event dropped: {}", error, type=raw.type)
            if not isinstance(error, Permanent):
                self.doubt()
        except Exception as error:  # noqa: BLE001 - the gateway's JSON is foreign input; the next event must be read
            self._log.warning("malformed event dropped: {!r}", error, type=raw.type)

    async def _handle(self, raw: RawEvent) -> None:
        handler = self._handlers.get(raw.type)
        if handler is not None:
            await handler(parse(raw.payload))
            return
        event = await self._inbound.translate(self._gateway, self._self_id, raw)
        if event is None:
            return
        if isinstance(event, MessageReceived) and event.sender.id in _SYSTEM_SENDERS:
            self._account.notice(event.text)
        if isinstance(event, MembersJoined | MembersLeft):
            self._rosters.moved(event.group)
            if any(person.id == self._self_id for person in event.members):
                self._rosters.want(event.group)
        await self._account.emit(event)

    async def _login(self, payload: dict[str, Any]) -> None:
        contact = required(payload, "contactId")
        if contact == self._self_id:
            return
        self._self_id = contact
        self._up_at = asyncio.get_running_loop().time()
        self._names.forget_all()
        self._account.stand(AccountState.ONLINE, own_id=contact)
        self._rosters.begin(contact)
        self._persona.want()

    async def _logout(self, payload: dict[str, Any]) -> None:
        self._self_id = ""
        self._account.stand(AccountState.OFFLINE, str(payload.get("data") or _("The account was logged out.")))

    async def _scan(self, payload: dict[str, Any]) -> None:
        if code := payload.get("qrcode"):
            self._self_id = ""
            self._account.stand(AccountState.LOGIN_NEEDED, str(code))

    async def _error(self, payload: dict[str, Any]) -> None:
        words = str(payload.get("gerror") or payload.get("data") or "")
        self._log.warning("the puppet reports an error: {}", words.split("\n", maxsplit=1)[0][:300])
        self._account.notice(words)

    async def _ready(self, _payload: dict[str, Any]) -> None:
        """Look for groups again: puppets log in before they have loaded them all."""
        if self._self_id:
            self._rosters.want(None)

    async def _dirty(self, payload: dict[str, Any]) -> None:
        about = required(payload, "payloadId")
        match payload.get("payloadType"):
            case DirtyType.CONTACT:
                self._names.forget_contact(about)
                if about == self._self_id:
                    self._persona.want()
            case DirtyType.ROOM:
                self._rosters.want(about)
            case DirtyType.ROOM_MEMBERS:
                self._names.forget_members(about)
                self._rosters.want(about)

    async def _start(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_HEARTBEAT_WAIT_S):
                await self._heard.wait()
        while True:
            try:
                await self._gateway.start()
            except (AuthFailed, NotConnected):
                raise
            except ChatError as error:
                self._log.warning("the gateway's puppet has not started: {}", error)
                self.doubt()
            else:
                return
            await asyncio.sleep(_START_PAUSE_S)

    async def _probe(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._probe_s):
                    await self._doubt.wait()
            self._doubt.clear()
            try:
                await self._gateway.version()
            except AuthFailed:
                raise
            except Permanent as error:
                self._log.debug("the gateway answers, if only with an error: {}", error)
