"""`groupbot campaign edit|step|undo|versions` and `sop convert`, as a person and as a program use them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import Result
from openpyxl import load_workbook
from typer.testing import CliRunner

from groupbot import i18n
from groupbot.cli import app
from tests.integration.editing_desk import CONFIG, TEXT

TOMORROW = f"{datetime.now(ZoneInfo('Asia/Shanghai')) + timedelta(days=1):%Y-%m-%d}"


@dataclass
class Shell:
    """The command line in a project's folder."""

    folder: Path

    def run(self, *words: str, given: str = "") -> Result:
        return CliRunner().invoke(app, [*words, "--config", str(self.folder / "config.toml")], input=given)

    def json(self, *words: str, status: int = 0) -> Any:
        result = self.run(*words, "--json")
        assert result.exit_code == status, result.output
        return json.loads(result.stdout)

    def save(self, *pairs: tuple[str, str]) -> str:
        text = TEXT
        for before, after in pairs:
            assert before in text
            text = text.replace(before, after)
        path = self.folder / "sops" / "camp.yaml"
        path.write_text(text, "utf-8")
        return str(path)


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    monkeypatch.setenv("GROUPBOT_LOCALE", "en")
    i18n.use("en")
    (tmp_path / "sops").mkdir()
    (tmp_path / "sops" / "poster.png").write_bytes(b"png")
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    made = Shell(folder=tmp_path)
    launched = made.json("campaign", "launch", made.save(), "--groups", "g1,g2", "--start", TOMORROW, "--id", "camp")
    assert launched["inserted"] == 13
    yield made
    i18n.use("zh")


def test_an_edit_is_shown_asked_and_applied(shell: Shell) -> None:
    file = shell.save(("at: D2 20:00", "at: D2 20:30"))

    shown = shell.json("campaign", "edit", "camp", file, "--dry-run")
    refused = shell.run("campaign", "edit", "camp", file, given="n\n")
    agreed = shell.run("campaign", "edit", "camp", file, given="y\n")

    assert shown["summary"] == "day 2 20:00 becomes 20:30; 2 groups affected"
    assert (shown["applied"], shown["moved"], shown["questions"], shown["conflicts"]) == (False, 2, [], [])
    assert refused.exit_code == 1
    assert "quiz: day 2 20:00 becomes 20:30" in agreed.stdout
    assert "camp is changed" in agreed.stdout
    assert [row["number"] for row in shell.json("campaign", "versions", "camp")] == [1, 2]
    assert shell.json("campaign", "edit", "camp", file, "--yes")["moved"] == 0


def test_a_program_says_yes_beforehand(shell: Shell) -> None:
    file = shell.save(("about habits", "about sleep"))

    assert shell.run("campaign", "edit", "camp", file, "--json").exit_code == 2
    done = shell.json("campaign", "edit", "camp", file, "--yes")

    assert (done["applied"], done["moved"], done["groups"]) == (True, 2, ["g1", "g2"])


def test_a_file_with_an_error_changes_nothing(shell: Shell) -> None:
    file = shell.save(("at: D2 20:00", "at: someday"))

    answer = shell.json("campaign", "edit", "camp", file, "--yes", status=1)

    assert [problem["code"] for problem in answer["problems"]] == ["bad-time"]
    assert answer["applied"] is False
    assert len(shell.json("campaign", "versions", "camp")) == 1


def test_a_step_is_moved_reworded_and_left_out_and_all_of_it_undone(shell: Shell) -> None:
    words = shell.folder / "words.txt"
    words.write_text("New words\n", "utf-8")

    assert shell.json("campaign", "step", "camp", "quiz", "--at", "D2 20:30", "--yes")["moved"] == 2
    assert shell.json("campaign", "step", "camp", "quiz", "--text", str(words), "--yes")["moved"] == 2
    assert shell.json("campaign", "step", "camp", "quiz", "--skip", "--yes")["cancelled"] == 2
    assert shell.json("campaign", "undo", "camp", "--yes")["inserted"] == 2
    undone = shell.run("campaign", "undo", "camp", "--to", "1", "--yes")
    assert "What was sent stays sent" in undone.stdout
    listed = shell.json("campaign", "versions", "camp")
    assert [row["note"] for row in listed][1:] == [
        "step quiz --at D2 20:30",
        "step quiz --text",
        "step quiz --skip",
        "undo --to 3",
        "undo --to 1",
    ]
    assert shell.json("campaign", "edit", "camp", shell.save(), "--dry-run")["summary"].startswith("nothing changes")


def test_conflicts_with_a_command_are_settled_by_an_option(shell: Shell) -> None:
    shell.json("campaign", "step", "camp", "quiz", "--at", "D2 20:30", "--yes")
    file = shell.save(("at: D2 20:00", "at: D2 21:00"))

    asked = shell.json("campaign", "edit", "camp", file, "--yes", status=1)
    shown = shell.run("campaign", "edit", "camp", file, "--dry-run")
    kept = shell.json("campaign", "edit", "camp", file, "--take", "all=mine", "--yes")
    taken = shell.json("campaign", "edit", "camp", file, "--take", "quiz=file", "--dry-run")

    assert asked["conflicts"] == [
        {"place": "quiz", "about": "time", "mine": {"at": "D2 20:30"}, "file": {"at": "D2 21:00"}}
    ]
    assert "--take quiz=file  at: D2 21:00" in shown.stdout
    assert (kept["moved"], taken["moved"]) == (0, 2)


@pytest.mark.parametrize(
    "words",
    [
        ["step", "camp", "quiz"],
        ["step", "camp", "quiz", "--skip", "--at", "D2 20:30"],
        ["edit", "camp", "FILE", "--take", "quiz=yours"],
        ["edit", "camp", "FILE", "--answer", "quiz"],
    ],
)
def test_wrong_use_is_told(shell: Shell, words: list[str]) -> None:
    file = shell.save()

    assert shell.run("campaign", *(file if word == "FILE" else word for word in words)).exit_code == 2


@pytest.mark.parametrize(
    "words", [["step", "camp", "nosuch", "--skip"], ["undo", "camp"], ["undo", "camp", "--to", "9"], ["undo", "nosuch"]]
)
def test_what_is_not_there_is_refused(shell: Shell, words: list[str]) -> None:
    assert shell.run("campaign", *words, "--yes").exit_code == 1


@pytest.mark.parametrize("name", ["converted.yaml", "converted.xlsx"])
def test_an_sop_is_converted_to_a_file_that_plans_alike(shell: Shell, name: str) -> None:
    file, out = shell.save(), shell.folder / "sops" / name

    done = shell.json("sop", "convert", file, str(out))
    again = shell.run("sop", "convert", file, str(out))
    forced = shell.json("sop", "convert", file, str(out), "--force")
    plans = [shell.json("sop", "plan", path, "--start", TOMORROW)["deliveries"] for path in (file, str(out))]

    assert (done["steps"], forced["steps"], again.exit_code, done["problems"]) == (5, 5, 1, [])
    for rows in plans:
        for row in rows:
            del row["source"]
    assert plans[0] == plans[1]


def test_a_sheet_is_converted_and_edits_the_campaign_that_it_became(shell: Shell) -> None:
    sheet = shell.folder / "sops" / "sheet.csv"
    rows = ["阶段,时间,话术", "开营,第1天 09:00,大家早上好，今天开营啦", "开营,第2天 20:00,今晚的题目是习惯"]
    sheet.write_text("\n".join(rows) + "\n", "utf-8")
    out = shell.folder / "sops" / "sheet.yaml"
    assert shell.json("sop", "convert", str(sheet), str(out))["steps"] == 2
    launch = ("campaign", "launch", str(sheet), "--groups", "g1", "--start", TOMORROW, "--id", "sheet")
    assert shell.json(*launch)["inserted"] == 2

    rows[2] = rows[2].replace("20:00", "20:30").replace("习惯", "早睡")
    rows.insert(2, "开营,第1天 12:00,记得打卡")
    sheet.write_text("\n".join(rows) + "\n", "utf-8")
    done = shell.json("campaign", "edit", "sheet", str(sheet), "--yes")

    assert (done["inserted"], done["moved"], done["cancelled"]) == (1, 1, 0)
    assert done["summary"] == (
        "day 2 20:00 becomes 20:30; the words of 1 steps change; 1 steps added; 1 groups affected"
    )


def test_an_exported_sheet_comes_back_and_changes_what_was_changed_in_it(shell: Shell) -> None:
    out = shell.folder / "now.xlsx"
    made = shell.json("campaign", "export", "camp", str(out))
    unchanged = shell.json("campaign", "edit", "camp", str(out), "--dry-run")

    book = load_workbook(out)
    sheet = book.worksheets[0]
    rows = {row[-1].value.removeprefix("#"): row for row in sheet.iter_rows(min_row=2)}
    rows["quiz"][1].value = "D2 20:30"
    rows["daily"][3].value = "今天过得怎么样，来说说吧"
    sheet.delete_rows(rows["vip"][0].row)
    book.save(out)
    done = shell.json("campaign", "edit", "camp", str(out), "--yes")

    assert made["left_out"] == []
    assert sheet.column_dimensions["H"].hidden
    assert (unchanged["changes"], unchanged["moved"], unchanged["problems"]) == ([], 0, [])
    assert done["changes"] == [
        "quiz: day 2 20:00 becomes 20:30",
        "daily: the words `How was your day` become `今天过得怎么样，来说说吧`",
        "removed: day 3 10:00 Something for you",
    ]
    assert (done["inserted"], done["cancelled"]) == (0, 1)


def test_a_sheet_says_what_its_usual_columns_cannot(shell: Shell) -> None:
    more = """\
      - {id: after, at: after quiz +5m, text: Answers, priority: 3}
      - id: two
        at: D3 11:00
        late: {grace: 2h}
        parts:
          - {text: One, mention: all}
          - {text: Two, gap: 9s}
"""
    file = shell.save(("      - {id: vip", f"{more}      - {{id: vip"))
    shell.json("campaign", "edit", "camp", file, "--yes")
    out = shell.folder / "now.xlsx"

    made = shell.json("campaign", "export", "camp", str(out))
    shell.json("campaign", "step", "camp", "quiz", "--at", "D2 20:30", "--yes")
    back = shell.json("campaign", "edit", "camp", str(out), "--dry-run")

    assert made["left_out"] == []
    assert (back["changes"], back["conflicts"], back["moved"], back["cancelled"]) == ([], [], 0, 0)


def test_exported_yaml_remembers_its_version(shell: Shell) -> None:
    out = shell.folder / "now.yaml"
    shell.json("campaign", "export", "camp", str(out))
    shell.json("campaign", "step", "camp", "quiz", "--at", "D2 20:30", "--yes")
    out.write_text(out.read_text("utf-8").replace("about habits", "about sleep"), "utf-8")

    done = shell.json("campaign", "edit", "camp", str(out), "--yes")

    assert done["changes"] == ["quiz: the words `Today's quiz is about habits` become `Today's quiz is about sleep`"]
    assert shell.run("campaign", "export", "camp", str(out)).exit_code == 1
    assert shell.run("campaign", "export", "camp", "now.txt").exit_code == 2


def test_an_exported_sheet_offers_its_change_again_after_an_undo(shell: Shell) -> None:
    shell.json("campaign", "edit", "camp", shell.save(("about habits", "about sleep")), "--yes")
    out = shell.folder / "now.xlsx"
    shell.json("campaign", "export", "camp", str(out))
    shell.json("campaign", "undo", "camp", "--yes")

    offered = shell.json("campaign", "edit", "camp", str(out), "--dry-run")

    assert offered["changes"] == ["quiz: the words `Today's quiz is about habits` become `Today's quiz is about sleep`"]
    assert (offered["moved"], offered["inserted"], offered["cancelled"]) == (2, 0, 0)


def test_a_launch_says_how_much_it_leaves_to_people(shell: Shell) -> None:
    file = shell.save(("text: How was your day", "task: Call everybody"))

    said = shell.run("campaign", "launch", file, "--groups", "g2", "--start", TOMORROW, "--id", "other").stdout

    assert "3 tasks are for people: groupbot tasks list --campaign other" in said
