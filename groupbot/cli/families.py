"""Which module answers which command. Each is imported when it is asked for: the daemon must not wait for the reader of
workbooks, nor `status` for the daemon.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

_FAMILIES: Mapping[str, str] = {
    **{name: name for name in ("sop", "campaign", "deliveries", "tasks", "facts", "groups", "members", "accounts")},
    "persona": "persona",
    "plugin": "plugins",
    "people": "people",
    "squads": "squads",
    "audit": "audit",
    "risk": "risk",
    "db": "database",
}
"""Module in this package by the name of the family; its `app` holds the commands."""


def _add_daemon(app: typer.Typer) -> None:
    from groupbot.cli.daemon import add_daemon  # noqa: PLC0415 - see above

    add_daemon(app)


def _add_demo(app: typer.Typer) -> None:
    from groupbot.cli.demo import add_demo  # noqa: PLC0415 - see above
    from groupbot.cli.demo_stage import open_stage  # noqa: PLC0415 - see above

    add_demo(app, open_stage)


def _add_project(app: typer.Typer) -> None:
    from groupbot.cli.project import add_project  # noqa: PLC0415 - see above

    add_project(app)


def _add_doctor(app: typer.Typer) -> None:
    from groupbot.cli.doctor import add_doctor  # noqa: PLC0415 - see above

    add_doctor(app)


def _add_handover(app: typer.Typer) -> None:
    from groupbot.cli.handover import add_handover  # noqa: PLC0415 - see above

    add_handover(app)


_COMMANDS: Mapping[str, Callable[[typer.Typer], None]] = {
    "run": _add_daemon,
    "status": _add_daemon,
    "demo": _add_demo,
    "init": _add_project,
    "doctor": _add_doctor,
    "handover": _add_handover,
}


class Families(TyperGroup):
    """The root command, whose commands are found by name."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - typer's own signature
        """Return every name, in the order of the help."""
        return [*_FAMILIES, *_COMMANDS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - typer's own signature
        """Return the command or family `cmd_name`, None for an unknown one."""
        part = typer.Typer()
        if cmd_name in _FAMILIES:
            part.add_typer(import_module(f"groupbot.cli.{_FAMILIES[cmd_name]}").app, name=cmd_name)
        elif cmd_name in _COMMANDS:
            _COMMANDS[cmd_name](part)
        else:
            return None
        return get_group(part).commands[cmd_name]
