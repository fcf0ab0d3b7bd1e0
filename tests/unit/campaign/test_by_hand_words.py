"""What a person gets to copy: the words as members are to read them, and the files."""

from __future__ import annotations

import pytest

from groupbot.campaign.by_hand import files_of, words_of
from groupbot.core.actions import Announcement, Rename
from groupbot.core.content import (
    EVERYBODY,
    ContactCard,
    Content,
    File,
    Image,
    Link,
    MiniProgram,
    Part,
    Text,
    Video,
    Voice,
)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (Text(text="第一行\n\n第二行 [微笑] "), "第一行\n\n第二行 [微笑] "),
        (Text(text="hi", mentions=(EVERYBODY, "@account:main", "wxid_1")), "@everybody @main @wxid_1\nhi"),
        (Announcement(text="群规"), "[announcement] 群规"),
        (Announcement(text="群规\n1"), "[announcement]\n群规\n1"),
        (Rename(topic="七天营"), "[new group name] 七天营"),
        (Link(url="https://example.com", title="页"), "页\nhttps://example.com"),
        (MiniProgram(app_id="wx1", title="打卡", page="pages/a"), "[mini-program] 打卡\npages/a"),
        (ContactCard(contact="@account:helper"), "[contact card] @helper"),
        (Voice(path="/m/hi.silk"), "[voice message] hi.silk"),
    ],
)
def test_words_of_each_kind(content: Content, words: str) -> None:
    assert words_of([Part(content=content)]) == words


def test_blocks_and_files_come_in_order_and_once() -> None:
    contents = [Image(path="/m/a.png"), Text(text="hi"), File(path="/m/b.pdf"), Video(path="/m/a.png")]
    parts = [Part(content=content) for content in contents]
    assert words_of(parts) == "[picture] a.png\n\nhi\n\n[file] b.pdf\n\n[video] a.png"
    assert files_of(parts) == ("/m/a.png", "/m/b.pdf")
