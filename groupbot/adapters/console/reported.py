"""What the console reports as events: a member's doing, or the account's own post coming back. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import PurePath

from groupbot.adapters.console.scene import PRIVATE, Happening, Joined, Left, Post, Said
from groupbot.core.content import File, Image, Text, fingerprint
from groupbot.core.events import (
    AccountState,
    AccountStateChanged,
    AnyEvent,
    MembersJoined,
    MembersLeft,
    MessageReceived,
    OwnPost,
    Person,
    Rank,
    RosterRead,
    TopicChanged,
)

OWN_PREFIX = "bot-"
"""Begins the id by which the console knows an account itself."""
_PICTURES = frozenset({".bmp", ".gif", ".jpeg", ".jpg", ".png", ".webp"})


def arrival(
    account: str, rosters: Mapping[str, tuple[str, tuple[Person, ...]]], *, at: datetime, new_id: Callable[[], str]
) -> Iterator[AnyEvent]:
    """Yield what coming online tells: who the account is, and title and members of each group, all of them its own."""
    yield AccountStateChanged(
        account=account, event_id=new_id(), at=at, state=AccountState.ONLINE, own_id=OWN_PREFIX + account
    )
    for group, (title, members) in rosters.items():
        yield RosterRead(
            account=account, event_id=new_id(), at=at, group=group, topic=title, members=members, rank=Rank.OWNER
        )


def happening(what: Happening, *, account: str, event_id: str) -> MessageReceived | MembersJoined | MembersLeft:
    """Return `what` as `account` learns of it; a message's id is the event's."""
    match what:
        case Said():
            return MessageReceived(
                account=account,
                event_id=event_id,
                at=what.at,
                group=None if what.group == PRIVATE else what.group,
                sender=what.member,
                message_id=event_id,
                kind=_kind(what.path),
                text=what.text,
                quoted_id=what.quoted_id,
            )
        case Joined(at=at, group=group, member=member, inviter=inviter):
            return MembersJoined(
                account=account, event_id=event_id, at=at, group=group, members=(member,), inviter=inviter
            )
        case Left(at=at, group=group, member=member):
            return MembersLeft(account=account, event_id=event_id, at=at, group=group, members=(member,))


def _kind(path: str) -> str:
    if not path:
        return Text.kind
    return Image.kind if PurePath(path).suffix.lower() in _PICTURES else File.kind


def renamed(post: Post, topic: str, *, event_id: str) -> TopicChanged:
    """Return what the account learns of the name that it gave a group."""
    return TopicChanged(account=post.account, event_id=event_id, at=post.at, group=post.to, topic=topic)


def echo(post: Post, *, in_group: bool) -> OwnPost:
    """Return `post` as it comes back to its own account."""
    return OwnPost(
        account=post.account,
        event_id=post.message_id,
        at=post.at,
        group=post.to if in_group else None,
        member=None if in_group else post.to,
        message_id=post.message_id,
        fingerprint=fingerprint(post.content),
        text=post.content.text if isinstance(post.content, Text) else "",
    )
