"""Members as operators see them: where they are, what they were heard to do, and what was noted about them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from groupbot.errors import GroupbotError


class NoSuchMember(GroupbotError):
    """No member, or no single one, is meant."""


class NoteKind(StrEnum):
    """What a note is."""

    TAG = "tag"
    """A word that several members may have."""
    TRUST = "trust"
    """How far the member is trusted, one of `Trust`; at most one."""
    NOTE = "note"
    """A sentence for colleagues."""


class Trust(StrEnum):
    """How far a member is trusted; nothing is noted of those who are like everybody."""

    TRUSTED = "trusted"
    WATCHED = "watched"


@dataclass(frozen=True, kw_only=True, slots=True)
class MemberNote:
    """One note. `by`: a name of [[people]]."""

    kind: NoteKind
    value: str
    by: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Seat:
    """A member in a group. `inviter` as they are called there, "" = not known; `found_late`: joined before `since`.

    `messages`: how many of theirs are on record there.
    """

    group: str
    since: datetime
    left_at: datetime | None = None
    inviter: str = ""
    found_late: bool = False
    messages: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class MemberView:
    """A member by the platform's id. `names`: what they are called in the groups, each once."""

    id: str
    names: tuple[str, ...]
    seats: tuple[Seat, ...]
    notes: tuple[MemberNote, ...] = ()

    @property
    def tags(self) -> tuple[str, ...]:
        """Their tags."""
        return tuple(note.value for note in self.notes if note.kind is NoteKind.TAG)

    @property
    def trust(self) -> Trust | None:
        """How far they are trusted, None = like everybody."""
        return next((Trust(note.value) for note in self.notes if note.kind is NoteKind.TRUST), None)


class Members(Protocol):
    """Keep what is known of members. Raises StoreError.

    Only groups in which a member's id is the same tomorrow count: of all others nothing is found, and nothing noted.
    """

    async def find(self, word: str, groups: Collection[str] | None = None) -> Sequence[MemberView]:
        """Return whose id is `word`, else who is called so, else whose name holds it; with `groups` in these alone."""
        ...

    async def tag(self, member: str, *, add: Collection[str], remove: Collection[str], by: str) -> None:
        """Give and take tags."""
        ...

    async def trust(self, member: str, level: Trust | None, *, by: str) -> None:
        """Say how far a member is trusted, None = like everybody."""
        ...

    async def note(self, member: str, text: str, *, by: str) -> None:
        """Add a note for colleagues."""
        ...

    async def forget(self, member: str) -> Mapping[str, int]:
        """Take a member out of everything that is kept; return how many rows of what were changed."""
        ...
