"""What a real gateway is asked to do for rarer messages and for actions, and how refusals fare. Both generations."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from groupbot.chat.errors import ChatError, Limited, Rejected, TooLarge, UnknownOutcome
from groupbot.core.actions import (
    AcceptFriend,
    AcceptInvitation,
    AddMembers,
    Announcement,
    CreateGroup,
    Recall,
    RemoveMembers,
    Rename,
    SetProfile,
)
from groupbot.core.content import ContactCard, Content, MiniProgram, Text, Voice
from groupbot.core.events import AccountState, ProfileRead
from tests.contract.adapters.bench import ROOM, GatewayBench, connected
from tests.gateway.rig import Rig

SILK = b"\x02#!SILK_V3" + b"\x03\x00abc" * 60 + b"\xff\xff"
"""60 frames of 20 ms."""
Asked = Callable[[], list[list[Any]]]


@pytest.fixture
def asked(rig: Rig) -> Asked:
    """Tell what the gateway has been asked to do in this test: [method, *arguments]."""
    before = len(rig.calls())
    return lambda: [[call["m"], *call["a"]] for call in rig.calls()[before:] if not call["m"].startswith("puppet")]


@asynccontextmanager
async def refusing(rig: Rig, about: str, why: str) -> AsyncIterator[None]:
    """Let every call about an id fail with the words `why`."""
    await rig.act("refuse", to=about, why=why)
    try:
        yield
    finally:
        await rig.act("refuse", to=about, why="")


@asynccontextmanager
async def hanging(rig: Rig, about: str) -> AsyncIterator[None]:
    """Let no call about an id be answered."""
    await rig.act("hang", to=about, on=True)
    try:
        yield
    finally:
        await rig.act("hang", to=about, on=False)


async def test_a_mini_program_arrives_with_all_that_its_card_shows(rig: Rig, asked: Asked) -> None:
    async with connected(rig) as heard:
        await heard.adapter.send(
            ROOM,
            MiniProgram(
                app_id="wx1",
                title="打卡",
                page="pages/day?n=1",
                username="gh_1@app",
                description="第一天",
                thumbnail="https://example.com/a.png",
            ),
        )
    ((method, room, card),) = asked()
    assert (method, room) == ("mini", ROOM)
    assert {key: value for key, value in card.items() if value} == {
        "appid": "wx1",
        "title": "打卡",
        "pagePath": "pages/day?n=1",
        "username": "gh_1@app",
        "description": "第一天",
        "thumbUrl": "https://example.com/a.png",
    }


async def test_a_contact_card_names_the_contact(rig: Rig, asked: Asked) -> None:
    async with connected(rig) as heard:
        receipt = await heard.adapter.send(ROOM, ContactCard(contact="alice"))
    assert asked() == [["card", ROOM, "alice"]]
    assert receipt.message_id


@pytest.mark.parametrize(("seconds", "told"), [(2.5, 2500), (0.0, 1200)], ids=("told", "counted"))
async def test_a_voice_message_is_silk_with_its_length(
    rig: Rig, asked: Asked, tmp_path: Path, seconds: float, told: int
) -> None:
    path = tmp_path / "问候.silk"
    path.write_bytes(SILK)
    async with connected(rig) as heard:
        await heard.adapter.send(ROOM, Voice(path=str(path), seconds=seconds))
    assert asked() == [["file", ROOM, "问候.sil", len(SILK), "audio/silk", {"voiceLength": told}]]


async def test_a_voice_message_over_the_limit_is_too_large(rig: Rig, asked: Asked, tmp_path: Path) -> None:
    path = tmp_path / "speech.sil"
    path.write_bytes(bytes(3_000_001))
    async with connected(rig) as heard:
        with pytest.raises(TooLarge, match="speech"):
            await heard.adapter.send(ROOM, Voice(path=str(path)))
    assert asked() == []


async def test_words_of_a_group_arrive_byte_for_byte(rig: Rig, asked: Asked) -> None:
    bench = GatewayBench(rig)
    async with connected(rig) as heard:
        await heard.adapter.send(bench.group, Announcement(text="公告\n 第二行 ☀️"))
        await heard.adapter.send(bench.group, Rename(topic="第二期 ☀️"))
    assert asked() == [["roomAnnounce", bench.group, "公告\n 第二行 ☀️"], ["roomTopic", bench.group, "第二期 ☀️"]]


async def test_a_recall_that_the_platform_does_not_grant_is_refused(rig: Rig, asked: Asked) -> None:
    async with connected(rig) as heard:
        await heard.adapter.send(ROOM, Recall(message_id="m-1"))
        async with refusing(rig, "m-2", "too late"):
            with pytest.raises(Rejected, match="did not take"):
                await heard.adapter.send(ROOM, Recall(message_id="m-2"))
    assert asked() == [["recall", "m-1"]]


async def test_members_are_added_and_removed_one_by_one_and_only_where_needed(rig: Rig, asked: Asked) -> None:
    bench = GatewayBench(rig)
    await rig.act("contact", id="dora")
    async with connected(rig) as heard:
        await heard.adapter.send(bench.group, AddMembers(members=("alice", "carol", "dora")))
        await heard.adapter.send(bench.group, AddMembers(members=("carol", "dora")))
        await heard.adapter.send(bench.group, RemoveMembers(members=("dora", "alice", "erin")))
        world = await rig.act("world")
    assert asked() == [
        ["roomAdd", bench.group, "carol"],
        ["roomAdd", bench.group, "dora"],
        ["roomDel", bench.group, "dora"],
        ["roomDel", bench.group, "alice"],
    ]
    assert world[bench.group] == ["bot", "bob", "carol"]


async def test_one_who_is_refused_does_not_keep_the_others_out(rig: Rig, asked: Asked) -> None:
    bench = GatewayBench(rig, members=["bot"])
    async with connected(rig) as heard:
        await heard.roster(bench.group)
        async with refusing(rig, "bob", "bob has not added you"):
            with pytest.raises(Rejected, match=r"bob\b.*bob has not added you"):
                await heard.adapter.send(bench.group, AddMembers(members=("alice", "bob", "carol")))
    assert asked() == [["roomAdd", bench.group, "alice"], ["roomAdd", bench.group, "carol"]]


async def failing_midway(rig: Rig, group: str, failure: type[ChatError], **changes: object) -> AccountState:
    async with connected(rig, **changes) as heard:
        await heard.roster(group)
        with pytest.raises(failure):
            await heard.adapter.send(group, AddMembers(members=("alice", "bob", "carol")))
        return heard.adapter.state


async def test_a_limit_notice_stops_the_adding_and_doing_it_again_goes_on(rig: Rig, asked: Asked) -> None:
    bench = GatewayBench(rig, members=["bot"])
    async with refusing(rig, "bob", "操作频繁，请稍后再试"):
        state = await failing_midway(rig, bench.group, Limited)
    assert state is AccountState.LIMITED
    assert asked() == [["roomAdd", bench.group, "alice"]]
    async with connected(rig) as heard:
        await heard.adapter.send(bench.group, AddMembers(members=("alice", "bob", "carol")))
    assert [call[2] for call in asked()] == ["alice", "bob", "carol"]


async def test_a_call_without_an_answer_leaves_the_outcome_unknown(rig: Rig, asked: Asked) -> None:
    bench = GatewayBench(rig, members=["bot"])
    async with hanging(rig, "bob"):
        await failing_midway(rig, bench.group, UnknownOutcome, deadline_s=0.7)
    async with connected(rig) as heard:
        await heard.adapter.send(bench.group, AddMembers(members=("alice", "bob", "carol")))
    assert [call[2] for call in asked()] == ["alice", "bob", "carol"]


async def test_the_receipt_of_a_new_group_is_its_id(rig: Rig, asked: Asked) -> None:
    async with connected(rig) as heard:
        receipt = await heard.adapter.send("", CreateGroup(topic="新营", members=("alice", "carol")))
        world = await rig.act("world")
    assert asked() == [["roomCreate", ["alice", "carol"], "新营"]]
    assert world[receipt.message_id] == ["bot", "alice", "carol"]


async def test_requests_are_accepted_by_their_ids(rig: Rig, asked: Asked) -> None:
    async with connected(rig) as heard:
        await heard.adapter.send("", AcceptFriend(request_id="f-1"))
        await heard.adapter.send("", AcceptInvitation(invitation_id="i-1"))
    assert asked() == [["friendshipAccept", "f-1"], ["roomInvitationAccept", "i-1"]]


REFUSED: tuple[tuple[str, str, Content], ...] = (
    (ROOM, ROOM, Announcement(text="公告")),
    (ROOM, ROOM, Rename(topic="第二期")),
    (ROOM, ROOM, ContactCard(contact="alice")),
    (ROOM, ROOM, MiniProgram(app_id="wx1", title="打卡")),
    ("新营", "", CreateGroup(topic="新营", members=("alice",))),
    ("f-2", "", AcceptFriend(request_id="f-2")),
    ("i-2", "", AcceptInvitation(invitation_id="i-2")),
    ("name", "", SetProfile(name="小助手")),
)


async def test_every_action_says_why_it_was_refused(rig: Rig, asked: Asked) -> None:
    async with connected(rig) as heard:
        for about, to, content in REFUSED:
            async with refusing(rig, about, f"no {content.kind} for you"):
                with pytest.raises(Rejected, match=f"no {content.kind} for you"):
                    await heard.adapter.send(to, content)
        assert heard.adapter.state is AccountState.ONLINE
    assert asked() == []


async def test_only_a_post_proves_that_posts_are_taken_again(rig: Rig) -> None:
    async with connected(rig) as heard:
        async with refusing(rig, "f-3", "操作频繁"):
            with pytest.raises(Limited):
                await heard.adapter.send("", AcceptFriend(request_id="f-3"))
        await heard.adapter.send("", AcceptFriend(request_id="f-3"))
        assert heard.adapter.state is AccountState.LIMITED
        await heard.adapter.send(ROOM, Text(text="still there?"))
        assert heard.adapter.state is AccountState.ONLINE


async def test_a_persona_is_set_and_read_back(rig: Rig, asked: Asked, tmp_path: Path) -> None:
    path = tmp_path / "face.png"
    path.write_bytes(b"\x89PNG" * 10)
    async with connected(rig) as heard:
        await heard.one(ProfileRead)
        before = len(heard.events)
        await heard.adapter.send("", SetProfile(name="小助手", bio="训练营小助手", avatar=str(path)))
        profile = await heard.one(ProfileRead, since=before, name="小助手")
        await heard.adapter.send("", SetProfile(name="Bot"))
    assert asked() == [
        ["avatar", "bot", "face.png", 40],
        ["selfName", "小助手"],
        ["selfSignature", "训练营小助手"],
        ["selfName", "Bot"],
    ]
    assert profile.bio == "训练营小助手"


async def test_a_picture_that_is_not_there_changes_nothing(rig: Rig, asked: Asked, tmp_path: Path) -> None:
    missing = tmp_path / "missing.png"
    async with connected(rig) as heard:
        with pytest.raises(Rejected, match="missing"):
            await heard.adapter.send("", SetProfile(name="小助手", avatar=str(missing)))
    assert asked() == []


async def test_a_large_picture_goes_by_upload_or_not_at_all(rig: Rig, asked: Asked, tmp_path: Path) -> None:
    path = tmp_path / "huge.png"
    path.write_bytes(bytes(3_500_000))
    async with connected(rig) as heard:
        if rig.generation == "old":
            with pytest.raises(TooLarge, match="huge"):
                await heard.adapter.send("", SetProfile(avatar=str(path)))
            assert asked() == []
            return
        await heard.adapter.send("", SetProfile(avatar=str(path)))
    assert asked() == [["avatar", "bot", "huge.png", 3_500_000]]
