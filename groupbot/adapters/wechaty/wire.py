"""Hold one connection to a puppet service: TLS, calls with deadlines, streams, and what a failure means."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, TypeVar

from grpclib.client import Channel
from grpclib.config import Configuration
from grpclib.const import Cardinality, Status
from grpclib.exceptions import GRPCError, ProtocolError, StreamTerminatedError

from groupbot.adapters.wechaty.protocol import Message
from groupbot.chat.errors import (
    AuthFailed,
    Busy,
    ChatError,
    NotConnected,
    Rejected,
    TooLarge,
    UnknownOutcome,
    Unsupported,
)
from groupbot.i18n import _

DEFAULT_SERVER_NAME = "insecure"
"""Common name of the certificate that the npm package ships; a token `name_uuid` names another one."""
_SERVICE = "/wechaty.Puppet/"
_DETAIL_CHARS = 300
_READ_AHEAD = 64
"""Items of a stream that are read before they are wanted; then the gateway has to wait."""
_MADE_HERE = ("Missing ", "Invalid content-type", "Invalid grpc-status")
"""How grpclib begins the UNKNOWN errors that it makes itself of a torn answer; the gateway said nothing."""
# Besides its own errors grpclib lets AttributeError out when a connection dies between two frames: it deletes the
# attributes of a closed connection.
_BROKEN = (StreamTerminatedError, ProtocolError, OSError, AttributeError)
_BY_STATUS: dict[Status, type[ChatError]] = {
    Status.UNAUTHENTICATED: AuthFailed,
    Status.ALREADY_EXISTS: Busy,
    Status.RESOURCE_EXHAUSTED: TooLarge,
    Status.UNIMPLEMENTED: Unsupported,
    Status.UNAVAILABLE: UnknownOutcome,
    Status.DEADLINE_EXCEEDED: UnknownOutcome,
    Status.CANCELLED: UnknownOutcome,
}

Reply = TypeVar("Reply")


def tls_context() -> ssl.SSLContext:
    """Return a context that trusts the Wechaty project's public root certificate, and nothing else.

    The certificate that gateways ship has a common name and no alternative names. Its private key is public: it hides
    traffic from onlookers and proves nothing about the gateway.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.hostname_checks_common_name = True
    context.load_verify_locations(cadata=files(__package__).joinpath("root_ca.pem").read_text("ascii"))
    context.set_alpn_protocols(["h2"])
    return context


def server_name(token: str) -> str:
    """Return the name that the gateway's certificate must bear: what stands before the token's last `_`."""
    name, _sep, _rest = token.rpartition("_")
    return name.lower() or DEFAULT_SERVER_NAME


def split_endpoint(endpoint: str) -> tuple[str, int]:
    """Return host and port of `host:port`, IPv6 in brackets allowed. Raises ValueError."""
    host, sep, port = endpoint.rpartition(":")
    if not sep or not host or not port.isdigit():
        raise ValueError(endpoint)
    return host.strip("[]"), int(port)


@dataclass(kw_only=True, slots=True)
class _Call:
    """One exchange. `left`: something that a gateway could act on has been handed to the connection."""

    timeout: asyncio.Timeout
    stream: Any = None
    left: bool = False


class Wire:
    """One connection to one gateway. Made inside a running loop; `close` it in any case.

    Every call has a deadline in seconds. Errors: NotConnected when no byte of the request left, UnknownOutcome when
    it left and no answer came, else what the gateway's status says.
    """

    def __init__(self, *, endpoint: str, token: str, plaintext: bool, deadline_s: float) -> None:
        host, port = split_endpoint(endpoint)
        config = Configuration(ssl_target_name_override=None if plaintext else server_name(token))
        self._channel = Channel(host, port, ssl=None if plaintext else tls_context(), config=config)
        self._token = token
        self._deadline_s = deadline_s
        self._closed = False

    def close(self) -> None:
        """Drop the connection; calls in flight end with UnknownOutcome. Idempotent."""
        if not self._closed:
            self._closed = True
            self._channel.close()

    async def unary(self, method: str, request: Any, reply: type[Reply], *, deadline_s: float | None = None) -> Reply:
        """Return the answer to one request."""

        async def exchange(call: _Call) -> Any:
            await call.stream.send_request()
            call.left = True
            await call.stream.send_message(request, end=True)
            return await call.stream.recv_message()

        answer: Reply = await self._exchange(method, reply, Cardinality.UNARY_UNARY, exchange, deadline_s)
        return answer

    async def push(
        self, method: str, requests: AsyncIterator[Any], reply: type[Reply], *, deadline_s: float | None = None
    ) -> Reply:
        """Send every request as fast as the gateway reads, then return its one answer."""

        async def exchange(call: _Call) -> Any:
            await call.stream.send_request()
            async for request in requests:
                call.left = True
                await call.stream.send_message(request)
            await call.stream.end()
            return await call.stream.recv_message()

        answer: Reply = await self._exchange(method, reply, Cardinality.STREAM_UNARY, exchange, deadline_s)
        return answer

    async def pull(self, method: str, request: Any, reply: type[Reply]) -> AsyncGenerator[Reply, None]:
        """Yield the answers of a server stream until it ends; only opening it has a deadline."""
        arrived: asyncio.Queue[Reply | None] = asyncio.Queue()
        room = asyncio.Semaphore(_READ_AHEAD)

        async def exchange(call: _Call) -> None:
            await call.stream.send_message(request, end=True)
            call.timeout.reschedule(None)
            async for item in call.stream:
                await room.acquire()
                arrived.put_nowait(item)

        call = _Call(timeout=asyncio.timeout(self._deadline_s))
        task = self._begin(method, reply, Cardinality.UNARY_STREAM, exchange, call)
        task.add_done_callback(lambda _task: arrived.put_nowait(None))
        try:
            while (item := await arrived.get()) is not None:
                room.release()
                yield item
        finally:
            await _end(task)
        self._result(task, left=False)

    async def _exchange(
        self,
        method: str,
        reply: type[Any],
        cardinality: Cardinality,
        exchange: Callable[[_Call], Awaitable[Any]],
        deadline_s: float | None,
    ) -> Any:
        call = _Call(timeout=asyncio.timeout(deadline_s or self._deadline_s))
        task = self._begin(method, reply, cardinality, exchange, call)
        try:
            await asyncio.wait({task})
        finally:
            await _end(task)
        answer = self._result(task, left=call.left)
        if answer is None:
            raise UnknownOutcome(_("The gateway ended {method} without an answer.").format(method=method))
        return answer

    def _begin(
        self,
        method: str,
        reply: type[Any],
        cardinality: Cardinality,
        exchange: Callable[[_Call], Awaitable[Any]],
        call: _Call,
    ) -> asyncio.Task[Any]:
        """Start an exchange in a task of its own.

        grpclib wakes a waiting call by cancelling the task that waits and never takes that back, which would confuse
        every timeout and task group around the call, and hide a cancellation that is meant.
        """
        if self._closed:
            raise NotConnected(_("The connection to the gateway is closed."))
        metadata = {"authorization": f"Wechaty {self._token}"}
        request = self._channel.request(_SERVICE + method, cardinality, Message, reply, metadata=metadata)

        async def run() -> Any:
            async with call.timeout, request as call.stream:
                return await exchange(call)

        return asyncio.create_task(run(), name=f"wechaty-{method}")

    def _result(self, task: asyncio.Task[Any], *, left: bool) -> Any:
        error = ConnectionError("cancelled") if task.cancelled() else task.exception()
        if isinstance(error, (GRPCError, TimeoutError, *_BROKEN)):
            raise self._sorted(error, left=left) from error
        return task.result()

    def _sorted(self, error: BaseException, *, left: bool) -> ChatError:
        kind: type[ChatError]
        if isinstance(error, GRPCError):
            first_line = (error.message or "").strip().split("\n")[0]
            torn = error.status is Status.UNKNOWN and first_line.startswith(_MADE_HERE)
            kind = UnknownOutcome if torn else _BY_STATUS.get(error.status, Rejected)
            detail = f"{error.status.name}: {first_line}"
        else:
            kind = UnknownOutcome
            late = isinstance(error, TimeoutError) and not str(error)
            detail = _("The gateway did not answer in time.") if late else f"{type(error).__name__}: {error}"
        if kind is UnknownOutcome and not left:
            kind = NotConnected
        if self._token:  # gateways quote the token that they refuse
            detail = detail.replace(self._token, "***")
        return kind(detail[:_DETAIL_CHARS])


async def _end(task: asyncio.Task[Any]) -> None:
    """End a task that may be over; its result stays to be read, and nobody minds when it isn't."""
    if not task.done():
        task.cancel()
        await asyncio.wait({task})
    if not task.cancelled():
        task.exception()
