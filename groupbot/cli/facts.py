"""`groupbot facts`: what was recorded in the groups of a campaign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.table import Table
from rich.text import Text

from groupbot.cli.context import DEFAULT_CONFIG, ConfigOption, JsonOption, answer, open_database
from groupbot.cli.output import print_json, print_table
from groupbot.errors import CampaignError
from groupbot.i18n import _
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.facts import SqlFacts
from groupbot.tracking.facts import FactKind, StoredFact
from groupbot.tracking.ports import FactQuery

app = typer.Typer(no_args_is_help=True, help=_("What was recorded in groups: joins, leaves, messages, own posts."))


@app.callback()
def facts() -> None:
    """Keep `list` a subcommand while it is the only one."""


@app.command("list", help=_("List the facts of a campaign's groups since the campaign was created."))
def list_facts(
    campaign: Annotated[str, typer.Option("--campaign", help=_("Id of the campaign."))],
    *,
    kind: Annotated[list[FactKind] | None, typer.Option("--kind", help=_("Only this kind; may be repeated."))] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help=_("At most this many, the oldest first."))] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Print facts by time."""
    zone, rows = answer(find_facts(config, campaign, frozenset(kind or ()), limit))
    if as_json:
        print_json([as_document(row, zone) for row in rows])
    else:
        print_table(as_table(rows, zone), _("Nothing of this kind has been recorded since the campaign was created."))


async def find_facts(
    config: Path, campaign: str, kinds: frozenset[FactKind], limit: int | None
) -> tuple[ZoneInfo, tuple[StoredFact, ...]]:
    """Return a campaign's zone and its facts; no `kinds` means all.

    Raises CampaignError when there is no such campaign.
    """
    async with open_database(config) as (_settings, database):
        store = SqlFacts(database)
        scope = await store.campaign_scope(campaign)
        if scope is None:
            raise CampaignError(
                _("There is no campaign {campaign}.").format(campaign=campaign),
                hint=_("`groupbot campaign list` shows those that there are."),
            )
        query = FactQuery(groups=scope.groups, kinds=kinds or None, since=scope.since, limit=limit)
        steps = await SqlCampaigns(database).steps_by_message(campaign)
        rows = [_with_step(row, steps) for row in await store.find(query)]
        return ZoneInfo(scope.timezone), tuple(rows)


def _with_step(row: StoredFact, steps: Mapping[str, str]) -> StoredFact:
    """Name the step that an own post belongs to."""
    step = steps.get(row.fact.message_id or "")
    return replace(row, fact=replace(row.fact, step=step)) if step else row


def as_document(row: StoredFact, zone: ZoneInfo) -> dict[str, Any]:
    """Return one fact as the JSON contract has it; what a fact doesn't have is left out."""
    fact = row.fact
    document: dict[str, Any] = {
        "at": fact.at.astimezone(zone).isoformat(timespec="seconds"),
        "kind": fact.kind.value,
        "group": fact.group,
        "member": fact.member or None,
        "account": fact.account,
    }
    optional = {"text": fact.text, "step": fact.step, "channel": fact.channel, "found_late": fact.found_late or None}
    return document | {key: value for key, value in optional.items() if value is not None}


def as_table(rows: Sequence[StoredFact], zone: ZoneInfo) -> Table:
    """Return facts for a reader; words are shown as they are, not as markup."""
    table = Table(_("Time"), _("Kind"), _("Group"), _("Member"), _("Text"))
    for row in rows:
        fact = row.fact
        late = _(" (found late)") if fact.found_late else ""
        table.add_row(
            fact.at.astimezone(zone).strftime("%m-%d %H:%M:%S"),
            f"{_kind_word(fact.kind)}{late}",
            Text(fact.group or ""),
            Text(fact.name or fact.member),
            Text(fact.text or ""),
        )
    return table


def _kind_word(kind: FactKind) -> str:
    return {
        FactKind.JOIN: _("join"),
        FactKind.LEAVE: _("leave"),
        FactKind.MESSAGE: _("message"),
        FactKind.OWN_POST: _("own post"),
        FactKind.ACCOUNT: _("account"),
        FactKind.TOPIC: _("new name"),
        FactKind.RECALL: _("taken back"),
        FactKind.FRIEND_REQUEST: _("friend request"),
        FactKind.FRIEND: _("new friend"),
        FactKind.INVITATION: _("invitation"),
    }[kind]
