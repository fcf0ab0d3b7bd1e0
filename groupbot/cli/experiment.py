"""`groupbot experiment`: compare variants of words, posters or times, judged once, at an end that was fixed before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from groupbot.cli.context import DEFAULT_CONFIG, ConfigOption, JsonOption, answer, open_database, user
from groupbot.cli.output import WRONG_USE, console, fail, print_json, print_table, require_person, wrong_use
from groupbot.core.clock import SystemClock
from groupbot.desk.experiments import Experiments, Started, as_document, sized
from groupbot.errors import GroupbotError
from groupbot.i18n import _
from groupbot.settings import Settings
from groupbot.storage.engine import Database
from groupbot.storage.roller import rollups_of
from groupbot.tracking.experiments.design import ALPHA, ICC, POWER, SPREAD, Design, Unit
from groupbot.tracking.experiments.record import Experiment, Look, State
from groupbot.tracking.experiments.words import state_word

if TYPE_CHECKING:
    from groupbot.tracking.experiments.plans import Sized

app = typer.Typer(no_args_is_help=True, help=_("Experiments: which words, poster or time brings more."))

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help=_("The experiment's name."))]
UnitOption = Annotated[Unit, typer.Option("--unit", help=_("What is given a variant as a whole."))]
VariantsOption = Annotated[
    str, typer.Option("--variants", metavar="A,B", help=_("Names of the variants, the present way first."))
]
SourceOption = Annotated[str, typer.Option("--from", help=_("The stage that people come from; visit for live codes."))]
TargetOption = Annotated[str, typer.Option("--to", help=_("The stage that they are to reach."))]
BaseOption = Annotated[float, typer.Option("--base", help=_("The share that is expected to reach it, e.g. 0.2."))]
EffectOption = Annotated[
    float, typer.Option("--effect", help=_("The smallest change of that share that is worth it, e.g. 0.05."))
]
MembersOption = Annotated[float, typer.Option("--members-per-group", help=_("How many a group has, for --unit group."))]
IccOption = Annotated[float, typer.Option("--icc", help=_("How alike the members of a group are, from 0 to 1."))]
SpreadOption = Annotated[
    float, typer.Option("--spread", help=_("How unequal groups are: standard deviation of sizes by their mean."))
]
AlphaOption = Annotated[float, typer.Option("--alpha", help=_("How often a difference may be seen that is none."))]
PowerOption = Annotated[float, typer.Option("--power", help=_("How often one that is worth it is to be found."))]


@app.command("plan", help=_("Tell how many units an experiment needs; nothing is written down."))
def plan_command(  # noqa: PLR0913 - one parameter per option
    *,
    unit: UnitOption,
    base: BaseOption,
    effect: EffectOption,
    variants: VariantsOption = "a,b",
    source: SourceOption = "joined",
    target: TargetOption = "signed_up",
    members: MembersOption = 0,
    icc: IccOption = ICC,
    spread: SpreadOption = SPREAD,
    alpha: AlphaOption = ALPHA,
    power: PowerOption = POWER,
    have: Annotated[int, typer.Option("--have", min=0, help=_("So many each variant can have: what would show?"))] = 0,
    as_json: JsonOption = False,
) -> None:
    """Print what is needed."""
    values = {"unit": unit, "base": base, "effect": effect, "source": source, "target": target, "members": members}
    more = {"icc": icc, "spread": spread, "alpha": alpha, "power": power}
    _tell_size(_sized(_design("plan", "", variants, {**values, **more}), have), as_json=as_json)


@app.command("create", help=_("Write an experiment down, with its size and its end."))
def create(  # noqa: PLR0913 - one parameter per option
    name: NameArgument,
    *,
    campaign: Annotated[str, typer.Option("--campaign", help=_("Id of the campaign, launched or to be launched."))],
    unit: UnitOption,
    variants: VariantsOption,
    target: TargetOption,
    base: BaseOption,
    effect: EffectOption,
    source: SourceOption = "joined",
    members: MembersOption = 0,
    icc: IccOption = ICC,
    spread: SpreadOption = SPREAD,
    alpha: AlphaOption = ALPHA,
    power: PowerOption = POWER,
    until: Annotated[str | None, typer.Option("--until", help=_("The last day that counts, e.g. 2026-06-30."))] = None,
    size: Annotated[int, typer.Option("--size", min=0, help=_("Units for each variant; else what it needs."))] = 0,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Keep the design; refused with status 1 when there is one of that name."""
    values: dict[str, Any] = {"unit": unit, "base": base, "effect": effect, "source": source, "target": target}
    values |= {"members": members, "icc": icc, "spread": spread, "alpha": alpha, "power": power}
    values |= {"until": _day(until), "size": size}
    design = _design(name, campaign, variants, values)

    async def work() -> tuple[Experiment, Sized]:
        async with open_database(config) as (settings, database):
            return await _office(settings, database).create(design, by=user())

    made, found = answer(work())
    if as_json:
        print_json({"id": made.design.name, "size": made.design.size} | _size_document(found))
        return
    _tell_size(found, as_json=False)
    console().print(
        Text(
            _("{name} is written down. It begins with: {command}").format(
                name=name, command=f"groupbot experiment start {name}"
            )
        ),
        soft_wrap=True,
    )


@app.command("start", help=_("Give units their variants, and groups their tags; again, to add more."))
def start(
    name: NameArgument,
    *,
    groups: Annotated[str, typer.Option("--groups", help=_("Names of groups, with commas between; else all."))] = "",
    units: Annotated[
        Path | None, typer.Option("--list", metavar="FILE", help=_("A file with one group or member id a line."))
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Assign; what was assigned before stays."""
    named = [word.strip() for word in groups.split(",") if word.strip()]
    if units:
        try:
            named += [line.strip() for line in units.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
        except (OSError, ValueError) as error:
            fail(GroupbotError(_("{file} can't be read: {reason}.").format(file=units, reason=error)))

    async def work() -> Started:
        async with open_database(config) as (settings, database):
            return await _office(settings, database).start(name, tuple(dict.fromkeys(named)))

    done = answer(work())
    if as_json:
        print_json({"id": name, "assigned": {one.unit: one.variant for one in done.fresh}, "notes": list(done.notes)})
        return
    table = Table(_("unit"), _("variant"))
    for one in done.fresh:
        table.add_row(one.unit, one.variant)
    print_table(table, _("Nothing was assigned anew."))
    for note in done.notes:
        console().print(Text(note), soft_wrap=True)


@app.command("show", help=_("Show how far an experiment is, or what it showed."))
def show(name: NameArgument, *, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Print the verdict once its end is reached, before that only how far it is."""

    async def work() -> Look:
        async with open_database(config) as (settings, database):
            return await _office(settings, database).look(name)

    _tell(answer(work()), as_json=as_json)


@app.command("end", help=_("End an experiment for good and keep what it says."))
def end(
    name: NameArgument,
    *,
    yes: Annotated[bool, typer.Option("--yes", help=_("Don't ask."))] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """End it; asks first."""
    if not yes:
        require_person(as_json=as_json)
        typer.confirm(
            _("{name} ends for good. Before its end it then says nothing. End it?").format(name=name), abort=True
        )

    async def work() -> Look:
        async with open_database(config) as (settings, database):
            return await _office(settings, database).end(name)

    _tell(answer(work()), as_json=as_json)


@app.command("list", help=_("List experiments."))
def list_command(
    *,
    campaign: Annotated[str | None, typer.Option("--campaign", help=_("Id of the campaign."))] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Print all, or a campaign's."""

    async def work() -> tuple[Experiment, ...]:
        async with open_database(config) as (settings, database):
            return tuple(await _office(settings, database).list(campaign))

    rows = answer(work())
    if as_json:
        print_json([_row(one) for one in rows])
        return
    table = Table(_("name"), _("campaign"), _("variants"), _("state"), _("until"))
    for one in rows:
        until = one.design.until.isoformat() if one.design.until else "—"
        table.add_row(one.design.name, one.design.campaign, " ".join(one.design.variants), state_word(one.state), until)
    print_table(table, _("There is no experiment."))


def _office(settings: Settings, database: Database) -> Experiments:
    clock = SystemClock()
    return Experiments(database, rollups_of(database, lambda: settings, clock), settings=lambda: settings, clock=clock)


def _design(name: str, campaign: str, variants: str, values: Mapping[str, Any]) -> Design:
    """Return the design; leaves with status 2 for one that can't be."""
    try:
        names = tuple(word.strip() for word in variants.split(",") if word.strip())
        return Design(name=name, campaign=campaign, variants=names, **values)
    except GroupbotError as error:
        fail(error, status=WRONG_USE)


def _sized(design: Design, have: int) -> Sized:
    try:
        return sized(design, have)
    except GroupbotError as error:
        fail(error)


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        wrong_use(_("`{text}` is no date.").format(text=text), _("Write a date, e.g. 2026-05-18."))


def _size_document(found: Sized) -> dict[str, Any]:
    more = {"have": found.have, "smallest_effect": found.shown} if found.have else {}
    return {"needs": asdict(found.needs), **more, "lines": list(found.lines)}


def _tell_size(found: Sized, *, as_json: bool) -> None:
    if as_json:
        print_json(_size_document(found))
        return
    for line in found.lines:
        console().print(Text(line), soft_wrap=True)


def _tell(look: Look, *, as_json: bool) -> None:
    if as_json:
        print_json(as_document(look))
        return
    if look.experiment.state is State.PLANNED:
        console().print(Text(_("It has not been started.")))
    for line in look.lines:
        console().print(Text(line), soft_wrap=True)
    if look.astray:
        said = _("These groups have another tag than their variant's: {names}.")
        console().print(Text(said.format(names=" ".join(look.astray))), soft_wrap=True)


def _row(one: Experiment) -> dict[str, Any]:
    return {
        "id": one.design.name,
        "campaign": one.design.campaign,
        "unit": one.design.unit.value,
        "variants": list(one.design.variants),
        "state": one.state.value,
        "until": one.design.until.isoformat() if one.design.until else None,
    }
