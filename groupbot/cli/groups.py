"""`groupbot groups`: which there are, and what an account is to do with one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.table import Table
from rich.text import Text

from groupbot.campaign.views import Placed
from groupbot.chat.directory import Directory
from groupbot.cli.context import DEFAULT_CONFIG, ConfigOption, JsonOption, answer, open_database
from groupbot.cli.orders import tell
from groupbot.cli.output import print_json, print_table, wrong_use
from groupbot.core.actions import AddMembers, Announcement, CreateGroup, RemoveMembers, Rename
from groupbot.core.content import Content
from groupbot.core.events import Rank
from groupbot.delivery.paces import pace
from groupbot.desk.orders import account_in, fresh, group_called, place, require_account
from groupbot.i18n import _
from groupbot.settings import Settings
from groupbot.storage.seen_groups import SeenGroup, SeenGroups

app = typer.Typer(no_args_is_help=True, help=_("Groups: those of config.toml, and others that accounts are in."))

GroupArgument = Annotated[str, typer.Argument(metavar="GROUP", help=_("The group's name in config.toml."))]
MembersArgument = Annotated[list[str], typer.Argument(metavar="MEMBER…", help=_("Ids of members on the platform."))]
AccountOption = Annotated[str | None, typer.Option("--account", help=_("Who does it; else the group's own account."))]


@app.command("list", help=_("List the groups that accounts have seen, also those that config.toml does not name."))
def list_command(*, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    async def work() -> tuple[Sequence[SeenGroup], Settings]:
        async with open_database(config) as (settings, database):
            return await SeenGroups(database).list(), settings

    found, settings = answer(work())
    directory = Directory.from_settings(settings.groups)
    rows = [_document(seen, directory, ZoneInfo(settings.timezone)) for seen in found]
    rows = [row for row, seen in zip(rows, found, strict=True) if not _is_outdated(row, seen, found)]
    if as_json:
        print_json(rows)
    else:
        _show(rows)


@app.command("create", help=_("Make a new group with contacts of an account."))
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help=_("What the group is to be called."))],
    *,
    account: Annotated[str, typer.Option("--account", help=_("Who makes it, and owns it."))],
    members: Annotated[list[str], typer.Option("--member", help=_("A contact's id; may be repeated."))],
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    async def work() -> Placed:
        async with open_database(config) as (settings, database):
            require_account(account, settings)
            content = CreateGroup(topic=name, members=tuple(dict.fromkeys(members)))
            return await place([fresh(content, account=account)], settings, database)

    tell(answer(work()), as_json=as_json)


@app.command("rename", help=_("Give a group another name."))
def rename(
    group: GroupArgument,
    topic: Annotated[str, typer.Argument(metavar="TOPIC", help=_("The new name."))],
    *,
    account: AccountOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    _require_words(topic)
    _order(config, group, account, lambda _most: [Rename(topic=topic)], as_json=as_json)


@app.command("announce", help=_("Set a group's announcement; the platform tells every member."))
def announce(
    group: GroupArgument,
    text: Annotated[str, typer.Argument(metavar="TEXT", help=_("The words of the announcement."))],
    *,
    account: AccountOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    _require_words(text)
    _order(config, group, account, lambda _most: [Announcement(text=text)], as_json=as_json)


@app.command("add", help=_("Invite contacts into a group; as many a day as the budget allows."))
def add(
    group: GroupArgument,
    members: MembersArgument,
    *,
    account: AccountOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    def contents(most: Callable[[str], int]) -> list[Content]:
        return [AddMembers(members=some) for some in portions(members, most(AddMembers.kind))]

    _order(config, group, account, contents, as_json=as_json)


@app.command("remove", help=_("Take members out of a group; as many a day as the budget allows."))
def remove(
    group: GroupArgument,
    members: MembersArgument,
    *,
    account: AccountOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    def contents(most: Callable[[str], int]) -> list[Content]:
        return [RemoveMembers(members=some) for some in portions(members, most(RemoveMembers.kind))]

    _order(config, group, account, contents, as_json=as_json)


def portions(members: Sequence[str], most: int) -> list[tuple[str, ...]]:
    """Split `members`, each once, so that no call has more than a day's budget; 0 = there is none."""
    named = tuple(dict.fromkeys(members))
    size = most or len(named)
    return [named[start : start + size] for start in range(0, len(named), size)]


def _order(
    config: Path,
    group: str,
    account: str | None,
    contents: Callable[[Callable[[str], int]], Sequence[Content]],
    *,
    as_json: bool,
) -> None:
    """Order `contents` in a group; they are made knowing the account's budget of this day for a kind."""

    async def work() -> Placed:
        async with open_database(config) as (settings, database):
            found = group_called(group, settings)
            chosen = account_in(found, account)
            paced, today = pace(settings, chosen), datetime.now(UTC).astimezone(ZoneInfo(settings.timezone)).date()
            made = contents(lambda kind: paced.budget_on(kind, today))
            return await place([fresh(one, account=chosen, group=group) for one in made], settings, database)

    tell(answer(work()), as_json=as_json)


def _require_words(text: str) -> None:
    if not text.strip():
        wrong_use(_("The words are empty."), _("Write them in quotes."))


def _document(seen: SeenGroup, directory: Directory, zone: ZoneInfo) -> dict[str, Any]:
    name = directory.name_of(seen.account, seen.group)
    chat_id = directory.chat_id(seen.account, name)
    return {
        "account": seen.account,
        "group": name if chat_id else None,
        "id": chat_id or seen.group,
        "topic": seen.topic,
        "rank": seen.standing.rank.value,
        "members": seen.standing.members,
        "read_at": seen.read_at.astimezone(zone).isoformat(timespec="seconds") if seen.read_at else None,
    }


def _is_outdated(row: dict[str, Any], seen: SeenGroup, found: Sequence[SeenGroup]) -> bool:
    """Tell whether a group that was given a name since has a newer row under that name."""
    renamed = row["group"] is not None and row["group"] != seen.group
    return renamed and any((other.account, other.group) == (seen.account, row["group"]) for other in found)


def _show(rows: Sequence[dict[str, Any]]) -> None:
    ranks = {
        Rank.OWNER.value: _("owner"),
        Rank.ADMIN.value: _("administrator"),
        Rank.MEMBER.value: _("member"),
        Rank.UNKNOWN.value: "—",
    }
    table = Table(_("account"), _("group"), _("name in chat"), _("rank"), _("members"), "ID")
    for row in rows:
        name = row["group"] or _("(not in config.toml)")
        table.add_row(row["account"], name, Text(row["topic"]), ranks[row["rank"]], f"{row['members']}", row["id"])
    print_table(table, _("No account has seen a group yet: `groupbot run` lets them look."))
