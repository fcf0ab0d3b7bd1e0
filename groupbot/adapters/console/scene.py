"""What can be seen in a console group: the account's posts, and what its members do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from groupbot.core.actions import AddMembers, RemoveMembers
from groupbot.core.content import Content
from groupbot.core.events import Person

PRIVATE = ""
"""Stands for the group where a member writes 1:1 to the account."""
MEMBER_PREFIX = "u-"
"""Begins every member's id on the console, so that a 1:1 conversation is told from a group that isn't there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """The account posted `content`. `to` is a group's id, or a member's in a 1:1 conversation."""

    at: datetime
    account: str
    to: str
    content: Content
    message_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Joined:
    """A member came into a group."""

    at: datetime
    group: str
    member: Person
    inviter: Person | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """A member wrote in a group, or 1:1 to the account; `quoted_id` is the message that it answers, if it quotes one.

    With `path` the member sent that file, and `text` is its name.
    """

    at: datetime
    group: str
    member: Person
    text: str
    quoted_id: str | None = None
    path: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """A member went out of a group."""

    at: datetime
    group: str
    member: Person


@dataclass(frozen=True, kw_only=True, slots=True)
class TakenBack:
    """The account took `post` back."""

    at: datetime
    post: Post


Happening = Joined | Said | Left
Scene = Post | TakenBack | Happening


def moves_of(post: Post) -> tuple[Happening, ...]:
    """Return who comes and goes by an action of the account's."""
    match post.content:
        case AddMembers(members=members):
            return tuple(Joined(at=post.at, group=post.to, member=_person(member)) for member in members)
        case RemoveMembers(members=members):
            return tuple(Left(at=post.at, group=post.to, member=_person(member)) for member in members)
        case _:
            return ()


def _person(member: str) -> Person:
    return Person(id=member, name=member.removeprefix(MEMBER_PREFIX))
