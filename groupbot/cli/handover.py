"""`groupbot handover`: everything that somebody needs to know who runs the bot tomorrow."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from groupbot.cli.context import DEFAULT_CONFIG, ConfigOption, answer, open_database
from groupbot.cli.output import console
from groupbot.core.clock import SystemClock
from groupbot.desk.handover import gathered, write
from groupbot.i18n import _
from groupbot.reports.document import Document, as_markdown

OutputOption = Annotated[
    Path | None,
    typer.Option("-o", "--output", metavar="FILE", help=_("Write it there: a page for .html, else Markdown.")),
]


def add_handover(app: typer.Typer) -> None:
    """Add `handover` to the root command."""
    app.command(
        "handover", help=_("Write down how things stand, what comes, who is who, and how to go on, for a successor.")
    )(handover)


def handover(*, output: OutputOption = None, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Print the handover, or write it into a file."""

    async def work() -> Document:
        async with open_database(config) as (settings, database):
            document = await gathered(settings, database, SystemClock().now())
            if output is not None:
                write(document, output)
            return document

    document = answer(work())
    if output is None:
        console().print(Text(as_markdown(document)), soft_wrap=True, end="")
        return
    for line in (document.title, *document.summary, _("Written to {file}.").format(file=output)):
        console().print(Text(line), soft_wrap=True)
