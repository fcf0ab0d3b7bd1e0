"""What an account does in chat besides posting words and files: to a group, or for itself.

An action travels through the ledger like a message, so pacing, budgets, pause and the promise "never twice silently"
hold for it too. `OF_ACCOUNT` kinds happen outside any group.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True, slots=True)
class Announcement:
    """Set the group's announcement (群公告); platforms tell every member."""

    kind: ClassVar[str] = "announcement"
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Rename:
    """Give the group another name."""

    kind: ClassVar[str] = "rename"
    topic: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AddMembers:
    """Invite contacts of the account into the group; `members` are platform ids."""

    kind: ClassVar[str] = "add_members"
    members: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RemoveMembers:
    """Take members out of the group; `members` are platform ids."""

    kind: ClassVar[str] = "remove_members"
    members: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Recall:
    """Take back an own post; WeChat allows it for two minutes."""

    kind: ClassVar[str] = "recall"
    message_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CreateGroup:
    """Make a new group called `topic` with contacts in it; the receipt's `message_id` is the new group's id."""

    kind: ClassVar[str] = "create_group"
    topic: str
    members: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class AcceptFriend:
    """Accept a friendship request."""

    kind: ClassVar[str] = "accept_friend"
    request_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AcceptInvitation:
    """Accept an invitation into a group."""

    kind: ClassVar[str] = "accept_invitation"
    invitation_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SetProfile:
    """Set what is given of the account's own persona; "" leaves it as it is. `avatar` is an absolute path."""

    kind: ClassVar[str] = "set_profile"
    name: str = ""
    bio: str = ""
    avatar: str = ""


GroupAction = Announcement | Rename | AddMembers | RemoveMembers | Recall
AccountAction = CreateGroup | AcceptFriend | AcceptInvitation | SetProfile
Action = GroupAction | AccountAction

OF_ACCOUNT = frozenset(cls.kind for cls in (CreateGroup, AcceptFriend, AcceptInvitation, SetProfile))
"""Kinds that are sent to no conversation."""
