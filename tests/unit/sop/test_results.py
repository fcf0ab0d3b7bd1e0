"""What came of an SOP travels with its template, and says whether copying it is proven."""

from __future__ import annotations

from dataclasses import replace

import pytest

from groupbot.sop.load import load
from groupbot.sop.planned import Source
from groupbot.sop.results import MANY_GROUPS, GoalResult, GroupResult, Results, unproven
from groupbot.sop.sheets.results import unsaid, with_results
from groupbot.sop.writing import to_yaml

HERE = Source(file="sop.yaml")
RESULTS = Results(
    campaign="camp-20260518",
    finished=3,
    goals=(GoalResult(text="报名", target="100", result="132"),),
    groups={
        "camp-1": GroupResult(sent=12, late=1, skipped=2, joins=30, replies=45),
        "camp-2": GroupResult(sent=12, joins=5),
    },
)
PLAIN = """\
name: small
title: small
goals: [{text: 报名, target: "100"}]
phases:
  - name: 开营
    steps:
      - {id: hello, at: D1 08:00, text: 大家好}
      - {id: bye, at: D7 20:00, text: 再见}
"""


def test_the_sum_of_all_groups() -> None:
    assert RESULTS.total == GroupResult(sent=24, late=1, skipped=2, joins=35, replies=45)


def test_a_yaml_template_loads_back_with_its_results(load_text, files) -> None:
    made = replace(load_text(PLAIN), results=RESULTS)
    again = load(to_yaml(made).encode(), file="again.yaml", files=files)
    assert again.results == RESULTS
    assert [step.id for step in again.steps] == ["hello", "bye"]


def test_a_workbook_template_loads_back_with_its_results(load_text, files) -> None:
    made = replace(load_text(PLAIN), results=RESULTS)
    again = load(with_results(made, files=files), file="again.xlsx", files=files)
    assert again.results == RESULTS
    assert [step.id for step in again.steps] == ["hello", "bye"]
    assert unsaid(made, again) == []
    assert again.warnings == ()


def test_a_workbook_holds_the_frame_of_the_sop(load_text, files) -> None:
    text = PLAIN.replace(
        "phases:",
        """\
roles: {host: 主持人, helper: 助教}
variables: {teacher: {default: 晨晨}, link: 报名链接}
quiet_hours: 22:30-07:00
groups: [{tag: camp}, {names: [a, b]}]
materials: {poster: {path: poster.png}}
phases:""",
    ).replace("text: 大家好}", 'speaker: host, parts: [{text: "我是{{ teacher }} {{ link }}"}, {image: poster}]}')
    made = replace(load_text(text), results=RESULTS)
    again = load(with_results(made, files=files), file="again.xlsx", files=files)
    assert unsaid(made, again) == []
    assert (again.goals, dict(again.roles)) == (made.goals, dict(made.roles))


def test_what_a_workbook_would_lose_is_named(load_text, files) -> None:
    long = ", ".join(f"{{text: {sign * 15_000}}}" for sign in "abc")  # a cell holds 32,767 characters
    made = load_text(PLAIN.replace("text: 再见}", f"parts: [{long}]}}"))
    assert unsaid(made, load(with_results(made, files=files), file="again.xlsx", files=files)) == ["bye"]


@pytest.mark.parametrize(("setting", "other"), [("title: small", "title: other"), ("goals: [{", "goals: [x, {")])
def test_a_setting_that_reads_otherwise_is_named(load_text, setting: str, other: str) -> None:
    assert unsaid(load_text(PLAIN), load_text(PLAIN.replace(setting, other))) == [setting.partition(":")[0]]


@pytest.mark.parametrize(
    ("results", "groups", "said"),
    [
        (RESULTS, 200, ""),
        (None, MANY_GROUPS - 1, ""),
        (None, MANY_GROUPS, "no results"),
        (replace(RESULTS, finished=2), 1, "only 2 groups"),
        (replace(RESULTS, goals=()), 1, "no goal"),
        (replace(RESULTS, goals=(GoalResult(text="报名"),)), 1, "报名"),
    ],
)
def test_what_is_unproven(results: Results | None, groups: int, said: str) -> None:
    found = unproven(results, groups=groups, where=HERE)
    assert [(one.level, one.code) for one in found] == ([("warning", "unproven")] if said else [])
    assert all(said in one.message and "save-template" in one.hint for one in found)
