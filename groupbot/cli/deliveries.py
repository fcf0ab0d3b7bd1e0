"""`groupbot deliveries`: every planned post and how it stands; settling what nobody knows."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.table import Table
from rich.text import Text

from groupbot.campaign.views import Placed
from groupbot.cli.context import DEFAULT_CONFIG, ConfigOption, JsonOption, answer, open_database
from groupbot.cli.orders import tell
from groupbot.cli.output import console, print_json, print_table, wrong_use
from groupbot.core.clock import SystemClock
from groupbot.delivery.values import DeliveryView, Settlement, State
from groupbot.delivery.words import state_word
from groupbot.desk.deliveries import TO_SETTLE, deliveries, settle
from groupbot.desk.deliveries import recall as take_back
from groupbot.i18n import _

app = typer.Typer(no_args_is_help=True, help=_("Planned posts and how they stand."))


@app.command("list", help=_("List the deliveries of a campaign by time."))
def list_command(
    *,
    campaign: Annotated[str, typer.Option("--campaign", help=_("Id of the campaign."))],
    state: Annotated[list[State] | None, typer.Option("--state", help=_("Only this state; may be repeated."))] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    async def work() -> Sequence[DeliveryView]:
        async with open_database(config) as (_settings, database):
            return await deliveries(database, campaign, state or ())

    rows = answer(work())
    if as_json:
        print_json([_as_document(row) for row in rows])
        return
    table = Table(_("due"), _("group"), _("step"), _("state"), _("part"), _("reason"))
    open_ = [row for row in rows if row.state in TO_SETTLE]
    for row in rows:
        due = row.due.astimezone(ZoneInfo(row.timezone))
        part = f"{row.part}/{row.parts}"
        table.add_row(f"{due:%m-%d %H:%M}", row.group, row.step, state_word(row.state), part, Text(row.reason))
    print_table(table, _("{campaign} has no such deliveries.").format(campaign=campaign))
    for row in open_:
        console().print(
            _("{state}: groupbot deliveries resolve {key} sent|resend|skip").format(
                state=state_word(row.state), key=shlex.quote(f"{row.campaign}/{row.key}")
            ),
            soft_wrap=True,
        )


@app.command("resolve", help=_("Say what became of an open delivery: sent, resend or skip."))
def resolve(
    key: Annotated[
        str, typer.Argument(metavar="KEY", help=_("The delivery's key, as `deliveries list --json` shows."))
    ],
    how: Annotated[Settlement, typer.Argument(help=_("sent: it was posted; resend: post it; skip: leave it out."))],
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    campaign, rest = _address(key)

    async def work() -> DeliveryView:
        async with open_database(config) as (_settings, database):
            return await settle(database, campaign, rest, how, datetime.now(UTC))

    row = answer(work())
    if as_json:
        print_json(_as_document(row))
    else:
        console().print(f"{key}: {state_word(row.state)}")


@app.command("recall", help=_("Take back what a delivery posted, as long as the platform allows it."))
def recall(
    key: Annotated[
        str, typer.Argument(metavar="KEY", help=_("The delivery's key, as `deliveries list --json` shows."))
    ],
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    campaign, rest = _address(key)

    async def work() -> Placed:
        async with open_database(config) as (settings, database):
            return await take_back(settings, database, SystemClock(), campaign, rest)

    tell(answer(work()), as_json=as_json)


def _address(key: str) -> tuple[str, str]:
    """Return the campaign and the rest of a delivery's key as it is typed."""
    campaign, slash, rest = key.partition("/")
    if not slash:
        wrong_use(
            _("{key} is no delivery's key.").format(key=key),
            _("A key is campaign/step/occurrence/group; `groupbot deliveries list --campaign ID --json` shows them."),
        )
    return campaign, rest


def _as_document(row: DeliveryView) -> dict[str, Any]:
    zone = ZoneInfo(row.timezone)
    return {
        "key": f"{row.campaign}/{row.key}",
        "group": row.group,
        "step": row.step,
        "state": row.state.value,
        "part": row.part,
        "parts": row.parts,
        "due": row.due.astimezone(zone).isoformat(),
        "sent_at": row.sent_at.astimezone(zone).isoformat(timespec="seconds") if row.sent_at else None,
        "message_id": row.message_id,
        "reason": row.reason,
    }
