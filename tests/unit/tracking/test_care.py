"""Questions that wait, who answers them, and who needs a person today."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from groupbot.tracking.care import Asked, Heard, Joined, Need, after, is_question, of_the_day, ripe

NOON = datetime(2026, 5, 18, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def said(text: str, by: str = "ann", minutes: float = 0, *, group: str = "g1", staff: bool = False, **more) -> Heard:
    at = NOON + timedelta(minutes=minutes)
    return Heard(
        at=at, group=group, account="main", member=by, message_id=f"{by}{minutes}", text=text, is_staff=staff, **more
    )


def waiting(*heard: Heard) -> tuple[Asked, ...]:
    found: tuple[Asked, ...] = ()
    for one in heard:
        found = after(found, one)
    return found


@pytest.mark.parametrize(
    "text",
    [
        "作业在哪里交？",
        "请问几点开始",
        "老师能不能补课",
        "這個怎麼報名",
        "有回放吗",
        "what time is it",
        "明天还上课吗～",
    ],
)
def test_questions(text: str) -> None:
    assert is_question(text)


@pytest.mark.parametrize(
    "text", ["打卡", "???", "？", "谢谢老师", "早安，吃了吗", "1", "", "这样好吗", "请问" + "啊" * 300]
)
def test_no_questions(text: str) -> None:
    assert not is_question(text)


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        (said("看群公告", "leader", 5, staff=True), []),
        (said("看群公告", "leader", 5, staff=True, quoted_id="ann0"), ["bob"]),
        (said("看群公告", "leader", 5, staff=True, mentions=("bob",)), ["ann"]),
        (said("看群公告", "leader", -5, staff=True), ["ann", "bob"]),
        (said("我也想知道", "cleo", 5), ["ann", "bob"]),
        (said("大家好", "leader", 5, staff=True, quoted_id="other"), ["ann", "bob"]),
    ],
)
def test_staff_answer_by_quoting_by_mentioning_or_by_speaking(answer: Heard, left: list[str]) -> None:
    asked = waiting(said("几点开始？"), said("有回放吗", "bob", 1), answer)
    assert [one.member for one in asked] == left


def test_a_member_who_asks_again_waits_since_the_first_time() -> None:
    [asked] = waiting(said("几点开始？"), said("有人吗", minutes=3), said("谢谢", minutes=4))
    assert (asked.text, asked.at, asked.times) == ("几点开始？", NOON, 2)


def test_a_question_is_ripe_after_the_patience_and_forgotten_in_the_end() -> None:
    asked = waiting(said("几点开始？"), said("有回放吗", "bob", 5))
    patience, forgotten = timedelta(minutes=10), timedelta(hours=6)
    assert ripe(asked, NOON + timedelta(minutes=9.9), patience, forgotten) == []
    assert [one.member for one in ripe(asked, NOON + timedelta(minutes=10), patience, forgotten)] == ["ann"]
    assert [one.member for one in ripe(asked, NOON + timedelta(hours=6), patience, forgotten)] == ["bob"]


def test_the_list_of_the_day_puts_the_most_urgent_first_and_each_member_once() -> None:
    joined = [Joined(at=NOON - DAY, group="g1", member="sam"), Joined(at=NOON - DAY / 2, group="g1", member="tim")]
    heard = [
        said("怎么报名", "bob"),
        said("你们是骗子，怎么报名", "ann", 1),
        said("几点开始？", "cleo", 2),
        said("有回放吗？", "cleo", 3),
        said("几点开始？", "dan", 4),
        said("多少钱", "leader", 5, staff=True),
    ]
    found = of_the_day(joined, heard, now=NOON, silent_after=DAY)
    assert [(one.need, one.member) for one in found] == [
        (Need.COMPLAINT, "ann"),
        (Need.CONVERTING, "bob"),
        (Need.ASKED_TWICE, "cleo"),
        (Need.SILENT, "sam"),
    ]
    assert found[2].words == "有回放吗？"
    here = {"g1": frozenset({"bob"})}
    assert [one.member for one in of_the_day(joined, heard, now=NOON, silent_after=DAY, present=here)] == ["bob"]
