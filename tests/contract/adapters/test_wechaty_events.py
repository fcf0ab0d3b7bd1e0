"""Rarer events of a real gateway: requests, invitations, recalls, the own account's standing and persona."""

from __future__ import annotations

import base64
import hashlib
import itertools
import time

import pytest

from groupbot.core.events import (
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
    Rank,
    RosterRead,
)
from tests.contract.adapters.bench import ROOM, GatewayBench, connected
from tests.gateway.listener import Listener
from tests.gateway.rig import Rig

_numbers = itertools.count(time.monotonic_ns())


def an_id(what: str) -> str:
    """Return an id that no other test has used on the shared gateway."""
    return f"{what}-{next(_numbers)}"


async def test_a_friendship_request_comes_with_its_greeting_and_only_once(rig: Rig) -> None:
    request_id = an_id("f")
    async with connected(rig) as heard:
        before = len(heard.events)
        await rig.act("friendship", id=request_id, **{"from": "carol"}, hello="暗号 8")
        await rig.act("friendship", id=request_id, **{"from": "carol"}, hello="暗号 8")
        await rig.act("say", **{"from": "alice", "room": ROOM, "text": "afterwards"})
        await heard.one(MessageReceived, since=before, text="afterwards")
        (asked,) = heard.of(FriendRequested)
    assert (asked.request_id, asked.person, asked.greeting) == (
        request_id,
        Person(id="carol", name="Carol"),
        "暗号 8",
    )
    assert asked.event_id == f"friendship:{request_id}"


async def test_a_new_friend_is_reported_and_our_own_waiting_requests_are_not(rig: Rig) -> None:
    async with connected(rig) as heard:
        await rig.act("friendship", id=an_id("f"), **{"from": "bob"}, hello="", type=3)
        await rig.act("friendship", id=an_id("f"), **{"from": "carol"}, hello="", type=1)
        added = await heard.one(FriendAdded)
        assert heard.of(FriendRequested) == []
    assert added.person == Person(id="carol", name="Carol")


async def test_an_invitation_names_group_inviter_and_size(rig: Rig) -> None:
    invitation_id = an_id("i")
    async with connected(rig) as heard:
        await rig.act("invite", id=invitation_id, by="alice", topic="读书会")
        invited = await heard.one(GroupInvited)
    assert (invited.invitation_id, invited.topic, invited.inviter, invited.members) == (
        invitation_id,
        "读书会",
        Person(id="alice", name="Alice"),
        3,
    )


@pytest.mark.parametrize("who", ["alice", "bot"])
async def test_a_recall_names_the_message_and_who_took_it_back(rig: Rig, who: str) -> None:
    payload = {"id": an_id("m"), "type": 13, "text": "m-gone", "roomId": ROOM, "timestamp": 1_779_076_800_000}
    async with connected(rig) as heard:
        await rig.act("message", payload=payload | {"talkerId": who, "fromId": who})
        recalled = await heard.one(MessageRecalled)
        assert heard.of(MessageReceived) + heard.of(OwnPost) == []
    assert (recalled.group, recalled.message_id, recalled.by.id) == (ROOM, "m-gone", who)


async def test_a_mini_program_comes_in_by_its_title(rig: Rig) -> None:
    payload = {"id": an_id("m"), "type": 9, "text": "<xml/>", "roomId": ROOM, "timestamp": 1_779_076_800_000}
    async with connected(rig) as heard:
        await rig.act("message", payload=payload | {"talkerId": "alice", "fromId": "alice"})
        message = await heard.one(MessageReceived)
    assert (message.kind, message.text) == ("mini_program", f"mock title for {payload['id']}")


@pytest.mark.parametrize(
    ("number", "xml", "kind", "words"),
    [
        (3, '<msg username="wxid_9" nickname="小王" alias="" />', "contact_card", "小王"),
        (
            4,
            "<msg><appmsg><title>群聊的聊天记录</title><type>19</type>&lt;datadesc&gt;加我领资料&lt;/datadesc&gt;</appmsg></msg>",
            "chat_history",
            "群聊的聊天记录\n加我领资料",
        ),
    ],
)
async def test_a_card_and_a_merged_forward_come_in_by_their_words(
    rig: Rig, number: int, xml: str, kind: str, words: str
) -> None:
    payload = {"id": an_id("m"), "type": number, "text": xml, "roomId": ROOM, "timestamp": 1_779_076_800_000}
    async with connected(rig) as heard:
        await rig.act("message", payload=payload | {"talkerId": "alice", "fromId": "alice"})
        message = await heard.one(MessageReceived)
    assert (message.kind, message.text) == (kind, words)


def seated(heard: Listener, group: str) -> set[str]:
    """Return who was in a member list of `group`; the list of the login may have been under way before a join."""
    return {person.id for roster in heard.of(RosterRead) if roster.group == group for person in roster.members}


async def test_the_account_itself_is_put_into_a_group_and_taken_out(rig: Rig) -> None:
    bench = GatewayBench(rig, members=["alice", "bob"])
    async with connected(rig) as heard:
        await rig.act("join", room=bench.group, who=["bot"], by="alice")
        joined = await heard.one(MembersJoined, group=bench.group)
        await heard.until(lambda: "bot" in seated(heard, bench.group), what="a member list with the account in it")
        await rig.act("leave", room=bench.group, who=["bot"], by="alice")
        left = await heard.one(MembersLeft, group=bench.group)
    assert ([person.id for person in joined.members], joined.inviter and joined.inviter.id) == (["bot"], "alice")
    assert ([person.id for person in left.members], left.by and left.by.id) == (["bot"], "alice")


RANKS: tuple[tuple[dict[str, object], Rank], ...] = (
    ({"owner": "bot"}, Rank.OWNER),
    ({"owner": "alice", "admins": ["bob", "bot"]}, Rank.ADMIN),
    ({"owner": "alice"}, Rank.MEMBER),
    ({"owner": "", "admins": ["bob"]}, Rank.MEMBER),
    ({"owner": ""}, Rank.UNKNOWN),
)


async def test_a_roster_tells_what_the_account_may_do_there(rig: Rig) -> None:
    groups = [GatewayBench(rig, **world).group for world, _rank in RANKS]
    async with connected(rig) as heard:
        ranks = [(await heard.roster(group)).rank for group in groups]
    assert ranks == [rank for _world, rank in RANKS]


@pytest.mark.parametrize("size", [600, 60_000], ids=("inline", "by-uuid"))
async def test_the_own_persona_is_read_at_login_and_when_it_may_have_changed(rig: Rig, size: int) -> None:
    picture = b"\x89PNG" * (size // 4)
    bio = an_id("bio")
    async with connected(rig) as heard:
        await heard.one(ProfileRead, name="Bot")
        before = len(heard.events)
        await rig.act("persona", signature=bio, avatar=base64.b64encode(picture).decode())
        changed = await heard.one(ProfileRead, since=before, bio=bio)
    assert changed.avatar == hashlib.sha256(picture).hexdigest()


async def test_what_can_not_be_read_of_a_persona_is_left_out(rig: Rig) -> None:
    async with connected(rig) as heard:
        await heard.one(ProfileRead)
        before = len(heard.events)
        await rig.act("persona", signature="", avatar="")
        profile = await heard.one(ProfileRead, since=before)
    assert (profile.name, profile.bio, profile.avatar) == ("Bot", None, "")
