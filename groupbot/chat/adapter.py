"""The adapter port: one instance is one account's bridge to its platform."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from groupbot.chat.capabilities import Capabilities
from groupbot.core.content import Content
from groupbot.core.events import AccountState, AnyEvent


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """The platform took a post. `message_id` is None where the platform does not say."""

    message_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Received:
    """A file that somebody sent. `name` is what the sender called it, without folders."""

    name: str
    data: bytes


class Adapter(Protocol):
    """Bridge one account. Every adapter passes tests/contract/test_adapter_contract.py.

    Life: build, iterate `events()` in one owned task (this is what connects, and reconnects with backoff), call
    `send` from others, then `close()`. Calls before the account is online raise NotConnected.
    """

    @property
    def account(self) -> str:
        """Name of the account in config.toml."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What this account can do; constant between two AccountStateChanged events."""
        ...

    @property
    def state(self) -> AccountState:
        """How the account stands now."""
        ...

    def events(self) -> AsyncIterator[AnyEvent]:
        """Connect and yield what happens, in the platform's order, until closed or cancelled.

        Lost connections are reported as AccountStateChanged and mended inside; the iterator ends only after
        `close()` or a REFUSED state. On every (re)connect a RosterRead for each known group follows ONLINE.
        A malformed event is dropped and logged, never raised.
        """
        ...

    async def send(self, to: str, content: Content) -> Receipt:
        """Post one message to the conversation `to` (a group's or member's id on the platform), or do an action there.

        An action of the account itself (`core.actions.OF_ACCOUNT`) comes with `to` empty.

        Bounded by the adapter's own deadline. Raises a ChatError: Temporary (surely not posted), UnknownOutcome (bytes
        left, no answer) or Permanent. Cancelled in mid-call, the outcome is unknown. Reads `content`'s file at call
        time; a file that can't be read is Permanent.
        """
        ...

    async def fetch(self, message_id: str, *, most_bytes: int) -> Received:
        """Return the file of a message that came in (kind file or image).

        Bounded: in time by the adapter's deadline and what `most_bytes` take on a slow line, in memory by `most_bytes`.
        Raises Temporary (a later try may do) or Permanent: TooLarge for more than `most_bytes`, Rejected when the
        message is not known or has no file.
        """
        ...

    async def close(self) -> None:
        """Release the connection within 3 s; idempotent; ends `events()`."""
        ...
