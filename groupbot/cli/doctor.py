"""`groupbot doctor`: what may keep this project from working, and the way out of each."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from groupbot.cli.checks import checks_json, print_checks
from groupbot.cli.context import DEFAULT_CONFIG, ConfigOption, JsonOption, settings_of
from groupbot.cli.output import REFUSED, print_json
from groupbot.desk import doctor as desk
from groupbot.desk.doctor import Asked
from groupbot.doctor.checks import Check
from groupbot.i18n import _

OfflineOption = Annotated[bool, typer.Option("--offline", help=_("Connect to no gateway."))]
LinksOption = Annotated[
    bool, typer.Option("--links", help=_("Ask the servers of the SOPs' links whether they answer."))
]
TestAlertOption = Annotated[
    bool, typer.Option("--send-test-alert", help=_("Send one alert to each channel and tell whether it went."))
]


def add_doctor(app: typer.Typer) -> None:
    """Add `doctor` to the root command."""
    app.command("doctor", help=_("Look for what may keep this project from working; exit status 1 if anything does."))(
        doctor
    )


def doctor(
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    offline: OfflineOption = False,
    links: LinksOption = False,
    send_test_alert: TestAlertOption = False,
    as_json: JsonOption = False,
) -> None:
    """Examine the project."""
    found = asyncio.run(diagnose(config, Asked(offline=offline, links=links, test_alert=send_test_alert)))
    if as_json:
        print_json(checks_json(found))
    else:
        print_checks(found)
    if not all(check.ok for check in found):
        raise typer.Exit(REFUSED)


async def diagnose(config: Path, asked: Asked) -> tuple[Check, ...]:
    """Return everything that is found about the project of `config`, in the language that it asks for."""
    return await desk.diagnose(config, asked, settings_of)
