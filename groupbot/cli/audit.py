"""`groupbot audit`: what was asked of the bot, and what it did by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.table import Table
from rich.text import Text

from groupbot.admin.audit import AuditEntry, AuditQuery, Result
from groupbot.admin.words import result_word
from groupbot.cli.context import DEFAULT_CONFIG, ConfigOption, JsonOption, answer, open_database
from groupbot.cli.output import print_json, print_table
from groupbot.core.clock import SystemClock
from groupbot.i18n import _
from groupbot.storage.audit import SqlAudit

app = typer.Typer(no_args_is_help=True, help=_("What was asked of the bot, by whom, and what came of it."))


@app.callback()
def audit() -> None:
    """Keep `list` a subcommand while it is the only one."""


@app.command("list", help=_("List entries, the newest first."))
def list_command(
    *,
    by: Annotated[str | None, typer.Option("--by", help=_("Only what this person asked."))] = None,
    result: Annotated[Result | None, typer.Option("--result", help=_("Only what came out so."))] = None,
    days: Annotated[float | None, typer.Option("--days", min=0, max=36500, help=_("Only of the last days."))] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help=_("At most this many."))] = 50,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    since = SystemClock().now() - timedelta(days=days) if days is not None else None
    zone, rows = answer(_find(config, AuditQuery(since=since, actor=by, result=result, limit=limit)))
    if as_json:
        print_json([_document(row, zone) for row in rows])
        return
    table = Table(_("time"), _("person"), _("where"), _("what"), _("result"), _("detail"))
    for row in rows:
        where = row.place.partition(":")[2] or row.place
        said = (_local(row.at, zone), row.actor, where, row.action, result_word(row.result), row.detail)
        table.add_row(*map(Text, said))
    print_table(table, _("Nothing of this kind is in the audit."))


async def _find(config: Path, query: AuditQuery) -> tuple[ZoneInfo, Sequence[AuditEntry]]:
    async with open_database(config) as (settings, database):
        return ZoneInfo(settings.timezone), await SqlAudit(database).list(query)


def _local(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%m-%d %H:%M:%S}"


def _document(row: AuditEntry, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "at": row.at.astimezone(zone).isoformat(timespec="seconds"),
        "actor": row.actor,
        "role": row.role or None,
        "account": row.account or None,
        "place": row.place or None,
        "action": row.action,
        "result": row.result.value,
        "detail": row.detail,
    }
