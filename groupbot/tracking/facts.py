"""Facts: what happened in chat, as rows that are only ever added to.

`facts_of` is the one translation from events to facts. It is pure, so the same event gives the same facts each time
that a platform delivers it, and the key (account, event_id, member) lets the store drop the second telling.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from groupbot.chat.directory import Directory
from groupbot.core.events import (
    AccountStateChanged,
    AnyEvent,
    FriendAdded,
    FriendRequested,
    GroupInvited,
    MembersJoined,
    MembersLeft,
    MessageRecalled,
    MessageReceived,
    OwnPost,
    Person,
    ProfileRead,
    RosterRead,
    TopicChanged,
    storable,
)

EVENT_ID_LIMIT = 190
"""Longest event id that is stored as it is; a longer one is stored as its hash."""
NAME_LIMIT = 128
"""Longest display name that is stored; the rest is cut off."""

FactKey = tuple[str, str, str]
"""(account, event_id, member): what makes a fact the same fact."""


class FactKind(StrEnum):
    """What a fact tells."""

    JOIN = "join"
    LEAVE = "leave"
    MESSAGE = "message"
    OWN_POST = "own_post"
    ACCOUNT = "account"
    TOPIC = "topic"
    RECALL = "recall"
    FRIEND_REQUEST = "friend_request"
    FRIEND = "friend"
    INVITATION = "invitation"


MOVES = frozenset({FactKind.JOIN, FactKind.LEAVE})
"""Kinds that change who is in a group."""
COUNTED = MOVES | {FactKind.MESSAGE, FactKind.FRIEND_REQUEST}
"""Kinds that the daily sums are made of."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """One thing that happened. `at` is the event's UTC instant, `group` the name that config.toml gives it.

    `member` is "" where nobody is meant; `actor` is the inviter of a join, who removed on a leave, who renamed. `text`
    of a friend request is its greeting, of an invitation the group's name.
    `fingerprint` is set for own posts. `extra` holds what has no column: message kind, mentions, quoted id,
    state, the id of a request or invitation.
    """

    at: datetime
    kind: FactKind
    account: str
    event_id: str
    group: str | None = None
    member: str = ""
    name: str = ""
    text: str | None = None
    message_id: str | None = None
    campaign: str | None = None
    step: str | None = None
    channel: str | None = None
    actor: str | None = None
    found_late: bool = False
    fingerprint: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> FactKey:
        """Return what makes a second telling of this fact the same fact."""
        return self.account, self.event_id, self.member


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredFact:
    """A fact as the store holds it. `post` is the token of the post that an own post settled, None while unused."""

    id: int
    recorded_at: datetime
    fact: Fact
    post: str | None = None


def facts_of(event: AnyEvent, directory: Directory, ours: Container[str] = frozenset()) -> tuple[Fact, ...]:
    """Return what `event` adds to the record: one fact for each member who moved, else one or none.

    `ours`: platform ids of groupbot's own accounts. Their coming and going is no join, and what one of them says is
    recorded from its own echo, not from a second account that reads along.
    """
    match event:
        case MessageReceived():
            return () if event.sender.id in ours else (_message(event, directory),)
        case OwnPost():
            return (_own_post(event, directory),)
        case MembersJoined():
            return _moves(event, FactKind.JOIN, event.inviter, directory, ours)
        case MembersLeft():
            return _moves(event, FactKind.LEAVE, event.by, directory, ours)
        case TopicChanged():
            return (_topic(event, directory),)
        case AccountStateChanged():
            return (_account(event),)
        case MessageRecalled():
            return (_recall(event, directory),)
        case FriendRequested() | FriendAdded() | GroupInvited():
            return (_asked(event),)
        case RosterRead() | ProfileRead():
            return ()


def narrowed(event: AnyEvent, told: tuple[Fact, ...], new: tuple[Fact, ...]) -> AnyEvent:
    """Return `event` without the members whose move was already known (`told` facts that are not in `new`)."""
    if not isinstance(event, MembersJoined | MembersLeft):
        return event
    repeated = {fact.member for fact in told} - {fact.member for fact in new}
    if not repeated:
        return event
    return replace(event, members=tuple(person for person in event.members if person.id not in repeated))


def _message(event: MessageReceived, directory: Directory) -> Fact:
    extra: dict[str, Any] = {"kind": event.kind}
    if event.mentions:
        extra["mentions"] = list(event.mentions)
    if event.quoted_id:
        extra["quoted"] = event.quoted_id
    return Fact(
        at=event.at,
        kind=FactKind.MESSAGE,
        account=event.account,
        event_id=_event_id(event),
        group=_group(event.account, event.group, directory),
        member=event.sender.id,
        name=_name(event.sender),
        text=storable(event.text),
        message_id=event.message_id,
        extra=extra,
    )


def _own_post(event: OwnPost, directory: Directory) -> Fact:
    return Fact(
        at=event.at,
        kind=FactKind.OWN_POST,
        account=event.account,
        event_id=_event_id(event),
        group=_group(event.account, event.group, directory),
        member=event.member or "",
        text=storable(event.text),
        message_id=event.message_id,
        fingerprint=event.fingerprint,
    )


def _moves(
    event: MembersJoined | MembersLeft,
    kind: FactKind,
    actor: Person | None,
    directory: Directory,
    ours: Container[str],
) -> tuple[Fact, ...]:
    return tuple(
        Fact(
            at=event.at,
            kind=kind,
            account=event.account,
            event_id=_event_id(event),
            group=directory.name_of(event.account, event.group),
            member=person.id,
            name=_name(person),
            actor=actor.id if actor else None,
            found_late=event.found_late,
        )
        for person in event.members
        if person.id not in ours
    )


def _topic(event: TopicChanged, directory: Directory) -> Fact:
    return Fact(
        at=event.at,
        kind=FactKind.TOPIC,
        account=event.account,
        event_id=_event_id(event),
        group=directory.name_of(event.account, event.group),
        text=storable(event.topic),
        actor=event.by.id if event.by else None,
    )


def _account(event: AccountStateChanged) -> Fact:
    return Fact(
        at=event.at,
        kind=FactKind.ACCOUNT,
        account=event.account,
        event_id=_event_id(event),
        extra={"state": event.state.value},
    )


def _recall(event: MessageRecalled, directory: Directory) -> Fact:
    return Fact(
        at=event.at,
        kind=FactKind.RECALL,
        account=event.account,
        event_id=_event_id(event),
        group=_group(event.account, event.group, directory),
        member=event.by.id,
        name=_name(event.by),
        message_id=event.message_id,
    )


def _asked(event: FriendRequested | FriendAdded | GroupInvited) -> Fact:
    """Return the fact of somebody who wants an account as a contact, has it, or wants it in a group."""
    text, extra = None, {}
    match event:
        case FriendRequested(person=person):
            kind, text, extra = FactKind.FRIEND_REQUEST, storable(event.greeting), {"request": event.request_id}
        case FriendAdded(person=person):
            kind = FactKind.FRIEND
        case GroupInvited(inviter=person):
            kind, text, extra = FactKind.INVITATION, storable(event.topic), {"invitation": event.invitation_id}
    return Fact(
        at=event.at,
        kind=kind,
        account=event.account,
        event_id=_event_id(event),
        member=person.id,
        name=_name(person),
        text=text,
        extra=extra,
    )


def _group(account: str, chat_id: str | None, directory: Directory) -> str | None:
    return None if chat_id is None else directory.name_of(account, chat_id)


def _event_id(event: AnyEvent) -> str:
    """Return the id as stored; of an own post the message's id, so that a post and its echo are one fact."""
    named = event.message_id if isinstance(event, OwnPost) and event.message_id else event.event_id
    if len(named) <= EVENT_ID_LIMIT:
        return storable(named)
    return f"sha256:{hashlib.sha256(named.encode()).hexdigest()}"


def _name(person: Person) -> str:
    return storable(person.name)[:NAME_LIMIT]
