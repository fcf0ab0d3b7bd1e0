"""The commands as docs/cli.md lists them: `python -m tests.architecture.commands` prints its tables.

They are made in a process of their own, since the words of the help are chosen when the command line is loaded.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from groupbot import i18n

ROOT = Path(__file__).resolve().parents[2]
HEAD = "|---|---|"


def lines() -> list[str]:
    """Return the lines of the tables in English, in the order of the help."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.architecture.commands"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return [line for line in done.stdout.splitlines() if line.startswith("|")]


def tables(root: Any) -> Iterator[str]:
    """Yield a table for each family of commands, then one for the commands that have none."""
    commands = {name: root.get_command(None, name) for name in root.list_commands(None)}
    families = {name: command for name, command in commands.items() if hasattr(command, "commands")}
    for name, family in families.items():
        inner = {f"{name} {one}": family.get_command(None, one) for one in family.list_commands(None)}
        yield _table(name, family.help, inner)
    yield _table("", "", {name: one for name, one in commands.items() if name not in families})


def _table(name: str, words: str, commands: dict[str, Any]) -> str:
    head = f"| **{name}** | **{words}** |" if name else "| **alone** | |"
    return "\n".join([head, HEAD, *(f"| `{called}` | {one.help} |" for called, one in commands.items()), ""])


if __name__ == "__main__":
    i18n.use("en")
    from typer.main import get_command

    from groupbot.cli import app

    sys.stdout.write("\n".join(tables(get_command(app))))
