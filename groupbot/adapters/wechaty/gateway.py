"""The gateway's calls with our own values in and out, so that nothing above needs to know a protocol message."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

from groupbot.adapters.wechaty import protocol
from groupbot.adapters.wechaty.payload import parse
from groupbot.adapters.wechaty.protocol import pb
from groupbot.adapters.wechaty.raw import (
    DirtyType,
    RawContact,
    RawEvent,
    RawFriendship,
    RawInvitation,
    RawMessage,
    RawRoom,
)
from groupbot.adapters.wechaty.wire import Wire
from groupbot.core.content import Link, MiniProgram

START_DEADLINE_S = 20.0
"""A gateway gives its puppet 15 s to start."""
BYTES_PER_S = 250_000
"""Slowest line that still gets a file through: a call's deadline grows by size over this."""


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

    async def mini_program(self, message_id: str) -> dict[str, Any]:
        """Return a mini-program's card: keys `appid`, `pagePath`, `title` and more, as far as the puppet has them."""
        request = pb.MessageMiniProgramRequest(id=message_id)
        found = await self._wire.unary("MessageMiniProgram", request, pb.MessageMiniProgramResponse)
        return parse(found.mini_program)

    async def card_of(self, message_id: str) -> str:
        """Return the id of the contact on a card."""
        request = pb.MessageContactRequest(id=message_id)
        return str((await self._wire.unary("MessageContact", request, pb.MessageContactResponse)).id)

    async def room_ids(self) -> list[str]:
        """Return the ids of the groups that the account is in."""
        return list((await self._wire.unary("RoomList", pb.RoomListRequest(), pb.RoomListResponse)).ids)

    async def room(self, room: str) -> RawRoom:
        """Return a group's name and who leads it."""
        found = await self._wire.unary("RoomPayload", pb.RoomPayloadRequest(id=room), pb.RoomPayloadResponse)
        return RawRoom(topic=found.topic, owner=found.owner_id, admins=tuple(found.admin_ids))

    async def member_ids(self, room: str) -> list[str]:
        """Return the ids of a group's members."""
        request = pb.RoomMemberListRequest(id=room)
        return list((await self._wire.unary("RoomMemberList", request, pb.RoomMemberListResponse)).member_ids)

    async def member_name(self, room: str, member: str) -> str:
        """Return what a group shows for a member; "" when the gateway answers for somebody else (old mocks do)."""
        request = pb.RoomMemberPayloadRequest(id=room, member_id=member)
        found = await self._wire.unary("RoomMemberPayload", request, pb.RoomMemberPayloadResponse)
        return str(found.room_alias or found.name) if found.id == member else ""

    async def contact(self, contact: str) -> RawContact:
        """Return what a contact says of itself."""
        request = pb.ContactPayloadRequest(id=contact)
        found = await self._wire.unary("ContactPayload", request, pb.ContactPayloadResponse)
        return RawContact(name=found.name, signature=found.signature)

    async def avatar(self, contact: str) -> str:
        """Return a contact's picture as a FileBox's JSON."""
        request = pb.ContactAvatarRequest(id=contact)
        return (await self._wire.unary("ContactAvatar", request, protocol.TextReply)).value or ""

    async def friendship(self, friendship_id: str) -> RawFriendship:
        """Return the friendship request, or its answer, called `friendship_id`."""
        request = pb.FriendshipPayloadRequest(id=friendship_id)
        found = await self._wire.unary("FriendshipPayload", request, pb.FriendshipPayloadResponse)
        return RawFriendship(type=int(found.type), contact=found.contact_id, hello=found.hello)

    async def invitation(self, invitation_id: str) -> RawInvitation:
        """Return the invitation into a group called `invitation_id`."""
        request = pb.RoomInvitationPayloadRequest(id=invitation_id)
        found = await self._wire.unary("RoomInvitationPayload", request, pb.RoomInvitationPayloadResponse)
        return RawInvitation(
            inviter=found.inviter_id,
            topic=found.topic,
            members=int(found.member_count),
            timestamp=int(found.timestamp),
        )

    async def send_text(self, to: str, text: str, mentions: tuple[str, ...]) -> str | None:
        """Post words; return the message's id where the gateway tells it."""
        request = pb.MessageSendTextRequest(conversation_id=to, text=text, mentonal_ids=list(mentions))
        return (await self._wire.unary("MessageSendText", request, protocol.TextReply)).value

    async def send_file_box(self, to: str, file_box: str) -> str | None:
        """Post a file that `file_box` holds inline or names by uuid."""
        request = pb.MessageSendFileRequest(conversation_id=to, filebox=file_box)
        return (await self._wire.unary("MessageSendFile", request, protocol.TextReply)).value

    async def send_link(self, to: str, link: Link) -> str | None:
        """Post a link card."""
        card = {"url": link.url, "title": link.title, "description": link.description, "thumbnailUrl": link.thumbnail}
        request = protocol.SendUrlRequest(
            conversation_id=to,
            json_text=json.dumps(card, ensure_ascii=False),
            link=protocol.UrlLink(
                url=link.url, title=link.title, description=link.description, thumbnail_url=link.thumbnail
            ),
        )
        return (await self._wire.unary("MessageSendUrl", request, protocol.TextReply)).value

    async def send_mini_program(self, to: str, program: MiniProgram) -> str | None:
        """Post a mini-program's card."""
        card = {
            "appid": program.app_id,
            "title": program.title,
            "pagePath": program.page,
            "username": program.username,
            "description": program.description,
            "thumbUrl": program.thumbnail,
        }
        request = protocol.SendMiniProgramRequest(
            conversation_id=to,
            json_text=json.dumps(card, ensure_ascii=False),
            card=protocol.MiniProgramCard(
                appid=program.app_id,
                title=program.title,
                page_path=program.page,
                username=program.username,
                description=program.description,
                thumb_url=program.thumbnail,
            ),
        )
        return (await self._wire.unary("MessageSendMiniProgram", request, protocol.TextReply)).value

    async def send_card(self, to: str, contact: str) -> str | None:
        """Post a contact's card."""
        request = pb.MessageSendContactRequest(conversation_id=to, contact_id=contact)
        return (await self._wire.unary("MessageSendContact", request, protocol.TextReply)).value

    async def recall(self, message_id: str) -> bool:
        """Take an own message back; False when the platform would not."""
        request = pb.MessageRecallRequest(id=message_id)
        return bool((await self._wire.unary("MessageRecall", request, pb.MessageRecallResponse)).success)

    async def upload(self, chunks: AsyncIterator[bytes], size: int, *, deadline_s: float) -> str:
        """Store a file on the gateway; return its uuid. Raises Unsupported on the 0.x generation."""
        requests = (protocol.UploadRequest(chunk=chunk) async for chunk in chunks)
        deadline = deadline_s + size / BYTES_PER_S
        return (await self._wire.push("Upload", requests, protocol.UploadReply, deadline_s=deadline)).id

    async def send_stream(
        self, to: str, name: str, chunks: AsyncIterator[bytes], size: int, *, deadline_s: float
    ) -> str | None:
        """Post a file piece by piece: how the 0.x generation takes large ones."""
        deadline = deadline_s + size / BYTES_PER_S
        requests = _file_stream(to, name, chunks)
        return (await self._wire.push("MessageSendFileStream", requests, protocol.TextReply, deadline_s=deadline)).value

    async def download(self, uuid: str) -> AsyncGenerator[bytes, None]:
        """Yield the file behind a uuid piece by piece (1.x); an unknown uuid is an empty file."""
        request = protocol.DownloadRequest(id=uuid)
        async with aclosing(self._wire.pull("Download", request, protocol.DownloadReply)) as stream:
            async for item in stream:
                yield item.chunk

    async def file_stream(self, message_id: str) -> AsyncGenerator[tuple[str, bytes], None]:
        """Yield a message's file as (name, b"") once, then ("", piece): 0.x and, as long as it lasts, 1.x."""
        request = pb.MessageFileStreamRequest(id=message_id)
        async with aclosing(self._wire.pull("MessageFileStream", request, pb.MessageFileStreamResponse)) as stream:
            async for item in stream:
                yield item.file_box_chunk.name, item.file_box_chunk.data

    async def file_box(self, message_id: str) -> str:
        """Return a message's file as a FileBox's JSON: 1.x holds up to 20 KB in it, 0.x the whole."""
        request = pb.MessageFileRequest(id=message_id)
        return str((await self._wire.unary("MessageFile", request, pb.MessageFileResponse)).filebox)

    async def rename(self, room: str, topic: str) -> None:
        """Give a group a new name."""
        request = protocol.SetText(id=room, wrapped=topic, plain=topic)
        await self._wire.unary("RoomTopic", request, protocol.TextReply)

    async def announce(self, room: str, text: str) -> None:
        """Publish a group's announcement."""
        request = protocol.SetText(id=room, wrapped=text, plain=text)
        await self._wire.unary("RoomAnnounce", request, protocol.TextReply)

    async def alias(self, contact: str, text: str) -> None:
        """Set our own name for a contact."""
        request = protocol.SetText(id=contact, wrapped=text, plain=text)
        await self._wire.unary("ContactAlias", request, protocol.TextReply)

    async def add_member(self, room: str, contact: str) -> None:
        """Invite a contact into a group."""
        await self._wire.unary("RoomAdd", pb.RoomAddRequest(id=room, contact_id=contact), pb.RoomAddResponse)

    async def remove_member(self, room: str, member: str) -> None:
        """Take a member out of a group."""
        await self._wire.unary("RoomDel", pb.RoomDelRequest(id=room, contact_id=member), pb.RoomDelResponse)

    async def create_room(self, topic: str, contacts: tuple[str, ...]) -> str:
        """Make a group with contacts in it; return its id."""
        request = pb.RoomCreateRequest(contact_ids=list(contacts), topic=topic)
        return str((await self._wire.unary("RoomCreate", request, pb.RoomCreateResponse)).id)

    async def accept_friend(self, friendship_id: str) -> None:
        """Accept a friendship request."""
        request = pb.FriendshipAcceptRequest(id=friendship_id)
        await self._wire.unary("FriendshipAccept", request, pb.FriendshipAcceptResponse)

    async def accept_invitation(self, invitation_id: str) -> None:
        """Accept an invitation into a group."""
        request = pb.RoomInvitationAcceptRequest(id=invitation_id)
        await self._wire.unary("RoomInvitationAccept", request, pb.RoomInvitationAcceptResponse)

    async def name_self(self, name: str) -> None:
        """Set the account's own name."""
        await self._wire.unary("ContactSelfName", pb.ContactSelfNameRequest(name=name), pb.ContactSelfNameResponse)

    async def sign_self(self, signature: str) -> None:
        """Set the account's own signature."""
        request = pb.ContactSelfSignatureRequest(signature=signature)
        await self._wire.unary("ContactSelfSignature", request, pb.ContactSelfSignatureResponse)

    async def picture_self(self, own_id: str, file_box: str) -> None:
        """Set the account's own picture."""
        request = protocol.SetText(id=own_id, wrapped=file_box, plain=file_box)
        await self._wire.unary("ContactAvatar", request, protocol.TextReply)

    async def doubt(self, kind: DirtyType, about: str) -> None:
        """Let the gateway read `about` anew; 1.x gateways report it as an event of type DIRTY, too."""
        request = pb.DirtyPayloadRequest(type=int(kind), id=about)
        await self._wire.unary("DirtyPayload", request, pb.DirtyPayloadResponse)


async def _file_stream(to: str, name: str, chunks: AsyncIterator[bytes]) -> AsyncIterator[Any]:
    yield pb.MessageSendFileStreamRequest(conversation_id=to)
    yield pb.MessageSendFileStreamRequest(file_box_chunk=pb.FileBoxChunk(name=name))
    async for chunk in chunks:
        yield pb.MessageSendFileStreamRequest(file_box_chunk=pb.FileBoxChunk(data=chunk))
