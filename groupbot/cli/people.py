"""`groupbot people`: who gives commands by chat, and binding their chat ids."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.table import Table

from groupbot.admin.audit import AuditEntry, Result
from groupbot.admin.people import People
from groupbot.admin.words import role_word
from groupbot.cli.context import DEFAULT_CONFIG, ConfigOption, JsonOption, answer, open_database, user
from groupbot.cli.output import console, print_json, print_table
from groupbot.core.clock import SystemClock
from groupbot.core.roles import NAMES
from groupbot.i18n import _, joined, ngettext
from groupbot.storage.audit import SqlAudit
from groupbot.storage.people import SqlPeople

app = typer.Typer(no_args_is_help=True, help=_("People who give commands by chat."))
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help=_("The name in [[people]] of config.toml."))]
T = TypeVar("T")


@app.command("list", help=_("List people, their roles and squads, and on which accounts they are known."))
def list_command(*, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    async def work(people: People, _store: SqlPeople) -> list[dict[str, Any]]:
        await people.refresh()
        return [
            {
                "name": name,
                "role": people.get(name).role.name.lower(),
                "squads": sorted(people.get(name).squads),
                "ids": dict(people.ids_of(name)),
            }
            for name in people.names
        ]

    rows = answer(_with_people(config, work))
    if as_json:
        print_json(rows)
        return
    table = Table(_("name"), _("role"), _("squads"), _("known on"))
    for row in rows:
        table.add_row(row["name"], role_word(NAMES[row["role"]]), joined(row["squads"]), joined(row["ids"]) or "—")
    print_table(table, _("config.toml names nobody: add a [[people]] block."))


@app.command("code", help=_("Print a code by which a person binds their chat id, once, within a day."))
def code(name: NameArgument, *, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    async def work(people: People, _store: SqlPeople) -> str:
        return await people.issue(name)

    issued = answer(_with_people(config, work, "people code", name))
    if as_json:
        print_json({"person": name, "code": issued})
        return
    screen = console()
    screen.print(issued, style="bold")
    text = _("{name} sends this to the bot, alone with it or in the squad's group: /认领 {code}")
    screen.print(text.format(name=name, code=issued), soft_wrap=True)


@app.command("forget", help=_("Take away the chat ids that codes bound to a person; those in config.toml stay."))
def forget(name: NameArgument, *, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    async def work(_people: People, store: SqlPeople) -> int:
        return await store.forget(name)

    count = answer(_with_people(config, work, "people forget", name))
    if as_json:
        print_json({"ids": count})
        return
    text = ngettext("{n} id of {name} is forgotten.", "{n} ids of {name} are forgotten.", count)
    console().print(text.format(n=count, name=name))


async def _with_people(
    config: Path, work: Callable[[People, SqlPeople], Awaitable[T]], action: str = "", detail: str = ""
) -> T:
    """Do `work` on the people of `config`; what has a name as `action` is audited."""
    async with open_database(config) as (settings, database):
        store, clock = SqlPeople(database), SystemClock()
        people = People(
            people=settings.people, squads=settings.squads, store=store, clock=clock, has_stable_ids=lambda _name: True
        )
        done = await work(people, store)
        if action:
            entry = AuditEntry(
                at=clock.now(),
                actor=user(),
                role="",
                account="",
                place="cli",
                action=action,
                result=Result.DONE,
                detail=detail,
            )
            await SqlAudit(database).write(entry)
        return done
