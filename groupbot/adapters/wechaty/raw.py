"""What a gateway reports, as plain values: event numbers, and payloads that nobody has judged yet."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class EventType(IntEnum):
    """Numbers of the events that groupbot reads; both generations of the protocol agree on them."""

    HEARTBEAT = 1
    MESSAGE = 2
    ERROR = 16
    FRIENDSHIP = 17
    ROOM_INVITE = 18
    ROOM_JOIN = 19
    ROOM_LEAVE = 20
    ROOM_TOPIC = 21
    SCAN = 22
    READY = 23
    LOGIN = 25
    LOGOUT = 26
    DIRTY = 27


class DirtyType(IntEnum):
    """What a gateway says may have changed; the id beside it is a contact's or a group's."""

    CONTACT = 2
    ROOM = 3
    ROOM_MEMBERS = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class RawEvent:
    """One item of the event stream; `payload` is the gateway's JSON text, not yet trusted."""

    type: int
    payload: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RawMessage:
    """A message as the gateway holds it: `type` as wechaty-puppet counts, `timestamp` in s or ms (puppets differ)."""

    id: str
    type: int
    talker: str
    listener: str
    room: str
    text: str
    filename: str
    timestamp: int
    mentions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RawRoom:
    """A group as the gateway holds it; `owner` and `admins` are empty where the puppet does not say."""

    topic: str
    owner: str
    admins: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RawContact:
    """A contact's own name and signature, each empty where the puppet does not say."""

    name: str
    signature: str


class FriendshipType(IntEnum):
    """What a friendship event is about, as wechaty-puppet counts."""

    CONFIRM = 1
    RECEIVE = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class RawFriendship:
    """A friendship request, or the news that one was accepted (`FriendshipType`)."""

    type: int
    contact: str
    hello: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RawInvitation:
    """An invitation into a group; `timestamp` in s or ms."""

    inviter: str
    topic: str
    members: int
    timestamp: int
