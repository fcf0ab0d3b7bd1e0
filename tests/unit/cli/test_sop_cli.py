"""`groupbot sop` as outsiders build on it: JSON, exit status, words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from groupbot import i18n
from groupbot.cli.sop import app
from groupbot.sop.jsonschema import json_schema

SOP = """\
name: tiny
title: 小活动
roles: {host: 主讲}
variables:
  teacher: 老师的称呼
materials:
  poster: {path: poster.png}
event: {name: 直播}
phases:
  - name: 开营
    steps:
      - id: hello
        at: D1 08:00-09:00
        speaker: host
        parts:
          - {text: "{{ teacher }}早上好 [微笑]", mention: all}
          - {image: poster, gap: 3s}
          - {link: {url: "https://example.com", title: 入口}, gap: 1s}
      - id: vip
        at: T-30m
        groups: {tag: vip}
        text: 半小时后见
      - {id: packet, at: D1 09:00, task: 发红包, assignee: 班主任}
      - {id: tidy, task: 整理群公告}
"""


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    i18n.use("en")
    yield
    i18n.use("zh")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a project folder with one SOP."""
    (tmp_path / "tiny.yaml").write_text(SOP, encoding="utf-8")
    (tmp_path / "poster.png").write_bytes(b"png")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def document(result: Result) -> Any:
    """Return stdout, which holds one JSON document and nothing else."""
    return json.loads(result.stdout)


PLAN = ("plan", "tiny.yaml", "--start", "2026-05-18", "--event", "2026-05-23 20:00", "--groups", "A,B",
        "--set", "teacher=晨晨", "--json")  # fmt: skip


def test_check_says_that_all_is_well(folder: Path) -> None:
    result = run("check", "tiny.yaml", "--json")

    assert result.exit_code == 0
    assert document(result) == {"files": [{"file": "tiny.yaml", "ok": True, "problems": []}]}


def test_check_tells_each_problem_with_its_place(folder: Path) -> None:
    (folder / "bad.yaml").write_text(SOP.replace("speaker: host", "speaker: hots").replace("/poster", "/p"), "utf-8")
    result = run("check", "tiny.yaml", "bad.yaml", "missing.yaml", "--json")

    good, bad, missing = document(result)["files"]
    assert result.exit_code == 1
    assert good["ok"] is True
    assert bad["ok"] is missing["ok"] is False
    assert bad["problems"] == [
        {
            "level": "error",
            "code": "unknown-role",
            "message": "The speaker `hots` is none of the roles.",
            "hint": "Did you mean `host`?",
            "where": {"line": 12},
        }
    ]
    assert (missing["problems"][0]["code"], missing["problems"][0]["where"]) == ("unreadable-file", {})


def test_a_warning_is_no_refusal(folder: Path) -> None:
    (folder / "tiny.yaml").write_text(SOP.replace("event:", "quiet_hours: 22:00-08:30\nevent:"), encoding="utf-8")
    result = run("check", "tiny.yaml", "--json")

    assert result.exit_code == 0
    assert [problem["level"] for problem in document(result)["files"][0]["problems"]] == ["warning"]


def test_check_takes_a_folder(folder: Path) -> None:
    (folder / "empty").mkdir()

    assert [entry["file"] for entry in document(run("check", ".", "--json"))["files"]] == ["tiny.yaml"]
    assert run("check", "empty").exit_code == 2


def test_check_speaks_to_people(folder: Path) -> None:
    (folder / "bad.yaml").write_text(SOP.replace("title: 小活动", "titel: 小活动"), encoding="utf-8")
    result = run("check", "tiny.yaml", "bad.yaml")

    assert result.exit_code == 1
    assert "tiny.yaml: ready to plan" in result.stdout
    assert "bad.yaml:2: error[unknown-key]: There is no key `titel` here." in result.stdout
    assert "Did you mean `title`?" in result.stdout


def test_plan_without_config_shows_everything(folder: Path) -> None:
    result = run(*PLAN)

    assert result.exit_code == 0, result.output
    plan = document(result)
    assert set(plan) == {"sop", "version", "timezone", "deliveries", "triggers", "tasks", "problems"}
    assert (plan["sop"], plan["timezone"], plan["triggers"], plan["problems"]) == ("tiny", "Asia/Shanghai", [], [])
    assert len(plan["version"]) == 12
    assert plan["deliveries"][0] == {
        "key": "hello/2026-05-18.0/A",
        "step": "hello",
        "phase": "开营",
        "occurrence": "2026-05-18.0",
        "ordinal": 0,
        "at": "2026-05-18T08:00:00+08:00",
        "until": "2026-05-18T09:00:00+08:00",
        "group": "A",
        "place": "group",
        "speaker": "host",
        "parts": [
            {"kind": "text", "text": "晨晨早上好 [微笑]", "mentions": ["@all"], "gap_s": 0.0},
            {"kind": "image", "path": str((folder / "poster.png").resolve()), "mentions": [], "gap_s": 3.0},
            {
                "kind": "link",
                "url": "https://example.com",
                "title": "入口",
                "description": "",
                "thumbnail": "",
                "mentions": [],
                "gap_s": 1.0,
            },
        ],
        "assumptions": [],
        "source": {"file": "tiny.yaml", "line": 12},
    }


def test_plan_takes_unknown_groups_to_be_meant(folder: Path) -> None:
    vip = [row for row in document(run(*PLAN))["deliveries"] if row["step"] == "vip"]

    assert [(row["group"], row["at"]) for row in vip] == [
        ("A", "2026-05-23T19:30:00+08:00"), ("B", "2026-05-23T19:30:00+08:00"),
    ]  # fmt: skip
    assert "`A`" in vip[0]["assumptions"][0]


def test_every_step_appears_somewhere(folder: Path) -> None:
    plan = document(run(*PLAN))

    shown = {row["step"] for kind in ("deliveries", "tasks", "triggers") for row in plan[kind]}
    assert shown == {"hello", "vip", "packet", "tidy"}
    assert plan["tasks"] == [
        {
            "step": "packet",
            "text": "发红包",
            "assignee": "班主任",
            "at": "2026-05-18T09:00:00+08:00",
            "source": {"file": "tiny.yaml", "line": 23},
        },
        {"step": "tidy", "text": "整理群公告", "source": {"file": "tiny.yaml", "line": 24}},
    ]


def test_plan_refuses_what_lacks_a_value_and_still_shows_the_rest(folder: Path) -> None:
    result = run("plan", "tiny.yaml", "--start", "2026-05-18", "--groups", "A", "--json")

    plan = document(result)
    assert result.exit_code == 1
    assert {problem["code"] for problem in plan["problems"]} == {"missing-variable", "no-event"}
    assert [row["step"] for row in plan["tasks"]] == ["packet", "tidy"]


def test_plan_of_a_broken_file_is_a_document_too(folder: Path) -> None:
    (folder / "tiny.yaml").write_text("name: [\n", encoding="utf-8")
    result = run(*PLAN)

    assert result.exit_code == 1
    assert document(result)["deliveries"] == []
    assert document(result)["problems"][0]["code"] == "yaml-syntax"


def test_past_dates_are_planned(folder: Path) -> None:
    result = run("plan", "tiny.yaml", "--start", "1999-12-31", "--event", "01-01 20:00", "--groups", "A",
                 "--set", "teacher=x", "--json")  # fmt: skip

    assert result.exit_code == 0
    assert [row["at"][:10] for row in document(result)["deliveries"]] == ["1999-12-31", "2000-01-01"]


def test_a_start_without_year_is_the_next_such_date(folder: Path) -> None:
    result = run("plan", "tiny.yaml", "--start", "5月18日", "--event", "5月19日 20:00", "--groups", "A",
                 "--set", "teacher=x", "--json")  # fmt: skip

    first = date.fromisoformat(document(result)["deliveries"][0]["at"][:10])
    assert (first.month, first.day) == (5, 18)
    assert first >= date.today()  # noqa: DTZ011


WRONG = {
    "no start": ["plan", "tiny.yaml"],
    "no date": ["plan", "tiny.yaml", "--start", "soon"],
    "a day of the campaign": ["plan", "tiny.yaml", "--start", "D1"],
    "an event without clock": ["plan", "tiny.yaml", "--start", "2026-05-18", "--event", "2026-05-23"],
    "an event that repeats": ["plan", "tiny.yaml", "--start", "2026-05-18", "--event", "daily 09:00 until D7"],
    "a setting without value": ["plan", "tiny.yaml", "--start", "2026-05-18", "--set", "teacher"],
    "no group in --groups": ["plan", "tiny.yaml", "--start", "2026-05-18", "--groups", ","],
    "no path": ["check"],
}


@pytest.mark.parametrize("arguments", WRONG.values(), ids=WRONG.keys())
def test_wrong_use_is_status_2_and_leaves_stdout_alone(arguments: list[str], folder: Path) -> None:
    result = run(*arguments)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr


CONFIG = """\
[[accounts]]
name = "main"
adapter = "console"
[[groups]]
name = "east-1"
account = "main"
id = "r1"
tags = ["vip"]
variables = {teacher = "本群老师"}
[[groups]]
name = "west-1"
account = "main"
id = "r2"
"""


def test_the_config_gives_groups_their_tags_and_values(folder: Path) -> None:
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    result = run("plan", "tiny.yaml", "--start", "2026-05-18", "--event", "2026-05-23 20:00", "--set", "teacher=x",
                 "--json")  # fmt: skip

    rows = {(row["step"], row["group"]): row for row in document(result)["deliveries"]}
    assert set(rows) == {("hello", "east-1"), ("hello", "west-1"), ("vip", "east-1")}
    assert rows["hello", "east-1"]["parts"][0]["text"].startswith("本群老师")
    assert rows["vip", "east-1"]["assumptions"] == []


def test_chats_of_the_staff_are_no_groups_to_plan_for(folder: Path) -> None:
    staff = "".join(f'[[groups]]\nname = "{name}"\naccount = "main"\nid = "{name}"\n' for name in ("ops", "east"))
    staff += '[admin]\ngroups = ["ops"]\n[[squads]]\nname = "east"\ngroup = "east"\n'
    (folder / "config.toml").write_text(CONFIG + staff, encoding="utf-8")
    result = run("plan", "tiny.yaml", "--start", "2026-05-18", "--event", "2026-05-23 20:00", "--set", "teacher=x",
                 "--json")  # fmt: skip

    assert {row["group"] for row in document(result)["deliveries"]} == {"east-1", "west-1"}


def test_a_config_that_was_asked_for_must_be_there(folder: Path) -> None:
    result = run(*PLAN, "--config", "other.toml")

    assert result.exit_code == 1
    assert result.stdout == ""
    assert "other.toml" in result.stderr


def test_a_half_written_config_does_not_stand_in_the_way(folder: Path) -> None:
    (folder / "config.toml").write_text("[[accounts", encoding="utf-8")

    assert run(*PLAN).exit_code == 0


def test_without_any_group_stand_ins_are_planned_for(folder: Path) -> None:
    text = SOP + "      - {id: named, at: D1 10:00, text: 你好, groups: {names: [一群]}}\n"
    (folder / "tiny.yaml").write_text(text, encoding="utf-8")
    result = run("plan", "tiny.yaml", "--start", "2026-05-18", "--event", "2026-05-23 20:00", "--set", "teacher=x",
                 "--json")  # fmt: skip

    plan = document(result)
    assert result.exit_code == 0
    assert [problem["code"] for problem in plan["problems"]] == ["no-groups-named"]
    assert {row["group"] for row in plan["deliveries"] if row["step"] == "named"} == {"一群"}


def test_plan_speaks_to_people(folder: Path) -> None:
    result = run(*PLAN[:-1])

    assert result.exit_code == 0
    for word in ("2026-05-18 08:00", "hello", "[picture] poster.png", "发红包", "Assumed:"):
        assert word in result.stdout


def test_the_schema_goes_to_stdout_or_a_file(folder: Path) -> None:
    assert run("schema").stdout == json_schema()
    assert run("schema", "out.json").exit_code == 0
    assert (folder / "out.json").read_text(encoding="utf-8") == json_schema()
    assert run("schema", "no/such/folder.json").exit_code == 1


PARTS = """\
      - id: rules
        at: D2 08:00
        parts:
          - {text: 找她, mention: [host, all]}
          - announce: |-
              群规：第一条
              第二条
          - rename: 小活动 {{ group }}
          - card: host
          - voice: hi
          - mini_program: {app_id: wx1, title: 打卡, page: pages/a}
"""


def test_parts_of_every_kind_in_short_and_as_json(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "hi.silk").write_bytes(b"silk")
    text = SOP.replace("materials:\n", "materials:\n  hi: {path: hi.silk, seconds: 4}\n") + PARTS
    (folder / "tiny.yaml").write_text(text, encoding="utf-8")

    [delivery] = [row for row in document(run(*PLAN))["deliveries"] if row["key"] == "rules/2026-05-19.0/A"]
    parts = [{key: value for key, value in part.items() if key != "gap_s"} for part in delivery["parts"]]
    assert parts[0] == {"kind": "text", "text": "找她", "mentions": ["@role:host", "@all"]}
    assert parts[1] == {"kind": "announcement", "text": "群规：第一条\n第二条", "mentions": []}
    assert parts[2] == {"kind": "rename", "topic": "小活动 A", "mentions": []}
    assert parts[3] == {"kind": "contact_card", "contact": "@role:host", "mentions": []}
    assert parts[4] | {"path": ""} == {"kind": "voice", "path": "", "seconds": 4.0, "mentions": []}
    assert (parts[5]["kind"], parts[5]["app_id"], parts[5]["page"]) == ("mini_program", "wx1", "pages/a")

    monkeypatch.setenv("COLUMNS", "160")
    shown = run(*PLAN[:-1]).stdout
    said = (
        "[announcement] 群规：第一条 第二条",
        "[new group name] 小活动 A",
        "[contact card] @host",
        "[voice message] hi.silk",
    )
    for words in said:
        assert words in shown


def test_plan_takes_a_list_of_groups_with_days_of_their_own(folder: Path) -> None:
    (folder / "groups.csv").write_text("group,start\nA,2026-05-18\nB,2026-05-20\n", encoding="utf-8")
    without = [word for word in PLAN if word not in {"--groups", "A,B"}]

    plan = document(run(*without, "--group-list", "groups.csv"))

    hello = [(row["group"], row["at"][:10]) for row in plan["deliveries"] if row["step"] == "hello"]
    assert hello == [("A", "2026-05-18"), ("B", "2026-05-20")]
    (folder / "groups.csv").write_text("group,start\nA,some day\n", encoding="utf-8")
    broken = run(*without, "--group-list", "groups.csv")
    assert broken.exit_code == 1
    assert [problem["where"]["row"] for problem in document(broken)["problems"]] == [2]
