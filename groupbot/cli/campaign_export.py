"""`groupbot campaign export ID OUT`: the plan as it runs, as a file that can be edited and given back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from groupbot.campaign.editing import Editor, Running
from groupbot.cli.context import DEFAULT_CONFIG, ConfigOption, JsonOption, answer, open_database
from groupbot.cli.output import console, fail, print_json, wrong_use
from groupbot.desk.editing import editor
from groupbot.errors import GroupbotError
from groupbot.i18n import _, joined, os_reason
from groupbot.sop.load import YAML
from groupbot.sop.sheets.current import Exported, current, mark
from groupbot.sop.writing import to_yaml


def export(
    campaign: Annotated[str, typer.Argument(metavar="ID", help=_("The campaign's id, as `campaign list` shows."))],
    out: Annotated[Path, typer.Argument(metavar="OUT", help=_("A file that ends in .xlsx or .yaml."))],
    *,
    force: Annotated[bool, typer.Option("--force", help=_("Write over a file that is there."))] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Write the plan as it runs; `campaign edit` takes the edited file back and knows each step again."""
    if out.suffix not in {".xlsx", *YAML}:
        wrong_use(_("{file} is neither a workbook nor YAML.").format(file=out), _("Let it end in .xlsx or .yaml."))
    if out.exists() and not force:
        fail(GroupbotError(_("{file} is there already.").format(file=out), hint=_("Add --force to write over it.")))

    async def work() -> Exported:
        async with open_database(config) as (settings, database):
            desk = editor(settings, database)
            return _exported(desk, await desk.running(campaign), out)

    made = answer(work())
    try:
        out.write_bytes(made.data)
    except OSError as error:
        fail(GroupbotError(_("{file} can't be written: {reason}.").format(file=out, reason=os_reason(error))))
    if as_json:
        print_json({"campaign": campaign, "file": str(out), "left_out": list(made.left_out)})
        return
    screen = console()
    screen.print(Text(_("{file} is written.").format(file=out)), soft_wrap=True)
    if made.left_out:
        words = _("Not in it, and staying as they are: {steps}. `groupbot campaign step` changes them.")
        screen.print(Text(words.format(steps=joined(made.left_out))), soft_wrap=True)


def _exported(desk: Editor, running: Running, out: Path) -> Exported:
    number = running.newest.number
    if out.suffix in YAML:
        text = f"# {mark(running.campaign.id, number)}\n{to_yaml(running.sop)}"
        return Exported(data=text.encode(), left_out=())
    files = desk.files(running.home)
    return current(running.sop, files=files, campaign=running.campaign.id, version=number)
