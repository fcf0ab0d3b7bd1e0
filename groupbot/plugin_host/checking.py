"""What can be said of a plugin before it runs: its imports, its settings, and whether it sets up."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

DOOR = "groupbot.api"
"""The only module of groupbot that plugins may import."""


def foreign_imports(path: Path) -> tuple[str, ...]:
    """Return what a plugin's file or folder imports of groupbot besides its public door; a broken file nothing."""
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
    found = {name for file in files for name in _imports(file)}
    return tuple(sorted(name for name in found if not f"{name}.".startswith(f"{DOOR}.")))


def _imports(file: Path) -> Iterator[str]:
    try:
        tree = ast.parse(file.read_bytes())
    except (SyntaxError, ValueError, OSError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "groupbot")
        elif isinstance(node, ast.ImportFrom) and not node.level and (node.module or "").split(".")[0] == "groupbot":
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
