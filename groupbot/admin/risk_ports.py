"""What risk control keeps and asks outside of itself: who is blocked, what people taught, what a playbook says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from groupbot.chat.capabilities import Capabilities, Standing
from groupbot.risk.incidents import Incidents
from groupbot.risk.ladder import Concern
from groupbot.risk.rules import Rules


@dataclass(frozen=True, kw_only=True, slots=True)
class Blocked:
    """A member who is kept out of every group. `by`: a name of [[people]], or `admin.audit.BY_ITSELF`."""

    member: str
    name: str = ""
    by: str
    reason: str = ""
    at: datetime


class BlockedMembers(Protocol):
    """Keep who is blocked. Raises StoreError."""

    async def block(self, blocked: Blocked) -> None:
        """Keep a member out; of one who is blocked already the reason is replaced."""
        ...

    async def release(self, member: str) -> bool:
        """Let a member in again; False = nobody had blocked them."""
        ...

    async def among(self, members: Sequence[str]) -> Sequence[Blocked]:
        """Return who of `members` is blocked."""
        ...

    async def list(self) -> Sequence[Blocked]:
        """Return everybody who is blocked, the oldest first."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Lesson:
    """What a person says of one message. `is_hit`: it is what it was taken for."""

    concern: Concern
    is_hit: bool
    text: str
    message_id: str
    by: str
    at: datetime


class Teaching(Protocol):
    """Learn from people's decisions."""

    async def learn(self, lesson: Lesson) -> str:
        """Learn at once and return what is told about it, "" = nothing. Raises GroupbotError when it is refused."""
        ...


class Playbooks(Protocol):
    """The contingency plans of the campaigns that run."""

    async def words(self, group: str, text: str) -> str:
        """Return what the playbook that fits a message in that group says to do, "" = none fits."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Abilities:
    """What an account can do, and how it stands in a group of that name."""

    can: Callable[[str], Capabilities]
    standing: Callable[[str, str], Awaitable[Standing]]


@dataclass(frozen=True, kw_only=True, slots=True)
class RiskPorts:
    """What risk control stands on. `leader_of`: the leader of a squad, "" = nobody."""

    incidents: Incidents
    blocked: BlockedMembers
    teaching: Teaching
    playbooks: Playbooks
    rules: Rules
    abilities: Abilities
    leader_of: Callable[[str], str]
