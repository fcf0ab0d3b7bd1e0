"""`groupbot people` and `groupbot audit` as outsiders build on them."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from groupbot.admin.people import hashed
from groupbot.cli import app

CONFIG = """\
locale = "en"
[[accounts]]
name = "main"
adapter = "console"
[[people]]
name = "Olga"
role = "owner"
[[people]]
name = "Lena"
ids = { main = "u1" }
[[squads]]
name = "east"
leader = "Lena"
"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")

    def run(*words, status=0):
        done = CliRunner().invoke(app, words)
        assert done.exit_code == status, done.output
        return done.stdout

    return run


def test_people_are_listed_with_what_they_are(run):
    assert json.loads(run("people", "list", "--json")) == [
        {"name": "Olga", "role": "owner", "squads": [], "ids": {}},
        {"name": "Lena", "role": "leader", "squads": ["east"], "ids": {"main": "u1"}},
    ]
    assert "leader" in run("people", "list")


def test_a_code_is_shown_once_and_audited_without_it(run):
    told = json.loads(run("people", "code", "Olga", "--json"))
    assert told["person"] == "Olga"
    assert len(told["code"]) >= 8
    assert "/认领" in run("people", "code", "Olga")
    assert json.loads(run("people", "forget", "Olga", "--json")) == {"ids": 0}
    entries = json.loads(run("audit", "list", "--json"))
    assert [entry["action"] for entry in entries] == ["people forget", "people code", "people code"]
    assert told["code"] not in json.dumps(entries)
    assert "people code" in run("audit", "list", "--result", "done", "--days", "1")
    assert json.loads(run("audit", "list", "--by", "nobody", "--json")) == []


def test_nobody_gets_a_code_whom_config_does_not_name(run):
    assert run("people", "code", "Zoe", status=1) == ""


def test_a_code_is_kept_as_a_hash_that_forgives_case_and_blanks():
    assert hashed("ab cd") == hashed("ABCD")
    assert "ABCD" not in hashed("ABCD")


def test_squads_are_listed_with_their_leaders(run):
    assert json.loads(run("squads", "list", "--json")) == [{"name": "east", "leader": "Lena", "group": "", "groups": 0}]
    assert "Lena" in run("squads", "list")
    run("squads", "list", "--config", "nowhere.toml", status=1)
