"""The commands as docs/cli.md lists them: `python -m tests.architecture.commands` prints its tables.

It runs in a process of its own, since the words of the help are chosen when the command line is loaded.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from groupbot.i18n import VARIABLE

ROOT = Path(__file__).resolve().parents[2]


def lines() -> list[str]:
    """Return one table row for each command, in the order of the help, in English."""
    done = subprocess.run(
        [sys.executable, "-m", __name__],
        cwd=ROOT,
        env=os.environ | {VARIABLE: "en", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return [line for line in done.stdout.splitlines() if line.startswith("| `")]


def _walk(command: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if not hasattr(command, "list_commands"):
        yield name, command
        return
    for inner in command.list_commands(None):
        yield from _walk(command.get_command(None, inner), f"{name} {inner}".strip())


def _print() -> None:
    from typer.main import get_command  # noqa: PLC0415 - the words are chosen by the environment of this process

    from groupbot.cli import app  # noqa: PLC0415 - the same

    family = ""
    for name, command in _walk(get_command(app)):
        first = name.partition(" ")[0] if " " in name else ""
        if first != family:
            sys.stdout.write("\n| command | |\n|---|---|\n")
            family = first
        sys.stdout.write(f"| `{name}` | {command.help} |\n")


if __name__ == "__main__":
    _print()
