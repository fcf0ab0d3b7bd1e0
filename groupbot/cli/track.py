"""`groupbot track`: orders, attendance, marks, costs and channels: what reports count as conversions and money."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.text import Text

from groupbot.admin.audit import AuditEntry, Result
from groupbot.admin.conversion_desk import CostAsked, Counted, ListAsked, ListKind, MarkAsked, Meant
from groupbot.admin.families.conversion_words import counted_line
from groupbot.cli import track_plan, track_proposals
from groupbot.cli.context import DEFAULT_CONFIG, ConfigOption, JsonOption, answer, open_database, user
from groupbot.cli.output import console, print_json
from groupbot.cli.track_lists import tell
from groupbot.core.clock import SystemClock
from groupbot.desk.conversions import ConversionOffice
from groupbot.errors import ConfigError
from groupbot.i18n import _, os_reason
from groupbot.storage.audit import SqlAudit

app = typer.Typer(no_args_is_help=True, help=_("Orders, attendance, marks, costs and channels of campaigns."))
track_plan.add(app)
app.add_typer(track_proposals.app, name="proposals")

T = TypeVar("T")
CampaignOption = Annotated[
    str, typer.Option("--campaign", help=_("Id of the campaign; the one that runs if not given."))
]
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help=_("A .csv or .xlsx file as a shop exports it."))]
DryRun = Annotated[bool, typer.Option("--dry-run", help=_("Only tell what would become of each row."))]
Again = Annotated[bool, typer.Option("--again", help=_("Count what people took back or dropped, too."))]
At = Annotated[str, typer.Option("--at", help=_("Time of rows without one, as in 2026-05-18 20:00."))]
KeyOption = Annotated[str, typer.Option("--key", help=_("Name it; the same name is written once."))]


@app.command("orders", help=_("Take the orders of a file: what was paid, what went back, by whom."))
def orders(  # noqa: PLR0913 - each is an option
    file: FileArgument,
    *,
    campaign: CampaignOption = "",
    stage: Annotated[str, typer.Option("--stage", help=_("The stage that a paid order reaches."))] = "paid",
    currency: Annotated[str, typer.Option("--currency", help=_("Of amounts that say none, as in CNY."))] = "",
    at: At = "",
    dry_run: DryRun = False,
    again: Again = False,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    def asked(data: bytes) -> ListAsked:
        return ListAsked(
            data=data,
            file=file.name,
            kind=ListKind.ORDERS,
            campaign=campaign,
            stage=stage,
            currency=currency,
            at=at,
            again=again,
            by=user(),
        )

    _take(config, file, asked, dry_run=dry_run, as_json=as_json)


@app.command("attendance", help=_("Take who attended from a file of a live room or a course system."))
def attendance(
    file: FileArgument,
    *,
    campaign: CampaignOption = "",
    minutes: Annotated[float, typer.Option("--minutes", min=0, help=_("Who stayed for less did not attend."))] = 0,
    at: At = "",
    dry_run: DryRun = False,
    again: Again = False,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    def asked(data: bytes) -> ListAsked:
        return ListAsked(
            data=data,
            file=file.name,
            kind=ListKind.ATTENDANCE,
            campaign=campaign,
            stage="attended",
            at=at,
            least_minutes=minutes,
            again=again,
            by=user(),
        )

    _take(config, file, asked, dry_run=dry_run, as_json=as_json)


@app.command("tails", help=_("Take the last four digits of members' phone numbers from a file, to match orders by."))
def tails(
    file: FileArgument,
    *,
    campaign: CampaignOption = "",
    dry_run: DryRun = False,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    def asked(data: bytes) -> ListAsked:
        return ListAsked(data=data, file=file.name, kind=ListKind.TAILS, campaign=campaign, by=user())

    _take(config, file, asked, dry_run=dry_run, as_json=as_json)


@app.command("mark", help=_("Write that a member reached a stage, with money or without."))
def mark(  # noqa: PLR0913 - each is an option
    member: Annotated[str, typer.Argument(metavar="MEMBER", help=_("Id or nickname."))],
    stage: Annotated[str, typer.Argument(metavar="STAGE", help=_("signed_up, attended, paid, refunded, or your own."))],
    *,
    campaign: CampaignOption = "",
    amount: Annotated[str, typer.Option("--amount", help=_("Money in it, as in 2000 or 9.9; a refund's, too."))] = "",
    currency: Annotated[str, typer.Option("--currency", help=_("Of an amount that says none."))] = "",
    at: Annotated[str, typer.Option("--at", help=_("When, as in 2026-05-18 20:00; now if not given."))] = "",
    key: KeyOption = "",
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    asked = MarkAsked(
        campaign=campaign, member=member, stage=stage, amount=amount, currency=currency, at=at, key=key, by=user()
    )
    _tell(_with(config, lambda office: office.mark(asked), "mark", _detail_of), as_json=as_json)


@app.command("undo", help=_("Take a conversion or a cost back; it stays on record, and counts no more."))
def undo(
    key: Annotated[str, typer.Argument(metavar="KEY", help=_("As `track` printed it: order:…, mark:…, cost:…"))],
    *,
    campaign: Annotated[str, typer.Option("--campaign", help=_("Where several campaigns have it."))] = "",
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    done = _with(config, lambda office: office.undo(key, campaign, by=user() or "cli"), "undo", _detail_of)
    _tell(done, as_json=as_json, undone=True)


@app.command("cost", help=_("Write what a channel cost on a day."))
def cost(  # noqa: PLR0913 - each is an option
    campaign: Annotated[str, typer.Argument(metavar="CAMPAIGN", help=_("Id of the campaign."))],
    channel: Annotated[str, typer.Argument(metavar="CHANNEL", help=_("A name of [[channels]]; - for all of it."))],
    amount: Annotated[str, typer.Argument(metavar="AMOUNT", help=_("As in 3000 or 1.2万."))],
    *,
    day: Annotated[str, typer.Option("--day", help=_("As in 2026-05-18; today if not given."))] = "",
    currency: Annotated[str, typer.Option("--currency", help=_("Of an amount that says none."))] = "",
    note: Annotated[str, typer.Option("--note", help=_("What for."))] = "",
    key: KeyOption = "",
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    asked = CostAsked(
        campaign=campaign,
        channel="" if channel == "-" else channel,
        amount=amount,
        day=day,
        currency=currency,
        note=note,
        key=key,
        by=user(),
    )
    _tell(_with(config, lambda office: office.spend(asked), "cost", _detail_of), as_json=as_json)


@app.command("channel", help=_("Say which channel a member came by."))
def channel(
    member: Annotated[str, typer.Argument(metavar="MEMBER", help=_("Id or nickname."))],
    name: Annotated[str, typer.Argument(metavar="CHANNEL", help=_("A name of [[channels]]; - takes it back."))],
    *,
    campaign: CampaignOption = "",
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    chosen = "" if name == "-" else name
    meant = _with(
        config,
        lambda office: office.come_from(campaign, member, chosen, by=user()),
        "channel",
        lambda meant: f"{meant.member} {chosen or '-'}",
    )
    _tell_member(meant, as_json=as_json)


@app.command("same", help=_("Let two members be one person: several accounts of somebody count once."))
def same(
    member: Annotated[str, typer.Argument(metavar="MEMBER", help=_("Id or nickname; it stands for both."))],
    other: Annotated[str, typer.Argument(metavar="MEMBER", help=_("Their other account."))] = "",
    *,
    undo: Annotated[bool, typer.Option("--undo", help=_("Let MEMBER be a person of their own again."))] = False,
    campaign: CampaignOption = "",
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    if not undo and not other:
        raise typer.BadParameter(_("Name two members, or one with --undo."))

    def work(office: ConversionOffice) -> Awaitable[Meant]:
        by = user()
        return office.apart(campaign, member, by=by) if undo else office.same(campaign, member, other, by=by)

    meant = _with(config, work, "same", lambda meant: f"{meant.member} {'--undo' if undo else other}")
    _tell_member(meant, as_json=as_json)


def _take(config: Path, file: Path, asked: Callable[[bytes], ListAsked], *, dry_run: bool, as_json: bool) -> None:
    async def work(office: ConversionOffice) -> Any:
        try:
            data = await asyncio.to_thread(file.read_bytes)
        except OSError as error:
            raise ConfigError(
                _("{file} can't be read: {reason}.").format(file=file, reason=os_reason(error))
            ) from error
        return await office.read(asked(data), write=not dry_run)

    told = _with(config, work, "" if dry_run else "import", lambda found: f"{found.file} {found.batch}")
    tell(told, as_json=as_json)


def _with(
    config: Path,
    work: Callable[[ConversionOffice], Awaitable[T]],
    action: str,
    detail: Callable[[T], str],
) -> T:
    """Do `work` over the database of `config`; what has a name as `action` is audited."""

    async def done() -> T:
        async with open_database(config) as (settings, database):
            clock = SystemClock()
            found = await work(track_plan.office(settings, database, clock))
            if action:
                entry = AuditEntry(
                    at=clock.now(),
                    actor=user(),
                    role="",
                    account="",
                    place="cli",
                    action=f"track {action}",
                    result=Result.DONE,
                    detail=detail(found),
                )
                await SqlAudit(database).write(entry)
            return found

    return answer(done())


def _detail_of(one: Counted) -> str:
    money = f"{one.amount} {one.currency}" if one.amount is not None else ""
    return " ".join(filter(None, (one.campaign, one.key, one.what, one.member, money)))


def _tell(one: Counted, *, as_json: bool, undone: bool = False) -> None:
    if as_json:
        print_json(track_plan.counted_json(one) | ({"undone": True} if undone else {"new": one.is_new}))
        return
    words = _("Taken back: {what}") if undone else _("Written: {what}")
    words = words if undone or one.is_new else _("Counted already: {what}")
    console().print(Text(words.format(what=counted_line(one))), soft_wrap=True)


def _tell_member(one: Meant, *, as_json: bool) -> None:
    if as_json:
        print_json({"campaign": one.campaign, "member": one.member, "group": one.group})
        return
    console().print(_("{member}: written.").format(member=f"{one.shown} ({one.member})" if one.shown else one.member))
