"""Materials under way: makers are given tasks, only the steps that post one wait, and nothing is dropped silently."""

from __future__ import annotations

import pytest

from groupbot.sop.difference import SettingChanged, difference
from groupbot.sop.document import Sop
from groupbot.sop.load import load
from groupbot.sop.writing import shape, to_yaml
from tests.unit.sop.plan_words import A, B, codes, planned

TEXT = """\
name: made
title: 做的
event: {name: 直播, at: D6 20:00}
materials:
  poster: {path: poster.png, maker: 小美, due: D-3 18:00, status: making, version: v2}
  clip: {path: clip.mp4, maker: 阿强, due: T-2d, status: planned}
  done: {path: done.png, maker: 小美, due: 2026-05-10, status: done}
phases:
  - name: p
    steps:
      - {id: words, at: D1 09:00, text: 大家好}
      - id: show
        at: D1 10:00
        parts: [{text: 看图}, {image: poster}, {image: done}]
      - {id: next, at: after show +10m, text: 记得看}
      - {id: film, at: D2 10:00, video: clip}
"""


@pytest.fixture
def made(load_text, files) -> Sop:
    files.contents = {"done.png": b"png"}
    return load_text(TEXT)


def test_a_missing_file_that_is_not_done_is_a_warning_that_names_the_steps(made: Sop) -> None:
    assert [(one.level, one.code) for one in made.warnings] == [("warning", "material-unfinished")] * 2
    poster, clip = made.warnings
    assert "`poster`" in poster.message
    assert "show" in poster.message
    assert "film" in clip.message
    assert (poster.where.line, clip.where.line) == (5, 6)


def test_only_the_steps_that_post_it_are_left_out(made: Sop) -> None:
    plan = planned(made, A, B)
    assert {row.step for row in plan.deliveries} == {"words", "next"}
    assert codes(plan) == [("warning", "material-unfinished")] * 2


def test_makers_have_a_task_until_it_is_done(made: Sop) -> None:
    poster, clip = planned(made, A, B).tasks
    assert (poster.key, poster.assignee, poster.group) == ("material:poster/-/-", "小美", None)
    assert f"{poster.due:%Y-%m-%d %H:%M}" == "2026-05-15 18:00"
    assert f"{clip.due:%Y-%m-%d %H:%M}" == "2026-05-21 18:00"
    assert all(word in poster.text for word in ("poster", "poster.png", "show"))


def test_when_it_is_done_its_steps_are_planned(load_text, files) -> None:
    files.contents = {"done.png": b"png", "poster.png": b"png"}
    plan = planned(load_text(TEXT.replace("status: making", "status: done")), A)
    assert {row.step for row in plan.deliveries} == {"words", "show", "next"}
    assert [task.key for task in plan.tasks] == ["material:clip/-/-"]


def test_a_file_that_is_there_counts_only_when_somebody_says_that_it_is_done(load_text, files) -> None:
    files.contents = {"done.png": b"png", "poster.png": b"png"}
    assert "show" not in {row.step for row in planned(load_text(TEXT), A).deliveries}


def test_one_that_is_done_must_be_there(problems_of, files) -> None:
    files.contents = {}
    assert ("error", "missing-material") in [(one.level, one.code) for one in problems_of(TEXT)]


def test_one_that_leads_out_is_refused_before_it_is_done(problems_of, files) -> None:
    files.outside = frozenset({"poster.png"})
    assert "material-outside" in [one.code for one in problems_of(TEXT)]


@pytest.mark.parametrize("due", ["soon", "D1 08:00,09:00", "daily 09:00 until D3"])
def test_a_due_time_is_one_day_and_clock(problems_of, due: str) -> None:
    found = [one for one in problems_of(TEXT.replace("due: D-3 18:00", f'due: "{due}"')) if one.level == "error"]
    assert [(one.code, one.where.line) for one in found if one.code == "bad-time"] == [("bad-time", 5)]


def test_a_due_time_by_an_event_without_a_time_is_told(load_text, files) -> None:
    files.contents = {"done.png": b"png"}
    plan = planned(load_text(TEXT.replace(", at: D6 20:00}", "}")), A)
    assert [code for code in codes(plan) if code[0] == "error"] == [("error", "no-event")]


def test_it_is_written_and_read_back(made: Sop, files) -> None:
    again = load(to_yaml(made).encode(), file="again.yaml", files=files)
    assert shape(again) == shape(made)
    assert (again.materials["poster"].maker, again.materials["poster"].edition) == ("小美", "v2")
    assert again.materials["poster"].due == made.materials["poster"].due


def test_who_makes_it_until_when_is_a_difference(made: Sop, load_text) -> None:
    later = load_text(TEXT.replace("due: D-3 18:00, status: making", "due: D-2 18:00, status: review"))
    (change,) = difference(made, later)
    assert isinstance(change, SettingChanged)
    assert (change.key, change.name) == ("materials", "poster")
    assert (change.before["status"], change.after["status"]) == ("making", "review")
