"""Events with sensible defaults, so that a test names only what it is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from groupbot.core.content import Text, fingerprint
from groupbot.core.events import MembersJoined, MembersLeft, MessageReceived, OwnPost, Person, RosterRead

NOON = datetime(2026, 5, 18, 4, 0, tzinfo=UTC)
"""12:00 in Shanghai on a Monday: when events happen unless a test says otherwise."""


def after(seconds: float) -> datetime:
    """Return the instant `seconds` after NOON."""
    return NOON + timedelta(seconds=seconds)


def people(*ids: str) -> tuple[Person, ...]:
    """Return persons whose names are their ids in capitals."""
    return tuple(Person(id=one, name=one.upper()) for one in ids)


def message(
    event_id: str = "m1", *, sender: str = "ann", group: str | None = "r1", text: str = "hello", account: str = "main"
) -> MessageReceived:
    """Return a text message."""
    (person,) = people(sender)
    return MessageReceived(
        account=account, event_id=event_id, at=NOON, group=group, sender=person, message_id=event_id, text=text
    )


def own_post(
    event_id: str = "o1", *, text: str = "lesson one", group: str | None = "r1", at: datetime = NOON
) -> OwnPost:
    """Return the echo of a text that the account posted."""
    return OwnPost(
        account="main",
        event_id=event_id,
        at=at,
        group=group,
        member=None if group else "ann",
        message_id=event_id,
        fingerprint=fingerprint(Text(text=text)),
        text=text,
    )


def joined(
    event_id: str,
    *ids: str,
    at: datetime = NOON,
    account: str = "main",
    group: str = "r1",
    inviter: str | None = None,
    found_late: bool = False,
) -> MembersJoined:
    """Return the coming of `ids`."""
    return MembersJoined(
        account=account,
        event_id=event_id,
        at=at,
        group=group,
        members=people(*ids),
        inviter=Person(id=inviter) if inviter else None,
        found_late=found_late,
    )


def left(event_id: str, *ids: str, at: datetime = NOON, account: str = "main", group: str = "r1") -> MembersLeft:
    """Return the going of `ids`."""
    return MembersLeft(account=account, event_id=event_id, at=at, group=group, members=people(*ids))


def roster(event_id: str, *ids: str, at: datetime = NOON, account: str = "main", group: str = "r1") -> RosterRead:
    """Return a member list that holds `ids`."""
    return RosterRead(account=account, event_id=event_id, at=at, group=group, topic="Camp", members=people(*ids))
