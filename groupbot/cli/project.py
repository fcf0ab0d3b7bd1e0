"""`groupbot init DIR`: a folder to begin with."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from groupbot.cli.output import console, fail
from groupbot.errors import ConfigError
from groupbot.i18n import _
from groupbot.paths import Project, bundle

_CONFIG = """\
# groupbot's settings. Every key with its default and reason: config.example.toml of the project's source.
locale = "{locale}"
timezone = "Asia/Shanghai"

[database]
url = "sqlite:///groupbot.db"

# An account in the terminal, to try things out. For WeChat: adapter = "wechaty", endpoint, token_env.
[[accounts]]
name = "main"
adapter = "console"
interactive = true

[[groups]]
name = "camp-1"
account = "main"
id = "camp-1"
tags = ["camp"]
"""


def add_project(app: typer.Typer) -> None:
    """Add `init` to the root command."""
    app.command("init", help=_("Make a folder with a config and the shipped SOPs to start from."))(init)


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=_("The folder; made if it does not exist."))],
) -> None:
    """Make a project folder; never overwrites a file."""
    config = folder / "config.toml"
    if config.exists():
        fail(
            ConfigError(
                _("{file} exists already; nothing was changed.").format(file=config),
                hint=_("Choose another folder, or move that file away."),
            )
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        config.write_text(_CONFIG.format(locale="zh"), encoding="utf-8")
        _copy_sops(folder)
    except OSError as error:
        fail(ConfigError(_("{folder} can't be written: {reason}.").format(folder=folder, reason=error)))
    console().print(_("{folder} is ready: `cd {folder}`, then `groupbot sop check sops`.").format(folder=folder))


def _copy_sops(folder: Path) -> None:
    """Copy the shipped SOPs and materials that the folder does not have yet."""
    shipped = Project(root=bundle()).bundled / "sops"
    for source in sorted(shipped.rglob("*")):
        target = folder / "sops" / source.relative_to(shipped)
        if source.is_file() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
