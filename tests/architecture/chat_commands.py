"""The chat commands as docs/commands.md lists them: `python -m tests.architecture.chat_commands` prints its tables.

With `--write` they take the place of those in the page. They are made in a process of their own, in English.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, cast

from groupbot import i18n
from groupbot.admin.declare import Command
from groupbot.admin.places import STAFFED, PlaceKind
from groupbot.admin.services import Services
from groupbot.admin.words import role_word, usage

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "commands.md"
MARK = "## All commands\n\n"
_WHERE = {
    PlaceKind.ADMIN_GROUP: "admin group",
    PlaceKind.SQUAD_GROUP: "squad group",
    PlaceKind.PRIVATE: "1:1",
}


class _Anything:
    """Stands for every service: declaring a command calls none."""

    def __getattr__(self, _name: str) -> Any:
        return self

    def __call__(self, *_words: Any, **_more: Any) -> Any:
        return self


def declared() -> list[Command]:
    """Return every command of every family, in the order of declaration."""
    from groupbot.admin.families import FAMILIES  # noqa: PLC0415 - after the language is chosen

    nothing = cast("Services", _Anything())
    return [command for family in FAMILIES for command in family(nothing)]


def lines() -> list[str]:
    """Return the lines of the tables in English."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.architecture.chat_commands"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return [line for line in done.stdout.splitlines() if line.startswith("|")]


def tables(commands: Iterable[Command]) -> Iterator[str]:
    """Yield a table for each first word with several commands, then one for the commands that are one word."""
    known = list(commands)
    alone = [command for command in known if len(command.path) == 1]
    families = sorted((command for command in known if len(command.path) > 1), key=lambda one: _order(known, one))
    for word, found in groupby(families, key=lambda one: one.path[0]):
        yield _table(word, found)
    yield _table("", alone)


def _order(known: list[Command], command: Command) -> int:
    return next(n for n, one in enumerate(known) if one.path[0] == command.path[0])


def _table(word: str, commands: Iterable[Command]) -> str:
    head = [f"| **{word or 'one word'}** | from | what it does | example |", "|---|---|---|---|"]
    return "\n".join([*head, *map(_row, commands), ""])


def _row(command: Command) -> str:
    names = [f"`{usage(command)}`", *(f"`/{' '.join(alias)}`" for alias in command.aliases)]
    where = "" if command.places == STAFFED else ", ".join(_WHERE[kind] for kind in _WHERE if kind in command.places)
    told = " ".join(filter(None, (command.help, "Asks back." if command.plan else "", where and f"Only: {where}.")))
    cells = (" ".join(names), role_word(command.role), told, f"`{command.example}`")
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    i18n.use("en")
    made = "\n".join(tables(declared()))
    if "--write" in sys.argv:
        before, mark, _tables = PAGE.read_text(encoding="utf-8").partition(MARK)
        PAGE.write_text(f"{before}{mark}{made}", encoding="utf-8")
    else:
        sys.stdout.write(made)
