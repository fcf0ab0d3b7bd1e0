"""Carry out an account's actions: in a group, with its members, for itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from pathlib import PurePath

from groupbot.adapters.wechaty import files
from groupbot.adapters.wechaty.gateway import Gateway
from groupbot.adapters.wechaty.outbound import upload
from groupbot.adapters.wechaty.raw import DirtyType
from groupbot.chat.errors import ChatError, NotConnected, Rejected, TooLarge, UnknownOutcome
from groupbot.core.actions import (
    AcceptFriend,
    AcceptInvitation,
    Action,
    AddMembers,
    Announcement,
    CreateGroup,
    Recall,
    RemoveMembers,
    Rename,
    SetProfile,
)
from groupbot.i18n import _, joined


class Deeds:
    """Act on behalf of one account. `deadline_s`: longest wait for one call. `is_limit` knows a limit notice."""

    def __init__(self, *, deadline_s: float, is_limit: Callable[[str], bool]) -> None:
        self._deadline_s = deadline_s
        self._is_limit = is_limit

    async def do(self, gateway: Gateway, own_id: str, room: str, action: Action) -> str | None:
        """Carry `action` out; return a new group's id. `room` is "" for what happens in none. Raises a ChatError."""
        match action:
            case Announcement(text=text):
                await gateway.announce(room, text)
            case Rename(topic=topic):
                await gateway.rename(room, topic)
            case Recall(message_id=message_id):
                await _recall(gateway, message_id)
            case AddMembers(members=members):
                await self._add(gateway, room, members)
            case RemoveMembers(members=members):
                await self._remove(gateway, room, members)
            case CreateGroup(topic=topic, members=members):
                return await gateway.create_room(topic, members) or None
            case AcceptFriend(request_id=request_id):
                await gateway.accept_friend(request_id)
            case AcceptInvitation(invitation_id=invitation_id):
                await gateway.accept_invitation(invitation_id)
            case SetProfile():
                await self._set_profile(gateway, own_id, action)
        return None

    async def _add(self, gateway: Gateway, room: str, members: tuple[str, ...]) -> None:
        inside = await _inside(gateway, room)
        refused = await self._each(
            (member for member in members if member not in inside), lambda member: gateway.add_member(room, member)
        )
        if refused:
            inside = await _inside(gateway, room)
            _report({member: why for member, why in refused.items() if member not in inside})

    async def _remove(self, gateway: Gateway, room: str, members: tuple[str, ...]) -> None:
        inside = await _inside(gateway, room)
        refused = await self._each(
            (member for member in members if member in inside), lambda member: gateway.remove_member(room, member)
        )
        if refused:
            inside = await _inside(gateway, room)
            _report({member: why for member, why in refused.items() if member in inside})

    async def _each(self, members: Iterable[str], call: Callable[[str], Awaitable[None]]) -> dict[str, str]:
        """Make one call per member, in order; return the platform's words for each who was refused.

        A refusal is about one member, so the others follow. A limit notice, a lost connection or a call without an
        answer ends it there and is raised: those before stay done, those after are untouched. Doing the action again
        then goes on where it ended, since whoever is in (or gone) already is passed over; an invitation that its
        receiver has not accepted yet can't be told from none and goes out once more.
        """
        refused: dict[str, str] = {}
        for member in members:
            try:
                await call(member)
            except Rejected as error:
                if self._is_limit(error.message):
                    raise
                refused[member] = error.message
        return refused

    async def _set_profile(self, gateway: Gateway, own_id: str, profile: SetProfile) -> None:
        """Set what is given, the picture first since its file may be unreadable; doing it again does no harm."""
        if profile.avatar:
            await gateway.picture_self(own_id, await self._picture(gateway, profile.avatar))
        if profile.name:
            await gateway.name_self(profile.name)
        if profile.bio:
            await gateway.sign_self(profile.bio)
        with suppress(ChatError):  # what is set is set; that the gateway forgets what it was is a courtesy
            await gateway.doubt(DirtyType.CONTACT, own_id)

    async def _picture(self, gateway: Gateway, path: str) -> str:
        size, name = await files.size_of(path), PurePath(path).name
        if size <= files.INLINE_BYTES:
            return files.inline(name, await files.read(path))
        uuid = await upload(gateway, path, size, deadline_s=self._deadline_s)
        if uuid is None:
            raise TooLarge(_("This gateway takes pictures of up to 3 MB: {path}.").format(path=path))
        return files.by_uuid(name, uuid)


async def _recall(gateway: Gateway, message_id: str) -> None:
    if not await gateway.recall(message_id):
        raise Rejected(
            _("The platform did not take the message back."),
            hint=_("WeChat allows it for two minutes, and only for own messages."),
        )


async def _inside(gateway: Gateway, room: str) -> frozenset[str]:
    try:
        return frozenset(await gateway.member_ids(room))
    except UnknownOutcome as error:  # reading changes nothing
        raise NotConnected(error.message) from error


def _report(refused: dict[str, str]) -> None:
    """Raise Rejected when somebody is left."""
    if refused:
        raise Rejected(
            _("Refused for {members}: {reason}").format(members=joined(refused), reason=next(iter(refused.values()))),
            hint=_("Everybody else is done; do these by hand."),
        )
