import asyncio
import os
import pty

import pytest

from groupbot.adapters.console import typed
from groupbot.adapters.console.terminal import TypedLines
from groupbot.core.content import Text
from groupbot.core.events import MembersJoined, MembersLeft, MessageReceived


@pytest.fixture
def keyboard():
    """A terminal: (what is written here is typed, the descriptor to read from)."""
    typing, reading = pty.openpty()
    yield typing, reading
    os.close(typing)
    os.close(reading)


async def test_typed_lines_are_what_members_do(online, keyboard, plain_console):
    typing, reading = keyboard
    _adapter, events = await online(interactive=True, stdin=reading, console=plain_console)
    os.write(typing, "+晨读 1 群 张三\n晨读 1 群 张三：你好\n".encode())
    os.write(typing, "-晨读 1 群 没来过\n?\n-g1 张三\n".encode())
    async with asyncio.timeout(5):
        joined, said, left = [await anext(events) for _ in range(3)]
    assert isinstance(joined, MembersJoined)
    assert isinstance(said, MessageReceived)
    assert isinstance(left, MembersLeft)
    assert said.sender == joined.members[0] == left.members[0]
    assert (said.group, said.text) == ("g1", "你好")
    drawn = plain_console.file.getvalue()
    assert drawn.count(typed.usage().splitlines()[0]) == 2
    assert drawn.count("没来过") == 1


async def test_a_member_writes_to_the_bot_alone_and_is_answered(online, keyboard, plain_console):
    typing, reading = keyboard
    adapter, events = await online(interactive=True, stdin=reading, console=plain_console)
    os.write(typing, "g1 张三: 早\n@张三: 在吗\n".encode())
    async with asyncio.timeout(5):
        in_group, alone = [await anext(events) for _ in range(2)]
    assert (alone.group, alone.text, alone.sender) == (None, "在吗", in_group.sender)
    await adapter.send(alone.sender.id, Text(text="在"))
    assert "1:1 张三: 在吗" in plain_console.file.getvalue()


async def test_a_line_may_come_in_pieces(keyboard):
    typing, reading = keyboard
    heard = asyncio.Queue()
    lines = TypedLines(heard.put_nowait, reading)
    assert lines.start()
    data = "群里\n".encode()
    for byte in data:
        os.write(typing, bytes([byte]))
    async with asyncio.timeout(5):
        assert await heard.get() == "群里"
    lines.stop()
    lines.stop()


async def test_after_stop_nothing_is_heard(keyboard):
    typing, reading = keyboard
    heard = []
    lines = TypedLines(heard.append, reading)
    lines.start()
    lines.stop()
    os.write(typing, b"late\n")
    for _turn in range(3):
        await asyncio.sleep(0)
    assert heard == []
    assert os.read(reading, 100) == b"late\n"  # still there for others


async def test_what_is_no_terminal_is_not_read(tmp_path):
    with (tmp_path / "input").open("w+") as file:
        assert not TypedLines(print, file.fileno()).start()


async def test_a_closed_standard_input_is_not_read(monkeypatch):
    monkeypatch.setattr("sys.stdin", None)
    assert not TypedLines(print).start()
