"""Commands that stand in modules of their own, each imported when it is asked for."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any, ClassVar

import typer
from typer.core import TyperGroup
from typer.main import get_group


class Parts(TyperGroup):
    """A group with commands that are found by name. `parts`: the module in this package and what in it adds a command
    to an app, by the command's name; they come before the group's other commands.
    """

    parts: ClassVar[Mapping[str, tuple[str, str]]] = {}

    def list_commands(self, ctx: Any) -> list[str]:
        """Return every name, in the order of the help."""
        return [*self.parts, *super().list_commands(ctx)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command `cmd_name`, None for an unknown one."""
        if cmd_name not in self.parts:
            return super().get_command(ctx, cmd_name)
        module, add = self.parts[cmd_name]
        part = typer.Typer()
        with loading():
            getattr(import_module(f"groupbot.cli.{module}"), add)(part)
        return get_group(part).commands[cmd_name]


@contextmanager
def loading() -> Iterator[None]:
    """Import in the block without looking for garbage, which modules are not: a tenth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
