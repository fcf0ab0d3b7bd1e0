"""Turn what the gateway reports into groupbot's events."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from groupbot.adapters.wechaty.gateway import EventType, Gateway, RawEvent, RawMessage
from groupbot.adapters.wechaty.names import Names, Recent
from groupbot.adapters.wechaty.outbound import MENTION_END
from groupbot.chat.errors import ChatError, NotConnected, UnknownOutcome
from groupbot.core.clock import Clock
from groupbot.core.content import Content, File, Link, Text, fingerprint
from groupbot.core.events import AnyEvent, MembersJoined, MembersLeft, MessageReceived, OwnPost, Person, TopicChanged

_SEEN = 20_000
"""Event ids remembered to drop what a platform delivers twice: some minutes of the busiest account."""
_MILLISECONDS_FROM = 100_000_000_000
"""A larger timestamp counts milliseconds: as seconds it would be the year 5138."""
# wechaty-puppet's MessageType: gateways send these numbers, not those of the protocol's own enumeration.
_KINDS = {
    1: "file",
    2: "audio",
    3: "contact",
    4: "chat_history",
    5: "emoticon",
    6: "image",
    7: "text",
    8: "location",
    9: "mini_program",
    10: "group_note",
    11: "transfer",
    12: "red_envelope",
    13: "recalled",
    14: "link",
    15: "video",
}
_WITH_FILE = frozenset({"file", "audio", "image", "video"})


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
        return None

    async def _message(self, gateway: Gateway, self_id: str, message_id: str) -> AnyEvent | None:
        event_id = f"message:{message_id}"
        if not self._seen.is_new(event_id):
            return None
        try:
            message = await _read_message(gateway, message_id)
        except ChatError:
            self._seen.forget(event_id)  # a second delivery of it would be welcome
            raise
        if not message.talker and not message.text:
            raise ValueError(message_id)
        kind = _KINDS.get(message.type, "other")
        text = await _words(gateway, kind, message)
        at = self._instant(message.timestamp)
        if self_id and message.talker == self_id:
            return OwnPost(
                account=self._account,
                event_id=event_id,
                at=at,
                group=message.room or None,
                member=None if message.room else message.listener,
                message_id=message.id,
                fingerprint=fingerprint(as_content(kind, text, len(message.mentions))),
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
        self._names.forget_topic(room)
        changer = payload.get("changerId")
        return TopicChanged(
            account=self._account,
            event_id=event_id,
            at=at,
            group=room,
            topic=topic,
            by=await self._person(gateway, room, changer) if isinstance(changer, str) and changer else None,
        )

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


async def _read_message(gateway: Gateway, message_id: str) -> RawMessage:
    """Read twice where the first try fails on the way: a message whose payload is missed is lost for good."""
    try:
        return await gateway.message(message_id)
    except (NotConnected, UnknownOutcome):
        return await gateway.message(message_id)


async def _words(gateway: Gateway, kind: str, message: RawMessage) -> str:
    if kind in _WITH_FILE:
        return message.filename or message.text
    return await gateway.link_url(message.id) if kind == "link" else message.text


def as_content(kind: str, text: str, mentions: int) -> Content:
    """Return an own message as the content that it was: without the `@name` before the words that mentions add."""
    if kind in _WITH_FILE:
        return File(path=text, name=text)
    if kind == "link":
        return Link(url=text, title="")
    return Text(text=re.sub(f"^(?:@[^{MENTION_END}]*{MENTION_END}){{0,{mentions}}}", "", text))


def parse(payload: str) -> dict[str, Any]:
    """Return an event's payload. Raises ValueError when it is no JSON object."""
    found = json.loads(payload)
    if not isinstance(found, dict):
        raise ValueError(payload[:100])  # noqa: TRY004 - the value is wrong, whatever its type
    return found


def required(payload: dict[str, Any], key: str) -> str:
    """Return the non-empty text under `key`. Raises ValueError."""
    value = payload.get(key)
    if not isinstance(value, str) or not value:
        raise ValueError(key)
    return value


def id_list(payload: dict[str, Any], key: str) -> list[str]:
    """Return the ids under `key`. Raises ValueError when there are none."""
    value = payload.get(key)
    if not isinstance(value, list) or not value or not all(isinstance(one, str) and one for one in value):
        raise ValueError(key)
    return value
