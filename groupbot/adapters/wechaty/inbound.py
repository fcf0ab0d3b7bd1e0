"""Turn what the gateway reports into groupbot's events."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Iterable
from datetime import UTC, datetime
from typing import Any, TypeVar

from groupbot.adapters.wechaty import messages
from groupbot.adapters.wechaty.gateway import Gateway
from groupbot.adapters.wechaty.names import Names, Recent
from groupbot.adapters.wechaty.payload import id_list, parse, required
from groupbot.adapters.wechaty.raw import EventType, FriendshipType, RawEvent, RawMessage
from groupbot.chat.errors import ChatError
from groupbot.core.clock import Clock
from groupbot.core.content import fingerprint
from groupbot.core.events import (
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
    TopicChanged,
)

_SEEN = 20_000
"""Event ids remembered to drop what a platform delivers twice: some minutes of the busiest account."""
_MILLISECONDS_FROM = 100_000_000_000
"""A larger timestamp counts milliseconds: as seconds it would be the year 5138."""

Payload = TypeVar("Payload")


class Inbound:
    """Translate events of one account. A malformed one raises ValueError; one met before gives None."""

    def __init__(self, *, account: str, clock: Clock, names: Names) -> None:
        self._account = account
        self._clock = clock
        self._names = names
        self._seen: Recent[str] = Recent(_SEEN)

    async def translate(self, gateway: Gateway, self_id: str, raw: RawEvent) -> AnyEvent | None:
        """Return the event that `raw` stands for; None for a duplicate or a type without meaning here."""
        payload = parse(raw.payload)
        match raw.type:
            case EventType.MESSAGE:
                return await self._message(gateway, self_id, required(payload, "messageId"))
            case EventType.ROOM_JOIN:
                return await self._joined(gateway, payload)
            case EventType.ROOM_LEAVE:
                return await self._left(gateway, payload)
            case EventType.ROOM_TOPIC:
                return await self._topic(gateway, payload)
            case EventType.FRIENDSHIP:
                return await self._friendship(gateway, required(payload, "friendshipId"))
            case EventType.ROOM_INVITE:
                return await self._invited(gateway, required(payload, "roomInvitationId"))
        return None

    async def _message(self, gateway: Gateway, self_id: str, message_id: str) -> AnyEvent | None:
        event_id = f"message:{message_id}"
        if not self._seen.is_new(event_id):
            return None
        message = await self._taking(event_id, messages.read(gateway, message_id))
        if not message.talker and not message.text:
            raise ValueError(message_id)
        kind = messages.kind_of(message)
        if kind == messages.RECALLED:
            return await self._recalled(gateway, event_id, message)
        text = await messages.words(gateway, kind, message)
        at = self._instant(message.timestamp)
        if self_id and message.talker == self_id:
            return OwnPost(
                account=self._account,
                event_id=event_id,
                at=at,
                group=message.room or None,
                member=None if message.room else message.listener,
                message_id=message.id,
                fingerprint=fingerprint(await messages.content_of(gateway, kind, text, message)),
                text=text,
            )
        return MessageReceived(
            account=self._account,
            event_id=event_id,
            at=at,
            group=message.room or None,
            sender=await self._person(gateway, message.room, message.talker),
            message_id=message.id,
            kind=kind,
            text=text,
            mentions=message.mentions,
        )

    async def _recalled(self, gateway: Gateway, event_id: str, message: RawMessage) -> AnyEvent:
        if not message.text:
            raise ValueError(event_id)
        return MessageRecalled(
            account=self._account,
            event_id=event_id,
            at=self._instant(message.timestamp),
            group=message.room or None,
            message_id=message.text,
            by=await self._person(gateway, message.room, message.talker),
        )

    async def _joined(self, gateway: Gateway, payload: dict[str, Any]) -> AnyEvent | None:
        room, joined = required(payload, "roomId"), id_list(payload, "inviteeIdList")
        at, event_id = self._when(payload, "join", room, joined)
        if not self._seen.is_new(event_id):
            return None
        inviter = payload.get("inviterId")
        return MembersJoined(
            account=self._account,
            event_id=event_id,
            at=at,
            group=room,
            members=await self._people(gateway, room, joined),
            inviter=await self._person(gateway, room, inviter) if isinstance(inviter, str) and inviter else None,
        )

    async def _left(self, gateway: Gateway, payload: dict[str, Any]) -> AnyEvent | None:
        room, gone = required(payload, "roomId"), id_list(payload, "removeeIdList")
        at, event_id = self._when(payload, "leave", room, gone)
        if not self._seen.is_new(event_id):
            return None
        remover = payload.get("removerId")
        return MembersLeft(
            account=self._account,
            event_id=event_id,
            at=at,
            group=room,
            members=await self._people(gateway, room, gone),
            by=await self._person(gateway, room, remover) if isinstance(remover, str) and remover else None,
        )

    async def _topic(self, gateway: Gateway, payload: dict[str, Any]) -> AnyEvent | None:
        room, topic = required(payload, "roomId"), required(payload, "newTopic")
        at, event_id = self._when(payload, "topic", room, [topic])
        if not self._seen.is_new(event_id):
            return None
        changer = payload.get("changerId")
        return TopicChanged(
            account=self._account,
            event_id=event_id,
            at=at,
            group=room,
            topic=topic,
            by=await self._person(gateway, room, changer) if isinstance(changer, str) and changer else None,
        )

    async def _friendship(self, gateway: Gateway, friendship_id: str) -> AnyEvent | None:
        event_id = f"friendship:{friendship_id}"
        if not self._seen.is_new(event_id):
            return None
        found = await self._taking(event_id, gateway.friendship(friendship_id))
        if not found.contact:
            raise ValueError(friendship_id)
        now = self._clock.now()
        match found.type:
            case FriendshipType.RECEIVE:
                return FriendRequested(
                    account=self._account,
                    event_id=event_id,
                    at=now,
                    request_id=friendship_id,
                    person=await self._person(gateway, "", found.contact),
                    greeting=found.hello,
                )
            case FriendshipType.CONFIRM:
                person = await self._person(gateway, "", found.contact)
                return FriendAdded(account=self._account, event_id=event_id, at=now, person=person)
        return None

    async def _invited(self, gateway: Gateway, invitation_id: str) -> AnyEvent | None:
        event_id = f"invitation:{invitation_id}"
        if not self._seen.is_new(event_id):
            return None
        found = await self._taking(event_id, gateway.invitation(invitation_id))
        return GroupInvited(
            account=self._account,
            event_id=event_id,
            at=self._instant(found.timestamp),
            invitation_id=invitation_id,
            topic=found.topic,
            inviter=await self._person(gateway, "", found.inviter),
            members=found.members,
        )

    async def _taking(self, event_id: str, reading: Awaitable[Payload]) -> Payload:
        """Return what `reading` finds; when it fails, a second delivery of the event is welcome."""
        try:
            return await reading
        except ChatError:
            self._seen.forget(event_id)
            raise

    async def _person(self, gateway: Gateway, room: str, member: str) -> Person:
        return await self._names.person(gateway, room, member) if member else Person(id="")

    async def _people(self, gateway: Gateway, room: str, members: Iterable[str]) -> tuple[Person, ...]:
        return tuple([await self._person(gateway, room, member) for member in members])

    def _when(self, payload: dict[str, Any], what: str, room: str, about: list[str]) -> tuple[datetime, str]:
        stamp = payload.get("timestamp")
        at = self._instant(int(stamp) if isinstance(stamp, int | float) else 0)
        seed = "\0".join([what, room, *sorted(about), at.isoformat()])
        return at, f"{what}:{hashlib.sha256(seed.encode()).hexdigest()[:24]}"

    def _instant(self, stamp: int) -> datetime:
        if stamp <= 0:
            return self._clock.now()
        seconds = stamp / 1000 if stamp >= _MILLISECONDS_FROM else stamp
        return datetime.fromtimestamp(seconds, UTC)
