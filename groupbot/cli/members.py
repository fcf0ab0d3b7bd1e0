"""`groupbot members`: what members may ask of whoever keeps records of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from groupbot.cli.context import DEFAULT_CONFIG, ConfigOption, JsonOption, answer, open_database
from groupbot.cli.output import print_json, require_person
from groupbot.errors import GroupbotError
from groupbot.i18n import _
from groupbot.storage.facts import SqlFacts
from groupbot.tracking.ports import Forgotten

app = typer.Typer(no_args_is_help=True, help=_("Members and their data."))


class UnknownMember(GroupbotError):
    """Nothing is recorded of a member."""


@app.callback()
def members() -> None:
    """Keep `forget` a subcommand while it is the only one."""


@app.command("forget", help=_("Take a member's id, name and words out of everything that was recorded."))
def forget(
    member: Annotated[str, typer.Argument(metavar="ID", help=_("The member's id, as `facts list` shows it."))],
    *,
    yes: Annotated[bool, typer.Option("--yes", help=_("Don't ask."))] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Forget one member; counts stay."""
    if not yes:
        require_person(as_json=as_json)
        question = _("Forget {member}? Counts stay, words and names don't; this can't be undone.")
        typer.confirm(question.format(member=member), abort=True, err=True)
    forgotten = answer(forget_member(config, member))
    if as_json:
        print_json({"rows": dict(forgotten.rows)})
        return
    for what, count in sorted(forgotten.rows.items()):
        typer.echo(_("{what}: {n} rows changed").format(what=what, n=count))


async def forget_member(config: Path, member: str) -> Forgotten:
    """Take `member` out of the database that `config` names.

    Raises UnknownMember when nothing was recorded of them.
    """
    async with open_database(config) as (_settings, database):
        forgotten = await SqlFacts(database).forget(member)
    if not forgotten.rows:
        raise UnknownMember(
            _("Nothing is recorded of {member}.").format(member=member),
            hint=_("Copy the id from `groupbot facts list --campaign ID --json`."),
        )
    return forgotten
