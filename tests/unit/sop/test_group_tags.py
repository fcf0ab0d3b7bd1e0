"""What a tag with a value does in a plan: other words, other times."""

from datetime import date

from groupbot.desk.group_starts import plan_groups
from groupbot.project_files import ProjectFiles
from groupbot.settings.file import parse
from groupbot.sop.group_tags import values_of
from groupbot.sop.load import load
from groupbot.sop.planner import plan

SOP = """\
name: tiny
title: Tiny
variables:
  words: {default: now}
phases:
  - name: opening
    steps:
      - id: hello
        at: D1 20:00
        text: '{% if words == "short" %}Tonight at eight.{% else %}Good evening! Tonight at eight.{% endif %}'
      - id: live-at-eight
        at: D3 20:00
        groups: {tag: "evening=eight"}
        text: We begin now.
      - id: live-at-nine
        at: D3 21:00
        groups: {tag: "evening=nine"}
        text: We begin now.
"""
CONFIG = """\
[[accounts]]
name = "main"
adapter = "console"
[[groups]]
name = "a"
id = "ra"
account = "main"
tags = ["words=now", "evening=eight"]
[[groups]]
name = "b"
id = "rb"
account = "main"
tags = ["words=short", "evening=nine"]
[[groups]]
name = "c"
id = "rc"
account = "main"
tags = ["camp", "words=short"]
variables = {words = "now"}
"""


def test_only_tags_that_name_a_variable_and_a_value_give_one():
    tags = {"camp", "words=short", "=x", "y=", "2=b", "a-b=c", "link=x=1"}
    assert values_of(tags) == {"words": "short", "link": "x=1"}


def test_groups_get_the_words_and_times_of_their_variant(tmp_path):
    groups = plan_groups(parse(CONFIG, tmp_path / "config.toml", {}))
    files = ProjectFiles(root=tmp_path, sop_folder=tmp_path)
    sop = load(SOP.encode(), file="tiny.yaml", files=files)
    made = plan(sop, groups=tuple(groups.values()), start=date(2026, 5, 18))
    assert not [problem for problem in made.problems if problem.level == "error"]
    said = {row.group: row.parts[0].content.text for row in made.deliveries if row.step == "hello"}
    long = "Good evening! Tonight at eight."
    assert said == {"a": long, "b": "Tonight at eight.", "c": long}
    lives = {row.group: f"{row.due:%H}" for row in made.deliveries if row.step.startswith("live")}
    assert lives == {"a": "20", "b": "21"}
