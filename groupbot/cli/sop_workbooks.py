"""`groupbot sop template` and `sop check --mark`: workbooks to start from, and an operator's own with its mistakes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from groupbot.cli.output import console, fail, wrong_use
from groupbot.desk.sop_files import sop_place
from groupbot.errors import GroupbotError
from groupbot.i18n import _, os_reason, present
from groupbot.sop.planned import Problem, SopError
from groupbot.sop.sheets.marking import marked, pictures_lost
from groupbot.sop.sheets.starter import starter

XLSX = ".xlsx"


def add_workbooks(app: typer.Typer) -> None:
    """Add the command `template` to `app`."""

    @app.command("template", help=_("Write a workbook to start from, with an example that can be launched."))
    def template(
        out: Annotated[Path, typer.Argument(metavar="OUT.xlsx", help=_("The workbook to write."))],
        *,
        force: Annotated[bool, typer.Option("--force", help=_("Replace a file that is there."))] = False,
    ) -> None:
        require_xlsx(out)
        if out.exists() and not force:
            wrong_use(_("{file} is there already.").format(file=out), _("Choose another name, or add --force."))
        write(out, starter(present(), date.today()))  # noqa: DTZ011  # the operator's own calendar
        said = _("{file} is written. Fill it in, then: groupbot sop check {file}").format(file=out)
        console().print(Text(said), soft_wrap=True)


def mark_file(path: Path, problems: Sequence[Problem], *, root: Path, out: Path) -> int:
    """Write the workbook at `path` to `out` with its problems marked; return how many pictures the copy lacks."""
    place = sop_place(path, root)
    if place.suffix.casefold() != XLSX:
        hint = _("For other files the problems name the line; `groupbot sop template` writes a workbook to start from.")
        wrong_use(_("Only .xlsx workbooks can be marked, not {file}.").format(file=path), hint)
    require_xlsx(out)
    if out.exists() and out.samefile(place):
        wrong_use(_("--mark would overwrite {file} itself.").format(file=path), _("Choose another name."))
    try:
        data = place.read_bytes()
        copy = marked(data, problems, file=str(path))
    except SopError as error:
        fail(error)
    except OSError as error:
        fail(GroupbotError(_("{file} can't be read: {reason}.").format(file=path, reason=os_reason(error))))
    write(out, copy)
    return pictures_lost(data, copy)


def tell_marked(out: Path, lost: int) -> None:
    """Say where the marked workbook is, and what it lacks."""
    console().print(Text(_("{file}: your workbook with the problems marked.").format(file=out)), soft_wrap=True)
    if lost:
        said = _("The copy lacks {n} pictures: mend your own file, which was not touched.").format(n=lost)
        console().print(Text(said), soft_wrap=True)


def require_xlsx(out: Path) -> None:
    """Leave with wrong use when `out` is not called .xlsx."""
    if out.suffix.casefold() != XLSX:
        wrong_use(_("{file} must end with .xlsx.").format(file=out))


def write(out: Path, data: bytes) -> None:
    """Write `data` to `out`, or leave with the reason."""
    try:
        out.write_bytes(data)
    except OSError as error:
        fail(GroupbotError(_("{file} can't be written: {reason}.").format(file=out, reason=os_reason(error))))
