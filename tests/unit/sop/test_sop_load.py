"""What an SOP says is read as typed values, and every mistake in it is told with file, line and a way out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from groupbot.core.content import EVERYBODY
from groupbot.core.policies import LateThen, PartFailure, QuietHours, UnknownThen
from groupbot.sop.document import LinkPart, MediaPart, Selector, Sop, TextPart
from groupbot.sop.planned import Problem, SopError
from groupbot.sop.schema import MAX_STEPS
from groupbot.sop.timenode import AfterStep

from .conftest import GOOD, MemoryFiles

Load = Callable[[str | bytes], Sop]
ProblemsOf = Callable[[str | bytes], list[Problem]]


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


def with_step(text: str) -> str:
    """Return the good SOP with one more step; its first line is line 24."""
    return GOOD + "".join(f"      {line}\n" for line in text.strip("\n").split("\n"))


BAD = {
    "unknown key": (changed("title:", "titel: x\ntitle:"), "unknown-key", 2, "Did you mean `title`?"),
    "unknown key of a step": (changed("speaker: host", "speeker: host"), "unknown-key", 15, "Did you mean `speaker`?"),
    "unknown key of a part": (changed("gap: 3s", "gapp: 3s"), "unknown-key", 20, "Did you mean `gap`?"),
    "unknown key of a material": (changed("{path: ", "{pth: x, path: "), "unknown-key", 8, "Did you mean `path`?"),
    "missing key": (changed("title: 小营\n", ""), "missing-key", 1, ""),
    "missing time": (changed("        at: D1 08:00\n", ""), "missing-key", 13, "at: D1 20:00"),
    "wrong shape": (changed("title: 小营", "title: [a]"), "wrong-type", 2, "text"),
    "steps that are no list": ("name: a\ntitle: b\nphases: yes\n", "wrong-type", 3, "list"),
    "empty value": (changed("title: 小营", "title:"), "empty-value", 2, ""),
    "unknown choice": (with_step("- {id: x, at: D1 09:00, text: a, unknown: perhaps}"), "bad-value", 24, "resend"),
    "missing material": (changed("path: poster.png", "path: nowhere.png"), "missing-material", 8, "folder"),
    "unknown material": (changed("image: poster", "image: postr"), "unknown-material", 19, "Did you mean `poster`?"),
    "material of another kind": (changed("- image: poster", "- video: poster"), "wrong-material-kind", 19, "image"),
    "unknown variable": (changed("{{ teacher }}", "{{ techer }}"), "unknown-variable", 18, "Did you mean `teacher`?"),
    "escaping template": (
        changed("{{ teacher }}", "{{ teacher.__class__.__mro__ }}"),
        "template-forbidden",
        18,
        "Allowed",
    ),
    "incomplete template": (changed("{{ teacher }}", "{{ teacher"), "template-syntax", 18, "close"),
    "unknown role": (changed("speaker: host", "speaker: hos"), "unknown-role", 13, "Did you mean `host`?"),
    "step after a missing step": (changed("after hello", "after helo"), "unknown-step", 21, "Did you mean `hello`?"),
    "step after itself": (changed("after hello", "after later"), "step-cycle", 21, "clock"),
    "step above what it follows": (
        with_step("- {id: a, at: after b, text: x}\n- {id: b, at: D1 09:00, text: y}"),
        "step-order",
        24,
        "Move",
    ),
    "duplicate id": (changed("id: later", "id: hello"), "duplicate-id", 21, "own"),
    "unknown time": (changed("at: D1 08:00", "at: 明天 8 点"), "bad-time", 14, "D1 20:00"),
    "unknown length": (changed("gap: 3s", "gap: soon"), "bad-duration", 20, "3s"),
    "unknown zone": (changed("title:", "timezone: Asia/Shangai\ntitle:"), "unknown-timezone", 2, "Asia/Shanghai"),
    "bad quiet hours": (changed("title:", "quiet_hours: at night\ntitle:"), "bad-value", 2, "22:30-07:30"),
    "bad name": (changed("name: small", "name: a/b"), "bad-name", 1, "letters"),
    "bad step id": (changed("id: later", "id: a/b"), "bad-name", 21, "letters"),
    "bad variable name": (changed("teacher: {", "day: {default: x}\n  teacher: {"), "bad-name", 6, "day"),
    "three goals": (changed("title:", "goals: [a, b, c]\ntitle:"), "too-many-goals", 2, "2"),
    "T-minus without event": (
        changed("event: {name: 直播, at: D6 20:00}\n", "").replace("after hello +10m", "T-30m"),
        "no-event",
        20,
        "event:",
    ),
    "event that repeats": (changed("at: D6 20:00", "at: daily 20:00 until D7"), "bad-time", 9, "D6 20:00"),
    "no steps": ("name: a\ntitle: b\nphases:\n  - {name: p, steps: []}\n", "no-steps", 1, "steps"),
    "no phases": ("name: a\ntitle: b\nphases: []\n", "empty-value", 3, ""),
    "nothing to send": (with_step("- {id: x, at: D1 09:00}"), "empty-step", 24, "text"),
    "two ways at once": (with_step("- {id: x, at: D1 09:00, text: a, task: b}"), "several-contents", 24, "parts"),
    "two contents in a part": (
        with_step("- id: x\n  at: D1 09:00\n  parts:\n    - {text: a, image: poster}"),
        "several-contents",
        27,
        "list item",
    ),
    "an empty part": (with_step("- id: x\n  at: D1 09:00\n  parts:\n    - {gap: 1s}"), "empty-part", 27, "list item"),
    "mention with an image": (
        with_step("- {id: x, at: D1 09:00, image: poster, mention: all}"),
        "mention-without-text",
        24,
        "text",
    ),
    "a link without address": (
        with_step("- {id: x, at: D1 09:00, link: {url: example, title: t}}"),
        "bad-value",
        24,
        "https://",
    ),
    "too many parts": (
        with_step("- {id: x, at: D1 09:00, parts: [" + "{text: a}," * 21 + "]}"),
        "too-long",
        24,
        "20",
    ),
    "too long a text": (with_step(f"- {{id: x, at: D1 09:00, text: {'啊' * 16_001}}}"), "too-long", 24, "16000"),
    "no groups chosen": (with_step("- {id: x, at: D1 09:00, text: a, groups: {tag: []}}"), "empty-value", 24, "all"),
    "priority out of range": (with_step("- {id: x, at: D1 09:00, text: a, priority: 1000}"), "bad-value", 24, "100"),
    "priority no number": (with_step("- {id: x, at: D1 09:00, text: a, priority: high}"), "wrong-type", 24, "number"),
}


@pytest.mark.parametrize(("text", "code", "line", "hint"), BAD.values(), ids=BAD.keys())
def test_a_mistake_is_told_with_line_and_way_out(
    text: str, code: str, line: int, hint: str, problems_of: ProblemsOf
) -> None:
    found = [problem for problem in problems_of(text) if problem.code == code]

    assert found, problems_of(text)
    assert (found[0].level, found[0].where.file, found[0].where.line) == ("error", "small.yaml", line)
    assert hint in found[0].hint
    assert found[0].message


def test_the_good_sop_is_good(load_text: Load) -> None:
    assert load_text(GOOD).warnings == ()


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(problems_of: ProblemsOf) -> None:
    text = changed("{{ teacher }}", "{{ x }}").replace("after hello", "after y").replace("image: poster", "image: z")
    text = text.replace("speaker: host", "speakr: host")

    found = [(problem.code, problem.where.line) for problem in problems_of(text) if problem.level == "error"]

    assert found == [
        ("unknown-key", 15), ("unknown-variable", 18), ("unknown-material", 19), ("unknown-step", 21),
    ]  # fmt: skip


def test_a_material_outside_the_project_is_refused(files: MemoryFiles, problems_of: ProblemsOf) -> None:
    files.outside = frozenset({"poster.png"})

    (problem,) = problems_of(GOOD)

    assert (problem.code, problem.where.file, problem.where.line) == ("material-outside", "small.yaml", 8)


def test_an_empty_material_is_refused(files: MemoryFiles, problems_of: ProblemsOf) -> None:
    files.contents["poster.png"] = b""

    assert [problem.code for problem in problems_of(GOOD)] == ["empty-material"]


def test_a_longer_circle_of_steps_is_found(problems_of: ProblemsOf) -> None:
    text = with_step(
        "- {id: a, at: after c +1m, text: x}\n- {id: b, at: after a, text: y}\n"
        "- {id: c, at: after b, text: z}\n- {id: d, at: after c, text: beside the circle}"
    )

    assert [(p.code, p.where.line) for p in problems_of(text)] == [("step-cycle", line) for line in (24, 25, 26)]


def test_more_steps_than_fit_are_refused_at_the_first_too_many(problems_of: ProblemsOf) -> None:
    steps = "".join(f"    - {{id: s{n}, at: T}}\n" for n in range(MAX_STEPS + 2))

    (problem,) = problems_of("name: a\ntitle: b\nphases:\n  - name: p\n    steps:\n" + steps)

    assert (problem.code, problem.where.file) == ("too-many-steps", "small.yaml")
    assert problem.where.line == 6 + MAX_STEPS


def test_a_hundred_thousand_steps_are_refused(problems_of: ProblemsOf) -> None:
    steps = "".join(f"    - id: s{n}\n      at: D1 08:00\n      text: a\n" for n in range(100_000))

    (problem,) = problems_of("name: a\ntitle: b\nphases:\n  - name: p\n    steps:\n" + steps)

    assert (problem.level, problem.code, problem.where.line) == ("error", "file-too-large", 1)


WARNED = {
    "line break at the end": (changed("|-", "|"), "trailing-newline", 18),
    "quiet hours": (changed("title:", "quiet_hours: 22:30-09:00\ntitle:"), "in-quiet-hours", 14),
    "unused material": (changed("materials:", "materials:\n  b: {path: poster.png}"), "unused-material", 8),
    "unused variable": (changed("variables:", "variables:\n  b: {default: x}"), "unused-variable", 6),
    "single braces": (changed("{{ teacher }}", "{{ teacher }}{store_name}"), "placeholder-left", 18),
    "placeholder": (changed("我是{{", "我是xx老师{{"), "placeholder-left", 18),
    "gap before the first part": (
        changed("- text: |-", "- gap: 3s\n            text: |-"), "unused-key", 17,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "code", "line"), WARNED.values(), ids=WARNED.keys())
def test_a_doubt_is_a_warning_and_no_obstacle(text: str, code: str, line: int, load_text: Load) -> None:
    warnings = load_text(text).warnings

    assert [(note.level, note.code, note.where.line) for note in warnings] == [("warning", code, line)]


def test_a_step_may_post_in_quiet_hours_when_it_says_so(load_text: Load) -> None:
    text = changed("title:", "quiet_hours: 22:30-07:00\ntitle:")
    sop = load_text(text + "      - {id: n, at: D1 23:00, text: a, quiet_hours: 'off'}\n")

    assert sop.warnings == ()
    assert sop.steps[0].policies.quiet == QuietHours(start_minute=1350, end_minute=420, timezone="Asia/Shanghai")
    assert sop.steps[2].policies.quiet is None


def test_policies_of_the_sop_hold_until_a_step_says_otherwise(load_text: Load) -> None:
    text = changed("title:", "late: {grace: 1h, then: ask}\nunknown: skip\nask_timeout: 5m\ntitle:")
    step = "      - {id: n, at: D1 09:00, text: a, late: {then: send}, on_part_failure: continue, priority: 3}\n"
    general, own = (load_text(text + step).steps[n] for n in (0, 2))

    assert general.policies.grace == own.policies.grace == timedelta(hours=1)
    assert (general.policies.late, own.policies.late) == (LateThen.ASK, LateThen.SEND)
    assert general.policies.unknown is own.policies.unknown is UnknownThen.SKIP
    assert general.policies.on_part_failure is PartFailure.STOP
    assert own.policies.on_part_failure is PartFailure.CONTINUE
    assert (own.priority, own.policies.ask_timeout) == (3, timedelta(minutes=5))


def test_parts_keep_order_gaps_and_kinds(load_text: Load) -> None:
    step = (
        "- id: n\n  at: D1 09:00\n  parts:\n    - {text: hi, mention: all}\n    - {image: poster, gap: 1m}\n"
        "    - {link: {url: 'https://example.com', title: t}, gap: 1.5s}\n    - {text: ho, mention: [u1]}"
    )
    parts = load_text(with_step(step)).steps[2].parts

    assert [type(part) for part in parts] == [TextPart, MediaPart, LinkPart, TextPart]
    assert [part.gap_s for part in parts] == [0.0, 60.0, 1.5, 0.0]
    assert [part.mentions for part in parts if isinstance(part, TextPart)] == [(EVERYBODY,), ("u1",)]


SELECTED = {
    "all": (Selector(),),
    "{tag: camp}": (Selector(by="tag", values=("camp",)),),
    "{squad: [east, west]}": (Selector(by="squad", values=("east", "west")),),
    "[{names: [a, b]}, {tag: x}]": (Selector(by="names", values=("a", "b")), Selector(by="tag", values=("x",))),
    "[all, {tag: x}]": (Selector(),),
}


@pytest.mark.parametrize(("written", "selected"), SELECTED.items(), ids=SELECTED.keys())
def test_groups_are_chosen(written: str, selected: tuple[Selector, ...], load_text: Load) -> None:
    sop = load_text(with_step(f"- {{id: n, at: D1 09:00, text: a, groups: {written}}}"))

    assert sop.steps[2].groups == selected
    assert sop.steps[0].groups is None
    assert sop.groups == (Selector(),)


def test_the_typed_sop_says_what_the_file_says(load_text: Load) -> None:
    sop = load_text(changed("title:", "goals: [a, {text: b, target: 20%}]\ntitle:"))

    assert (sop.name, sop.title, sop.timezone) == ("small", "小营", "Asia/Shanghai")
    assert [(goal.text, goal.target) for goal in sop.goals] == [("a", ""), ("b", "20%")]
    assert sop.roles == {"host": "主讲"}
    assert sop.variables["teacher"].default == "晨晨"
    assert sop.materials["poster"].path == "/project/poster.png"
    assert sop.steps[1].at == AfterStep(step="hello", minutes=10)
    assert [(step.phase, step.source.line) for step in sop.steps] == [("开营", 14), ("开营", 22)]


def test_the_version_changes_with_the_file_and_with_a_material(load_text: Load, files: MemoryFiles) -> None:
    first = load_text(GOOD).version
    other_text = load_text(GOOD + "# edited\n").version
    again = load_text(GOOD).version
    files.contents["poster.png"] = b"another"
    other_material = load_text(GOOD).version

    assert first == again
    assert len({first, other_text, other_material}) == 3
    assert len(first) == 12
    assert set(first) <= set("0123456789abcdef")


def test_the_error_speaks_of_its_first_problem(load_text: Load) -> None:
    with pytest.raises(SopError, match=r"small\.yaml:2: There is no key `titel` here\. Did you mean `title`\?"):
        load_text(changed("title:", "titel: x\ntitle:"))
