"""What the console reports as events: a member's doing, or the account's own post coming back. Pure."""

from __future__ import annotations

from groupbot.adapters.console.scene import Happening, Joined, Left, Post, Said
from groupbot.core.content import Text, fingerprint
from groupbot.core.events import MembersJoined, MembersLeft, MessageReceived, OwnPost


def happening(what: Happening, *, account: str, event_id: str) -> MessageReceived | MembersJoined | MembersLeft:
    """Return `what` as `account` learns of it; a message's id is the event's."""
    match what:
        case Said():
            return MessageReceived(
                account=account,
                event_id=event_id,
                at=what.at,
                group=what.group,
                sender=what.member,
                message_id=event_id,
                text=what.text,
                quoted_id=what.quoted_id,
            )
        case Joined(at=at, group=group, member=member, inviter=inviter):
            return MembersJoined(
                account=account, event_id=event_id, at=at, group=group, members=(member,), inviter=inviter
            )
        case Left(at=at, group=group, member=member):
            return MembersLeft(account=account, event_id=event_id, at=at, group=group, members=(member,))


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
