"""Everything that an account can do in a console group, beside posting words and files."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from rich.console import Console

from groupbot.adapters.console import post_log
from groupbot.adapters.console.abilities import capabilities
from groupbot.chat.errors import Rejected, Unsupported
from groupbot.core.actions import (
    AcceptFriend,
    AddMembers,
    Announcement,
    CreateGroup,
    Recall,
    RemoveMembers,
    Rename,
)
from groupbot.core.content import ContactCard, MiniProgram, Text, Voice
from groupbot.core.events import (
    AccountStateChanged,
    MembersJoined,
    MembersLeft,
    OwnPost,
    Rank,
    RosterRead,
    TopicChanged,
)


@pytest.fixture
def screen() -> Console:
    return Console(file=StringIO(), width=80, no_color=True, force_terminal=False)


def lines(screen: Console) -> list[str]:
    return screen.file.getvalue().splitlines()  # type: ignore[attr-defined]


async def test_it_says_who_it_is_and_that_the_groups_are_its_own(adapter_of):
    events = adapter_of().events()
    first, roster = await anext(events), await anext(events)
    assert isinstance(first, AccountStateChanged)
    assert isinstance(roster, RosterRead)
    assert (first.own_id, roster.rank) == ("bot-bot", Rank.OWNER)
    await events.aclose()


async def test_a_rename_changes_the_shown_title_and_is_told(online, screen):
    adapter, events = await online(console=screen)
    await adapter.send("g1", Rename(topic="晚读 1 群"))
    told = await anext(events)
    assert isinstance(told, TopicChanged)
    assert (told.group, told.topic) == ("g1", "晚读 1 群")
    await adapter.send("g1", Text(text="hi"))
    shown = lines(screen)
    assert shown[0].startswith("╭ 晨读 1 群")
    assert "[new group name] 晚读 1 群" in shown[2]
    assert any(line.startswith("╭ 晚读 1 群") for line in shown)


async def test_a_recall_strikes_the_post_out_once(online, screen):
    adapter, events = await online(console=screen)
    receipt = await adapter.send("g1", Text(text="错了\n重发"))
    assert isinstance(await anext(events), OwnPost)
    await adapter.send("g1", Recall(message_id=receipt.message_id))
    assert lines(screen)[-1].endswith("晨读 1 群, taken back: 错了 重发")
    assert adapter.backlog == 0
    with pytest.raises(Rejected, match=receipt.message_id):
        await adapter.send("g1", Recall(message_id=receipt.message_id))


async def test_members_are_added_and_removed(online):
    adapter, events = await online()
    await adapter.send("g1", AddMembers(members=("u-小满", "u-阿青")))
    joined = [await anext(events) for _ in range(2)]
    assert [event.members[0].name for event in joined if isinstance(event, MembersJoined)] == ["小满", "阿青"]
    await adapter.send("g1", RemoveMembers(members=("u-小满",)))
    left = await anext(events)
    assert isinstance(left, MembersLeft)
    assert left.members[0].id == "u-小满"
    assert adapter.backlog == 0


async def test_an_announcement_is_shown_and_is_no_message(online, screen):
    adapter, _events = await online(console=screen)
    await adapter.send("g1", Announcement(text="群规\n不发广告"))
    assert [line.strip("│ ") for line in lines(screen)[2:4]] == ["[announcement] 群规", "不发广告"]
    assert adapter.backlog == 0


async def test_cards_and_voices_are_shown_and_come_back(online, screen, tmp_path):
    silk = tmp_path / "hi.silk"
    silk.write_bytes(b"x" * 900)
    adapter, events = await online(console=screen)
    program = MiniProgram(app_id="wx1", title="打卡", page="pages/a", description="每天")
    for content in (Voice(path=str(silk), seconds=4), program, ContactCard(contact="bot-bot")):
        await adapter.send("g1", content)
        assert isinstance(await anext(events), OwnPost)
    shown = "\n".join(lines(screen))
    for words in (
        "[voice message] hi.silk  4 s  900 B",
        "[mini-program]",
        "打卡",
        "pages/a",
        "[contact card] @bot-bot",
    ):
        assert words in shown


@pytest.mark.parametrize("action", [AcceptFriend(request_id="f1"), CreateGroup(topic="x", members=())])
async def test_what_happens_outside_groups_is_not_supported(online, action):
    adapter, _events = await online()
    with pytest.raises(Unsupported):
        await adapter.send("", action)
    assert action.kind not in capabilities().kinds


async def test_an_action_needs_a_group_and_a_voice_its_file(online, tmp_path):
    adapter, _events = await online()
    with pytest.raises(Rejected):
        await adapter.send("u-小满", Rename(topic="x"))
    with pytest.raises(Rejected, match="gone"):
        await adapter.send("g1", Voice(path=str(tmp_path / "gone.silk")))


def test_the_log_says_what_each_kind_is(post_of, zone):
    contents = [
        Announcement(text="a"),
        Rename(topic="b"),
        Recall(message_id="m7"),
        Voice(path="/v.silk"),
        ContactCard(contact="wxid_1"),
        AddMembers(members=("u-1",)),
    ]
    rows = [json.loads(post_log.line(post_of(content), zone)) for content in contents]
    fields = [{key: row[key] for key in row.keys() - {"at", "account", "to", "kind", "message_id"}} for row in rows]
    assert [row["kind"] for row in rows] == [content.kind for content in contents]
    assert {row["message_id"] for row in rows} == {"s-1"}
    assert fields == [
        {"text": "a"},
        {"topic": "b"},
        {"recalled": "m7"},
        {"path": "/v.silk"},
        {"contact": "wxid_1"},
        {"members": ["u-1"]},
    ]
