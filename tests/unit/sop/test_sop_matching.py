"""Rows of an edited sheet are found again by what they say, and a person is asked where that is not enough."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from groupbot.sop.document import Sop, Step, TextPart
from groupbot.sop.matching import NEW, match, take_over
from groupbot.sop.planned import Source
from groupbot.sop.template import parse_template
from groupbot.sop.timenode import AfterStep, CampaignDay, OnDay, Slot

HERE = Source(file="made.xlsx", sheet="一", row=2)
WORDS = (
    "大家早上好，今天的打卡题目是写下一个你最想改变的习惯",
    "今晚八点直播，老师会讲怎样用一张表安排一周的时间",
    "打卡满五天的同学可以来领取一份电子手册，回复领取就好",
    "进阶营今天开放报名，前二十名有早鸟价，名额报完为止",
    "这七天谢谢大家的陪伴，结营证书已经发在群文件里了",
)


def step(name: str, text: str, *, day: int = 1, clock: int = 20 * 60, phase: str = "共学") -> Step:
    return Step(
        id=name,
        phase=phase,
        at=OnDay(day=CampaignDay(number=day), slots=(Slot(start=clock),)),
        parts=(TextPart(text=parse_template(text)),),
        source=HERE,
    )


def sop(*steps: Step) -> Sop:
    return Sop(name="small", title="小营", timezone="Asia/Shanghai", steps=steps, source=HERE)


OLD = sop(*(step(f"o{n}", text, day=n + 1) for n, text in enumerate(WORDS)))


def changed(number: int, name: str, **values: object) -> Step:
    return replace(OLD.steps[number], id=name, **values)


def test_an_unchanged_sop_matches_itself() -> None:
    assert match(OLD, OLD).olds == {s.id: s.id for s in OLD.steps}
    assert match(OLD, OLD).questions == ()


def test_equal_ids_are_the_same_step_whatever_they_say() -> None:
    new = sop(step("o0", "别的话", day=9), *OLD.steps[1:])

    assert match(OLD, new).olds["o0"] == "o0"


@given(st.permutations(range(len(WORDS))), st.integers(0, len(WORDS) - 1))
def test_moved_rows_are_found_by_their_words(order: list[int], later: int) -> None:
    moved = [changed(n, f"n{n}") for n in order]
    moved[later] = replace(moved[later], at=OnDay(day=CampaignDay(number=20), slots=(Slot(start=600),)))

    found = match(OLD, sop(*moved))

    assert found.olds == {f"n{n}": f"o{n}" for n in order}
    assert found.questions == ()


def test_a_row_with_a_few_new_words_is_the_same() -> None:
    new = sop(step("n0", WORDS[0].replace("最想改变", "最想养成"), day=1), *OLD.steps[1:])

    (found,) = (m for m in match(OLD, new).matches if m.new == "n0")

    assert found.old == "o0"
    assert 0.7 <= found.certainty < 1


def test_the_only_row_of_a_time_is_the_same_even_when_written_anew() -> None:
    new = sop(step("n0", "换了一整段完全不同的内容，没有一个字一样", day=1), *OLD.steps[1:])

    assert match(OLD, new).olds["n0"] == "o0"


def test_a_row_that_is_like_none_is_new_and_one_that_is_gone_is_gone() -> None:
    new = sop(*OLD.steps[1:], step("n9", "红包雨来啦，手快有手慢无", day=12, phase="返场"))

    found = match(OLD, new)

    assert "n9" not in found.olds
    assert "o0" not in found.olds.values()
    assert found.questions == ()


def twins() -> tuple[Sop, Sop]:
    """Return two posts of one time that say nearly the same, and the sheet in which one of them is left, edited."""
    a, b = "签到啦，一组的同学请在今晚九点前回复一", "签到啦，二组的同学请在今晚九点前回复二"
    old = sop(step("a", a), step("b", b))
    return old, sop(step("c", "签到啦，各组的同学请在今晚九点前回复好"))


def test_two_likely_answers_are_a_question() -> None:
    old, new = twins()

    found = match(old, new)

    assert found.matches == ()
    (question,) = found.questions
    assert question.new == "c"
    assert {candidate.old for candidate in question.candidates} == {"a", "b"}


def test_a_step_that_a_person_named_anew_is_new_unless_it_says_the_same() -> None:
    yaml = Source(file="made.yaml", line=3)
    other, same = step("n0", WORDS[0].replace("最想", "很想")), step("n1", WORDS[1], day=9)
    new = sop(replace(other, source=yaml), replace(same, source=yaml))

    assert match(OLD, new).olds == {"n1": "o1"}
    assert match(OLD, new).questions == ()


def test_an_answer_settles_the_question() -> None:
    old, new = twins()

    assert match(old, new, {"c": "b"}).olds == {"c": "b"}
    assert match(old, new, {"c": NEW}).olds == {}
    assert match(old, new, {"c": NEW}).questions == ()
    assert match(old, new, {"nobody": "a", "c": "nothing"}).questions == match(old, new).questions


def test_ids_are_taken_over_and_followers_follow() -> None:
    new = sop(
        changed(0, "n0"),
        Step(id="n1", phase="共学", at=AfterStep(step="n0", minutes=5), parts=OLD.steps[1].parts, source=HERE),
    )

    taken = take_over(new, match(OLD, new), taken={s.id for s in OLD.steps})

    assert [s.id for s in taken.steps] == ["o0", "o1"]
    assert taken.steps[1].at == AfterStep(step="o0", minutes=5)


def test_a_new_step_never_takes_an_id_that_was_used() -> None:
    new = sop(
        step("gone", "全新的一条，谁也不像", day=15, phase="返场"), step("gone-2", "另外一条", day=16, phase="返")
    )

    taken = take_over(new, match(OLD, new), taken={"gone"})

    assert [s.id for s in taken.steps] == ["gone-2", "gone-2-2"]


def test_equal_rows_keep_their_order() -> None:
    old = sop(*(step(f"o{n}", "打卡", day=n) for n in range(1, 4)))
    new = sop(*(step(f"n{n}", "打卡", day=n) for n in range(1, 4)))

    assert match(old, new).olds == {"n1": "o1", "n2": "o2", "n3": "o3"}


@settings(deadline=None, max_examples=30)
@given(st.lists(st.sampled_from(WORDS), max_size=8), st.lists(st.sampled_from(WORDS), max_size=8))
def test_no_old_step_is_taken_twice(olds: list[str], news: list[str]) -> None:
    old = sop(*(step(f"o{n}", text, day=n + 1) for n, text in enumerate(olds)))
    new = sop(*(step(f"n{n}", text, day=n + 2) for n, text in enumerate(news)))

    found = match(old, new)

    assert len(set(found.olds.values())) == len(found.matches)
    ids = [s.id for s in take_over(new, found, {s.id for s in old.steps}).steps]
    assert len(set(ids)) == len(ids)


def test_a_large_sheet_of_which_every_row_changed_is_matched_in_seconds() -> None:
    old = sop(*(step(f"o{n}", f"{WORDS[n % 5]}，编号 {n * 7919}", day=n // 5 + 1, clock=n % 1440) for n in range(300)))
    new = sop(*(replace(s, id=f"n{n}", parts=step("x", f"{WORDS[n % 5]}，序号 {n * 7919}").parts)
                for n, s in enumerate(old.steps)))  # fmt: skip

    assert match(old, new).olds == {f"n{n}": f"o{n}" for n in range(300)}
