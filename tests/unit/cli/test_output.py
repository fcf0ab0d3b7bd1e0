"""What commands print: tables that can be copied from, a sentence where there is nothing, places, lists of names."""

from __future__ import annotations

import sys

import pytest
from rich.table import Table

from groupbot import cli, i18n
from groupbot.cli.output import console, place_text, print_problems, print_table
from groupbot.cli.proposal_words import _facet_word
from groupbot.sop.merging import _FACETS
from groupbot.sop.planned import Problem, Source


def test_a_table_without_rows_is_one_sentence(capsys):
    print_table(Table("KEY"), "There is nothing yet.")
    assert capsys.readouterr().out == "There is nothing yet.\n"


def test_a_key_is_broken_into_lines_and_never_cut_off(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    table = Table("group", "KEY")
    key = "reading-20260518/opening-5c9e9b/2026-05-18.0/camp-1"
    table.add_row("camp-1", key)
    print_table(table, "")
    lines = capsys.readouterr().out.splitlines()
    assert "".join(line.split("│")[2].strip() for line in lines if line.startswith("│")) == key


def test_one_problem_is_told_once(capsys):
    problem = Problem(level="warning", code="row-not-read", message="Unclear.", hint="", where=Source(file="a.csv"))
    print_problems([problem, problem], console())
    assert capsys.readouterr().out.count("Unclear.") == 1


def test_a_place_has_only_what_is_known():
    assert place_text(Source(file="groups.csv", sheet="", row=4, column="A")) == "groups.csv:A4"


def test_names_are_listed_in_the_operators_way():
    names = ["east", "west"]
    assert i18n.joined(names) == "east, west"
    i18n.use("zh")
    try:
        assert i18n.joined(names) == "east、west"
    finally:
        i18n.use("en")


def test_every_facet_of_a_conflict_has_its_word():
    assert not [facet for facet in (*_FACETS, "step", "setting") if _facet_word(facet) == facet]
    assert _facet_word("poster") == "poster"


def test_a_question_that_is_not_answered_with_yes_leaves_everything(capsys, monkeypatch, tmp_path):
    (tmp_path / "config.toml").write_text('locale = "en"\n[database]\nurl = "sqlite:///a.db"\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["groupbot", "members", "forget", "somebody"])
    monkeypatch.setattr(cli.typer, "confirm", _no)
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 1
    assert "Nothing was done." in capsys.readouterr().err


@pytest.mark.parametrize(("place", "said"), [("config.toml", "is missing"), ("other.toml", "缺少")])
def test_wrong_use_is_told_in_the_language_of_the_config(capsys, monkeypatch, tmp_path, place, said):
    (tmp_path / "config.toml").write_text('locale = "en"', encoding="utf-8")
    (tmp_path / "other.toml").write_text('locale = "zh"', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(i18n.VARIABLE)
    monkeypatch.setattr(sys, "argv", ["groupbot", "people", "code", "--config", place])
    try:
        with pytest.raises(SystemExit):
            cli.main()
        assert said in capsys.readouterr().err
    finally:
        i18n.use("en")


def _no(*_words: object, **_options: object) -> bool:
    raise cli.typer.Abort
