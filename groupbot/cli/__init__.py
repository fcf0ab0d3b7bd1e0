"""The command line: one file per family. The JSON that outsiders build on is pinned by tests/unit/cli."""

from __future__ import annotations

import sys
import tomllib
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from groupbot import __version__, i18n
from groupbot.cli.families import Families
from groupbot.cli.output import REFUSED, WRONG_USE, fail
from groupbot.cli.wrong_use import explained
from groupbot.errors import GroupbotError
from groupbot.i18n import _

app = typer.Typer(
    name="groupbot",
    cls=Families,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _print_version(asked: bool) -> None:  # noqa: FBT001 - what typer hands to an option's callback
    if asked:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def root(
    *,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help=_("Print the version."))
    ] = False,
) -> None:
    """Take what stands before a command; `--version` is answered by its own callback."""


def main() -> None:
    """Run the command line. Exit status 0 = done, 1 = the answer is no, 2 = wrong use."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal without emoji must not fail; a closed one is None
            stream.reconfigure(errors="replace")
    i18n.use(i18n.from_environment() or _locale_of_project(sys.argv))
    if "--help" in sys.argv:  # its modules take as long as a command
        import_module("groupbot.cli.help_words").translate()
    try:
        sys.exit(_answer())
    except typer.Exit as leave:
        sys.exit(leave.exit_code)
    except typer.Abort:  # a question that was not answered with yes, or Ctrl-C
        typer.echo(_("Nothing was done."), err=True)
        sys.exit(REFUSED)


def _answer() -> int:
    """Carry out what the command line says; return the exit status."""
    if any(_has_broken_characters(word) for word in sys.argv):
        fail(GroupbotError(_("The command line is not UTF-8.")), status=WRONG_USE)
    try:
        status: int | None = app(prog_name="groupbot", standalone_mode=False)
    except TyperException as error:
        if type(error).__name__ == "NoArgsIsHelpError":  # rich has printed the help already
            return WRONG_USE
        fail(explained(error), status=WRONG_USE)
    return status or 0


def _locale_of_project(words: list[str]) -> str:
    """Return the language of the config.toml that `words` are about, "" where it can't be told."""
    named = words[words.index("--config") + 1] if "--config" in words[:-1] else "config.toml"
    try:
        return str(tomllib.loads(Path(named).read_text(encoding="utf-8")).get("locale", ""))
    except (OSError, ValueError):  # the command itself says what is wrong with it
        return ""


def _has_broken_characters(word: str) -> bool:
    return any("\udc80" <= letter <= "\udcff" for letter in word)
