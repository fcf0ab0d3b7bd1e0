"""Time nodes from text: the forms of the reference, and refusal of everything else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbot.sop.timenode import (
    DAY_MINUTES,
    EVERY_DAY,
    AfterStep,
    CalendarDay,
    CampaignDay,
    Day,
    EventDay,
    FromEvent,
    OnDay,
    Repeat,
    Several,
    Slot,
    TimeNode,
    TimeNodeError,
)
from groupbot.sop.timetext import format_time, parse_day, parse_time, parse_window


def on(day: Day, *starts: int) -> OnDay:
    return OnDay(day=day, slots=tuple(Slot(start=start) for start in starts))


D1, D7 = CampaignDay(number=1), CampaignDay(number=7)
EIGHT, NINE, TEN_AT_NIGHT = 480, 540, 1320
READ: dict[str, TimeNode] = {
    "D1 08:00": on(D1, EIGHT),
    "d1 8:00": on(D1, EIGHT),
    "Ｄ１　０８：００": on(D1, EIGHT),
    "D-3 20:00": on(CampaignDay(number=-3), 1200),
    "D0 20:00": on(CampaignDay(number=0), 1200),
    "第1天 20:00": on(D1, 1200),
    "第 1 天 20:00": on(D1, 1200),
    "2026-05-18 08:00": on(CalendarDay(year=2026, month=5, day=18), EIGHT),
    "05-18 08:00": on(CalendarDay(month=5, day=18), EIGHT),
    "5月18日 8:00": on(CalendarDay(month=5, day=18), EIGHT),
    "2026年5月18日 8:00": on(CalendarDay(year=2026, month=5, day=18), EIGHT),
    "02-29 08:00": on(CalendarDay(month=2, day=29), EIGHT),
    "D1 24:00": on(D1, DAY_MINUTES),
    "D2 22:00,23:00": on(CampaignDay(number=2), TEN_AT_NIGHT, 1380),
    "D2 22:00、23:00": on(CampaignDay(number=2), TEN_AT_NIGHT, 1380),
    "D1 08:00-09:00": OnDay(day=D1, slots=(Slot(start=EIGHT, end=NINE),)),
    "D1 08:00—09:00": OnDay(day=D1, slots=(Slot(start=EIGHT, end=NINE),)),
    "D1 08:00～09:00": OnDay(day=D1, slots=(Slot(start=EIGHT, end=NINE),)),
    "D1 23:30-00:30": OnDay(day=D1, slots=(Slot(start=1410, end=1470),)),
    "D1 23:00-24:00": OnDay(day=D1, slots=(Slot(start=1380, end=1440),)),
    "T": FromEvent(),
    "T-30m": FromEvent(minutes=-30),
    "t - 2h": FromEvent(minutes=-120),
    "T-1h30m": FromEvent(minutes=-90),
    "T+10m": FromEvent(minutes=10),
    "T-3d": FromEvent(days=-3),
    "T-3d 20:00": on(EventDay(days=-3), 1200),
    "活动前1天 20:00": on(EventDay(days=-1), 1200),
    "开课前2小时": FromEvent(minutes=-120),
    "活动前30分钟": FromEvent(minutes=-30),
    "直播开始前 10 分钟": FromEvent(minutes=-10),
    "活动后2天": FromEvent(days=2),
    "daily 09:00,21:00 until D7": Repeat(slots=(Slot(start=NINE), Slot(start=1260)), until=D7),
    "每天 09:00 until D7": Repeat(slots=(Slot(start=NINE),), until=D7),
    "每天09:00到第7天": Repeat(slots=(Slot(start=NINE),), until=D7),
    "daily 09:00 from D2 until 05-30": Repeat(
        slots=(Slot(start=NINE),), first=CampaignDay(number=2), until=CalendarDay(month=5, day=30)
    ),
    "weekly Wed 20:00 until D21": Repeat(
        weekdays=frozenset({2}), slots=(Slot(start=1200),), until=CampaignDay(number=21)
    ),
    "每周三 20:00 until D21": Repeat(weekdays=frozenset({2}), slots=(Slot(start=1200),), until=CampaignDay(number=21)),
    "每周六、日 20:00 到 D21": Repeat(
        weekdays=frozenset({5, 6}), slots=(Slot(start=1200),), until=CampaignDay(number=21)
    ),
    "daily 09:00 until end": Repeat(slots=(Slot(start=NINE),)),
    "D1,D3 20:00": Several(nodes=(on(D1, 1200), on(CampaignDay(number=3), 1200))),
    "第3天 晚8点": on(CampaignDay(number=3), 1200),
    "after STEP-ID": AfterStep(step="STEP-ID"),
    "after 开场_1 +10m": AfterStep(step="开场_1", minutes=10),
    "After x +1d2h": AfterStep(step="x", minutes=1560),
}


@pytest.mark.parametrize(("text", "node"), READ.items(), ids=READ.keys())
def test_a_form_of_the_reference_is_read(text: str, node: TimeNode) -> None:
    assert parse_time(text) == node


REFUSED = {
    "": "D1 20:00",
    "soon": "D1 20:00",
    "明天 8 点": "D1 20:00",
    "D1": "D1 20:00",
    "20:00": "D1 20:00",
    "D1 25:00": "24:00",
    "D1 24:01": "24:00",
    "D1 08:60": "24:00",
    "D1 8:5": "D1 20:00",
    "D1 08:00-08:00": "later end",
    "D1 08:00,08:00": "once",
    "2026-02-30 08:00": "2026-05-18",
    "0000-05-18 08:00": "2026-05-18",
    "13-01 08:00": "2026-05-18",
    "T-3": "T-30m",
    "T-": "D1 20:00",
    "T-30x": "D1 20:00",
    "活动前": "T-30m",
    "daily 09:00": "until D7",
    "weekly 09:00 until D7": "until D7",
    "每周八 09:00 until D7": "until D7",
    "after": "after STEP-ID",
    "after a b": "after STEP-ID",
    "after a +": "after STEP-ID",
    "D99999 08:00": "",
    "T-9999h": "",
    "D1 晚上": "D1 20:00",
    "D1 8点": "D1 20:00",
    "每天早9点": "until D7",
    "D1 20:00 开场": "`text:`",
    "D1 20:00：早安": "`text:`",
    "D1（破冰）20:00": "`text:`",
    "满80人": "D1 20:00",
    "D1 20:00前": "D1 20:00",
    "D1 20:00左右": "D1 20:00",
    "不定时": "D1 20:00",
}


@pytest.mark.parametrize(("text", "hint"), REFUSED.items(), ids=REFUSED.keys())
def test_anything_else_is_refused_with_a_way_out(text: str, hint: str) -> None:
    with pytest.raises(TimeNodeError) as caught:
        parse_time(text)

    assert caught.value.message
    assert hint in caught.value.hint


def test_a_day_and_a_window_are_read_alone() -> None:
    assert parse_day("5月18日") == CalendarDay(month=5, day=18)
    assert parse_window("22:30-07:30") == Slot(start=1350, end=450 + DAY_MINUTES)
    for text in ("08:00", "night", "22:30-"):
        with pytest.raises(TimeNodeError):
            parse_window(text)


days = st.one_of(
    st.integers(-3660, 3660).map(lambda number: CampaignDay(number=number)),
    st.integers(-3660, 3660).map(lambda number: EventDay(days=number)),
    st.dates().map(lambda day: CalendarDay(year=day.year, month=day.month, day=day.day)),
    st.dates().map(lambda day: CalendarDay(month=day.month, day=day.day)),
)


@st.composite
def slot(draw: st.DrawFn) -> Slot:
    start = draw(st.integers(0, DAY_MINUTES))
    if draw(st.booleans()):
        return Slot(start=start)
    end = draw(
        st.integers(0, DAY_MINUTES).filter(lambda minute: minute != start and (start, minute) != (DAY_MINUTES, 0))
    )
    return Slot(start=start, end=end if end > start else end + DAY_MINUTES)


slots = st.lists(slot(), min_size=1, max_size=4, unique_by=lambda one: one.start).map(tuple)
step_ids = st.from_regex(r"[a-zA-Z0-9_营早][a-zA-Z0-9_营早-]{0,20}", fullmatch=True)
nodes = st.one_of(
    st.builds(OnDay, day=days, slots=slots),
    st.builds(
        Repeat,
        weekdays=st.one_of(st.just(EVERY_DAY), st.frozensets(st.integers(0, 6), min_size=1)),
        slots=slots,
        until=st.one_of(st.none(), days),
        first=st.one_of(st.none(), days),
    ),
    st.builds(
        lambda sign, day, minute: FromEvent(days=sign * day, minutes=sign * minute),
        st.sampled_from((-1, 1)),
        st.integers(0, 3660),
        st.integers(0, 500_000),
    ),
    st.builds(AfterStep, step=step_ids, minutes=st.integers(0, 500_000)),
)


@given(nodes)
def test_a_node_survives_being_written_and_read(node: TimeNode) -> None:
    assert parse_time(format_time(node)) == node


def read_or_refused(text: str) -> None:
    """Assert that `text` is a node that survives being written, or is refused with a message."""
    try:
        node = parse_time(text)
    except TimeNodeError as error:
        refusal = error
    else:
        assert parse_time(format_time(node)) == node
        return
    assert refusal.message


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    read_or_refused(text)


@given(st.text(alphabet="DTdt第天日月前后活动每周一三0123456789:-+,、 　：untilaferwyhm", max_size=30))
def test_text_that_looks_like_time_is_read_or_refused_in_words(text: str) -> None:
    read_or_refused(text)
