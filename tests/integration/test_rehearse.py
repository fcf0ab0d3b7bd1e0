"""An SOP rehearsed: in the terminal through the whole application, and into one group as orders."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from groupbot import i18n
from groupbot.cli import app

SOP = """\
name: small
title: 小营
roles: {host: 主讲}
variables: {shop: 店铺}
phases:
  - name: 开营
    steps:
      - {id: before, at: "D-3 20:00", text: 三天后见, groups: {tag: camp}}
      - {id: hello, at: "D1 08:00", speaker: host, parts: [{text: "大家好，去{{ shop }}看看"}, {card: host, gap: 3s}]}
      - {id: call, at: "D1 09:00", task: 打电话, assignee: 小周}
      - {id: bye, at: "D2 20:00", text: 再见, groups: {names: [vip]}}
"""
CONFIG = """\
locale = "en"
[[accounts]]
name = "main"
adapter = "console"
[[groups]]
name = "test"
account = "main"
id = "r1"
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (tmp_path / "small.yaml").write_text(SOP, encoding="utf-8")
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(i18n.VARIABLE, "en")
    i18n.use("en")
    yield tmp_path
    i18n.use("zh")


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["sop", "rehearse", "small.yaml", "--start", "2026-05-18", *arguments])
    return result.exit_code, result.output


def test_the_terminal_shows_all_of_it_in_order(project: Path) -> None:
    status, out = run()

    assert status == 0
    marks = [
        "2026-05-15 20:00",
        "三天后见",
        "2026-05-18 08:00",
        "大家好，去〔shop〕看看",
        "打电话",
        "2026-05-19 20:00",
        "再见",
    ]
    assert [out.index(mark) for mark in marks] == sorted(out.index(mark) for mark in marks)
    assert "a person (小周)" in out
    assert "5 posts went out, 0 did not." in out  # two go to both groups that stand in
    assert {entry.name for entry in project.iterdir()} == {"small.yaml", "config.toml"}


def test_a_value_of_a_variable_is_shown(project: Path) -> None:
    assert "去晨光看看" in run("--set", "shop=晨光")[1]


def test_an_sop_that_can_not_be_launched_is_told(project: Path) -> None:
    (project / "small.yaml").write_text(SOP.replace('"D1 08:00"', "T"), encoding="utf-8")

    status, out = run()

    assert status == 1
    assert "no-event" in out


def test_one_group_gets_all_of_it_as_orders(project: Path) -> None:
    status, out = run("--to", "test", "--set", "shop=晨光", "--role", "host=main", "--yes")

    assert status == 0
    assert "3 messages are ordered" in out
    result = CliRunner().invoke(app, ["deliveries", "list", "--campaign", "one-off", "--json"])
    rows = json.loads(result.stdout)
    assert [(row["group"], row["state"], row["parts"]) for row in rows] == [
        ("test", "planned", 1),
        ("test", "planned", 2),
    ]
    assert [row["due"] for row in rows] == sorted(row["due"] for row in rows)


def test_posting_for_real_is_asked_first(project: Path) -> None:
    status, out = run("--to", "test", "--set", "shop=晨光", "--role", "host=main")

    assert status == 1
    assert "Post 3 messages to test now" in out
    assert not (project / "groupbot.db").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--to", "nowhere", "--set", "shop=x", "--yes"), "no group called nowhere"),
        (("--to", "test", "--yes"), "missing-variable"),
        (("--to", "test", "--set", "shop=x", "--role", "host=gone", "--yes"), "no account called gone"),
    ],
)
def test_what_can_not_be_posted(project: Path, arguments: tuple[str, ...], told: str) -> None:
    status, out = run(*arguments)

    assert status == 1
    assert told in out


def test_it_is_played_as_if_in_the_projects_own_group(project: Path) -> None:
    config = project / "config.toml"
    config.write_text(CONFIG + '[groups.variables]\nshop = "晨光"\n', encoding="utf-8")

    out = run()[1]
    config.unlink()
    anywhere = run()[1]

    assert "╭ test · main · 2026-05-18 08:00" in out
    assert "去晨光看看" in out
    assert "group-1 · rehearsal" not in out
    assert "group-1 · rehearsal" in anywhere
