"""`groupbot squads`: which squads there are, who leads them, and how many groups they have."""

from __future__ import annotations

from collections import Counter

import typer
from rich.table import Table

from groupbot.cli.context import DEFAULT_CONFIG, ConfigOption, JsonOption, settings_of
from groupbot.cli.output import fail, print_json, print_table
from groupbot.errors import ConfigError
from groupbot.i18n import _

app = typer.Typer(no_args_is_help=True, help=_("Squads: sets of groups with a leader."))


@app.callback()
def squads() -> None:
    """Keep `list` a subcommand while it is the only one."""


@app.command("list", help=_("List the squads, their leaders and chats, and how many groups they have."))
def list_command(*, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    try:
        settings = settings_of(config)
    except ConfigError as error:
        fail(error)
    groups = Counter(group.squad for group in settings.groups if group.squad)
    known = {squad.name: (squad.leader, squad.group) for squad in settings.squads}
    rows = [
        {"name": name, "leader": leader, "group": group, "groups": groups[name]}
        for name, (leader, group) in (dict.fromkeys(groups, ("", "")) | known).items()
    ]
    if as_json:
        print_json(rows)
        return
    table = Table(_("squad"), _("leader"), _("chat"), _("groups"))
    for row in rows:
        table.add_row(f"{row['name']}", f"{row['leader'] or '—'}", f"{row['group'] or '—'}", f"{row['groups']}")
    print_table(table, _("No group belongs to a squad yet: `/群 分组` by chat, or `squad` in [[groups]]."))
