"""/入口 over entries in memory."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

import pytest

from groupbot.admin.entry_book import EntryLine, PoolLine
from groupbot.testing.events import NOON

ONE = EntryLine(group="camp-1", members=191, limit=200, full_at=NOON, has_image=True, expires_at=NOON)
TWO = EntryLine(group="camp-2", members=None, limit=200, lacks=("a leader",))


@dataclass
class Book:
    pool: PoolLine = field(
        default_factory=lambda: PoolLine(name="camp", entry="camp-1", after="camp-2", groups=(ONE, TWO))
    )
    calls: list[tuple[str, ...]] = field(default_factory=list)

    async def pools(self):
        return [self.pool]

    async def take_image(self, group, *, account, message_id, by):
        self.calls.append(("image", group, account, message_id, by))
        return ONE

    async def open(self, group, *, by):
        self.calls.append(("open", group, by))
        return TWO

    async def advance(self, pool, *, by):
        self.calls.append(("advance", pool, by))
        return replace(self.pool, entry="camp-2", after="")


@pytest.fixture
def book(chat):
    made = Book()
    object.__setattr__(chat.room.services, "entries", made)
    return made


async def test_a_list_says_who_takes_people_in_and_what_is_lacking(chat, book):
    told = await chat.type("/入口 列表")
    assert re.search(r"^camp:\n→ camp-1 191/200 · full about .* · image until ", told)
    assert told.endswith("· camp-2 ?/200 · lacks: a leader")
    assert "camp-2" not in await chat.type("/入口 列表", by="u-leader", group="g-east")


async def test_an_image_is_taken_by_quoting_it_and_a_group_opened_without_one(chat, book):
    await chat.type("/入口 设置 camp-1", quoted_id="m-7")
    await chat.type("/入口 设置 camp-2")
    who = book.calls[0][-1]
    assert book.calls == [("image", "camp-1", "main", "m-7", who), ("open", "camp-2", who)]
    assert who


async def test_the_next_group_takes_over_after_a_question(chat, book):
    asked = await chat.type("/入口 下一个 camp")
    assert "camp-1 takes nobody in any more; camp-2 does. It lacks: a leader." in asked
    assert book.calls == []
    assert "camp-2 takes people in now" in await chat.type(re.search(r"Reply (\d{4})", asked)[1])
    assert [call[0] for call in book.calls] == ["advance"]
    assert "No pool is called tea" in await chat.type("/入口 下一个 tea")
    book.pool = replace(book.pool, after="")
    assert "No further group" in await chat.type("/入口 下一个 camp")
