"""/活码 over codes in memory."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

import pytest

from groupbot.admin.code_book import CodeLine, NewCode

LINE = CodeLine(
    code="k7m2p9qd",
    channel="moments",
    variant="A",
    target="camp",
    group="camp-1",
    visits=7,
    url="https://join.example.com/c/k7m2p9qd",
    groups=("camp-1",),
)


@dataclass
class Book:
    lines: list[CodeLine] = field(default_factory=lambda: [LINE])
    calls: list[tuple[object, ...]] = field(default_factory=list)

    async def codes(self):
        return self.lines

    async def add(self, new, *, by):
        self.calls.append(("add", new, by))
        return replace(LINE, code="newnewnw", url=LINE.url if new.channel == "moments" else "")

    async def set_closed(self, code, *, closed, by):
        self.calls.append(("closed", code, closed))
        self.lines = [replace(LINE, is_closed=closed)]
        return self.lines[0]

    async def move(self, code, target, *, by):
        self.calls.append(("move", code, target))
        return replace(LINE, target=target, group="")

    async def quoted(self, account, message_id):
        return f"{account} {message_id}".encode()

    async def picture(self, code):
        return f"/project/entries/code-{code}.png"


@pytest.fixture
def book(chat):
    made = Book()
    object.__setattr__(chat.room.services, "live_codes", made)
    return made


def pictures(chat):
    return [part.content.path for order in chat.said.orders for part in order.parts if part.content.kind == "image"]


async def test_a_list_shows_where_each_leads_and_its_visits(chat, book):
    book.lines = [
        LINE,
        replace(LINE, code="b", variant="", group="", visits=1),
        replace(LINE, code="c", group="", has_friend=True),
    ]
    told = await chat.type("/活码 列表")
    assert told.split("\n") == [
        "k7m2p9qd · moments/A · camp → camp-1 · 7 visits",
        "b · moments · camp → no way in · 1 visit",
        "c · moments/A · camp → friend first · 7 visits",
    ]
    book.lines = [replace(LINE, groups=("camp-2",))]
    assert "no live codes" in await chat.type("/活码 列表", by="u-leader", group="g-east")


async def test_a_new_code_comes_as_a_picture(chat, book):
    told = await chat.type("/活码 新建 moments camp 版本=A")
    assert "newnewnw" in told
    [(_add, new, by)] = book.calls
    assert new == NewCode(channel="moments", target="camp", variant="A")
    assert by
    assert pictures(chat) == ["/project/entries/code-newnewnw.png"]
    assert "public_url" in await chat.type("/活码 新建 other camp", quoted_id="m-7")
    assert book.calls[1][1].friend == b"main m-7"
    assert len(pictures(chat)) == 1


async def test_a_picture_is_shown_again(chat, book):
    await chat.type("/活码 图片 K7M2P9QD")
    assert pictures(chat) == ["/project/entries/code-k7m2p9qd.png"]
    assert "no live code nosuch" in await chat.type("/活码 图片 nosuch")


async def test_what_is_printed_is_changed_after_a_question(chat, book):
    asked = await chat.type("/活码 改指 k7m2p9qd tea")
    assert "leads to camp and will lead to tea" in asked
    assert book.calls == []
    assert "tea → no way in" in await chat.type(re.search(r"Reply (\d{4})", asked)[1])
    asked = await chat.type("/活码 关闭 k7m2p9qd")
    assert "comes into no group" in asked
    assert "camp → closed" in await chat.type(re.search(r"Reply (\d{4})", asked)[1])
    assert "camp → camp-1" in await chat.type("/活码 打开 k7m2p9qd")
    assert [call[0] for call in book.calls] == ["move", "closed", "closed"]
