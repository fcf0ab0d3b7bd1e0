"""复制化: one SOP on hundreds of groups from a list, whole or not at all, and a campaign saved as a template."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
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
from groupbot.campaign.values import CampaignState
from groupbot.cli import app
from groupbot.delivery.values import NewDelivery
from groupbot.desk import launching
from groupbot.storage.campaigns import SqlCampaigns

GROUPS = 200
NOW = datetime.now(ZoneInfo("Asia/Shanghai"))
DAYS = [f"{NOW + timedelta(days=number):%Y-%m-%d}" for number in range(1, 20)]
SOP = """\
name: copied
title: 复制营
goals: [{text: 报名, target: "100"}]
roles: {host: 主持人}
variables: {teacher: 主讲老师}
late: {grace: 2h}
phases:
  - name: p
    steps:
      - {id: hello, at: D1 10:00, speaker: host, text: "我是{{ teacher }}"}
      - {id: daily, at: "daily 12:00 until D11", text: "第 {{ day }} 天 {{ start_date }}"}
"""
CONFIG = """\
locale = "en"
[pacing]
enabled = false
[editing]
lock_window_s = 0
[[accounts]]
name = "main"
adapter = "console"
log = "posts.jsonl"
[[accounts]]
name = "second"
adapter = "console"
log = "second.jsonl"
"""


def group(number: int) -> str:
    return (
        f'[[groups]]\nname = "g{number:03}"\naccount = "main"\nid = "r{number}"\n[groups.also]\nsecond = "s{number}"\n'
    )


@dataclass
class Shell:
    """The command line in a project of 200 groups."""

    folder: Path

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(app, [*words, "--config", str(self.folder / "config.toml")])

    def json(self, *words: str, status: int = 0) -> Any:
        result = self.run(*words, "--json")
        assert result.exit_code == status, result.output
        return json.loads(result.stdout)

    def listed(self, *rows: str, head: str = "群名,开营日期,主讲老师,主持人") -> str:
        path = self.folder / "groups.csv"
        path.write_text("\n".join((head, *rows)), "utf-8-sig")
        return str(path)

    def launch(self, groups: str, *more: str, sop: str = "copied.yaml", status: int = 0) -> Any:
        path = str(self.folder / "sops" / sop)
        return self.json("campaign", "launch", path, "--group-list", groups, "--id", "copy", *more, status=status)

    def deliveries(self) -> list[dict[str, Any]]:
        return self.json("deliveries", "list", "--campaign", "copy")

    def edit(self, before: str, after: str) -> None:
        path = self.folder / "sops" / "copied.yaml"
        text = path.read_text("utf-8")
        assert before in text
        path.write_text(text.replace(before, after), "utf-8")


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    monkeypatch.setenv("GROUPBOT_LOCALE", "en")
    i18n.use("en")
    (tmp_path / "sops").mkdir()
    (tmp_path / "sops" / "copied.yaml").write_text(SOP, "utf-8")
    (tmp_path / "config.toml").write_text(CONFIG + "".join(group(number) for number in range(GROUPS)), "utf-8")
    yield Shell(folder=tmp_path)
    i18n.use("zh")


def rows() -> list[str]:
    """A row for each group: ten first days, a teacher each, every second spoken by another account."""
    return [
        f"g{number:03},{DAYS[number % 10]},老师{number},{'second' if number % 2 else ''}" for number in range(GROUPS)
    ]


def clock(row: dict[str, Any]) -> str:
    return row["due"][:16].replace("T", " ")


def codes(document: Any) -> list[tuple[str, str]]:
    return [(problem["level"], problem["code"]) for problem in document["problems"]]


def test_two_hundred_groups_from_a_list(shell: Shell) -> None:
    launched = shell.launch(shell.listed(*rows()))
    assert launched["inserted"] == GROUPS * 12
    assert ("warning", "unproven") in codes(launched)
    hello = {row["group"]: row for row in shell.deliveries() if row["step"] == "hello"}
    assert {group: clock(row) for group, row in hello.items()} == {
        f"g{number:03}": f"{DAYS[number % 10]} 10:00" for number in range(GROUPS)
    }
    shown = shell.json("campaign", "show", "copy")
    assert shown["start"] == DAYS[0]
    assert shown["starts"] == dict.fromkeys(DAYS[:10], 20)
    again = shell.launch(shell.listed(*rows()))
    assert (again["inserted"], again["moved"], again["cancelled"]) == (0, 0, 0)


def test_an_edit_plans_each_group_from_its_own_start_values_and_account(shell: Shell) -> None:
    shell.launch(shell.listed(*rows()[:4]), "--stagger", "5m", "--wave", "2")
    shell.edit("at: D1 10:00", "at: D1 10:30")
    edited = shell.json("campaign", "edit", "copy", str(shell.folder / "sops" / "copied.yaml"), "--yes")
    assert edited["problems"] == []
    hello = {row["group"]: clock(row) for row in shell.deliveries() if row["step"] == "hello"}
    assert hello == {
        "g000": f"{DAYS[0]} 10:30",
        "g001": f"{DAYS[1]} 10:30",
        "g002": f"{DAYS[2]} 10:35",
        "g003": f"{DAYS[3]} 10:35",
    }
    seen = {row["group"]: row for row in shell.json("deliveries", "list", "--campaign", "copy")}
    assert len(seen) == 4


def test_a_later_launch_of_other_groups_leaves_the_first_as_they_are(shell: Shell) -> None:
    shell.launch(shell.listed(*rows()[:2]))
    later = shell.listed(f"g100,{DAYS[5]},老师,")
    assert shell.launch(later, "--start", DAYS[0])["inserted"] == 12
    shell.edit("at: D1 10:00", "at: D1 10:30")
    shell.json("campaign", "edit", "copy", str(shell.folder / "sops" / "copied.yaml"), "--yes")
    hello = {row["group"]: clock(row) for row in shell.deliveries() if row["step"] == "hello"}
    assert hello == {"g000": f"{DAYS[0]} 10:30", "g001": f"{DAYS[1]} 10:30", "g100": f"{DAYS[5]} 10:30"}


@pytest.mark.parametrize(
    ("bad", "code", "place"),
    [
        (f"nobody,{DAYS[0]},老师,", "unknown-group", {"row": 201, "column": "A"}),
        ("g199,whenever,老师,", "bad-date", {"row": 201, "column": "B"}),
        (f"g199,{DAYS[0]},老师,third", "unknown-account", {"row": 201, "column": "D"}),
        (f"g000,{DAYS[0]},老师,", "duplicate-group", {"row": 201, "column": "A"}),
    ],
)
def test_one_bad_row_launches_nothing(shell: Shell, bad: str, code: str, place: dict[str, Any]) -> None:
    refused = shell.launch(shell.listed(*rows()[:-1], bad), status=1)
    assert codes(refused) == [("error", code)]
    assert place.items() <= refused["problems"][0]["where"].items()
    assert shell.json("campaign", "list") == []


def test_a_group_without_a_value_launches_nothing(shell: Shell) -> None:
    refused = shell.launch(shell.listed(*rows()[:-1], f"g199,{DAYS[0]},,"), status=1)
    assert ("error", "missing-variable") in codes(refused)
    assert shell.json("campaign", "list") == []


class Dying(SqlCampaigns):
    """A store whose process dies after the first chunk of a draft."""

    async def add_draft(self, campaign: str, version: int, rows: Sequence[NewDelivery]) -> None:
        await super().add_draft(campaign, version, rows[:100])
        raise SystemExit(137)


def test_a_launch_that_dies_half_way_leaves_nothing_that_could_be_sent(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(launching, "SqlCampaigns", Dying)
        words = ("campaign", "launch", str(shell.folder / "sops" / "copied.yaml"), "--group-list")
        assert shell.run(*words, shell.listed(*rows()), "--id", "copy").exit_code == 137
    (left,) = shell.json("campaign", "list")
    assert (left["state"], sum(left["counts"].values())) == (CampaignState.DRAFT.value, 0)
    assert shell.launch(shell.listed(*rows()))["inserted"] == GROUPS * 12


def test_a_list_may_leave_the_first_day_to_the_command_line(shell: Shell) -> None:
    names = shell.listed("g000,老师", head="group,teacher")
    refused = shell.launch(names, status=1)
    assert codes(refused) == [("error", "missing-start")]
    assert shell.launch(names, "--start", DAYS[2])["inserted"] == 12


def test_a_stagger_that_is_no_length_is_wrong_use(shell: Shell) -> None:
    path = str(shell.folder / "sops" / "copied.yaml")
    refused = shell.run("campaign", "launch", path, "--group-list", shell.listed(*rows()[:1]), "--stagger", "soon")
    assert (refused.exit_code, "5m" in refused.stderr) == (2, True)


@pytest.mark.parametrize("ending", ["yaml", "xlsx"])
def test_a_campaign_as_run_becomes_a_template_that_carries_its_results(shell: Shell, ending: str) -> None:
    shell.edit("late: {grace: 2h}\n", "")
    shell.edit("variables: {teacher: 主讲老师}", "variables: {teacher: {default: 晨晨}}")
    names = shell.listed("g000", "g001", head="group")
    shell.launch(names, "--start", DAYS[0])
    shell.json("campaign", "step", "copy", "hello", "--at", "D1 11:00", "--yes")
    out = shell.folder / "sops" / f"template.{ending}"
    saved = shell.json("campaign", "save-template", "copy", str(out), "--goal", "1=132")
    assert saved["results"]["goals"] == [{"text": "报名", "target": "100", "result": "132"}]
    assert set(saved["results"]["groups"]) == {"g000", "g001"}
    path = ("campaign", "launch", str(out), "--groups", "g002", "--start", DAYS[1], "--id", "next")
    launched = shell.json(*path)
    assert ("warning", "unproven") in codes(launched)
    assert launched["inserted"] == 12
    first = next(row for row in shell.json("deliveries", "list", "--campaign", "next") if row["step"] == "hello")
    assert clock(first) == f"{DAYS[1]} 11:00"
    if ending == "xlsx":
        assert "成果" in load_workbook(out).sheetnames
    refused = shell.run("campaign", "save-template", "copy", str(out))
    assert (refused.exit_code, "--force" in refused.stderr) == (1, True)


def test_a_template_that_no_sheet_can_hold_is_refused_and_not_cut(shell: Shell) -> None:
    long = ", ".join(f"{{text: {sign * 15_000}}}" for sign in "abc")  # a cell holds 32,767 characters
    shell.edit("      - {id: daily", f"      - {{id: call, at: D1 12:00, parts: [{long}]}}\n      - {{id: daily")
    shell.launch(shell.listed(*rows()[:1]))
    out = shell.folder / "template.xlsx"
    refused = shell.run("campaign", "save-template", "copy", str(out))
    assert (refused.exit_code, out.exists()) == (1, False)
    assert ".yaml" in refused.stderr


def test_a_goal_that_the_sop_does_not_have(shell: Shell) -> None:
    shell.launch(shell.listed(*rows()[:1]))
    refused = shell.run("campaign", "save-template", "copy", str(shell.folder / "t.yaml"), "--goal", "2=5")
    assert (refused.exit_code, "2" in refused.stderr) == (1, True)


def test_material_under_way_is_left_out_and_comes_with_the_next_edit(shell: Shell) -> None:
    shell.edit("late:", "materials: {p: {path: p.png, maker: 小美, due: D1 08:00, status: making}}\nlate:")
    shell.edit("      - {id: daily", "      - {id: show, at: D1 11:00, image: p}\n      - {id: daily")
    launched = shell.launch(shell.listed(*rows()[:1]))
    assert (launched["inserted"], ("warning", "material-unfinished") in codes(launched)) == (12, True)
    tasks = shell.json("tasks", "list", "--campaign", "copy")
    assert [(task["assignee"], clock(task)) for task in tasks] == [("小美", f"{DAYS[0]} 08:00")]
    (shell.folder / "sops" / "p.png").write_bytes(b"png")
    shell.edit("status: making", "status: done")
    edited = shell.json("campaign", "edit", "copy", str(shell.folder / "sops" / "copied.yaml"), "--yes")
    assert edited["problems"] == []
    assert len([row for row in shell.deliveries() if row["step"] == "show"]) == 1
    assert [task["state"] for task in shell.json("tasks", "list", "--campaign", "copy")] in ([], ["cancelled"])
