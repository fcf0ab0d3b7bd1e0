"""docs/sop-format.md is right: its examples pass `sop check`, and it leaves no key, form, name or code out."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from groupbot.campaign import speed
from groupbot.cli.sop import app
from groupbot.sop import schema
from groupbot.sop.open_end import parse_at
from groupbot.sop.template import BUILT_IN, FILTERS

ROOT = Path(__file__).parents[3]
DOC = (ROOT / "docs/sop-format.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", DOC, re.DOTALL | re.MULTILINE)
FRAME = """\
name: frame
title: 例子
variables: {task_link: 链接}
roles: {assistant: 班主任}
materials: {clip: {path: materials/clip.mp4}, hello: {path: materials/hello.silk, seconds: 4}}
quiet_hours: 22:30-07:00
phases:
  - name: p
    steps:
"""
_CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")


def whole(example: str) -> str:
    """Return the example as an SOP: one that shows steps only is put into a frame."""
    if not example.startswith("- "):
        return example
    return FRAME + "".join(f"      {line}\n" for line in example.splitlines())


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.split("\n")[0] for example in EXAMPLES])
def test_an_example_passes_check(example: str, tmp_path: Path) -> None:
    (tmp_path / "materials").mkdir()
    for name in ("poster.png", "notes.pdf", "clip.mp4", "hello.silk"):
        (tmp_path / "materials" / name).write_bytes(b"x")
    path = tmp_path / "example.yaml"
    path.write_text(whole(example), encoding="utf-8")

    result = CliRunner().invoke(app, ["check", str(path), "--json"])

    (checked,) = json.loads(result.stdout)["files"]
    assert result.exit_code == 0
    assert {problem["code"] for problem in checked["problems"]} <= {"unused-variable", "unused-material"}


def test_there_are_examples_of_both_sorts() -> None:
    assert len([example for example in EXAMPLES if example.startswith("name:")]) == 1
    assert len([example for example in EXAMPLES if example.startswith("- ")]) == 4


def test_every_form_of_time_in_the_table_is_read() -> None:
    table = DOC.split("## When")[1].split("## Scripts")[0]
    forms = [form for row in re.findall(r"^\| (`.*?`) \|", table, re.MULTILINE) for form in re.findall(r"`(.*?)`", row)]

    assert len(forms) > 20
    for form in forms:
        assert parse_at(form)


def test_every_key_is_told() -> None:
    models = [value for value in vars(schema).values() if isinstance(value, type) and value.__name__.endswith("Model")]
    keys = {key for model in models for key in getattr(model, "model_fields", {})}

    assert len(keys) > 40
    assert {key for key in keys if f"`{key}`" not in DOC} - {"tag", "squad", "names"} == set()
    assert "{tag: x}" in DOC


@pytest.mark.parametrize("name", [*BUILT_IN, *sorted(FILTERS)])
def test_every_name_that_scripts_know_is_told(name: str) -> None:
    assert f"`{name}`" in DOC


def codes_in(path: Path) -> Iterator[str]:
    """Yield the codes of problems that a module gives."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            values = [*node.args[:2], *(keyword.value for keyword in node.keywords if keyword.arg == "code")]
        elif isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            values = node.value.elts[:1]
        else:
            continue
        for value in values:
            if isinstance(value, ast.Constant) and isinstance(value.value, str) and _CODE.fullmatch(value.value):
                yield value.value


def test_every_code_of_a_problem_is_told() -> None:
    modules = [*(ROOT / "groupbot/sop").glob("*.py"), *(ROOT / "groupbot/sop/lint").glob("*.py")]
    modules += (ROOT / "groupbot/sop/workbook").glob("*.py")
    more = ("groupbot/cli/sop.py", "groupbot/cli/sop_input.py", "groupbot/campaign/voices.py")
    modules += [ROOT / name for name in more]
    no_codes = {"not-before", "utf-8", "utf-8-sig", "utf-16", "utf-16-le"}
    codes = {code for module in modules for code in codes_in(module)} - no_codes | {speed.CODE}

    assert len(codes) > 40
    assert {code for code in codes if f"`{code}`" not in DOC} == set()
