"""Imports point down, vendors stay in their packages, plugins see the public door only."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PURE = ("core", "sop")
DOOR = "groupbot.api"


def imported(tree: ast.AST) -> Iterator[str]:
    """Yield the dotted name of everything that a module imports, `from` names included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names)


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def foreign(tree: ast.AST) -> list[str]:
    """What a plugin imports of groupbot besides the public door."""
    names = [name for name in imported(tree) if name.split(".")[0] == "groupbot"]
    return [name for name in names if name != DOOR and not name.startswith(f"{DOOR}.")]


def test_the_contracts_are_kept():
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()"]
    run = subprocess.run(
        [*command, "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "0 broken" in run.stdout


def test_plugins_use_the_public_door():
    found = {path.name: foreign(parsed(path)) for path in (ROOT / "plugins").rglob("*.py")}
    assert not {name: names for name, names in found.items() if names}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("from groupbot.api import Plugin", []),
        ("import groupbot.api", []),
        ("import groupbot", ["groupbot"]),
        ("from groupbot import api", []),
        ("from groupbot.core.content import Text", ["groupbot.core.content.Text"]),
        ("from groupbot import settings", ["groupbot.settings"]),
        ("def f():\n    import groupbot.log", ["groupbot.log"]),
        ("import groupbots", []),
    ],
)
def test_the_door_check_sees_every_way_round(code, expected):
    assert foreign(ast.parse(code)) == expected


@pytest.mark.parametrize("package", PURE)
def test_core_and_sop_read_no_files(package):
    for path in (ROOT / "groupbot" / package).rglob("*.py"):
        tree = parsed(path)
        opened = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "open"]
        assert not opened, f"{path} opens files"
        paths = [name for name in imported(tree) if name.split(".")[0] == "pathlib"]
        assert all(name.startswith("pathlib.Pure") for name in paths), f"{path} imports {paths}"
