"""Pictures: legible, whole, and only of characters that the font has."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from groupbot.core.content import Image as Picture
from groupbot.core.content import Part, Text
from groupbot.errors import ConfigError
from groupbot.reports import calendar as calendar_module
from groupbot.reports import letters as letters_module
from groupbot.reports.calendar import MOST_ROWS, calendar
from groupbot.reports.letters import Letters, letters, wrapped
from groupbot.reports.pictures import WIDTH, Row, Section, card
from groupbot.sop.planned import PlannedTask, Source
from groupbot.sop.preview.calendar import Day, Post, Preview
from groupbot.sop.preview.expected import Expected

WORDS = "🎉 早安！今天是第 1️⃣ 天 👉 https://example.com/打卡 龘靐 $x$ 😀，加油"
SOURCE = Source(file="a.yaml")
FIRST = date(2026, 5, 18)


@pytest.fixture(scope="module")
def font() -> Letters:
    return letters()


def opened(png: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(png))
    assert image.format == "PNG"
    return image.convert("RGB")


def post(at: datetime, text: str = WORDS, groups: int = 5, late: int = 0) -> Post:
    names = tuple(f"g{n}" for n in range(groups))
    return Post(
        step="hello",
        phase="",
        speaker="主讲",
        due=at,
        until=None,
        groups=names,
        expected=tuple(Expected(begins=at, ends=at, is_left_out=n < late) for n in range(groups)),
        version_of=(0,) * groups,
        versions=((Part(content=Text(text=text)), Part(content=Picture(path="/x/海报.png"))),),
    )


def shown(days: int, posts: int) -> Preview:
    starts = [datetime(2026, 5, 18, 6, tzinfo=UTC) + timedelta(days=n) for n in range(days)]
    return Preview(
        title="🎉 秋季训练营",
        version="v",
        timezone="Asia/Shanghai",
        groups=("g0",),
        days=tuple(
            Day(day=at.date(), posts=tuple(post(at + timedelta(minutes=30 * n)) for n in range(posts))) for at in starts
        ),
    )


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Section]:
    """The sections of the card that `calendar` has drawn."""
    found: list[Section] = []

    def noted(title: str, sections: list[Section], font: Letters, **more: object) -> bytes:
        found.extend(sections)
        return repr(more).encode()

    monkeypatch.setattr(calendar_module, "card", noted)
    return found


def test_a_large_calendar_is_as_wide_as_a_phone_and_quickly_made(font: Letters) -> None:
    began = time.process_time()
    png = calendar(shown(7, 20), {}, font)
    assert time.process_time() - began < 5  # 2 s on a machine that does nothing else
    image = opened(png)
    assert image.width == WIDTH
    assert 140 * 60 < image.height < 14_000
    assert len(png) < 2_000_000


def test_equal_parts_give_equal_bytes(font: Letters) -> None:
    assert calendar(shown(1, 2), {}, font) == calendar(shown(1, 2), {}, letters())


def test_every_row_has_ink_at_its_clock_its_words_and_its_number(font: Letters) -> None:
    rows = tuple(Row(left=f"0{n}:00", words=WORDS, right=f"{n} 个群") for n in range(3))
    with_rows = opened(card("标题", [Section(heading="一", rows=rows)], font))
    without = opened(card("标题", [Section(heading="一", rows=())], font))
    tall = (with_rows.height - without.height) // 3
    top = without.height - 40 - 16
    for number in range(3):
        band = with_rows.crop((0, top + number * tall + 4, WIDTH, top + (number + 1) * tall))
        for left, right in ((40, 160), (172, 700), (960, 1040)):
            assert len(band.crop((left, 0, right, tall - 4)).getcolors(1 << 20) or ()) > 5


def test_only_characters_with_a_glyph_are_drawn(font: Letters) -> None:
    assert font.drawable(WORDS) == "早安！今天是第 1 天 https://example.com/打卡 龘靐 $x$，加油"
    bare = opened(card("标题", [Section(heading="一", rows=(Row(left="1", words=font.drawable(WORDS)),))], font))
    assert opened(card("标题", [Section(heading="一", rows=(Row(left="1", words=WORDS),))], font)) == bare


@given(text=st.text(max_size=60))
def test_whatever_is_written_can_be_drawn(text: str) -> None:
    some = Letters(font=lambda _size: pytest.fail("no font needed"), known=frozenset(range(32, 0x3000)))
    found = some.drawable(text)
    assert all(ord(sign) in some.known for sign in found)
    assert some.drawable(found) == found


@given(text=st.text("ab 好，。c", max_size=60), width=st.integers(3, 20), most=st.integers(1, 3))
def test_lines_fit_and_lose_nothing_unless_they_say_so(text: str, width: int, most: int) -> None:
    clean = " ".join(text.split())
    lines = wrapped(clean, len, width, most)
    assert len(lines) <= most
    assert all(len(line) <= width for line in lines)
    if not lines[-1].endswith("…"):
        assert "".join(lines).replace(" ", "") == clean.replace(" ", "")


def test_what_does_not_go_out_is_told_and_emoji_alone_give_way_to_the_step(font: Letters, drawn: list[Section]) -> None:
    at = datetime(2026, 5, 18, 6, tzinfo=UTC)
    day = Day(day=FIRST, posts=(post(at, "🎉🎉", late=2), post(at, "晚安")))
    calendar(Preview(title="t", version="v", timezone="UTC", groups=("a",), days=(day,)), {}, font)
    late, plain = drawn[0].rows
    assert (late.tone, late.left, late.right) == ("bad", "06:00", "5 groups")
    assert late.words.startswith("2 left out")
    assert plain.words == "主讲: 晚安 / [picture] 海报.png"


def test_a_task_in_many_groups_stands_once(font: Letters, drawn: list[Section]) -> None:
    due = datetime(2026, 5, 18, 21, tzinfo=UTC)
    tasks = tuple(
        PlannedTask(
            key=f"t/{n}", step="t", phase="", text="打电话", group=f"g{n}", assignee="小周", due=due, source=SOURCE
        )
        for n in range(40)
    )
    day = Day(day=FIRST, posts=(), tasks=tasks)
    calendar(Preview(title="t", version="v", timezone="UTC", groups=("a",), days=(day,)), {}, font)
    assert drawn[0].rows == (Row(left="21:00", words="for 小周: 打电话", right="40 groups", tone="task"),)


def test_what_is_too_much_is_counted(font: Letters, drawn: list[Section]) -> None:
    told = calendar(shown(10, 20), {}, font).decode()
    assert sum(len(section.rows) for section in drawn) == MOST_ROWS
    assert "and 40 more" in told


def test_without_its_packages_the_way_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters_module, "_CARRIER", "no_such_package_of_fonts")
    with pytest.raises(ConfigError, match=r"groupbot\[pictures\]"):
        letters()


def test_drawing_leaves_matplotlib_alone() -> None:
    code = "import sys; from groupbot.reports import letters; letters.letters(); print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.strip() == "False"
