from datetime import timedelta

import pytest
from rich.cells import cell_len

from groupbot.adapters.console import post_log, render
from groupbot.adapters.console.scene import Joined, Left, Said
from groupbot.core.content import EVERYBODY, File, Image, Link, Text, Video
from groupbot.core.events import Person

MEMBER = Person(id="u-1", name="小满")


@pytest.fixture
def drawn(titles, zone, plain_console):
    """Draw scenes at width 80 without colours and return what a reader sees."""

    def draw(*scenes) -> list[str]:
        for scene in scenes:
            render.draw(plain_console, render.scene(scene, titles=titles, zone=zone, width=80))
        return plain_console.file.getvalue().splitlines()

    return draw


def test_a_text_post(drawn, post_of):
    text = (
        "早上好 ☀️ 新的一天开始啦！\n\n"
        "今天是第 1 天，我们学习「如何把一件事拆成十五分钟」。请大家先看完材料，再把自己的计划发到群里，晚上八点见。"
        "[微笑] https://example.com/plan"
    )
    assert drawn(post_of(Text(text=text, mentions=(EVERYBODY, "u-7")))) == [
        "╭ 晨读 1 群 · bot · 2026-05-18 08:00",
        "│ @everybody @u-7",
        "│ 早上好 ☀️ 新的一天开始啦！",
        "│",
        "│ 今天是第 1 天，我们学习「如何把一件事拆成十五分钟」。请大家先看完材料，再把自",
        "│ 己的计划发到群里，晚上八点见。[微笑] https://example.com/plan",
        "╰─",
    ]


def test_media_and_links_are_framed(drawn, post_of, tmp_path):
    picture = tmp_path / "day1.png"
    picture.write_bytes(b"x" * 12_345)
    assert drawn(
        post_of(Image(path=str(picture))),
        post_of(File(path=str(picture), name="第一天讲义.pdf")),
        post_of(Video(path="/gone/v.mp4")),
        post_of(Link(url="https://example.com/live", title="直播间", description="今晚八点")),
    ) == [
        "╭ 晨读 1 群 · bot · 2026-05-18 08:00",
        "│ ┌─────────────────────────────┐",
        "│ │ [picture] day1.png  12.3 KB │",
        "│ └─────────────────────────────┘",
        "╰─",
        "╭ 晨读 1 群 · bot · 2026-05-18 08:00",
        "│ ┌────────────────────────────────┐",
        "│ │ [file] 第一天讲义.pdf  12.3 KB │",
        "│ └────────────────────────────────┘",
        "╰─",
        "╭ 晨读 1 群 · bot · 2026-05-18 08:00",
        "│ ┌───────────────┐",
        "│ │ [video] v.mp4 │",
        "│ └───────────────┘",
        "╰─",
        "╭ 晨读 1 群 · bot · 2026-05-18 08:00",
        "│ ┌──────────────────────────┐",
        "│ │ 直播间                   │",
        "│ │ 今晚八点                 │",
        "│ │ https://example.com/live │",
        "│ └──────────────────────────┘",
        "╰─",
    ]


def test_members_lines(drawn, start):
    long = "我想了一下，还是觉得坚持最难，尤其是下班以后，一坐下来就不想动了，大家有什么好办法吗"
    assert drawn(
        Said(at=start, group="g1", member=MEMBER, text=long),
        Joined(at=start, group="g2", member=MEMBER, inviter=Person(id="u-2", name="阿青")),
        Joined(at=start, group="g2", member=Person(id="u-3")),
        Left(at=start, group="g1", member=MEMBER),
    ) == [
        "    08:00 晨读 1 群 小满: 我想了一下，还是觉得坚持最难，尤其是下班以后，一坐下来",
        "                          就不想动了，大家有什么好办法吗",
        "    08:00 晨读 2 群 + 小满 joined, invited by 阿青",
        "    08:00 晨读 2 群 + u-3 joined",
        "    08:00 晨读 1 群 - 小满 left",
    ]


def test_words_can_not_steer_the_terminal(drawn, post_of, start):
    lines = drawn(
        post_of(Text(text="\x1b[2J清屏\x07")),
        Said(at=start, group="g1", member=Person(id="u-1", name="\x1b[1m坏\n"), text="\u202egnp"),
    )
    assert lines[1] == "│ \\x1b[2J清屏\\x07"
    assert lines[3] == "    08:00 晨读 1 群 \\x1b[1m坏 : \\u202egnp"


@pytest.mark.parametrize("width", [40, 80])
def test_no_line_is_wider_than_the_terminal(width, post_of, start, zone):
    titles = {"g1": "一个名字非常非常长的学习交流互助打卡群"}
    scenes = [
        post_of(Text(text="长" * 200 + " " + "x" * 200)),
        post_of(Link(url="https://example.com/" + "a" * 90, title="标题" * 30)),
        Joined(at=start, group="g1", member=Person(id="u", name="名" * 30)),
        Said(at=start, group="g1", member=Person(id="u", name="名" * 30), text="话" * 90),
    ]
    for scene in scenes:
        lines = render.scene(scene, titles=titles, zone=zone, width=width)
        assert max(cell_len(line.plain) for line in lines) <= width


def test_a_log_line_is_one_line_of_exact_json(post_of, zone, start):
    line = post_log.line(post_of(Text(text='换行\n"引号"\u2028')), zone)
    assert (
        line
        == (
            '{"at": "2026-05-18T08:00:00+08:00", "account": "bot", "to": "g1", "kind": "text", '
            '"text": "换行\\n\\"引号\\"\u2028", "message_id": "s-1"}\n'
        ).encode()
    )
    later = post_log.line(post_of(Text(text="\ud83d"), at=start + timedelta(milliseconds=5)), zone)
    assert b'"2026-05-18T08:00:00.005000+08:00"' in later
    assert b'"\\ud83d"' in later
