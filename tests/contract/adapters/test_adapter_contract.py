"""What every adapter promises (groupbot.chat.adapter.Adapter), on every platform that there is."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from groupbot.chat.errors import NotConnected, Permanent, Unsupported
from groupbot.core.actions import (
    OF_ACCOUNT,
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
from groupbot.core.content import (
    ContactCard,
    Content,
    File,
    Image,
    Link,
    MiniProgram,
    Text,
    Video,
    Voice,
    fingerprint,
)
from groupbot.core.events import (
    AccountState,
    AccountStateChanged,
    MembersJoined,
    MembersLeft,
    MessageReceived,
    OwnPost,
    RosterRead,
    TopicChanged,
)
from tests.contract.adapters.bench import Bench, Seen
from tests.gateway.listener import Listener

WORDS = "第一课 ☀️ 今晚 8 点\n\n  · 带上笔 [微笑]\n\t「开始」 https://example.com/a?b=1&c=2 👩‍🚀\n"
REDELIVERING = pytest.mark.parametrize("bench", ["fake", "gateway-new", "gateway-old"], indirect=True)
LOSABLE = REDELIVERING


async def online(bench: Bench, heard: Listener) -> None:
    await heard.state(AccountState.ONLINE)
    await heard.roster(bench.group)


async def test_online_is_followed_by_each_groups_roster(bench: Bench) -> None:
    assert bench.adapter.state is AccountState.OFFLINE
    async with Listener(bench.adapter) as heard:
        await heard.state(AccountState.ONLINE)
        roster = await heard.roster(bench.group)
        assert bench.adapter.state is AccountState.ONLINE
        assert isinstance(heard.events[0], AccountStateChanged)
        assert roster.topic
        assert all(person.id and person.name for person in roster.members)
        assert {event.account for event in heard.events} == {bench.adapter.account}


async def test_words_arrive_byte_for_byte(bench: Bench) -> None:
    async with Listener(bench.adapter) as heard:
        await online(bench, heard)
        receipt = await bench.adapter.send(bench.group, Text(text=WORDS))
    assert bench.posts() == [Seen(to=bench.group, kind="text", text=WORDS)]
    assert receipt.message_id


async def test_mentions_name_members(bench: Bench) -> None:
    async with Listener(bench.adapter) as heard:
        await online(bench, heard)
        await bench.adapter.send(bench.group, Text(text="轮到你们了", mentions=(bench.ann, bench.bob)))
    assert bench.posts() == [Seen(to=bench.group, kind="text", text="轮到你们了", mentions=(bench.ann, bench.bob))]


@pytest.mark.parametrize("make", [Image, File, Video], ids=("image", "file", "video"))
@pytest.mark.parametrize("size", [10_000, 4_500_000], ids=("small", "large"))
async def test_files_arrive_whole(bench: Bench, tmp_path: Path, make: type[Image | File | Video], size: int) -> None:
    path = tmp_path / "素材 1.bin"
    path.write_bytes(b"\x00\xff" * (size // 2))
    async with Listener(bench.adapter) as heard:
        await online(bench, heard)
        await bench.adapter.send(bench.group, make(path=str(path)))
    assert bench.posts() == [Seen(to=bench.group, kind="media", text="素材 1.bin", size=size)]


async def test_a_file_goes_by_the_name_that_members_shall_see(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "a1.pdf"
    path.write_bytes(b"%PDF")
    async with Listener(bench.adapter) as heard:
        await online(bench, heard)
        await bench.adapter.send(bench.group, File(path=str(path), name="讲义.pdf"))
    assert bench.posts() == [Seen(to=bench.group, kind="media", text="讲义.pdf", size=4)]


async def test_a_link_arrives(bench: Bench) -> None:
    async with Listener(bench.adapter) as heard:
        await online(bench, heard)
        await bench.adapter.send(
            bench.group, Link(url="https://example.com/报名?a=1", title="报名", description="今晚截止")
        )
    assert bench.posts() == [Seen(to=bench.group, kind="link", text="https://example.com/报名?a=1")]


async def test_a_file_that_is_not_there_is_refused_by_its_path(bench: Bench, tmp_path: Path) -> None:
    missing = tmp_path / "missing.png"
    async with Listener(bench.adapter) as heard:
        await online(bench, heard)
        with pytest.raises(Permanent, match=re.escape(str(missing))):
            await bench.adapter.send(bench.group, Image(path=str(missing)))
    assert bench.posts() == []


async def test_a_message_comes_in_with_its_sender_and_group(bench: Bench) -> None:
    async with Listener(bench.adapter) as heard:
        await online(bench, heard)
        await bench.say(bench.ann, WORDS)
        message = await heard.one(MessageReceived, group=bench.group)
    assert (message.sender.id, message.kind, message.text) == (bench.ann, "text", WORDS)
    assert message.sender.name
    assert message.message_id
    assert message.at.tzinfo is not None


async def test_messages_keep_their_order(bench: Bench) -> None:
    texts = [f"{number} 号" for number in range(50)]
    async with Listener(bench.adapter) as heard:
        await online(bench, heard)
        for number, text in enumerate(texts):
            await bench.say((bench.ann, bench.bob)[number % 2], text)
        await heard.one(MessageReceived, text=texts[-1])
        found = heard.of(MessageReceived)
    assert [message.text for message in found] == texts
    assert len({message.event_id for message in found}) == len(texts)


@REDELIVERING
async def test_a_message_delivered_twice_is_reported_once(bench: Bench) -> None:
    async with Listener(bench.adapter) as heard:
        await online(bench, heard)
        for _delivery in range(3):
            await bench.say(bench.ann, "on repeat", message_id=f"{bench.group}-twice")
        await bench.say(bench.ann, "last")
        await heard.one(MessageReceived, text="last")
        assert [message.text for message in heard.of(MessageReceived)] == ["on repeat", "last"]


async def test_a_join_names_inviter_and_invited(bench: Bench) -> None:
    async with Listener(bench.adapter) as heard:
        await online(bench, heard)
        await bench.join("u-dora", by=bench.ann)
        joined = await heard.one(MembersJoined, group=bench.group)
    assert [person.id for person in joined.members] == ["u-dora"]
    assert joined.members[0].name
    assert joined.inviter is not None
    assert joined.inviter.id == bench.ann
    assert not joined.found_late


async def test_a_leave_names_who_left(bench: Bench) -> None:
    async with Listener(bench.adapter) as heard:
        await online(bench, heard)
        await bench.leave(bench.bob)
        left = await heard.one(MembersLeft, group=bench.group)
    assert [person.id for person in left.members] == [bench.bob]


async def test_own_posts_come_back_and_are_recognised(bench: Bench, tmp_path: Path) -> None:
    picture = tmp_path / "海报.png"
    picture.write_bytes(b"\x89PNG" * 100)
    voice = tmp_path / "问候.sil"
    voice.write_bytes(b"#!SILK_V3")
    posts: list[Content] = [
        Text(text=WORDS),
        Text(text="早", mentions=(bench.ann,)),
        Image(path=str(picture)),
        File(path=str(picture), name="海报(大).png"),
        Link(url="https://example.com/x", title="X"),
        Voice(path=str(voice), seconds=2.5),
        MiniProgram(app_id="wx1", title="打卡", page="pages/day?n=1"),
        ContactCard(contact=bench.bob),
    ]
    assert bench.adapter.capabilities.echoes
    async with Listener(bench.adapter) as heard:
        await online(bench, heard)
        ids = [(await bench.adapter.send(bench.group, content)).message_id for content in posts]
        await heard.until(lambda: len(heard.of(OwnPost)) == len(posts), what="an echo of each")
        echoes = heard.of(OwnPost)
    assert [echo.fingerprint for echo in echoes] == [fingerprint(content) for content in posts]
    assert [echo.message_id for echo in echoes] == ids
    assert {echo.group for echo in echoes} == {bench.group}
    assert heard.of(MessageReceived) == []


async def test_actions_in_a_group_take_effect_and_do_not_come_back_as_posts(bench: Bench) -> None:
    adapter = bench.adapter
    async with Listener(adapter) as heard:
        await online(bench, heard)
        said = await adapter.send(bench.group, Text(text="a slip"))
        await heard.one(OwnPost)
        await adapter.send(bench.group, Announcement(text="公告\n第二行"))
        await adapter.send(bench.group, Rename(topic="第二期"))
        await adapter.send(bench.group, AddMembers(members=(bench.cat,)))
        await adapter.send(bench.group, RemoveMembers(members=(bench.bob,)))
        await adapter.send(bench.group, Recall(message_id=said.message_id or ""))
        renamed = await heard.one(TopicChanged, group=bench.group)
        joined = await heard.one(MembersJoined, group=bench.group)
        left = await heard.one(MembersLeft, group=bench.group)
        assert len(heard.of(OwnPost)) == 1
    assert renamed.topic == "第二期"
    assert [person.id for person in joined.members] == [bench.cat]
    assert [person.id for person in left.members] == [bench.bob]


@REDELIVERING
async def test_what_an_account_does_for_itself_goes_to_no_conversation(bench: Bench) -> None:
    done: list[Content] = [
        CreateGroup(topic="新营", members=(bench.ann, bench.cat)),
        AcceptFriend(request_id="f1"),
        AcceptInvitation(invitation_id="i1"),
        SetProfile(name="Bot"),
    ]
    assert {content.kind for content in done} == OF_ACCOUNT <= bench.adapter.capabilities.kinds
    async with Listener(bench.adapter) as heard:
        await online(bench, heard)
        new_group, *_others = [(await bench.adapter.send("", content)).message_id for content in done]
        assert heard.of(OwnPost) == []
    assert new_group


async def test_a_kind_outside_the_capabilities_is_unsupported(bench: Bench) -> None:
    samples: list[Content] = [Voice(path="/nowhere.sil"), Rename(topic="第二期"), AcceptFriend(request_id="f1")]
    adapter = bench.poorer()
    lacking = [sample for sample in samples if sample.kind not in adapter.capabilities.kinds]
    assert lacking
    async with Listener(adapter) as heard:
        await online(bench, heard)
        for content in lacking:
            with pytest.raises(Unsupported):
                await adapter.send("" if content.kind in OF_ACCOUNT else bench.group, content)
    assert bench.posts() == []


async def test_before_it_is_online_nothing_is_sent(bench: Bench) -> None:
    with pytest.raises(NotConnected):
        await bench.adapter.send(bench.group, Text(text="too early"))
    await bench.adapter.close()
    assert bench.posts() == []


async def test_after_close_nothing_is_sent(bench: Bench) -> None:
    async with Listener(bench.adapter) as heard:
        await online(bench, heard)
    with pytest.raises(NotConnected):
        await bench.adapter.send(bench.group, Text(text="too late"))
    assert bench.adapter.state is AccountState.OFFLINE
    assert bench.posts() == []


async def test_close_is_bounded_idempotent_and_ends_events(bench: Bench) -> None:
    heard = Listener(bench.adapter)
    async with heard:
        await online(bench, heard)
        async with asyncio.timeout(3):
            await bench.adapter.close()
            await bench.adapter.close()
        await heard.until(lambda: heard.ended, what="end of events", within_s=3)
    assert [event async for event in bench.adapter.events()] == []


async def test_a_reader_that_is_cancelled_leaves_nothing_behind(bench: Bench) -> None:
    before = asyncio.all_tasks()
    seen = asyncio.Event()

    async def read() -> None:
        async for _event in bench.adapter.events():
            seen.set()

    reader = asyncio.create_task(read())
    async with asyncio.timeout(20):
        await seen.wait()
        reader.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reader
        await bench.adapter.close()
        if left_over := asyncio.all_tasks() - before:
            await asyncio.wait(left_over)
    with pytest.raises(NotConnected):
        await bench.adapter.send(bench.group, Text(text="nobody listens"))


@LOSABLE
async def test_a_lost_connection_is_reported_and_mended_with_rosters_again(bench: Bench) -> None:
    async with Listener(bench.adapter) as heard:
        await online(bench, heard)
        lost_at = len(heard.events)
        await bench.lose()
        offline = await heard.state(AccountState.OFFLINE, since=lost_at)
        assert offline.detail
        with pytest.raises(NotConnected):
            await bench.adapter.send(bench.group, Text(text="into the void"))
        back_at = len(heard.events)
        await bench.restore()
        await heard.state(AccountState.ONLINE, since=back_at)
        roster = await heard.one(RosterRead, since=back_at, group=bench.group)
        assert {bench.ann, bench.bob} <= {person.id for person in roster.members}
        await bench.adapter.send(bench.group, Text(text="back again"))
    assert bench.posts()[-1].text == "back again"
