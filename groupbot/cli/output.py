"""What commands print: one JSON document or words on stdout, refusals in words on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from groupbot.errors import GroupbotError
from groupbot.i18n import _
from groupbot.sop.planned import Problem, Source

REFUSED = 1
"""Exit status: the answer is no."""
WRONG_USE = 2
"""Exit status: the command was not given what it needs."""
_STYLES = {"error": "bold red", "warning": "yellow"}


def print_json(document: Any) -> None:
    """Write `document` as the only thing on stdout."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")


def console() -> Console:
    """Return the terminal that people read; plain text when stdout is no terminal."""
    return Console(file=sys.stdout, highlight=False, markup=False, emoji=False)


def print_table(table: Table, nothing: str) -> None:
    """Print `table`, or the sentence `nothing` instead of one without rows.

    Cells are broken into lines, never cut off: keys and ids are there to be copied.
    """
    for column in table.columns:
        column.overflow = "fold"
    console().print(table if table.rows else Text(nothing), soft_wrap=not table.rows)


def fail(error: GroupbotError, *, status: int = REFUSED) -> NoReturn:
    """Say on stderr why the answer is no and what to do, then leave with `status`.

    A command that was called with --json says it on stdout, too, so that there is one document in any case.
    """
    if _wants_json():
        print_json({"error": {"message": error.message, "hint": error.hint}})
    words = Console(file=sys.stderr, highlight=False, soft_wrap=True)
    words.print(Text(error.message, style="bold red"))
    if error.hint:
        words.print(Text(error.hint))
    raise typer.Exit(status)


def wrong_use(message: str, hint: str = "") -> NoReturn:
    """Leave with status 2: the command line itself is wrong."""
    fail(GroupbotError(message, hint=hint), status=WRONG_USE)


def _wants_json() -> bool:
    return "--json" in sys.argv[1:]


def require_person(*, as_json: bool) -> None:
    """Refuse to ask a question that a program, which reads JSON, can't answer."""
    if as_json:
        fail(
            GroupbotError(_("This asks before it acts."), hint=_("With --json, add --yes to say yes beforehand.")),
            status=WRONG_USE,
        )


def has_errors(problems: Iterable[Problem]) -> bool:
    """Return whether one of `problems` is an error."""
    return any(problem.level == "error" for problem in problems)


def problem_json(problem: Problem) -> dict[str, Any]:
    """Return a problem as the contract shows it; `where` names the place within the file."""
    return {
        "level": problem.level,
        "code": problem.code,
        "message": problem.message,
        "hint": problem.hint,
        "where": place_json(problem.where),
    }


def place_json(source: Source) -> dict[str, Any]:
    """Return the known ones of line, sheet, row and column."""
    places = {"line": source.line, "sheet": source.sheet, "row": source.row, "column": source.column}
    return {key: value for key, value in places.items() if value is not None}


def source_json(source: Source) -> dict[str, Any]:
    """Return a place with its file."""
    return {"file": source.file} | place_json(source)


def print_problems(problems: Iterable[Problem], screen: Console) -> None:
    """Show problems as `file:line: level: message`, each with its way out."""
    words = {"error": _("error"), "warning": _("warning")}
    for problem in dict.fromkeys(problems):
        line = Text(f"{place_text(problem.where)}: ")
        line.append(f"{words[problem.level]}[{problem.code}]", style=_STYLES[problem.level])
        line.append(f": {problem.message}")
        screen.print(line, soft_wrap=True)
        if problem.hint:
            screen.print(Text(f"    {problem.hint}", style="dim"), soft_wrap=True)


def place_text(source: Source) -> str:
    """Return a place as editors open it: `file:line`, or file, sheet and cell."""
    cell = f"{source.column or ''}{source.row or ''}"
    pieces = [source.file, source.sheet, cell or None, source.line]
    return ":".join(str(piece) for piece in pieces if piece)
