"""Pausing a campaign in some groups from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from groupbot.cli import app

CONFIG = """\
locale = "en"
[[accounts]]
name = "main"
adapter = "console"
""" + "".join(f'[[groups]]\nname = "{name}"\naccount = "main"\nid = "id-{name}"\n' for name in ("a", "b"))
SOP = """\
name: tiny
title: Tiny
phases: [{name: one, steps: [{id: hello, at: D1 20:00, text: Hello}]}]
"""


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "tiny.yaml").write_text(SOP, encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    def run(*words: str):
        return CliRunner().invoke(app, words)

    assert (
        run("campaign", "launch", "tiny.yaml", "--groups", "a,b", "--start", "2099-05-18", "--id", "t").exit_code == 0
    )
    return run


def test_some_groups_are_paused_shown_and_resumed(cli):
    paused = cli("campaign", "pause", "t", "--groups", "b", "--json")
    assert json.loads(paused.stdout)["paused_in"] == ["b"]
    assert "paused in b" in cli("campaign", "show", "t").stdout
    refused = cli("campaign", "resume", "t")
    assert refused.exit_code == 1
    assert "paused in b" in refused.output
    assert cli("campaign", "resume", "t", "--groups", " b ,").stdout.strip() == "t: running"
    assert "paused_in" not in json.loads(cli("campaign", "show", "t", "--json").stdout)


def test_no_group_and_a_strange_one_are_refused(cli):
    assert cli("campaign", "pause", "t", "--groups", ",").exit_code == 2
    assert cli("campaign", "pause", "t", "--groups", "nowhere").exit_code == 1
