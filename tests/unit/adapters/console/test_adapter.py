import asyncio
import json
from datetime import timedelta
from io import StringIO

import pytest
from rich.console import Console

from groupbot.adapters.console.scene import Joined, Left, Said
from groupbot.adapters.console.world import World
from groupbot.chat.errors import NotConnected, Permanent, Rejected, Temporary
from groupbot.core.content import File, Image, Link, Text, fingerprint
from groupbot.core.events import (
    AccountState,
    AccountStateChanged,
    MembersJoined,
    MembersLeft,
    MessageReceived,
    OwnPost,
    Person,
    RosterRead,
)
from groupbot.errors import ConfigError

MEMBER = Person(id="u-x", name="小满")


async def test_goes_online_and_then_reads_every_roster(adapter_of):
    adapter = adapter_of()
    assert adapter.state is AccountState.OFFLINE
    events = adapter.events()
    first, *rosters = [await anext(events) for _ in range(3)]
    assert isinstance(first, AccountStateChanged)
    assert first.state is adapter.state is AccountState.ONLINE
    assert [(r.group, r.topic, r.members) for r in rosters if isinstance(r, RosterRead)] == [
        ("g1", "晨读 1 群", ()),
        ("g2", "晨读 2 群", ()),
    ]
    await events.aclose()
    assert adapter.state is AccountState.OFFLINE


async def test_a_second_reading_knows_who_came_meanwhile(online, start):
    adapter, events = await online()
    adapter.happen(Joined(at=start, group="g2", member=MEMBER))
    await anext(events)
    await events.aclose()
    again = adapter.events()
    rosters = [await anext(again) for _ in range(3)][1:]
    assert [roster.members for roster in rosters] == [(), (MEMBER,)]
    await again.aclose()


async def test_refuses_to_send_before_online_and_after_close(adapter_of, online):
    with pytest.raises(NotConnected):
        await adapter_of().send("g1", Text(text="早"))
    adapter, _events = await online()
    await adapter.close()
    with pytest.raises(NotConnected):
        await adapter.send("g1", Text(text="早"))


async def test_own_post_comes_back_once(online):
    adapter, events = await online()
    receipt = await adapter.send("g1", Text(text="早"))
    echo = await anext(events)
    assert isinstance(echo, OwnPost)
    assert (echo.group, echo.member, echo.message_id, echo.text) == ("g1", None, receipt.message_id, "早")
    assert echo.fingerprint == fingerprint(Text(text="早"))
    assert adapter.backlog == 0


async def test_without_echo_nothing_comes_back(online):
    adapter, _events = await online(echo=False)
    await adapter.send("g1", Text(text="早"))
    assert adapter.backlog == 0
    assert not adapter.capabilities.echoes


async def test_a_post_to_a_member_comes_back_as_one_to_one(online):
    adapter, events = await online()
    await adapter.send(MEMBER.id, Text(text="你好"))
    echo = await anext(events)
    assert (echo.group, echo.member) == (None, MEMBER.id)


@pytest.mark.parametrize("kind", [Image, File])
async def test_a_missing_file_is_rejected_by_name_and_not_logged(online, tmp_path, kind):
    log = tmp_path / "posts.jsonl"
    adapter, _events = await online(log=str(log))
    with pytest.raises(Rejected, match="gone\\.png"):
        await adapter.send("g1", kind(path=str(tmp_path / "gone.png")))
    with pytest.raises(Permanent):
        await adapter.send("g1", kind(path=str(tmp_path)))
    assert log.read_bytes() == b""
    assert adapter.backlog == 0


async def test_an_unknown_group_is_rejected(online):
    adapter, _events = await online()
    with pytest.raises(Rejected, match="g9"):
        await adapter.send("g9", Text(text="早"))


async def test_the_log_holds_one_line_per_post_when_send_returns(online, tmp_path, start):
    log, picture = tmp_path / "posts.jsonl", tmp_path / "a.png"
    picture.write_bytes(b"x")
    adapter, _events = await online(log=str(log))
    exact = "第一行\n\x1b[31m[微笑] \u2028 😀"
    contents = [Text(text=exact), Image(path=str(picture)), Link(url="https://example.com", title="页")]
    receipts = []
    for number, content in enumerate(contents, start=1):
        receipts.append(await adapter.send("g1", content))
        assert log.read_bytes().count(b"\n") == number
    rows = [json.loads(line) for line in log.read_text("utf-8").split("\n")[:-1]]
    common = {"at": start.isoformat(), "account": "bot", "to": "g1"}
    assert rows == [
        common | {"kind": "text", "text": exact, "message_id": receipts[0].message_id},
        common | {"kind": "image", "path": str(picture), "message_id": receipts[1].message_id},
        common | {"kind": "link", "url": "https://example.com", "message_id": receipts[2].message_id},
    ]


async def test_the_log_keeps_the_order_of_calls_and_what_was_there(online, tmp_path):
    log = tmp_path / "posts.jsonl"
    log.write_text("{}\n")
    adapter, _events = await online(log=str(log))
    await asyncio.gather(*(adapter.send("g1", Text(text=str(n))) for n in range(30)))
    first, *rows = map(json.loads, log.read_text().splitlines())
    assert first == {}
    assert [row["text"] for row in rows] == [str(n) for n in range(30)]
    assert len({row["message_id"] for row in rows}) == 30


async def test_a_full_disk_is_temporary_and_nothing_is_shown(online):
    seen = []
    adapter, _events = await online(log="/dev/full", watch=seen.append)
    with pytest.raises(Temporary):
        await adapter.send("g1", Text(text="早"))
    assert seen == []


def test_a_log_in_no_folder_is_a_configuration_error(adapter_of, tmp_path):
    with pytest.raises(ConfigError, match="posts"):
        adapter_of(log=str(tmp_path / "none" / "posts.jsonl"))


async def test_what_members_do_comes_out_in_order(online, start):
    adapter, events = await online()
    adapter.happen(Joined(at=start, group="g1", member=MEMBER, inviter=Person(id="u-y")))
    adapter.happen(Said(at=start, group="g1", member=MEMBER, text="到", quoted_id="m1"))
    adapter.happen(Left(at=start, group="g1", member=MEMBER))
    joined, said, left = [await anext(events) for _ in range(3)]
    assert isinstance(joined, MembersJoined)
    assert (joined.members, joined.inviter) == ((MEMBER,), Person(id="u-y"))
    assert isinstance(said, MessageReceived)
    assert (said.sender, said.text, said.quoted_id) == (MEMBER, "到", "m1")
    assert isinstance(left, MembersLeft)
    assert left.members == (MEMBER,)
    assert len({e.event_id for e in (joined, said, left)}) == 3


async def test_ids_differ_between_sessions(adapter_of):
    ids = set()
    for adapter in (adapter_of(session=None), adapter_of(session=None)):
        events = adapter.events()
        ids.add((await anext(events)).event_id)
        await events.aclose()
    assert len(ids) == 2


async def test_a_world_moves_on_by_the_clock_and_answers_posts(online, clock, start):
    world = World(seed=3, groups=("g1",), start=start, days=1)
    adapter, _events = await online(world=world, live=False)
    assert adapter.advance() == world.happenings[0].at
    assert adapter.backlog == 0
    clock.move_to(start + timedelta(hours=12))
    adapter.advance()
    before = adapter.backlog
    assert before == sum(happening.at <= clock.now() for happening in world.happenings)
    await adapter.send("g1", Text(text="今晚打卡接龙"))
    clock.move_to(start + timedelta(hours=15))
    adapter.advance()
    rest = sum(start + timedelta(hours=12) < h.at <= clock.now() for h in world.happenings)
    assert adapter.backlog > before + 1 + rest


async def test_a_live_world_needs_nobody_to_move_it(online, clock, start, monkeypatch):
    monkeypatch.setattr("groupbot.adapters.console.adapter._WORLD_LOOKS_S", 0.01)
    world = World(seed=3, groups=("g1",), start=start, days=1)
    _adapter, events = await online(world=world)
    clock.move_to(world.happenings[0].at)
    async with asyncio.timeout(5):
        assert isinstance(await anext(events), MembersJoined)


async def test_a_console_that_can_not_be_drawn_on_does_not_undo_a_post(online, tmp_path):
    gone = StringIO()
    gone.close()
    log = tmp_path / "posts.jsonl"
    adapter, events = await online(console=Console(file=gone), log=str(log))
    receipt = await adapter.send("g1", Text(text="早"))
    assert json.loads(log.read_text())["message_id"] == receipt.message_id
    assert (await anext(events)).message_id == receipt.message_id


async def test_posts_are_drawn(online, plain_console):
    adapter, _events = await online(console=plain_console)
    await adapter.send("g1", Text(text="早上好[微笑] :smile: [bold]"))
    assert plain_console.file.getvalue() == (
        "╭ 晨读 1 群 · bot · 2026-05-18 08:00\n│ 早上好[微笑] :smile: [bold]\n╰─\n"
    )


async def test_close_ends_a_waiting_reader_and_may_be_repeated(online):
    adapter, events = await online()
    reader = asyncio.create_task(anext(events, None))
    await asyncio.sleep(0)
    await adapter.close()
    await adapter.close()
    async with asyncio.timeout(3):
        assert await reader is None
    assert [event async for event in adapter.events()] == []
