"""From an SOP, groups and a first day to what is posted: where, when, in which words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal

import pytest

from groupbot.core.content import EVERYBODY, File, Image, Link, Text
from groupbot.sop.document import LinkPart, Material, MediaPart, Selector, TextPart
from groupbot.sop.planned import PlanGroup
from groupbot.sop.template import parse_template

from .plan_words import HERE, START, A, B, codes, local, planned, quiet_from, sop, step, task, times, words

TIMES = {
    "D1 08:00": ["2026-05-18T08:00+08:00"],
    "D-1 20:00": ["2026-05-17T20:00+08:00"],
    "D1 24:00": ["2026-05-19T00:00+08:00"],
    "D2 22:00,23:00": ["2026-05-19T22:00+08:00", "2026-05-19T23:00+08:00"],
    "2027-01-01 00:00": ["2027-01-01T00:00+08:00"],
    "05-18 09:00": ["2026-05-18T09:00+08:00"],
    "05-17 09:00": ["2027-05-17T09:00+08:00"],
    "02-29 09:00": ["2028-02-29T09:00+08:00"],
    "T": ["2026-05-23T20:00+08:00"],
    "T-30m": ["2026-05-23T19:30+08:00"],
    "T-3d": ["2026-05-20T20:00+08:00"],
    "T-3d 09:00": ["2026-05-20T09:00+08:00"],
    "T+5h": ["2026-05-24T01:00+08:00"],
    "daily 09:00 until D3": ["2026-05-18T09:00+08:00", "2026-05-19T09:00+08:00", "2026-05-20T09:00+08:00"],
    "daily 09:00 from D2 until D3": ["2026-05-19T09:00+08:00", "2026-05-20T09:00+08:00"],
    "daily 21:00,09:00 until D1": ["2026-05-18T09:00+08:00", "2026-05-18T21:00+08:00"],
    "weekly Wed 20:00 until D14": ["2026-05-20T20:00+08:00", "2026-05-27T20:00+08:00"],
    "weekly Mon,Sun 20:00 until D8": ["2026-05-18T20:00+08:00", "2026-05-24T20:00+08:00", "2026-05-25T20:00+08:00"],
}


@pytest.mark.parametrize(("at", "due"), TIMES.items(), ids=TIMES.keys())
def test_a_time_node_gets_its_instants(at: str, due: list[str]) -> None:
    assert times(planned(sop(step("s", at), event="D6 20:00")), "s") == due


def test_keys_name_step_date_clock_and_group() -> None:
    made = planned(sop(step("s", "D2 23:00,24:00")), A, B)

    assert [delivery.key for delivery in made.deliveries] == [
        "s/2026-05-19.0/A", "s/2026-05-19.0/B", "s/2026-05-20.1/A", "s/2026-05-20.1/B",
    ]  # fmt: skip
    assert [delivery.occurrence for delivery in made.deliveries][::2] == ["2026-05-19.0", "2026-05-20.1"]


def test_a_window_starts_at_its_start_and_ends_at_its_end() -> None:
    plain, over_midnight = planned(sop(step("a", "D1 08:00-09:00"), step("b", "D1 23:30-00:30"))).deliveries

    assert (plain.due, plain.until) == (local(2026, 5, 18, 8), local(2026, 5, 18, 9))
    assert (over_midnight.due, over_midnight.until) == (local(2026, 5, 18, 23, 30), local(2026, 5, 19, 0, 30))


def test_following_steps_move_with_every_time_of_what_they_follow() -> None:
    made = planned(sop(step("c", "after b +5m"), step("a", "daily 23:50 until D2"), step("b", "after a +10m")))

    assert times(made, "b") == ["2026-05-19T00:00+08:00", "2026-05-20T00:00+08:00"]
    assert times(made, "c") == ["2026-05-19T00:05+08:00", "2026-05-20T00:05+08:00"]


def test_the_order_is_by_time_then_by_place_in_the_file_then_by_group() -> None:
    made = planned(sop(step("z", "D1 09:00"), step("a", "D1 09:00"), step("first", "D1 08:00")), B, A)

    assert [(delivery.step, delivery.group) for delivery in made.deliveries] == [
        ("first", "A"), ("first", "B"), ("z", "A"), ("z", "B"), ("a", "A"), ("a", "B"),
    ]  # fmt: skip
    assert {delivery.step: delivery.ordinal for delivery in made.deliveries} == {"z": 0, "a": 1, "first": 2}


def test_planning_twice_gives_the_same_plan() -> None:
    made = sop(step("a", "daily 09:00,21:00 until D7"), step("b", "T-30m", "{{ group }}"), event="D6 20:00")

    assert planned(made, A, B) == planned(made, B, A, A)


def test_day_zero_shifts_the_days_before_it() -> None:
    with_zero = planned(sop(step("a", "D0 09:00"), step("b", "D-1 09:00"), step("c", "D1 09:00", "{{ day }}")))

    assert times(with_zero, "a") == ["2026-05-17T09:00+08:00"]
    assert times(with_zero, "b") == ["2026-05-16T09:00+08:00"]
    assert any("D-1" in said for delivery in with_zero.deliveries for said in delivery.assumptions)
    assert words(with_zero.deliveries[-1]) == "1"


def test_a_date_without_year_says_how_it_was_read() -> None:
    (delivery,) = planned(sop(step("a", "05-17 09:00"))).deliveries

    assert "2027-05-17" in delivery.assumptions[0]


def test_the_event_of_the_launch_goes_before_that_of_the_sop() -> None:
    made = sop(step("a", "T-1h"), event="D6 20:00")

    assert times(planned(made, event=local(2026, 6, 1, 10).replace(tzinfo=None)), "a") == ["2026-06-01T09:00+08:00"]
    assert times(planned(made, event=datetime(2026, 6, 1, 10, tzinfo=UTC)), "a") == ["2026-06-01T17:00+08:00"]


def test_an_event_without_time_is_a_problem() -> None:
    made = planned(sop(step("a", "T-1h"), step("b", "after a"), step("c", "T-1d 09:00"), step("d", "D1 09:00")))

    assert sorted(codes(made)) == [("error", code) for code in ("never-happens", "no-event", "no-event")]
    assert [delivery.step for delivery in made.deliveries] == ["d"]


def test_during_the_event_questions_time_out_sooner() -> None:
    steps = (step("before", "T-1m"), step("at", "T"), step("end", "T+2h"), step("after", "T+121m"))
    made = planned(sop(*steps, event="D1 20:00", window=timedelta(hours=2)))

    assert [delivery.policies.ask_timeout for delivery in made.deliveries] == [
        timedelta(minutes=minutes) for minutes in (30, 2, 2, 30)
    ]


def test_blanks_are_filled_for_group_and_day() -> None:
    text = "{{ group }}|{{ day }}|{{ date }}|{{ weekday }}|{{ start_date }}|{{ event_time }}|{{ sop_title }}|{{ who }}"
    made = planned(sop(step("a", "D2 24:00", text), event="D6 20:00", who="老师"))

    assert words(made.deliveries[0]) == "A|3|2026-05-20|周三|2026-05-18|2026-05-23 20:00|做的|老师"


def test_the_nearest_value_wins() -> None:
    made = sop(step("a", "D1 09:00", "{{ who }}"), who="默认")
    own = PlanGroup(name="C", variables={"who": "本群"})

    assert words(planned(made).deliveries[0]) == "默认"
    assert words(planned(made, variables={"who": "本期"}).deliveries[0]) == "本期"
    assert words(planned(made, own, variables={"who": "本期"}).deliveries[0]) == "本群"


def test_a_variable_without_value_is_told_once_for_each_group() -> None:
    own = PlanGroup(name="C", variables={"who": "有"})
    made = planned(sop(step("a", "daily 09:00 until D3", "{{ who }}"), step("b", "D1 10:00"), who=""), A, own)

    assert codes(made) == [("error", "missing-variable")]
    assert "who" in made.problems[0].message
    assert "`A`" in made.problems[0].message
    assert "--set who=" in made.problems[0].hint
    assert {(delivery.step, delivery.group) for delivery in made.deliveries} == {("a", "C"), ("b", "A"), ("b", "C")}


def test_a_value_for_an_unknown_variable_is_a_problem() -> None:
    made = planned(sop(step("a", "D1 09:00", "{{ teacher }}"), teacher="x"), variables={"techer": "y"})

    assert codes(made) == [("error", "unknown-variable")]
    assert "teacher" in made.problems[0].hint


@pytest.mark.parametrize(
    ("text", "code"),
    [("{% if day > 1 %}x{% endif %}", "empty-text"), ("{% if who > 1 %}x{% endif %}", "template-failed")],
)
def test_a_script_that_does_not_work_out_is_a_problem(text: str, code: str) -> None:
    made = planned(sop(step("a", "D1 09:00", text), who="x"), A, B)

    assert codes(made)[0] == ("error", code)
    assert made.deliveries == ()


CHOSEN = {
    "all": (Selector(),),
    "tag": (Selector(by="tag", values=("camp", "other")),),
    "squad": (Selector(by="squad", values=("east",)),),
    "names": (Selector(by="names", values=("A",)),),
}


@pytest.mark.parametrize(("by", "selectors"), CHOSEN.items(), ids=CHOSEN.keys())
def test_a_step_goes_to_the_groups_it_is_for(by: str, selectors: tuple[Selector, ...]) -> None:
    made = planned(sop(step("a", "D1 09:00", groups=selectors)), A, B)

    assert [delivery.group for delivery in made.deliveries] == (["A", "B"] if by == "all" else ["A"])
    assert made.problems == ()


def test_a_step_without_a_group_is_a_problem() -> None:
    made = planned(sop(step("a", "D1 09:00", groups=(Selector(by="tag", values=("gold",)),))), A, B)

    assert codes(made) == [("error", "no-group")]
    assert "gold" in made.problems[0].hint


def test_a_group_that_no_config_knows_passes_tags_and_squads_but_not_names() -> None:
    stranger = PlanGroup(name="X", known=False)
    ways: tuple[Literal["tag", "squad", "names"], ...] = ("tag", "squad", "names")
    steps = [step(by, "D1 09:00", groups=(Selector(by=by, values=("gold",)),)) for by in ways]
    made = planned(sop(*steps), stranger)

    assert [delivery.step for delivery in made.deliveries] == ["tag", "squad"]
    assert all("`X`" in delivery.assumptions[0] for delivery in made.deliveries)
    assert codes(made) == [("error", "no-group")]


def test_all_kinds_of_parts_are_made() -> None:
    image = Material(name="i", written="i", path="/p/i", kind="image", source=HERE)
    document = Material(name="f", written="f", path="/p/f", kind="file", title="标题.pdf", source=HERE)
    materials = {"i": image, "f": document}
    parts = (
        TextPart(text=parse_template("hi"), mentions=(EVERYBODY,)),
        MediaPart(kind="image", material="i", gap_s=3.0, source=HERE),
        MediaPart(kind="file", material="f", source=HERE),
        LinkPart(url=parse_template("https://example.com/{{ group }}"), title=parse_template("t"), gap_s=1.0),
    )
    made = sop(replace(step("a", "D1 09:00"), parts=parts))
    (delivery,) = planned(replace(made, materials=materials)).deliveries

    assert [part.content for part in delivery.parts] == [
        Text(text="hi", mentions=(EVERYBODY,)),
        Image(path="/p/i"),
        File(path="/p/f", name="标题.pdf"),
        Link(url="https://example.com/A", title="t"),
    ]
    assert [part.gap_s for part in delivery.parts] == [0.0, 3.0, 0.0, 1.0]


def test_tasks_are_for_all_or_for_each_group() -> None:
    steps = (
        task("once", "D1 09:00", "准备"),
        task("open", None, "有空时看看"),
        task("named", "D1 10:00", "给{{ group }}发红包"),
        task("each", "D1 11:00", "私聊", groups=(Selector(),)),
    )
    made = planned(sop(*steps), A, B)

    assert [(row.key, row.text) for row in made.tasks] == [
        ("once/2026-05-18.0/-", "准备"),
        ("open/-/-", "有空时看看"),
        ("named/2026-05-18.0/A", "给A发红包"),
        ("named/2026-05-18.0/B", "给B发红包"),
        ("each/2026-05-18.0/A", "私聊"),
        ("each/2026-05-18.0/B", "私聊"),
    ]
    assert made.tasks[1].due is None
    assert made.deliveries == ()


def test_a_task_without_time_has_no_day() -> None:
    assert codes(planned(sop(task("open", None, "第 {{ day }} 天")))) == [("error", "missing-variable")]


def test_posts_around_the_event_in_quiet_hours_are_a_doubt() -> None:
    late_at_night = quiet_from(1350, 420)
    made = planned(
        sop(step("a", "T+3h", policies=late_at_night), step("b", "T", policies=late_at_night), event="D1 20:00")
    )

    assert codes(made) == [("warning", "in-quiet-hours")]
    assert "`a`" in made.problems[0].message
    assert len(made.deliveries) == 2


@pytest.mark.parametrize(
    ("at", "start", "code"),
    [
        ("daily 09:00 until D-5", START, "never-happens"),
        ("daily 09:00 until 2026-05-17", START, "never-happens"),
        ("weekly Sun 09:00 until D3", START, "never-happens"),
        ("D10 09:00", date(9999, 12, 30), "bad-time"),
        ("D-10 09:00", date(1, 1, 2), "bad-time"),
        ("02-29 09:00", date(9998, 1, 1), "bad-time"),
        ("daily 09:00 until D10", date(9999, 12, 30), "bad-time"),
        ("daily 09:00 until 2099-01-01", START, "bad-time"),
        ("T+2d", date(9999, 12, 30), "bad-time"),
    ],
)
def test_a_step_that_can_never_be_is_a_problem(at: str, start: date, code: str) -> None:
    made = planned(sop(step("a", at), event="D1 20:00"), start=start)

    assert ("error", code) in codes(made)
    assert made.deliveries == ()


def test_past_times_are_not_judged() -> None:
    made = planned(sop(step("a", "D1 08:00")), start=date(1999, 1, 1))

    assert times(made, "a") == ["1999-01-01T08:00+08:00"]
    assert made.problems == ()


def test_a_plan_too_large_for_memory_is_refused() -> None:
    many = [PlanGroup(name=f"g{number}") for number in range(300)]
    made = planned(sop(step("a", "daily 09:00 until D3500")), *many)

    assert codes(made) == [("error", "too-many-deliveries")]


def test_a_thousand_groups_share_what_they_say() -> None:
    many = [PlanGroup(name=f"g{number:04}") for number in range(1000)]
    made = planned(sop(*(step(f"s{n}", f"D{n + 1} 09:00", "{{ who }} {{ day }}") for n in range(20)), who="x"), *many)

    assert len(made.deliveries) == 20_000
    assert len({id(delivery.parts) for delivery in made.deliveries}) == 20
