"""An SOP written as YAML loads back as the same SOP."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groupbot.core.content import EVERYBODY, ROLE
from groupbot.core.policies import LateThen, PartFailure, Policies, QuietHours, UnknownThen
from groupbot.project_files import ProjectFiles
from groupbot.sop.document import (
    CardPart,
    MediaPart,
    Phase,
    Playbook,
    Reply,
    Selector,
    Sop,
    Step,
    TextPart,
    Trigger,
    Variable,
)
from groupbot.sop.duration import parse_duration
from groupbot.sop.load import load
from groupbot.sop.open_end import format_at, parse_at
from groupbot.sop.planned import Source
from groupbot.sop.shapes import duration_text, step_shape
from groupbot.sop.template import parse_template
from groupbot.sop.timenode import AfterStep, CampaignDay, FromEvent, OnDay, Repeat, Several, Slot, TimeNodeError
from groupbot.sop.writing import shape, to_yaml
from tests.unit.sop.conftest import GOOD, MemoryFiles

HERE = Source(file="made.yaml")
SHIPPED = Path(__file__).parents[3] / "sops"

words = st.text(
    st.characters(
        exclude_categories=("Cs", "Cc"), include_characters="\n\t", exclude_characters="{}\ufeff\ufffe\uffff"
    ),
    min_size=1,
    max_size=40,
).filter(str.strip)
times = st.one_of(
    st.builds(
        lambda day, minute: OnDay(day=CampaignDay(number=day), slots=(Slot(start=minute),)),
        st.integers(1, 30),
        st.integers(0, 1439),
    ),
    st.builds(lambda minutes: FromEvent(minutes=minutes), st.integers(-500, 500)),
    st.builds(lambda minute: Repeat(slots=(Slot(start=minute),)), st.integers(0, 1439)),
)
policies = st.builds(
    Policies,
    grace=st.integers(1, 90_000).map(lambda seconds: timedelta(seconds=seconds)),
    late=st.sampled_from(LateThen),
    unknown=st.sampled_from(UnknownThen),
    on_part_failure=st.sampled_from(PartFailure),
    ask_timeout=st.integers(1, 100).map(lambda minutes: timedelta(minutes=minutes)),
)
texts = st.builds(
    lambda text, whom, gap: TextPart(text=parse_template(text), mentions=whom, gap_s=gap),
    words,
    st.sampled_from(((), (EVERYBODY,), (f"{ROLE}host",), ("wxid_1", EVERYBODY))),
    st.integers(0, 5000).map(lambda ms: ms / 1000),
)
posters = st.just(MediaPart(kind="image", material="poster", source=HERE))


@st.composite
def sops(draw: st.DrawFn) -> Sop:
    """Draw an SOP that a file may hold, in every part that a file may have."""
    count = draw(st.integers(1, 6))
    steps = []
    for number in range(count):
        parts = draw(st.lists(st.one_of(texts, posters), min_size=1, max_size=3))
        first = replace(parts[0], gap_s=0.0)
        steps.append(
            Step(
                id=f"s{number}",
                phase=draw(st.sampled_from(("开营", "转化", "收尾"))),
                at=draw(times),
                parts=(first, *parts[1:]),
                speaker=draw(st.sampled_from(("", "host"))),
                groups=draw(st.sampled_from((None, (Selector(),), (Selector(by="tag", values=("a", "b")),)))),
                policies=draw(policies),
                priority=draw(st.integers(-100, 100)),
                place=draw(st.sampled_from(("group", "member"))),
                source=HERE,
            )
        )
    base = load(GOOD.encode(), file="made.yaml", files=MemoryFiles())
    names = tuple(draw(st.permutations(("开营", "转化", "收尾"))))
    variable = Variable(name="teacher", default=draw(st.one_of(st.none(), st.text("ab ", max_size=4))), source=HERE)
    return replace(
        base,
        title=draw(words).replace("\n", " ").replace("\t", " ").strip() or "x",
        variables={"teacher": variable},
        phases=tuple(Phase(name=name, goal="目标") for name in names),
        steps=tuple(steps),
    )


def loaded(text: str) -> Sop:
    return load(text.encode(), file="made.yaml", files=MemoryFiles())


@settings(deadline=None, max_examples=60)  # a busy machine's first call is slow
@given(sops())
def test_what_is_written_loads_back_as_the_same_sop(sop: Sop) -> None:
    again = loaded(to_yaml(sop))

    assert shape(again) == shape(sop)
    assert [step_shape(step) for step in again.steps] == [step_shape(step) for step in sop.steps]
    assert to_yaml(again) == to_yaml(sop)


@pytest.mark.parametrize("name", ["camp-7d.yaml", "flash-2h.yaml"])
def test_a_shipped_sop_survives_being_written(name: str) -> None:
    files = ProjectFiles(root=SHIPPED.parent, sop_folder=SHIPPED)
    sop = load((SHIPPED / name).read_bytes(), file=name, files=files)

    again = load(to_yaml(sop).encode(), file=name, files=files)

    assert shape(again) == shape(sop)
    assert again.steps[0].policies == sop.steps[0].policies
    assert [step.phase for step in again.steps] == [step.phase for step in sop.steps]


def test_what_only_sheets_said_so_far_can_be_written_too() -> None:
    hello, later = loaded(GOOD).steps
    waits = replace(hello, at=None, trigger=Trigger(kind="members", condition="满 100 人", count=100, minutes=10))
    private = replace(later, at=FromEvent(minutes=-30), place="moments", audience="新人", assumptions=("读作今晚",))
    card = replace(later, id="card", at=private.at, parts=(CardPart(contact=f"{ROLE}host", source=HERE),))
    sop = replace(
        loaded(GOOD),
        steps=(waits, private, card),
        last_day=CampaignDay(number=21),
        playbooks=(Playbook(symptom="群满了", words="发新码", picture="poster", source=HERE),),
        replies=(Reply(keywords=("价格", "多少钱"), text=parse_template("199 元"), source=HERE),),
    )

    again = loaded(to_yaml(sop))

    assert again.steps[0].trigger == waits.trigger
    assert (again.steps[1].place, again.steps[1].audience) == ("moments", "新人")
    assert again.last_day == sop.last_day
    assert again.playbooks[0].picture == "poster"
    assert again.replies[0].keywords == ("价格", "多少钱")
    assert shape(again) == shape(sop)


def test_policies_that_most_steps_have_are_written_once() -> None:
    sop = loaded(GOOD)
    patient = replace(sop, steps=tuple(replace(s, policies=Policies(grace=timedelta(hours=2))) for s in sop.steps))

    assert to_yaml(patient).count("grace") == 1


def test_quiet_hours_that_a_step_leaves_out_stay_left_out() -> None:
    quiet = QuietHours(start_minute=22 * 60 + 30, end_minute=7 * 60, timezone="Asia/Shanghai")
    sop = loaded(GOOD)
    hello, later = sop.steps
    night = replace(sop, quiet=quiet, steps=(hello, replace(later, policies=Policies(quiet=quiet))))

    again = loaded(to_yaml(night))

    assert [step.policies.quiet for step in again.steps] == [None, quiet]


def test_a_repetition_without_an_end_is_written_with_one_word() -> None:
    node = Several(nodes=(OnDay(day=CampaignDay(number=1), slots=(Slot(start=600),)), Repeat(slots=(Slot(start=540),))))

    assert format_at(node.nodes[1]) == "daily 09:00 until end"
    assert parse_at(format_at(node)) == node
    assert parse_at("after hello +10m") == AfterStep(step="hello", minutes=10)


@pytest.mark.parametrize("text", ["daily 09:00", "D1 20:00 until end", "until end", "soon until end"])
def test_an_end_is_neither_guessed_nor_made_up(text: str) -> None:
    with pytest.raises(TimeNodeError):
        parse_at(text)


@given(st.integers(0, 366 * 86_400_000 - 1))
def test_a_length_is_read_as_written(milliseconds: int) -> None:
    length = timedelta(milliseconds=milliseconds)
    assert parse_duration(duration_text(length)) == length
