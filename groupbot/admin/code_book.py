"""What the commands about live codes call, as a port; groupbot/desk has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class CodeLine:
    """A live code. `target`: the pool or group it leads to; `group`: whose image it shows now, "" = none.

    `has_friend`: there is a friend-first image to fall back on; `url`: its address, "" = [web] public_url is not set.
    """

    code: str
    channel: str
    variant: str
    target: str
    group: str
    visits: int
    campaign: str = ""
    title: str = ""
    is_closed: bool = False
    has_friend: bool = False
    url: str = ""
    groups: tuple[str, ...] = ()
    """Every group that it may lead to."""
    other_channels: tuple[str, ...] = ()
    """The channels of config.toml where its own is none of them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewCode:
    """A code to be made. `target`: name of a pool or a group; `friend`: the friend-first image, None = none."""

    channel: str
    target: str
    variant: str = ""
    campaign: str = ""
    title: str = ""
    friend: bytes | None = None


class CodeBook(Protocol):
    """The live codes of the project. Raises ConfigError for what config.toml doesn't name, and StoreError."""

    async def codes(self) -> Sequence[CodeLine]:
        """Return all, the oldest first."""
        ...

    async def add(self, new: NewCode, *, by: str) -> CodeLine:
        """Make a code."""
        ...

    async def quoted(self, account: str, message_id: str) -> bytes:
        """Return the picture of a message. Raises CampaignError when it is none."""
        ...

    async def set_closed(self, code: str, *, closed: bool, by: str) -> CodeLine:
        """Close a code, or open it again. Raises CampaignError for an unknown one."""
        ...

    async def move(self, code: str, target: str, *, by: str) -> CodeLine:
        """Let a code lead to another pool or group. Raises CampaignError for an unknown one."""
        ...

    async def picture(self, code: str) -> str:
        """Return the absolute path of its QR code for print. Raises CampaignError for an unknown one."""
        ...
