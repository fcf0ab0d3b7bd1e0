"""What a doctor found, as one JSON document or in words."""

from __future__ import annotations

from collections.abc import Iterable

from rich.text import Text

from groupbot.cli.output import console
from groupbot.doctor.checks import Check
from groupbot.i18n import _


def checks_json(found: Iterable[Check]) -> dict[str, object]:
    """Return the document of the contract."""
    return {"checks": [_as_document(check) for check in found]}


def _as_document(check: Check) -> dict[str, object]:
    return {"name": check.name, "ok": check.ok, "message": check.message, "hint": check.hint}


def print_checks(found: Iterable[Check]) -> None:
    """Show each check with a mark, its advice or way out, and a verdict."""
    screen = console()
    failed = 0
    for check in found:
        failed += not check.ok
        mark, style = ("✗", "bold red") if not check.ok else ("!", "yellow") if check.hint else ("✓", "green")
        screen.print(Text.assemble((mark, style), f" {check.name}: {check.message}"), soft_wrap=True)
        if check.hint:
            screen.print(Text(f"    {check.hint}", style="dim"), soft_wrap=True)
    if failed:
        screen.print(Text(_("{n} of these must be mended.").format(n=failed), style="bold red"))
    else:
        screen.print(Text(_("Nothing stands in the way."), style="green"))
