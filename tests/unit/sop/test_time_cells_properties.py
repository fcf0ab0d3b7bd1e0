"""Time cells in any spelling: what is written in Chinese is read back, and no text makes the parser crash."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from groupbot.sop.calendar import Calendar
from groupbot.sop.timecell.block import read_block
from groupbot.sop.timecell.cell import read_time
from groupbot.sop.timecell.values import By, Scheduled, TimeContext, UnknownTime
from groupbot.sop.timenode import (
    DAY_MINUTES,
    CalendarDay,
    CampaignDay,
    Day,
    EventDay,
    FromEvent,
    OnDay,
    Repeat,
    Slot,
    TimeNode,
    TimeNodeError,
)
from groupbot.sop.timetext import format_time, parse_time

from .test_time_cells import DAY_4

DIGITS = "零一二三四五六七八九"
WEEKDAYS = "一二三四五六日"
PARTS = {"凌晨": (0, 5), "早上": (6, 8), "上午": (9, 11), "中午": (12, 13), "下午": (14, 17), "晚上": (18, 23)}


def chinese(number: int) -> str:
    """Return a number below 100 in Chinese numerals."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{DIGITS[tens]}十"
    return (head + (DIGITS[ones] if ones else "")) or "零"


@st.composite
def spoken(draw: st.DrawFn, minute: int) -> str:
    """Write a minute of the day as an operator may."""
    hour, rest = divmod(minute, 60)
    part = next(name for name, (first, last) in PARTS.items() if first <= hour <= last)
    shown = hour - 12 if hour > 12 else hour
    number = draw(st.sampled_from((str, chinese)))
    ways = [f"{hour:02}:{rest:02}", f"{hour:02}：{rest:02}"]
    if hour:
        ways += [f"{part}{shown}:{rest:02}", f"{part} {shown}：{rest:02}", f"{part}{number(shown)}点{rest:02}分"]
        ways += [f"{part}{number(shown)}点"] if rest == 0 else []
        ways += [f"{part}{number(shown)}点半"] if rest == 30 else []
    text = draw(st.sampled_from(ways))
    return draw(st.sampled_from((text, text.translate({ord(c): ord(c) - 0x30 + 0xFF10 for c in "0123456789"}))))


@st.composite
def day_in_words(draw: st.DrawFn) -> tuple[str, Day]:
    number = draw(st.integers(1, 99))
    when = draw(st.dates(date(2024, 1, 1), date(2040, 12, 31)))
    plain = CalendarDay(month=when.month, day=when.day)
    return draw(
        st.sampled_from(
            (
                (f"第{number}天", CampaignDay(number=number)),
                (f"第 {chinese(number)} 天", CampaignDay(number=number)),
                (f"Day{number}", CampaignDay(number=number)),
                (f"D-{number} ", CampaignDay(number=-number)),
                (f"{when.month}月{when.day}日", plain),
                (f"{chinese(when.month)}月{chinese(when.day)}号", plain),
                (
                    f"{when.year}年{when.month}月{when.day}日",
                    CalendarDay(year=when.year, month=when.month, day=when.day),
                ),
                (f"活动前{number}天", EventDay(days=-number)),
                (f"T-{number}d ", EventDay(days=-number)),
            )
        )
    )


@st.composite
def in_words(draw: st.DrawFn) -> tuple[str, TimeNode]:
    """Return a cell in Chinese and the node that it means."""
    text, day = draw(day_in_words())
    start = draw(st.integers(0, DAY_MINUTES - 1))
    clock = draw(spoken(start))
    space = draw(st.sampled_from(("", " ", "　"))) if not text.isascii() else " "
    if draw(st.booleans()):
        return f"{text}{space}{clock}", OnDay(day=day, slots=(Slot(start=start),))
    weekday = draw(st.integers(0, 6))
    often, days = draw(
        st.sampled_from((("每天", frozenset(range(7))), (f"每周{WEEKDAYS[weekday]}", frozenset({weekday}))))
    )
    return f"{often}{clock}到{text}", Repeat(weekdays=days, slots=(Slot(start=start),), until=day)


@given(in_words())
def test_a_node_written_in_chinese_is_read_back(case: tuple[str, TimeNode]) -> None:
    text, node = case
    reading = read_time(text)

    assert isinstance(reading.when, Scheduled)
    assert reading.when.node == node
    assert parse_time(format_time(node)) == node


@given(st.integers(0, DAY_MINUTES - 1).flatmap(lambda minute: st.tuples(st.just(minute), spoken(minute))))
def test_a_clock_in_any_spelling_is_that_minute_of_the_day(case: tuple[int, str]) -> None:
    reading = read_time(case[1], DAY_4)

    assert isinstance(reading.when, Scheduled)
    assert reading.when.node == OnDay(day=CampaignDay(number=4), slots=(Slot(start=case[0]),))


@given(
    st.integers(1, 3000), st.sampled_from(("活动前{}分钟", "开课{}分钟前", "T-{}m", "提前 {} 分钟", "直播开始前{}min"))
)
def test_minutes_before_the_event_are_read(minutes: int, form: str) -> None:
    when = read_time(form.format(minutes)).when

    assert isinstance(when, Scheduled)
    assert when.node == FromEvent(minutes=-minutes)


@given(
    st.lists(st.integers(0, DAY_MINUTES - 1), min_size=1, max_size=6, unique=True),
    st.sampled_from(("、", ",", "/", " 和 ")),
)
def test_clocks_of_a_list_are_each_sent_once(minutes: list[int], joint: str) -> None:
    cell = "D4 " + joint.join(f"{minute // 60:02}:{minute % 60:02}" for minute in minutes)
    when = read_time(cell).when

    assert isinstance(when, Scheduled)
    assert when.node == OnDay(day=CampaignDay(number=4), slots=tuple(Slot(start=minute) for minute in minutes))


@given(st.integers(5, 11), st.lists(st.integers(1, 11), min_size=1, max_size=5))
def test_clocks_that_inherit_never_run_backwards_unseen(first: int, later: list[int]) -> None:
    cell = f"D4 早上{first}点、" + "、".join(f"{hour}点" for hour in later)
    try:
        when = read_time(cell).when
    except TimeNodeError:
        return
    assert isinstance(when, Scheduled)
    assert isinstance(when.node, OnDay)
    starts = [slot.start for slot in when.node.slots]
    assert starts == sorted(starts)
    assert len(starts) == len(later) + 1


@given(st.integers(0, DAY_MINUTES - 1), st.integers(1, DAY_MINUTES - 1))
def test_a_window_is_never_early_and_ends_within_a_day(start: int, length: int) -> None:
    end = (start + length) % DAY_MINUTES
    when = read_time(f"D4 {start // 60:02}：{start % 60:02}－{end // 60:02}:{end % 60:02}").when

    assert isinstance(when, Scheduled)
    assert when.node == OnDay(day=CampaignDay(number=4), slots=(Slot(start=start, end=start + length),))


zones = st.sampled_from(
    ("Asia/Shanghai", "America/New_York", "Europe/London", "Australia/Lord_Howe", "America/Santiago")
)
starts = st.one_of(
    st.dates(date(2031, 1, 1), date(2035, 12, 31)),
    st.sampled_from((date(2032, 3, 14), date(2032, 11, 7), date(2032, 2, 28), date(2031, 12, 31), date(2031, 10, 26))),
)


@given(in_words(), zones, starts)
def test_what_was_read_is_never_early_and_never_twice(case: tuple[str, TimeNode], zone: str, start: date) -> None:
    event = datetime(2030, 6, 15, 20, tzinfo=ZoneInfo(zone))
    calendar = Calendar(start=start, zone=ZoneInfo(zone), event=event)
    when = read_time(case[0]).when
    assert isinstance(when, Scheduled)
    node = when.node
    assert isinstance(node, OnDay | Repeat)
    moments = calendar.on_day(node) if isinstance(node, OnDay) else calendar.repeated(node) if node.until else []
    minute = timedelta(minutes=node.slots[0].start)

    instants = [moment.utc for moment in moments]
    assert len(set(instants)) == len(instants)
    for moment in moments:
        wall = moment.due.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        midnight = datetime.combine(wall.date(), time())
        assert wall - midnight == minute or moment.assumptions
        assert wall - midnight >= minute or moment.assumptions


def read_or_refused(text: str) -> None:
    """Assert that `text` is read, and its node survives being written, or is refused in words."""
    refusals = []
    for context in (TimeContext(), DAY_4):
        try:
            reading = read_time(text, context)
        except TimeNodeError as error:
            refusals.append(error.message)
            continue
        if isinstance(reading.when, Scheduled | By):
            again = read_time(format_time(reading.when.node)).when
            assert isinstance(again, Scheduled)
            assert again.node == reading.when.node
    assert all(refusals)


@given(st.text(max_size=60))
def test_no_text_makes_the_parser_crash(text: str) -> None:
    read_or_refused(text)


WORDS = (
    "第", "1", "2", "3", "12", "30", "天", "月", "日", "号", "点", "半", "时", "分", ":", "：", "-", "~", "到",
    "、", ",", "/", " ", "\n", "早", "上午", "中午", "下午", "晚", "晚上", "凌晨", "午夜", "每天", "每周",
    "周三", "周一至周五", "工作日", "周末", "D", "Day", "T-", "活动", "前", "后", "当天", "次日", "提前",
    "小时", "分钟", "左右", "约", "满", "人", "内", "入群", "起", "直到", "从", "until", "from", "daily",
    "weekly", "Mon", "pm", "am", "noon", "(", ")", "（", "】", "一波", "都来", "群内", "X", "06-08",
    "2027-06-08", "5.18", "8:00", "20:00", "24:00", "第1周", "和", "+1d", "with", "五", "十二", "Jun",
)  # fmt: skip


@given(st.lists(st.sampled_from(WORDS), max_size=12).map("".join))
def test_words_of_time_in_any_order_are_read_or_refused(text: str) -> None:
    read_or_refused(text)


@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=5).map("".join), max_size=6).map("\n".join))
def test_no_block_makes_the_parser_crash(text: str) -> None:
    try:
        read = read_block(text, DAY_4)
    except TimeNodeError:
        return
    assert read


@given(st.text(max_size=200))
def test_a_script_is_kept_as_it_was_typed(words: str) -> None:
    reading = read_time(f"D4 20:00群内：{words}")

    assert all(line in words for line in reading.script.split("\n"))
    lost = len(words.strip()) - len(reading.script)
    assert lost == 0 or reading.materials or words.strip(" :：\n") == reading.script or reading.script in words


def test_an_unknown_time_is_a_time_node_error() -> None:
    assert issubclass(UnknownTime, TimeNodeError)
