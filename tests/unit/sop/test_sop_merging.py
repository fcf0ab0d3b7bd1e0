"""Two edits of one SOP: each side's changes arrive, and what both changed is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings

from groupbot.sop.document import Sop
from groupbot.sop.load import load
from groupbot.sop.merging import EVERYWHERE, merge
from groupbot.sop.shapes import step_shape
from groupbot.sop.writing import shape
from tests.unit.sop.conftest import GOOD, MemoryFiles
from tests.unit.sop.test_sop_writing import sops

TEXT = (
    GOOD
    + """\
      - {id: live, at: T-30m, image: poster}
      - {id: bye, at: D3 20:00, text: 再见}
"""
)


def sop(*pairs: tuple[str, str]) -> Sop:
    text = TEXT
    for before, after in pairs:
        assert before in text
        text = text.replace(before, after)
    return load(text.encode(), file="small.yaml", files=MemoryFiles())


BASE = sop()
BYE = "      - {id: bye, at: D3 20:00, text: 再见}\n"


@settings(deadline=None, max_examples=40)
@given(sops(), sops())
def test_one_side_alone_is_taken_as_it_is(base: Sop, other: Sop) -> None:
    assert shape(merge(base, base, other).sop) == shape(other)
    assert shape(merge(base, other, base).sop) == shape(other)
    assert shape(merge(base, other, other).sop) == shape(other)
    assert not any(merge(*sides).conflicts for sides in ((base, base, other), (base, other, base)))


def test_changes_of_different_things_both_arrive() -> None:
    mine = sop(("at: D3 20:00", "at: D3 20:30"), ("title: 小营", "title: 大营"))
    theirs = sop(("text: 再见", "text: 下次见"), ("T-30m", "T-1h"))

    merged = merge(BASE, mine, theirs)

    clock, title = ("at: D3 20:00", "at: D3 20:30"), ("title: 小营", "title: 大营")
    both = sop(clock, title, ("text: 再见", "text: 下次见"), ("T-30m", "T-1h"))
    assert shape(merged.sop) == shape(both)
    assert merged.conflicts == ()


def test_what_both_changed_is_shown_with_both_sides_and_left_as_it_runs() -> None:
    mine, theirs = sop(("at: D3 20:00", "at: D3 20:30")), sop(("at: D3 20:00", "at: D3 21:00"))

    merged = merge(BASE, mine, theirs)

    (conflict,) = merged.conflicts
    assert (conflict.place, conflict.facet) == ("bye", "time")
    assert (conflict.mine, conflict.theirs) == ({"at": "D3 20:30"}, {"at": "D3 21:00"})
    assert shape(merged.sop) == shape(mine)


@pytest.mark.parametrize("place", ["bye", EVERYWHERE])
@pytest.mark.parametrize(("side", "clock"), [("mine", "20:30"), ("file", "21:00")])
def test_a_person_settles_a_conflict(place: str, side: str, clock: str) -> None:
    mine, theirs = sop(("at: D3 20:00", "at: D3 20:30")), sop(("at: D3 20:00", "at: D3 21:00"))

    merged = merge(BASE, mine, theirs, {place: side})  # type: ignore[dict-item]

    assert merged.conflicts == ()
    assert step_shape(merged.sop.steps[-1])["at"] == f"D3 {clock}"


def test_a_step_that_one_side_removed_is_gone_unless_the_other_changed_it() -> None:
    removed, kept = sop((BYE, "")), sop(("T-30m", "T-1h"))
    changed = sop(("text: 再见", "text: 下次见"))

    assert "bye" not in [step.id for step in merge(BASE, removed, kept).sop.steps]
    assert "bye" not in [step.id for step in merge(BASE, kept, removed).sop.steps]
    (conflict,) = merge(BASE, removed, changed).conflicts
    assert (conflict.place, conflict.mine) == ("bye", None)
    assert "bye" in [step.id for step in merge(BASE, removed, changed, {"bye": "file"}).sop.steps]


def test_steps_that_each_side_added_stand_after_their_neighbours() -> None:
    mine = sop((BYE, "      - {id: mine, at: D2 08:00, text: 我的}\n" + BYE))
    theirs = sop((BYE, BYE + "      - {id: theirs, at: D4 08:00, text: 你的}\n"))

    merged = merge(BASE, mine, theirs)

    assert [step.id for step in merged.sop.steps] == ["hello", "later", "live", "mine", "bye", "theirs"]


def test_quiet_hours_of_one_side_reach_the_steps_of_the_other() -> None:
    mine = sop(("title: 小营", "title: 小营\nquiet_hours: 22:30-07:00"))
    theirs = sop((BYE, BYE + "      - {id: new, at: D4 08:00, text: 早}\n"))

    merged = merge(BASE, mine, theirs).sop

    assert all(step.policies.quiet == mine.quiet for step in merged.steps)
    assert mine.quiet is not None


def test_a_step_that_posts_in_quiet_hours_goes_on_doing_so() -> None:
    quiet = ("title: 小营", "title: 小营\nquiet_hours: 22:30-07:00")
    base = sop(quiet)
    mine = sop(quiet, ("id: bye, at", 'id: bye, quiet_hours: "off", at'))
    theirs = sop(quiet, ("text: 再见", "text: 下次见"))

    assert merge(base, mine, theirs).sop.steps[-1].policies.quiet is None


def test_variables_are_merged_one_by_one() -> None:
    mine = sop(("teacher: {default: 晨晨}", "teacher: {default: 小满}"))
    theirs = sop(("variables:\n", "variables:\n  place: {default: 线上}\n"))

    merged = merge(BASE, mine, theirs).sop

    assert {name: variable.default for name, variable in merged.variables.items()} == {
        "teacher": "小满",
        "place": "线上",
    }


def test_a_material_that_a_kept_step_posts_stays() -> None:
    mine = replace(
        BASE, steps=tuple(replace(s, policies=replace(s.policies, grace=timedelta(hours=1))) for s in BASE.steps)
    )
    theirs = replace(BASE, materials={}, steps=BASE.steps)

    assert "poster" in merge(BASE, mine, theirs).sop.materials
