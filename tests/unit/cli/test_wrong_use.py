"""What typer refuses is said in the operator's language, with the way out and exit status 2."""

from __future__ import annotations

import json
import sys

import pytest

from groupbot import cli, i18n


@pytest.fixture
def say(monkeypatch, capsys):
    """Return what runs a command line and gives (status, stdout, stderr)."""

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["groupbot", *words])
        with pytest.raises(SystemExit) as left:
            cli.main()
        said = capsys.readouterr()
        return left.value.code, said.out, said.err

    return run


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("campaign", "launch"), "SOP is missing."),
        (("facts", "list"), "--campaign is missing."),
        (("campaign", "lunch"), "There is no command lunch."),
        (("db", "current", "now"), "now is too much here."),
        (("demo", "--sed", "1"), "There is no option --sed."),
        (("demo", "--seed"), "--seed needs a value."),
        (("demo", "--seed", "x"), "--seed does not fit: not a number"),
        (("report", "c", "--by", "x"), "--by does not fit: x is none of day, group,"),
        (("track", "attendance", "f", "--minutes", "-3"), "--minutes does not fit: at least 0"),
    ],
)
def test_wrong_use_is_named_with_the_way_out(say, words, message):
    status, out, err = say(*words)
    assert (status, out) == (2, "")
    assert err.startswith(message)
    assert "`groupbot " in err
    assert "--help`" in err


def test_it_is_said_in_chinese_where_the_operator_reads_chinese(say, monkeypatch):
    monkeypatch.setenv(i18n.VARIABLE, "zh")
    try:
        _status, _out, err = say("campaign", "launch")
    finally:
        i18n.use("en")
    assert "SOP" in err
    assert "missing" not in err


def test_a_program_reads_one_document(say):
    status, out, _err = say("campaign", "launch", "--json")
    assert (status, json.loads(out)["error"]["message"]) == (2, "SOP is missing.")


def test_a_family_without_a_command_shows_its_help(say):
    status, out, _err = say("campaign")
    assert status == 2
    assert "launch" in out
