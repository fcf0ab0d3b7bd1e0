"""The shipped SOPs: clean, plannable as they are, and careful with the people they speak to."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from groupbot.core.content import Link, Text
from groupbot.project_files import ProjectFiles
from groupbot.sop.document import Sop
from groupbot.sop.jsonschema import json_schema
from groupbot.sop.load import load
from groupbot.sop.planned import Plan, PlanGroup
from groupbot.sop.planner import plan

SOPS = Path(__file__).parents[3] / "sops"
FILES = sorted(SOPS.glob("*.yaml"))
KB = 1024


def read(path: Path) -> Sop:
    return load(path.read_bytes(), file=path.name, files=ProjectFiles(root=SOPS.parent, sop_folder=path.parent))


def planned(path: Path) -> Plan:
    return plan(read(path), groups=[PlanGroup(name="一群"), PlanGroup(name="二群")], start=date(2026, 5, 18))


def test_both_are_there() -> None:
    assert [path.name for path in FILES] == ["camp-7d.yaml", "flash-2h.yaml"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_is_without_fault_and_plans_without_further_ado(path: Path) -> None:
    made = planned(path)

    assert made.problems == ()
    assert made.deliveries
    assert made.tasks
    assert len({delivery.key for delivery in made.deliveries}) == len(made.deliveries)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_names_nobody_and_stays_small(path: Path) -> None:
    contents = [part.content for delivery in planned(path).deliveries for part in delivery.parts]
    links = [content.url for content in contents if isinstance(content, Link)]

    assert links
    assert all(url.startswith("https://example.com/") for url in links)
    assert all(not content.text.endswith("\n") for content in contents if isinstance(content, Text))
    assert all(0 < Path(material.path).stat().st_size < 20 * KB for material in read(path).materials.values())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_mentions_everybody_rarely(path: Path) -> None:
    mentions = [
        delivery
        for delivery in planned(path).deliveries
        for part in delivery.parts
        if isinstance(part.content, Text) and part.content.mentions and delivery.group == "一群"
    ]

    assert 1 <= len(mentions) <= 2


def test_the_camp_has_a_few_posts_on_each_of_its_days() -> None:
    camp = planned(SOPS / "camp-7d.yaml")
    days = [delivery.due.date() for delivery in camp.deliveries if delivery.group == "一群"]

    assert [days.count(date(2026, 5, 18 + number)) for number in range(7)] == [4, 3, 3, 3, 3, 5, 4]
    assert {part.content.kind for delivery in camp.deliveries for part in delivery.parts} == {
        "text", "image", "file", "video", "link",
    }  # fmt: skip
    assert {delivery.speaker for delivery in camp.deliveries} == {"host", "assistant"}


def test_the_flash_group_is_over_in_two_hours() -> None:
    flash = planned(SOPS / "flash-2h.yaml")
    first, last = flash.deliveries[0].due, flash.deliveries[-1].due

    assert (first.hour, first.minute, last.hour, last.minute) == (19, 30, 22, 0)
    assert max(task.due for task in flash.tasks if task.due).strftime("%H:%M") == "22:10"


def test_the_schema_for_editors_is_current() -> None:
    assert (SOPS / "sop.schema.json").read_text(encoding="utf-8") == json_schema()
