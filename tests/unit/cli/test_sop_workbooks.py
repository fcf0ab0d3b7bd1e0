"""`groupbot sop` on workbooks: problems name their cells, and a row with an error does not hide the others."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from groupbot.cli.sop import app
from tests.unit.sop.workbook.build import book

HEAD = ("阶段", "时间", "渠道", "话术")


def run(*arguments: str) -> tuple[int, dict]:
    result = CliRunner().invoke(app, [*arguments, "--json"])
    return result.exit_code, json.loads(result.stdout)


def write(folder: Path, *rows: tuple[object, ...], name: str = "camp.xlsx") -> Path:
    path = folder / name
    path.write_bytes(book(HEAD, *rows))
    return path


def test_check_names_sheet_row_and_column(tmp_path: Path) -> None:
    path = write(tmp_path, ("开营", "第1天 9:00", "群内", "我是xx老师"))

    code, shown = run("check", str(path))

    (problem,) = shown["files"][0]["problems"]
    assert code == 1
    assert (problem["level"], problem["code"]) == ("error", "placeholder-left")
    assert problem["where"] == {"sheet": "排期", "row": 2, "column": "D"}


def test_a_row_whose_time_is_wrong_tells_what_else_is_wrong_in_it(tmp_path: Path) -> None:
    path = write(
        tmp_path, ("开营", "看情况再说", "群内", "我是xx老师"), ("开营", "看情况再说", "群内", "找水军来顶一下")
    )

    _code, shown = run("check", str(path))

    found = [(one["where"].get("row"), one["code"]) for one in shown["files"][0]["problems"]]
    assert found[:3] == [(2, "bad-time"), (2, "placeholder-left"), (3, "bad-time")]


def test_a_folder_is_checked_with_its_workbooks_but_not_what_an_open_one_leaves(tmp_path: Path) -> None:
    write(tmp_path, ("开营", "第1天 9:00", "群内", "早"))
    (tmp_path / "~$camp.xlsx").write_bytes(b"locked")
    (tmp_path / "more.csv").write_text("时间,内容\n第1天 9:00,早\n", encoding="gb18030")

    code, shown = run("check", str(tmp_path))

    assert code == 0
    assert [Path(one["file"]).name for one in shown["files"]] == ["camp.xlsx", "more.csv"]


def test_plan_shows_what_can_be_planned_beside_the_errors(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        ("开营", "第1天 9:00", "群内", "早"),
        (None, "月圆之夜", "群内", "不知何时"),
        (None, "入群", "群内", "欢迎"),
        (None, "20:00", "私聊", "今天怎么样"),
        (None, "21:00", "朋友圈", "发一条"),
    )

    code, shown = run("plan", str(path), "--start", "2026-05-18", "--groups", "A")

    assert code == 1
    assert [(row["place"], row["at"][:16], row["source"]["row"]) for row in shown["deliveries"]] == [
        ("group", "2026-05-18T09:00", 2), ("member", "2026-05-18T20:00", 5),
    ]  # fmt: skip
    assert [(row["kind"], row["text"], row["source"]["row"]) for row in shown["triggers"]] == [("join", "欢迎", 4)]
    assert [(row["at"][:16], row["source"]["row"]) for row in shown["tasks"]] == [("2026-05-18T21:00", 6)]
    assert [(row["code"], row["where"]["row"]) for row in shown["problems"] if row["level"] == "error"] == [
        ("bad-time", 3)
    ]


def test_a_file_that_is_no_workbook_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "camp.xlsx"
    path.write_bytes(b"no workbook")

    code, shown = run("plan", str(path), "--start", "2026-05-18")

    assert code == 1
    assert [row["code"] for row in shown["problems"]] == ["workbook-broken"]
