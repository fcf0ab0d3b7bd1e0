"""What the risk stage needs of others, and what it hands on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Protocol

from groupbot.chat.capabilities import Capabilities, Standing
from groupbot.chat.directory import Group
from groupbot.core.content import Content
from groupbot.core.events import MessageReceived
from groupbot.core.findings import Finding
from groupbot.risk.ladder import Case, Concern, Ruling


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """Where a message was said. `group`: the name of config.toml. `looks`: whether pictures are worth a look here.

    `is_private`: it was said 1:1 by a member of that group; then only its words count.
    """

    group: str
    looks: bool = True
    is_private: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """What a message is. `scores` (0..1) by concern; the findings explain them."""

    scores: Mapping[Concern, float] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


class Judge(Protocol):
    """Find out what messages are. Knows nobody and does nothing."""

    async def judge(self, message: MessageReceived, context: Context) -> Judged:
        """Judge one message together with those before it."""
        ...

    def joined(self, group: str, members: Sequence[str], at: datetime) -> Sequence[Finding]:
        """Note who came into a group, and return what that shows."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Situation:
    """A case and what is to be done about it."""

    event: MessageReceived
    group: Group
    case: Case
    ruling: Ruling


class Handling(Protocol):
    """Carry out what the ladder wants. Raises StoreError."""

    async def repeats(self, member: str, concern: Concern, now: datetime) -> int:
        """Return how many cases of a member are on record that nobody called wrong."""
        ...

    async def homes(self, member: str) -> Sequence[str]:
        """Return the groups where a member is, first the one that a private word of theirs belongs to."""
        ...

    async def take(self, situation: Situation) -> None:
        """Do what the ruling says, from the audit's row upwards."""
        ...

    async def burst(self, group: Group, found: Finding) -> None:
        """Tell people of joins in a burst."""
        ...

    async def came(self, group: Group, members: Sequence[str]) -> None:
        """Take out again who is blocked."""
        ...


class Past(Protocol):
    """Tell what happened before this process began. Raises StoreError."""

    async def posted(self, since: datetime) -> Sequence[tuple[str, Content, datetime]]:
        """Return what SOPs posted to groups since then: group, content, when; the oldest first."""
        ...

    async def joins(self, since: datetime) -> Sequence[tuple[str, str, datetime]]:
        """Return who was seen to join since then: group, member, when; the oldest first."""
        ...


class Newcomers(Protocol):
    """Tell since when members are in a group."""

    async def joined_at(self, group: str, member: str) -> datetime | None:
        """Return when a member was seen to join, None = they were there before, or nobody knows. Raises StoreError."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Around:
    """What the stage asks of others about accounts, groups and members. `watches`: whether a group's talk is judged;
    `ears`: the account that hears for a group.
    """

    is_ours: Callable[[str, str], bool]
    watches: Callable[[Group], bool]
    can: Callable[[str], Capabilities]
    standing: Callable[[str, str], Awaitable[Standing]]
    ears: Callable[[Group], str] = attrgetter("account")
