"""What an edit changes is found and said in words; what it does not change is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings

from groupbot.sop.change_words import line, summary
from groupbot.sop.difference import SettingChanged, StepAdded, StepChanged, StepRemoved, difference
from groupbot.sop.document import Sop
from groupbot.sop.load import load
from groupbot.sop.writing import to_yaml
from tests.unit.sop.conftest import GOOD, MemoryFiles
from tests.unit.sop.test_sop_writing import sops

MORE = """\
      - {id: live, at: T-30m, image: poster}
      - {id: bye, at: D3 20:00, text: 再见}
"""


@pytest.fixture
def old(load_text: Callable[[str], Sop]) -> Sop:
    return load_text(GOOD + MORE)


def edit(*pairs: tuple[str, str]) -> Sop:
    text = GOOD + MORE
    for before, after in pairs:
        assert before in text
        text = text.replace(before, after)
    return load(text.encode(), file="small.yaml", files=MemoryFiles())


@settings(deadline=None, max_examples=40)
@given(sops())
def test_equal_sops_differ_in_nothing(sop: Sop) -> None:
    again = load(to_yaml(sop).encode(), file="other.yaml", files=MemoryFiles())

    assert difference(sop, again) == ()
    assert summary(difference(sop, again)) == "nothing changes"


def test_a_clock_that_moves_is_told_with_both_times(old: Sop) -> None:
    (change,) = difference(old, edit(("D3 20:00", "D3 20:30")))

    assert isinstance(change, StepChanged)
    assert change.aspect == "time"
    assert summary([change], groups=37) == "day 3 20:00 becomes 20:30; 37 groups affected"
    assert line(change) == "bye: day 3 20:00 becomes 20:30"


@pytest.mark.parametrize(
    ("before", "after", "aspect", "said"),
    [
        ("text: 再见", "text: 下次见", "words", "the words of 1 steps change"),
        ("gap: 3s", "gap: 9s", "words", "the words of 1 steps change"),
        ("id: bye, at", "id: bye, priority: 3, at", "policy", "the policies of 1 steps change"),
        ("id: bye, at", "id: bye, late: {grace: 1h}, at", "policy", "the policies of 1 steps change"),
        ("id: bye, at", "id: bye, speaker: host, at", "speaker", "the speaker of 1 steps changes"),
        ("id: bye, at", "id: bye, groups: {tag: a}, at", "groups", "the groups of 1 steps change"),
        ("T-30m", "T-1h", "time", "30m before the event becomes 1h before the event"),
    ],
)
def test_each_aspect_of_a_step_is_told_apart(old: Sop, before: str, after: str, aspect: str, said: str) -> None:
    (change,) = difference(old, edit((before, after)))

    assert isinstance(change, StepChanged)
    assert change.aspect == aspect
    assert summary([change]) == said
    assert line(change).startswith(f"{change.new.id}: ")


def test_a_material_with_new_content_changes_the_steps_that_post_it(old: Sop) -> None:
    files = MemoryFiles(contents={"poster.png": b"another picture"})

    changes = difference(old, load((GOOD + MORE).encode(), file="small.yaml", files=files))

    assert [(c.new.id, c.aspect) for c in changes if isinstance(c, StepChanged)] == [
        ("hello", "material"),
        ("live", "material"),
    ]
    assert summary(changes) == "the materials of 2 steps change"


def test_steps_that_come_and_go_are_counted(old: Sop) -> None:
    new = edit(("      - {id: bye, at: D3 20:00, text: 再见}\n", "      - {id: cheer, at: D4 09:00, text: 加油}\n"))

    changes = difference(old, new)

    assert [type(change) for change in changes] == [StepAdded, StepRemoved]
    assert summary(changes) == "1 steps added; 1 steps removed"
    assert [line(change) for change in changes] == ["added: day 4 09:00 加油", "removed: day 3 20:00 再见"]


def test_settings_around_the_steps_are_named(old: Sop) -> None:
    new = edit(("at: D6 20:00", "at: D6 21:00"), ("default: 晨晨", "default: 小满"), ("title: 小营", "title: 大营"))

    changes = difference(old, new)

    assert [(c.key, c.name) for c in changes if isinstance(c, SettingChanged)] == [
        ("title", ""),
        ("variables", "teacher"),
        ("event", ""),
    ]
    assert summary(changes) == "settings: title, variable, event"
    assert line(changes[1]) == "changed: variable teacher"


def test_quiet_hours_for_all_are_one_change_and_not_one_for_each_step(old: Sop) -> None:
    changes = difference(old, edit(("title: 小营", "title: 小营\nquiet_hours: 22:30-07:00")))

    assert [type(change) for change in changes] == [SettingChanged]


def test_another_order_is_told(old: Sop) -> None:
    first, second, *rest = old.steps

    assert summary(difference(old, replace(old, steps=(second, first, *rest)))) == "settings: order of the steps"


def test_many_moved_steps_are_counted(old: Sop) -> None:
    steps = "".join(f"      - {{id: m{n}, at: D{n} 09:00, text: 早}}\n" for n in range(1, 7))
    before, after = (
        load(f"{GOOD}{text}".encode(), file="small.yaml", files=MemoryFiles())
        for text in (steps, steps.replace("09:00", "10:00"))
    )

    said = summary(difference(before, after), groups=2)

    assert said.endswith("3 more steps change their time; 2 groups affected")
    assert said.startswith("day 1 09:00 becomes 10:00; ")
