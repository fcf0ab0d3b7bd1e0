"""`groupbot entry`: how people come in: live codes to print, pools of groups, and their QR images."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.table import Table
from rich.text import Text

from groupbot.admin.code_book import CodeLine, NewCode
from groupbot.admin.entry_book import PoolLine
from groupbot.admin.families.live_codes import strange_channel
from groupbot.cli.context import DEFAULT_CONFIG, ConfigOption, JsonOption, answer, open_database, user
from groupbot.cli.output import console, fail, print_json, print_table, wrong_use
from groupbot.core.clock import SystemClock
from groupbot.desk.code_parts import entries_alone, live_codes
from groupbot.desk.entries import Entries
from groupbot.desk.live_codes import LiveCodes
from groupbot.errors import CampaignError, ConfigError
from groupbot.i18n import _, os_reason
from groupbot.settings import Settings
from groupbot.tracking.capacity import Door

app = typer.Typer(no_args_is_help=True, help=_("How people come in: live codes, pools of groups, QR images."))
code_app = typer.Typer(no_args_is_help=True, help=_("Live codes: printed once, they lead to the group now open."))
app.add_typer(code_app, name="code")

CodeArgument = Annotated[str, typer.Argument(metavar="CODE", help=_("The code, as `entry code list` shows it."))]
PoolOption = Annotated[str, typer.Option("--pool", help=_("The pool of groups that it leads to."))]
GroupOption = Annotated[str, typer.Option("--group", help=_("Or the one group that it leads to."))]


@asynccontextmanager
async def _opened(config: Path) -> AsyncIterator[tuple[Settings, Entries, LiveCodes]]:
    async with open_database(config) as (settings, database):
        clock = SystemClock()
        entries = entries_alone(settings, database=database, clock=clock)
        yield settings, entries, live_codes(entries, lambda: settings, database=database, clock=clock)


@app.command("pools", help=_("Show the pools: which group takes people in, how full they are, how long images last."))
def pools(*, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    async def work() -> tuple[Sequence[PoolLine], ZoneInfo]:
        async with _opened(config) as (settings, entries, _codes):
            return await entries.pools(), ZoneInfo(settings.timezone)

    found, zone = answer(work())
    if as_json:
        print_json([_pool_document(pool, zone) for pool in found])
        return
    table = Table(_("pool"), _("group"), _("members"), _("takes people in"), _("image until"), _("lacks"))
    for pool in found:
        for line in pool.groups:
            members = "?" if line.members is None else str(line.members)
            until = f"{line.expires_at.astimezone(zone):%m-%d %H:%M}" if line.expires_at else ""
            turn = {pool.entry: _("now"), pool.after: _("next")}.get(line.group, _("closed") if line.is_closed else "")
            image = until or ("∞" if line.has_image else "—")
            table.add_row(pool.name, line.group, f"{members}/{line.limit}", turn, image, Text(", ".join(line.lacks)))
    print_table(table, _("No pool of groups is set up: [[pools]] in config.toml."))


@app.command("image", help=_("Let people into a group by the QR image in a file."))
def image(
    group: Annotated[str, typer.Argument(metavar="GROUP", help=_("A name of [[groups]]."))],
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_("The picture of the group's code: PNG or JPEG."))],
    *,
    days: Annotated[
        int | None, typer.Option("--days", min=0, help=_("Days that it lasts, 0 = for ever; else as its pool says."))
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    async def work() -> tuple[Door, ZoneInfo]:
        async with _opened(config) as (settings, entries, _codes):
            if group not in {one.name for one in settings.groups}:
                raise ConfigError(_("No group is called {name}.").format(name=group))
            door = await entries.put_image(group, _bytes(file), by=user(), days=days)
            return door, ZoneInfo(settings.timezone)

    door, zone = answer(work())
    until = door.expires_at.astimezone(zone) if door.expires_at else None
    if as_json:
        print_json({"group": group, "image": door.image, "expires_at": until.isoformat() if until else None})
    elif until:
        console().print(_("{group}: image until {time}").format(group=group, time=f"{until:%Y-%m-%d %H:%M}"))
    else:
        console().print(_("{group}: image without an end").format(group=group))


@code_app.command("add", help=_("Make a code for a channel."))
def add(  # noqa: PLR0913 - one parameter for each option
    *,
    channel: Annotated[str, typer.Option("--channel", help=_("Where it is shown: what reports call it."))],
    variant: Annotated[str, typer.Option("--variant", help=_("Which of several posters."))] = "",
    pool: PoolOption = "",
    group: GroupOption = "",
    campaign: Annotated[str, typer.Option("--campaign", help=_("Id of the campaign that it is for."))] = "",
    title: Annotated[str, typer.Option("--title", help=_("What its page is headed with."))] = "",
    fallback: Annotated[
        Path | None, typer.Option("--fallback", help=_("Picture of an account's code, for when no group has room."))
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    target = _target(pool, group)

    async def work() -> CodeLine:
        async with _opened(config) as (_settings, _entries, codes):
            friend = _bytes(fallback) if fallback is not None else None
            new = NewCode(
                channel=channel, target=target, variant=variant, campaign=campaign, title=title, friend=friend
            )
            return await codes.add(new, by=user())

    line = answer(work())
    _tell(line, as_json=as_json)
    if not as_json and (said := strange_channel(line)):
        console().print(said, soft_wrap=True)


@code_app.command("list", help=_("List the codes: what each shows now, and how often it was visited."))
def list_command(*, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    async def work() -> Sequence[CodeLine]:
        async with _opened(config) as (_settings, _entries, codes):
            return await codes.codes()

    found = answer(work())
    if as_json:
        print_json([_code_document(line) for line in found])
        return
    table = Table(_("live code"), _("channel"), _("variant"), _("leads to"), _("shows now"), _("visits"), _("address"))
    for line in found:
        table.add_row(
            line.code, line.channel, line.variant, line.target, _state(line), str(line.visits), Text(line.url or "—")
        )
    print_table(table, _("There are no live codes yet: `groupbot entry code add`."))


@code_app.command("close", help=_("Close a code: its page says that it is no longer in use."))
def close(code: CodeArgument, *, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    _tell(answer(_set_closed(config, code, closed=True)), as_json=as_json)


@code_app.command("open", help=_("Open a code that was closed."))
def open_command(code: CodeArgument, *, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    _tell(answer(_set_closed(config, code, closed=False)), as_json=as_json)


@code_app.command("move", help=_("Let a code that is printed already lead to another pool or group."))
def move(
    code: CodeArgument,
    *,
    pool: PoolOption = "",
    group: GroupOption = "",
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    target = _target(pool, group)

    async def work() -> CodeLine:
        async with _opened(config) as (_settings, _entries, codes):
            return await codes.move(code, target, by=user())

    _tell(answer(work()), as_json=as_json)


@code_app.command("qr", help=_("Write a code's QR code for print."))
def qr(
    code: CodeArgument,
    *,
    output: Annotated[Path, typer.Option("-o", "--output", help=_("The PNG file to write."))],
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    async def work() -> bytes:
        async with _opened(config) as (_settings, _entries, codes):
            return (await codes.printed(code))[1]

    data = answer(work())
    try:
        output.write_bytes(data)
    except OSError as error:
        fail(CampaignError(_("{file} can't be written: {reason}.").format(file=output, reason=os_reason(error))))
    console().print(_("{file} is written: 10 cm wide or more at 300 dots per inch.").format(file=output))


async def _set_closed(config: Path, code: str, *, closed: bool) -> CodeLine:
    async with _opened(config) as (_settings, _entries, codes):
        return await codes.set_closed(code, closed=closed, by=user())


def _target(pool: str, group: str) -> str:
    if bool(pool) == bool(group):
        wrong_use(_("Say where it leads: --pool POOL or --group GROUP."))
    return pool or group


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CampaignError(_("{file} can't be read: {reason}.").format(file=file, reason=os_reason(error))) from error


def _tell(line: CodeLine, *, as_json: bool) -> None:
    if as_json:
        print_json(_code_document(line))
        return
    console().print(f"{line.code}  {line.channel} {line.variant}  {line.target} → {_state(line)}", soft_wrap=True)
    console().print(line.url or _("Its address needs [web] public_url in config.toml."), soft_wrap=True)


def _state(line: CodeLine) -> str:
    if line.is_closed:
        return _("closed")
    return line.group or (_("friend first") if line.has_friend else _("no way in"))


def _code_document(line: CodeLine) -> dict[str, Any]:
    left_out = {"groups", "group", "is_closed", "url", "other_channels"}
    kept = {key: value for key, value in asdict(line).items() if key not in left_out}
    return kept | {"shows": line.group or None, "closed": line.is_closed, "url": line.url or None}


def _pool_document(pool: PoolLine, zone: ZoneInfo) -> dict[str, Any]:
    groups = [
        asdict(line)
        | {
            "full_at": line.full_at.astimezone(zone).isoformat(timespec="seconds") if line.full_at else None,
            "expires_at": line.expires_at.astimezone(zone).isoformat(timespec="seconds") if line.expires_at else None,
            "lacks": list(line.lacks),
        }
        for line in pool.groups
    ]
    return {"name": pool.name, "entry": pool.entry or None, "after": pool.after or None, "groups": groups}
