"""`groupbot sop convert A B`: an SOP of any kind that can be read, written as YAML or as a workbook."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from groupbot.cli.output import REFUSED, console, fail, print_json, print_problems, problem_json, wrong_use
from groupbot.cli.sop_input import root_of
from groupbot.desk.sop_files import read_sop
from groupbot.errors import GroupbotError
from groupbot.i18n import _, os_reason
from groupbot.project_files import ProjectFiles, path_from
from groupbot.sop.document import Sop
from groupbot.sop.load import YAML, load
from groupbot.sop.planned import Problem, SopError
from groupbot.sop.sheets.results import unsaid, with_results
from groupbot.sop.writing import to_yaml

_SHEET = ".xlsx"


def add_convert(app: typer.Typer) -> None:
    """Add `convert` to `groupbot sop`."""
    app.command("convert", help=_("Write an SOP, for example a workbook, as YAML, or as a workbook."))(convert)


def convert(
    path: Annotated[Path, typer.Argument(metavar="FILE", help=_("An SOP file."))],
    out: Annotated[Path, typer.Argument(metavar="OUT", help=_("A file that ends in .xlsx or .yaml."))],
    *,
    force: Annotated[bool, typer.Option("--force", help=_("Write over a file that is there."))] = False,
    config: Annotated[Path | None, typer.Option("--config", help=_("The project's config.toml; not needed."))] = None,
    as_json: Annotated[bool, typer.Option("--json", help=_("One JSON document on stdout."))] = False,
) -> None:
    """Write an SOP anew; exit status 1 when it can't be used, and then nothing is written."""
    if out.suffix not in {_SHEET, *YAML}:
        wrong_use(_("{file} is neither a workbook nor YAML.").format(file=out), _("Let it end in .xlsx or .yaml."))
    if out.exists() and not force:
        fail(GroupbotError(_("{file} is there already.").format(file=out), hint=_("Add --force to write over it.")))
    root = root_of(config)
    try:
        sop = read_sop(path, root)
        data, warnings = converted(sop, out, root)
    except SopError as error:
        _answer(out, 0, error.problems, as_json=as_json)
        raise typer.Exit(REFUSED) from error
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(data)
    except OSError as error:
        fail(GroupbotError(_("{file} can't be written: {reason}.").format(file=out, reason=os_reason(error))))
    _answer(out, len(sop.steps), warnings, as_json=as_json)


def converted(sop: Sop, out: Path, root: Path) -> tuple[bytes, tuple[Problem, ...]]:
    """Return `sop` as the content of a file at `out`, and what is to be looked at.

    Raises SopError when the content would be no usable SOP there.
    """
    files = ProjectFiles(root=root, sop_folder=out.parent)
    materials = {
        name: replace(one, written=path_from(one.path, out.parent, root) or one.written)
        for name, one in sop.materials.items()
    }
    moved = replace(sop, materials=materials)
    data = with_results(moved, files=files) if out.suffix == _SHEET else to_yaml(moved).encode()
    again = load(data, file=str(out), files=files)
    return data, tuple(dict.fromkeys((*sop.warnings, *again.warnings, *_lost(moved, again))))


def _lost(sop: Sop, again: Sop) -> list[Problem]:
    """Return a warning for each setting and step that a sheet has otherwise."""
    message, hint = _("The sheet can't say all of `{name}`."), _("Write .yaml, or shorten it.")
    names = unsaid(sop, again)
    return [
        Problem(level="warning", code="not-in-sheet", message=message.format(name=name), hint=hint, where=sop.source)
        for name in names
    ]


def _answer(out: Path, steps: int, problems: tuple[Problem, ...], *, as_json: bool) -> None:
    if as_json:
        print_json({"file": str(out), "steps": steps, "problems": [problem_json(problem) for problem in problems]})
        return
    screen = console()
    print_problems(problems, screen)
    words = _("{file}: {steps} steps written").format(file=out, steps=steps) if steps else _("Nothing was written.")
    screen.print(Text(words), soft_wrap=True)
