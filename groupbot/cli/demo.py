"""`groupbot demo`: a shipped SOP in three groups, seven days in seconds, nothing kept.

This module owns the scenery (groups, world, clock, what is shown); the application that plays in it is opened by the
caller, so that the same code runs in tests on a small stage.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Protocol
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from groupbot.adapters.console import render
from groupbot.adapters.console.adapter import ConsoleAdapter
from groupbot.adapters.console.playback import Scorer, Stage, VirtualClock, play
from groupbot.adapters.console.scene import Scene
from groupbot.adapters.console.showing import Showing
from groupbot.adapters.console.tally import GroupTally, Outcome, document, table, tally
from groupbot.adapters.console.world import World
from groupbot.errors import ConfigError
from groupbot.i18n import _, joined
from groupbot.paths import Project

_EVENING_BEFORE = time(17, 0)  # members begin to come in before the first day
_SOP = "camp-7d"
_YAML = (".yaml", ".yml")


@dataclass(frozen=True, kw_only=True, slots=True)
class Scenery:
    """What a demo is played with. Day 1 is `first_day`; the world begins on the evening `lead_days` before.

    `event`, `variables` and `roles` are those of a launch. Without `is_known` groups pass every choice by tag or squad.
    """

    seed: int = 1
    sop: Path
    first_day: date = date(2026, 5, 18)
    days: int = 7
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    account: str = "camp-bot"
    groups: Mapping[str, str] = field(default_factory=lambda: {f"camp-{n}": f"早起训练营 {n} 群" for n in (1, 2, 3)})
    lead_days: int = 1
    event: datetime | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    is_known: bool = True

    @property
    def opens(self) -> datetime:
        """The instant at which the playback begins."""
        return datetime.combine(self.first_day - timedelta(days=self.lead_days), _EVENING_BEFORE, tzinfo=self.zone)

    @property
    def closes(self) -> datetime:
        """The end of the last day."""
        return datetime.combine(self.first_day + timedelta(days=self.days), time(0), tzinfo=self.zone)


class DemoStage(Stage, Protocol):
    """The application with its campaign launched."""

    async def outcomes(self) -> Sequence[Outcome]:
        """Return how every delivery of the campaign stands; `group` is the id on the console."""
        ...

    async def report(self) -> str:
        """Return what the campaign brought, in words."""
        ...


OpenStage = Callable[[Scenery, Path, ConsoleAdapter, VirtualClock], AbstractAsyncContextManager[DemoStage]]
"""Build the application with its database in the folder (2nd argument) and launch the SOP on all groups."""


def find_sop(name: str, project: Project) -> Path:
    """Return the SOP called `name`: a YAML file of its own, or one in `sops/`, the project's first.

    Raises ConfigError that names what there is.
    """
    if Path(name).suffix in _YAML and Path(name).is_file():
        return Path(name).resolve()
    for suffix in _YAML:
        if found := project.find("sops", f"{name}{suffix}"):
            return found
    known = joined(sorted({entry.stem for entry in project.entries("sops") if entry.suffix in _YAML}))
    raise ConfigError(
        _("There is no SOP called {name}.").format(name=name),
        hint=_("Name a YAML file, or one of: {known}").format(known=known or "-"),
    )


def run_demo(
    open_stage: OpenStage,
    scenery: Scenery,
    *,
    out: Console,
    err: Console,
    as_json: bool = False,
    everything: bool = False,
) -> tuple[GroupTally, ...]:
    """Play `scenery` and print it: posts, digests and the closing table on `out`, or one JSON document.

    Live progress is shown on a terminal only: below the posts, or on `err` when `out` is a file. Everything written is
    in a temporary folder that is gone afterwards.
    """
    with TemporaryDirectory(prefix="groupbot-demo-") as folder:
        watch = None if as_json else _Printer(scenery, out, everything=everything)
        shown_on = out if watch and out.is_terminal else err
        rows, told = asyncio.run(_perform(open_stage, scenery, Path(folder), watch, shown_on))
    if as_json:
        out.file.write(json.dumps(document(rows), ensure_ascii=False) + "\n")
    elif watch:
        watch.finish(rows, told)
    return rows


def add_demo(app: typer.Typer, open_stage: OpenStage) -> None:
    """Add the command `demo`, which plays on what `open_stage` opens, to `app`."""

    @app.command("demo", help=_("Play seven days of a shipped SOP in three groups, in seconds; nothing is kept."))
    def demo(
        *,
        seed: Annotated[int, typer.Option(help=_("Another number is another run; the same one is the same."))] = 1,
        sop: Annotated[str, typer.Option(help=_("A shipped SOP's name, or a YAML file."))] = _SOP,
        as_json: Annotated[bool, typer.Option("--json", help=_("Print one JSON document."))] = False,
        everything: Annotated[bool, typer.Option("--all", help=_("Show every post and every message."))] = False,
    ) -> None:
        scenery = Scenery(seed=seed, sop=find_sop(sop, Project(root=Path.cwd())))
        out, err = Console(), Console(stderr=True)
        run_demo(open_stage, scenery, out=out, err=err, as_json=as_json, everything=everything)


class _Printer:
    """Prints what the showing chooses."""

    def __init__(self, scenery: Scenery, out: Console, *, everything: bool) -> None:
        self._out = out
        self._titles = scenery.groups
        self._showing = Showing(
            titles=scenery.groups,
            zone=scenery.zone,
            first_day=scenery.first_day,
            width=render.width_of(out),
            everything=everything,
        )

    def see(self, scene: Scene) -> None:
        render.draw(self._out, self._showing.see(scene))

    def finish(self, rows: Sequence[GroupTally], told: str) -> None:
        render.draw(self._out, self._showing.finish())
        self._out.print(told, markup=False, highlight=False, soft_wrap=True, end="\n\n")
        self._out.print(table(rows, self._titles))
        left = sum(row.unfinished for row in rows)
        if left:
            self._out.print(_("{count} deliveries were neither sent nor skipped.").format(count=left))


async def _perform(
    open_stage: OpenStage, scenery: Scenery, folder: Path, printer: _Printer | None, progress_on: Console
) -> tuple[tuple[GroupTally, ...], str]:
    """Play, and return what was counted and, for a printer, what the report says."""
    scorer = Scorer()
    clock = VirtualClock(scenery.opens)
    days = (scenery.closes - scenery.opens).days + 1
    world = World(seed=scenery.seed, groups=tuple(scenery.groups), start=scenery.opens, days=days)

    def watch(scene: Scene) -> None:
        scorer.see(scene)
        if printer:
            printer.see(scene)

    adapter = ConsoleAdapter(
        account=scenery.account,
        groups=scenery.groups,
        clock=clock,
        world=world,
        live=False,
        watch=watch,
        zone=scenery.zone,
        session=f"demo-{scenery.seed}",
    )
    try:
        async with open_stage(scenery, folder, adapter, clock) as stage:
            with _progress(scenery, progress_on) as moved:
                await play(stage=stage, adapter=adapter, clock=clock, until=scenery.closes, moved=moved)
            outcomes = await stage.outcomes()
            told = await stage.report() if printer else ""
    finally:
        await adapter.close()
    counted = tally(tuple(scenery.groups), outcomes, shown=scorer.shown, joins=scorer.joins, replies=scorer.replies)
    return counted, told


@contextmanager
def _progress(scenery: Scenery, console: Console) -> Iterator[Callable[[datetime], None]]:
    """Show on a terminal how far the virtual days are; gives the function that moves the bar."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        TextColumn("{task.percentage:>3.0f}%"),
        console=console,
        transient=True,
        redirect_stdout=False,  # standard output may be a file, and must get what is printed
        redirect_stderr=False,
        disable=not console.is_terminal,
    )
    task = bar.add_task("", total=(scenery.closes - scenery.opens).total_seconds())

    def move(now: datetime) -> None:
        local = now.astimezone(scenery.zone)
        words = _("Day {number} {time}").format(
            number=(local.date() - scenery.first_day).days + 1, time=f"{local:%H:%M}"
        )
        bar.update(task, completed=(now - scenery.opens).total_seconds(), description=words)

    move(scenery.opens)
    with bar:
        yield move
