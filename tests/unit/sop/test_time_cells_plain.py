"""The short way for plain cells says what the whole grammar says, word for word."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from groupbot.sop.timecell.cell import read_fully
from groupbot.sop.timecell.plain import read
from groupbot.sop.timecell.values import DAILY, TimeContext

DAYS = st.sampled_from([
    "", "第1天", "第12天 ", "D3 ", "Day 4 ", "day5 ", "2026-05-18 ", "5月18日", "5月18日 ",
    "12月3日 ", "02-29 ", "2026-02-30 ",
])  # fmt: skip
FIGURES = st.builds(
    "{}:{:02}".format, st.sampled_from(["06", "08", "6", "9", "10", "12", "13", "20", "23"]), st.integers(0, 59)
)
SPOKEN = st.builds(
    "{}{}{}".format,
    st.sampled_from(["早", "早上", "上午", "中午", "下午", "傍晚", "晚", "晚上"]),
    st.integers(1, 12),
    st.sampled_from(["点", "点半", ":00", ":30"]),
)
CLOCKS = FIGURES | SPOKEN
ABOVE = st.sampled_from([
    "", "第1天", "第1天 9:00", "第1天 晚8点", "5月18日下午3点", "D3 22:00-次日1:00", "每天 9:00",
    "周三 20:00", "D1,D2 10:00", "活动前1天 12:00",
    "D3 24:00", "不定时",
])  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(day=DAYS, clock=CLOCKS, above=ABOVE, daily=st.booleans())
def test_a_plain_cell_is_read_as_the_whole_grammar_reads_it(day: str, clock: str, above: str, daily: bool) -> None:
    otherwise = DAILY if daily else None
    over = read_fully(above, TimeContext(), words=False) if above else None
    context = TimeContext(above=over, otherwise=otherwise)
    short = read(day + clock, context)
    if short:
        assert short == read_fully(day + clock, context, words=False)


def test_the_plain_forms_take_the_short_way() -> None:
    above = read_fully("5月18日 9:00", TimeContext(), words=False)
    for text in ("第3天 20:00", "D3 08:30", "5月19日晚7点半", "下午3:30", "2026-05-18 09:30", "5月18日 8:05", "10:15"):
        assert read(text, TimeContext(above=above)) is not None
    for text in ("10:15", "第3天 5:00", "晚12点", "早13:00", "第3天 20:00-21:00", "2026-02-30 20:00"):
        assert read(text, TimeContext()) is None
