"""The gateway's calls with our own values in and out, so that nothing above needs to know a protocol message."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from groupbot.adapters.wechaty import wire
from groupbot.adapters.wechaty.wire import Wire, pb
from groupbot.core.content import Link

START_DEADLINE_S = 20.0
"""A gateway gives its puppet 15 s to start."""
_UPLOAD_BYTES_PER_S = 250_000
"""Slowest uplink that still gets a file through: a call's deadline grows by size over this."""


class EventType(IntEnum):
    """Numbers of the events that groupbot reads; both generations of the protocol agree on them."""

    HEARTBEAT = 1
    MESSAGE = 2
    ERROR = 16
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


class Gateway:
    """Call one gateway. Errors are those of `Wire`."""

    def __init__(self, connection: Wire) -> None:
        self._wire = connection

    async def start(self) -> None:
        """Let the gateway's puppet start; does nothing when it has."""
        await self._wire.unary("Start", pb.StartRequest(), pb.StartResponse, deadline_s=START_DEADLINE_S)

    async def version(self) -> str:
        """Return the gateway's version: the cheapest call there is."""
        return str((await self._wire.unary("Version", pb.VersionRequest(), pb.VersionResponse)).version)

    async def events(self) -> AsyncGenerator[RawEvent, None]:
        """Yield events in the gateway's order until the stream ends. Raises Busy when another client has it."""
        async with aclosing(self._wire.pull("Event", pb.EventRequest(), pb.EventResponse)) as stream:
            async for item in stream:
                yield RawEvent(type=int(item.type), payload=item.payload)

    async def message(self, message_id: str) -> RawMessage:
        """Return the message called `message_id`."""
        request = pb.MessagePayloadRequest(id=message_id)
        found = await self._wire.unary("MessagePayload", request, pb.MessagePayloadResponse)
        return RawMessage(
            id=found.id or message_id,
            type=int(found.type),
            talker=found.from_id,
            listener=found.to_id,
            room=found.room_id,
            text=found.text,
            filename=found.filename,
            timestamp=int(found.timestamp),
            mentions=tuple(found.mention_ids),
        )

    async def link_url(self, message_id: str) -> str:
        """Return the URL of a link card."""
        request = pb.MessageUrlRequest(id=message_id)
        found = json.loads((await self._wire.unary("MessageUrl", request, pb.MessageUrlResponse)).url_link)
        return str(found["url"])

    async def room_ids(self) -> list[str]:
        """Return the ids of the groups that the account is in."""
        return list((await self._wire.unary("RoomList", pb.RoomListRequest(), pb.RoomListResponse)).ids)

    async def room_topic(self, room: str) -> str:
        """Return a group's name."""
        request = pb.RoomPayloadRequest(id=room)
        return str((await self._wire.unary("RoomPayload", request, pb.RoomPayloadResponse)).topic)

    async def member_ids(self, room: str) -> list[str]:
        """Return the ids of a group's members."""
        request = pb.RoomMemberListRequest(id=room)
        return list((await self._wire.unary("RoomMemberList", request, pb.RoomMemberListResponse)).member_ids)

    async def member_name(self, room: str, member: str) -> str:
        """Return what a group shows for a member; "" when the gateway answers for somebody else (old mocks do)."""
        request = pb.RoomMemberPayloadRequest(id=room, member_id=member)
        found = await self._wire.unary("RoomMemberPayload", request, pb.RoomMemberPayloadResponse)
        return str(found.room_alias or found.name) if found.id == member else ""

    async def contact_name(self, contact: str) -> str:
        """Return a contact's own name."""
        request = pb.ContactPayloadRequest(id=contact)
        return str((await self._wire.unary("ContactPayload", request, pb.ContactPayloadResponse)).name)

    async def send_text(self, to: str, text: str, mentions: tuple[str, ...]) -> str | None:
        """Post words; return the message's id where the gateway tells it."""
        request = pb.MessageSendTextRequest(conversation_id=to, text=text, mentonal_ids=list(mentions))
        return (await self._wire.unary("MessageSendText", request, wire.TextReply)).value

    async def send_file_box(self, to: str, file_box: str) -> str | None:
        """Post a file that `file_box` holds inline or names by uuid."""
        request = pb.MessageSendFileRequest(conversation_id=to, filebox=file_box)
        return (await self._wire.unary("MessageSendFile", request, wire.TextReply)).value

    async def send_link(self, to: str, link: Link) -> str | None:
        """Post a link card."""
        card = {"url": link.url, "title": link.title, "description": link.description, "thumbnailUrl": link.thumbnail}
        request = wire.SendUrlRequest(
            conversation_id=to,
            json_text=json.dumps(card, ensure_ascii=False),
            link=wire.UrlLink(
                url=link.url, title=link.title, description=link.description, thumbnail_url=link.thumbnail
            ),
        )
        return (await self._wire.unary("MessageSendUrl", request, wire.TextReply)).value

    async def upload(self, chunks: AsyncIterator[bytes], size: int, *, deadline_s: float) -> str:
        """Store a file on the gateway; return its uuid. Raises Unsupported on the 0.x generation."""
        requests = (wire.UploadRequest(chunk=chunk) async for chunk in chunks)
        deadline = deadline_s + size / _UPLOAD_BYTES_PER_S
        return (await self._wire.push("Upload", requests, wire.UploadReply, deadline_s=deadline)).id

    async def send_stream(
        self, to: str, name: str, chunks: AsyncIterator[bytes], size: int, *, deadline_s: float
    ) -> str | None:
        """Post a file piece by piece: how the 0.x generation takes large ones."""
        deadline = deadline_s + size / _UPLOAD_BYTES_PER_S
        requests = _file_stream(to, name, chunks)
        return (await self._wire.push("MessageSendFileStream", requests, wire.TextReply, deadline_s=deadline)).value

    async def download(self, uuid: str) -> bytes:
        """Return the file behind a uuid (1.x)."""
        async with aclosing(self._wire.pull("Download", wire.DownloadRequest(id=uuid), wire.DownloadReply)) as stream:
            return b"".join([item.chunk async for item in stream])

    async def rename(self, room: str, topic: str) -> None:
        """Give a group a new name."""
        request = wire.SetText(id=room, wrapped=topic, plain=topic)
        await self._wire.unary("RoomTopic", request, wire.TextReply)

    async def announce(self, room: str, text: str) -> None:
        """Publish a group's announcement."""
        request = wire.SetText(id=room, wrapped=text, plain=text)
        await self._wire.unary("RoomAnnounce", request, wire.TextReply)

    async def alias(self, contact: str, text: str) -> None:
        """Set our own name for a contact."""
        request = wire.SetText(id=contact, wrapped=text, plain=text)
        await self._wire.unary("ContactAlias", request, wire.TextReply)


async def _file_stream(to: str, name: str, chunks: AsyncIterator[bytes]) -> AsyncIterator[Any]:
    yield pb.MessageSendFileStreamRequest(conversation_id=to)
    yield pb.MessageSendFileStreamRequest(file_box_chunk=pb.FileBoxChunk(name=name))
    async for chunk in chunks:
        yield pb.MessageSendFileStreamRequest(file_box_chunk=pb.FileBoxChunk(data=chunk))
