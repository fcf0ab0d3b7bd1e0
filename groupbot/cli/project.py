"""`groupbot init DIR`: a folder to begin with."""

from __future__ import annotations

import shutil
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from groupbot import i18n
from groupbot.cli.output import console, fail
from groupbot.cli.starter_config import STARTERS
from groupbot.errors import ConfigError
from groupbot.i18n import _, os_reason
from groupbot.paths import bundle


class Language(StrEnum):
    """A language that config.toml can be written in."""

    ZH = "zh"
    EN = "en"


def add_project(app: typer.Typer) -> None:
    """Add `init` to the root command."""
    app.command("init", help=_("Make a folder with a config and the shipped SOPs to start from."))(init)


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=_("The folder; made if it does not exist."))],
    *,
    locale: Annotated[
        Language | None, typer.Option(help=_("Language of config.toml and of messages; the present one by default."))
    ] = None,
) -> None:
    """Make a project folder; never overwrites a file."""
    spoken = locale.value if locale else i18n.present()
    i18n.use(spoken)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write_new(folder / "config.toml", STARTERS[spoken])
        _copy_sops(bundle() / "sops", folder / "sops")
    except OSError as error:
        reason = os_reason(error)
        fail(ConfigError(_("{folder} can't be written: {reason}.").format(folder=folder, reason=reason)))
    screen = console()
    screen.print(Text(_("{folder} is ready. Next:").format(folder=folder)))
    steps = (
        (f"cd {folder}", ""),
        ("groupbot demo", _("see a camp of seven days go by in seconds")),
        ("groupbot sop check sops", _("check the SOPs, yours too")),
        ("groupbot doctor", _("see what is still missing")),
        ("groupbot run", _("run the daemon; this terminal is the chat group")),
    )
    for command, meaning in steps:
        screen.print(Text(f"  {command:<24} {'# ' if meaning else ''}{meaning}".rstrip()), soft_wrap=True)


def _write_new(file: Path, text: str) -> None:
    """Write a file that is not there yet; leave with status 1 when it is."""
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        fail(
            ConfigError(
                _("{file} exists already; nothing was changed.").format(file=file),
                hint=_("Choose another folder, or move that file away."),
            )
        )


def _copy_sops(shipped: Path, target: Path) -> None:
    """Copy the shipped SOPs and materials that the folder does not have yet."""
    for source in sorted(shipped.rglob("*")):
        place = target / source.relative_to(shipped)
        if source.is_file() and not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, place)
