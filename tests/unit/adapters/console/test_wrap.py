import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from groupbot.adapters.console.wrap import clip, pad, visible, wrap


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("一二三四五", 6, ["一二三", "四五"]),
        ("一二三四，五", 8, ["一二三", "四，五"]),
        ("go to 学校吧", 9, ["go to 学", "校吧"]),
        ("hello world", 8, ["hello", "world"]),
        ("https://example.com", 8, ["https://", "example.", "com"]),
        ("一\n\n二\n", 8, ["一", "", "二", ""]),
        ("", 8, [""]),
        ("a\r\nb", 8, ["a", "b"]),
        ("👨\u200d👩\u200d👧 好", 4, ["👨\u200d👩\u200d👧", "好"]),
    ],
)
def test_lines_break_by_cells(text, width, lines):
    assert wrap(text, width) == lines


@given(st.text(), st.integers(4, 40))
@example("0\xa0?\x1f", 4)
def test_no_line_is_too_wide_and_no_word_is_lost(text, width):
    lines = wrap(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(visible(text).split())


@pytest.mark.parametrize(
    ("char", "shown"),
    [("\x1b", "\\x1b"), ("\x07", "\\x07"), ("\r", "\\x0d"), ("\x7f", "\\x7f"), ("\x9b", "\\x9b"), ("\u202e", "\\u202e"),
     ("\u2028", "\\u2028"), ("\ud800", "\\ud800"), ("\t", "    "), ("\n", "\n"), ("\u200d", "\u200d")],
)  # fmt: skip
def test_what_steers_a_terminal_is_escaped(char, shown):
    assert visible(f"a{char}b") == f"a{shown}b"


def test_padding_and_clipping_count_cells():
    assert pad("中文", 6) == "中文  "
    assert clip("中文很长", 5) == "中文…"
    assert clip("中文\n第二行", 20) == "中文"
