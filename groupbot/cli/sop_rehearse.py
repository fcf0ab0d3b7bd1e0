"""`groupbot sop rehearse`: play an SOP from its first to its last post, in the terminal or in one test group."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.text import Text

from groupbot.adapters.console import render
from groupbot.adapters.console.adapter import ConsoleAdapter
from groupbot.adapters.console.playback import VirtualClock, play
from groupbot.adapters.console.scene import Post, Scene
from groupbot.campaign.cast import Cast, roles_named
from groupbot.campaign.one_off import Order, order_key
from groupbot.campaign.views import Placed
from groupbot.cli.context import DEFAULT_CONFIG, answer, open_database
from groupbot.cli.demo import Scenery
from groupbot.cli.demo_stage import open_stage
from groupbot.cli.orders import tell
from groupbot.cli.output import REFUSED, console, fail, has_errors, print_problems
from groupbot.cli.sop_input import read_event, read_sets, read_start, root_of, usable_settings
from groupbot.core.ids import token
from groupbot.core.policies import LateThen, Policies
from groupbot.desk.group_starts import stand_ins
from groupbot.desk.orders import group_called, place, require_account
from groupbot.desk.sop_files import read_sop, sop_place
from groupbot.errors import CampaignError, GroupbotError
from groupbot.i18n import _
from groupbot.sop.document import Sop
from groupbot.sop.planned import Plan, PlanGroup, PlannedTask, Problem, SopError
from groupbot.sop.planner import plan

_CONSOLE = "console"


def add_rehearse(app: typer.Typer) -> None:
    """Add the command `rehearse` to `app`."""
    app.command("rehearse", help=_("Play an SOP in the terminal, or post all of it to one test group."))(rehearse)


def rehearse(  # noqa: PLR0913 - one parameter per option
    path: Annotated[Path, typer.Argument(help=_("An SOP file."))],
    *,
    to: Annotated[str, typer.Option(help=_("`console`, or a group of config.toml where it is posted for real."))] = (
        _CONSOLE
    ),
    speed: Annotated[
        float | None, typer.Option(min=1, help=_("Times as fast as in life, in the terminal; else without waiting."))
    ] = None,
    start: Annotated[str | None, typer.Option(help=_("The first day, e.g. 2026-05-18; else tomorrow."))] = None,
    event: Annotated[str | None, typer.Option(help=_('When the event is, e.g. "2026-05-23 20:00".'))] = None,
    sets: Annotated[list[str] | None, typer.Option("--set", help=_("A variable's value, as name=value."))] = None,
    roles: Annotated[list[str] | None, typer.Option("--role", help=_("Who speaks, as role=account."))] = None,
    yes: Annotated[bool, typer.Option("--yes", help=_("Don't ask."))] = False,
    config: Annotated[Path | None, typer.Option(help=_("The project's config.toml."))] = None,
) -> None:
    """Play an SOP in the terminal, or post all of it to one test group."""
    first = read_start(start) if start else date.today() + timedelta(days=1)  # noqa: DTZ011  # the operator's calendar
    at = read_event(event, first)
    given = read_sets(sets or [])
    try:
        sop = read_sop(path, root_of(config))
        if to == _CONSOLE:
            play_in_terminal(
                sop,
                sop_place(path, root_of(config)),
                first,
                at,
                given,
                there=_place(config),
                speed=speed,
                out=console(),
            )
        else:
            spoken = read_sets(roles or [], option="--role")
            _post(sop, to, first, at, given, spoken, config=config or DEFAULT_CONFIG, yes=yes)
    except SopError as error:
        _refuse(error.problems)
    except GroupbotError as error:
        fail(error)


def play_in_terminal(
    sop: Sop,
    place_of_sop: Path,
    first: date,
    event: datetime | None,
    given: Mapping[str, str],
    *,
    there: _Place,
    speed: float | None,
    out: Console,
) -> None:
    """Play `sop` in a group through the whole application in virtual time, on `out`; nothing is kept.

    Variables without a value show their names. Raises SopError when it can't be launched.
    """
    lacking = {name: f"〔{name}〕" for name, one in sop.variables.items() if one.default is None}
    values = lacking | {name: text for name, text in there.values.items() if name in sop.variables} | dict(given)
    groups = stand_ins(sop, there.group)
    made = plan(sop, groups=groups, start=first, event=event, variables=values)
    if has_errors(made.problems):
        raise SopError(made.problems)
    if not made.deliveries:
        raise CampaignError(_("The SOP posts nothing by the clock."), hint=_("`groupbot sop plan` shows its tasks."))
    days = [delivery.due.date() for delivery in made.deliveries]
    used = {delivery.speaker for delivery in made.deliveries if delivery.speaker} | roles_named(made)
    scenery = Scenery(
        sop=place_of_sop.resolve(),
        first_day=first,
        days=max((max(days) - first).days + 2, 1),
        lead_days=max((first - min(days)).days, 0) + 1,
        zone=ZoneInfo(sop.timezone),
        account=there.account,
        groups={group.name: group.name for group in groups},
        event=event,
        variables=values,
        roles=dict.fromkeys(used, there.account),
        is_known=False,
    )
    with TemporaryDirectory(prefix="groupbot-rehearsal-") as folder:
        asyncio.run(_perform(scenery, Path(folder), _Stagehand(scenery, made, out, speed)))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Place:
    """Where it is played, as if it were there: a group, who posts in it, and the values of its variables."""

    group: str = "group-1"
    account: str = "rehearsal"
    values: Mapping[str, str] = field(default_factory=dict)


def _place(config: Path | None) -> _Place:
    """Return the project's first group; a made-up one where no usable config names any."""
    settings = usable_settings(config)
    if settings is None or not settings.groups:
        return _Place()
    group = settings.groups[0]
    return _Place(group=group.name, account=group.account, values=group.variables)


class _Stagehand:
    """Prints posts and tasks as their times come, and holds the time back to the wanted speed."""

    def __init__(self, scenery: Scenery, made: Plan, out: Console, speed: float | None) -> None:
        self._scenery = scenery
        self._out = out
        self._speed = speed
        self._first, self._end = made.deliveries[0].due, made.deliveries[-1].due
        self._last = self._first
        self._tasks = sorted((task for task in made.tasks if task.due), key=_due)

    def see(self, scene: Scene) -> None:
        """Print a post, and the tasks that were due before it."""
        if isinstance(scene, Post):
            self.tell_tasks(scene.at)
            card = render.post_card(scene, title=scene.to, zone=self._scenery.zone, width=render.width_of(self._out))
            render.draw(self._out, card)

    def tell_tasks(self, until: datetime | None = None) -> None:
        """Print the tasks that are due up to `until`, all that are left without it."""
        while self._tasks and (until is None or _due(self._tasks[0]) <= until):
            task = self._tasks.pop(0)
            said = _("{at} a person ({who}): {text}").format(
                at=f"{_due(task):%Y-%m-%d %H:%M}", who=task.assignee or "-", text=" ".join(task.text.split())
            )
            self._out.print(Text(said, style="yellow"), soft_wrap=True)

    def moved(self, now: datetime) -> None:
        """Let as much real time pass as the wanted speed leaves of the virtual, between the first post and the last."""
        now = min(max(now, self._first), self._end)
        if self._speed:
            time.sleep((now - self._last).total_seconds() / self._speed)  # nothing else runs in a playback
        self._last = now

    def finish(self, states: Counter[str]) -> None:
        """Say how it went."""
        self.tell_tasks()
        sent = states.pop("sent", 0)
        said = _("{sent} posts went out, {left} did not.").format(sent=sent, left=states.total())
        self._out.print(Text(said, style="bold"), soft_wrap=True)


def _due(task: PlannedTask) -> datetime:
    if task.due is None:
        raise ValueError(task.key)
    return task.due


async def _perform(scenery: Scenery, folder: Path, hand: _Stagehand) -> None:
    clock = VirtualClock(scenery.opens)
    adapter = ConsoleAdapter(
        account=scenery.account,
        groups=scenery.groups,
        clock=clock,
        live=False,
        watch=hand.see,
        zone=scenery.zone,
        session="rehearsal",
    )
    async with AsyncExitStack() as stack:
        stack.push_async_callback(adapter.close)
        stage = await stack.enter_async_context(open_stage(scenery, folder, adapter, clock))
        await play(stage=stage, adapter=adapter, clock=clock, until=scenery.closes, moved=hand.moved)
        hand.finish(Counter(outcome.state for outcome in await stage.outcomes()))


def _post(
    sop: Sop,
    group: str,
    first: date,
    event: datetime | None,
    given: Mapping[str, str],
    roles: Mapping[str, str],
    *,
    config: Path,
    yes: bool,
) -> None:
    """Order every post of the SOP for one group, now and in order; the daemon does it at the accounts' pace."""
    made = plan(sop, groups=[PlanGroup(name=group, known=False)], start=first, event=event, variables=given)
    if any(problem.level == "error" and problem.code != "no-group" for problem in made.problems):
        _refuse(made.problems)
    count = sum(len(delivery.parts) for delivery in made.deliveries)
    if not yes:
        asked = _("Post {n} messages to {group} now, for its members to see?").format(n=count, group=group)
        typer.confirm(asked, abort=True, err=True)

    async def work() -> Placed:
        async with open_database(config) as (settings, database):
            here = group_called(group, settings)
            for account in roles.values():
                require_account(account, settings)
            return await place(_orders(made, group, here.account, roles), settings, database)

    tell_short(answer(work()), count)


def _orders(made: Plan, group: str, account: str, roles: Mapping[str, str]) -> list[Order]:
    cast = Cast(accounts=roles, titles=made.roles)
    run = token()
    return [
        Order(
            account=roles.get(delivery.speaker) or account,
            group=group,
            key=order_key("rehearse", run, f"{number:05}"),
            parts=cast.parts(delivery.parts),
            policies=Policies(late=LateThen.SEND),
        )
        for number, delivery in enumerate(made.deliveries)
    ]


def tell_short(placed: Placed, count: int) -> None:
    """Say how many posts were ordered, and who sends them."""
    console().print(Text(_("{n} messages are ordered.").format(n=count)), soft_wrap=True)
    tell(Placed(orders=placed.orders[:1], daemon_runs=placed.daemon_runs), as_json=False)


def _refuse(problems: Sequence[Problem]) -> None:
    print_problems(problems, console())
    raise typer.Exit(REFUSED)
