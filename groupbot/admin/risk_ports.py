"""What risk control keeps and asks outside of itself: who is blocked, what people taught, what a playbook says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

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


CASE_CARD, WRONG = "risk", "wrong"
"""Kind of the questions about members' cases, and the answer that there was none."""


def case_subjects(member: str, concern: Concern) -> tuple[str, str]:
    """Return the subjects of a member's questions: where something was done already, and where it is asked for."""
    return f"{member[:180]}/{concern}/done", f"{member[:180]}/{concern}/asked"


class History(Protocol):
    """Tell what was done before, by this process or an earlier one. Raises StoreError."""

    async def repeats(self, member: str, concern: Concern, since: datetime) -> int:
        """Return how many cases of a member there were of which people heard, since one was last called wrong."""
        ...

    async def warned_at(self, group: str) -> datetime | None:
        """Return when somebody was last warned in a group."""
        ...

    async def removed_from(self, member: str, since: datetime) -> Sequence[str]:
        """Return the groups that risk control took a member out of since then, each once, the first first."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Lesson:
    """What a person says of one message. `is_hit`: it is what it was taken for. `way`: from where they said it."""

    concern: Concern
    is_hit: bool
    text: str
    message_id: str
    by: str
    at: datetime
    way: Literal["reply", "quote"] = "reply"


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionLine:
    """A version of a scorer. `promoted`: the guard set let it pass."""

    concern: Concern
    number: int
    made_at: datetime
    promoted: bool
    is_used: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class LessonLine:
    """One lesson as it is listed. `undone`: it took back what was said before."""

    number: int
    concern: Concern
    is_hit: bool
    by: str
    at: datetime
    undone: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Taught:
    """Versions and the last lessons, newest first."""

    versions: tuple[VersionLine, ...]
    lessons: tuple[LessonLine, ...]


class Teaching(Protocol):
    """Learn from people's decisions, and unlearn. Each change is one row of the audit. Raises GroupbotError."""

    async def learn(self, lesson: Lesson) -> str:
        """Learn at once and return what is told about it, "" = nothing. Raises GroupbotError when it is refused."""
        ...

    async def taught(self) -> Taught:
        """Return what there is."""
        ...

    async def take_back(self, number: int, *, by: str) -> LessonLine:
        """Forget one lesson as if it had never been. Raises GroupbotError when there is none that counts."""
        ...

    async def roll_back(self, concern: Concern, number: int, *, by: str) -> None:
        """Use version `number` again, 0 = the shipped one. Raises GroupbotError for one that is not kept."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """A member's message as it was recorded. `group`: the name of config.toml."""

    group: str
    text: str


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
    """What risk control stands on. `leader_of`: the leader of a squad, "" = nobody.

    `heard` returns a member's message by account and message id, None = it was not recorded. Raises StoreError.
    """

    incidents: Incidents
    blocked: BlockedMembers
    teaching: Teaching
    playbooks: Playbooks
    rules: Rules
    abilities: Abilities
    history: History
    leader_of: Callable[[str], str]
    heard: Callable[[str, str], Awaitable[Heard | None]]
