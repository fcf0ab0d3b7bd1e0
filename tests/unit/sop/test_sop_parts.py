"""Every kind of part: read, checked, planned with its blanks filled in."""

from __future__ import annotations

import pytest

from groupbot.core.actions import Announcement, Rename
from groupbot.core.content import EVERYBODY, ContactCard, MiniProgram, Text, Voice
from groupbot.sop.planned import PlanGroup
from groupbot.sop.planner import plan
from tests.unit.sop.conftest import GOOD
from tests.unit.sop.plan_words import START

WHOLE_CARD = """\
mini_program:
  app_id: wx1
  title: 第 {{ day }} 天
  page: p?g={{ group }}
  username: gh_1@app
  description: 每天
  thumbnail: https://example.com/p.png"""


def with_step(body: str, *, head: str = "") -> str:
    """Return the small SOP with one more step, whose keys are `body`."""
    step = "      - id: more\n        at: D2 08:00\n" + "".join(f"        {line}\n" for line in body.splitlines())
    return GOOD.replace("materials:\n", f"materials:\n{head}") + step


@pytest.fixture
def contents_of(load_text, files):
    """Return the contents that the added step has in a plan."""
    files.contents["hi.silk"] = b"silk"

    def contents(body: str):
        made = load_text(with_step(body, head="  hi: {path: hi.silk, seconds: 4.5}\n"))
        planned = plan(made, groups=[PlanGroup(name="camp-1")], start=START)
        return [part.content for row in planned.deliveries if row.step == "more" for part in row.parts]

    return contents


@pytest.mark.parametrize(
    ("body", "content"),
    [
        ("announce: 群规 {{ day }}", Announcement(text="群规 2")),
        ("rename: |\n  打卡营\n  {{ group }}", Rename(topic="打卡营 camp-1")),
        ("voice: hi", Voice(path="/project/hi.silk", seconds=4.5)),
        ("card: host", ContactCard(contact="@role:host")),
        ("card: wxid_9", ContactCard(contact="wxid_9")),
        ("{text: hi, mention: [host, all, wxid_9]}", Text(text="hi", mentions=("@role:host", EVERYBODY, "wxid_9"))),
        ("mini_program: {app_id: wx1, title: 打卡}", MiniProgram(app_id="wx1", title="打卡")),
        (
            WHOLE_CARD,
            MiniProgram(
                app_id="wx1",
                title="第 2 天",
                page="p?g=camp-1",
                username="gh_1@app",
                description="每天",
                thumbnail="https://example.com/p.png",
            ),
        ),
    ],
)
def test_a_step_of_each_kind(contents_of, body, content):
    body = body if not body.startswith("{") else "\n".join(body.strip("{}").split(", ", 1))
    assert contents_of(body) == [content]


def test_parts_of_all_kinds_keep_their_order(contents_of):
    made = contents_of("parts:\n  - announce: a\n  - {card: host, gap: 3s}\n  - rename: b\n  - voice: hi")
    assert [content.kind for content in made] == ["announcement", "contact_card", "rename", "voice"]


@pytest.mark.parametrize(
    ("body", "level", "code", "hint"),
    [
        ("text: hi\nmention: hots", "warning", "not-a-role", "Did you mean `host`?"),
        ("text: hi\nmention: 主讲", "warning", "not-a-role", "Did you mean `host`?"),
        ("card: hosst", "warning", "not-a-role", "Did you mean `host`?"),
        ('card: "@role:guest"', "error", "unknown-role", ""),
        ("voice: poster", "error", "wrong-material-kind", "Post it as `image: poster`."),
        ("voice: nothing", "error", "unknown-material", ""),
        ("announce: a\nrename: b", "error", "several-contents", ""),
        ("announce: a\nmention: all", "error", "mention-without-text", ""),
        ("announce: '{{ nobody }}'", "error", "unknown-variable", ""),
        ("mini_program: {title: x}", "error", "missing-key", ""),
        ("mini_program: {app_id: a, title: x, pages: p}", "error", "unknown-key", "Did you mean `page`?"),
    ],
)
def test_what_is_wrong_is_said(problems_of, body, level, code, hint):
    found = [problem for problem in problems_of(with_step(body)) if problem.code == code]
    assert [problem.level for problem in found] == [level]
    assert hint in found[0].hint
    assert found[0].where.line


def test_an_id_that_is_no_roles_neighbour_is_taken_as_it_is(problems_of):
    assert problems_of(with_step("text: hi\nmention: [wxid_7f3k2, all, host]")) == []


@pytest.mark.parametrize(("seconds", "code"), [("long", "wrong-type"), ("0", "bad-value"), ("61", "bad-value")])
def test_a_voice_lasts_between_nothing_and_a_minute(problems_of, files, seconds, code):
    files.contents["hi.silk"] = b"silk"
    head = f"  hi: {{path: hi.silk, seconds: {seconds}}}\n"
    assert [problem.code for problem in problems_of(with_step("voice: hi", head=head))] == [code]


def test_the_plan_knows_what_roles_are_called(load_text):
    made = plan(load_text(GOOD), groups=[PlanGroup(name="A")], start=START)
    assert made.roles == {"host": "主讲"}
