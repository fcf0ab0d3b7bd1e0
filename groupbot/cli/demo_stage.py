"""The real application on the demo's stage: the same ledger, dispatcher, pipeline and recorder, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from random import Random

import typer
from loguru import logger

from groupbot.adapters.console.adapter import ConsoleAdapter
from groupbot.adapters.console.playback import VirtualClock
from groupbot.adapters.console.tally import Outcome
from groupbot.app import App, build
from groupbot.campaign.cast import Cast
from groupbot.campaign.launch import launch
from groupbot.campaign.request import Launched, Request
from groupbot.cli.demo import Scenery, add_demo
from groupbot.core.content import fingerprint
from groupbot.core.events import AnyEvent
from groupbot.desk.reporting import Reporting, Wanted
from groupbot.desk.sop_files import read_sop
from groupbot.lifecycle import opened
from groupbot.reports.campaign.words import card_text
from groupbot.settings import Settings
from groupbot.sop.planned import Plan, PlanGroup, SopError
from groupbot.sop.planner import plan
from groupbot.storage.roller import rollups_of


def add_staged_demo(app: typer.Typer) -> None:
    """Add the command `demo`, on this stage, to `app`."""
    add_demo(app, open_stage)


@asynccontextmanager
async def open_stage(
    scenery: Scenery, folder: Path, adapter: ConsoleAdapter, clock: VirtualClock
) -> AsyncIterator[_Stage]:
    """Build the application with its database in `folder`, launch the scenery's SOP on all its groups.

    Raises SopError when the SOP can't be launched.
    """
    logger.disable("groupbot")  # the stage is the terminal
    app = build(
        _settings(scenery, folder),
        adapters={scenery.account: adapter},
        clock=clock,
        waker=_NoWaker(),
        rng=Random(scenery.seed),  # noqa: S311 - jitter, the same in each run of a seed
    )
    try:
        async with opened(app), asyncio.TaskGroup() as tasks:
            recording = tasks.create_task(app.recorder.run(), name="recorder")
            planned = await _launch(app, scenery)
            await app.dispatcher.open()
            yield _Stage(app, planned.campaign, planned.plan, scenery.roles)
            await app.recorder.close()
            await recording
            await app.dispatcher.close()
    finally:
        logger.enable("groupbot")


class _Planned:
    """What was launched."""

    def __init__(self, campaign: str, made: Plan) -> None:
        self.campaign = campaign
        self.plan = made


class _Stage:
    """`cli.demo.DemoStage` on the real application."""

    def __init__(self, app: App, campaign: str, made: Plan, roles: Mapping[str, str]) -> None:
        self._app = app
        self._campaign = campaign
        cast = Cast(accounts=roles, titles=made.roles)
        self._fingerprints: Mapping[str, tuple[str, ...]] = {
            delivery.key: tuple(fingerprint(part.content) for part in cast.parts(delivery.parts))
            for delivery in made.deliveries
        }

    async def tick(self) -> datetime | None:
        """Send everything that is due."""
        return await self._app.dispatcher.tick()

    async def handle(self, event: AnyEvent) -> None:
        """Let one event through the pipeline."""
        await self._app.pipeline.consume(_one(event))

    async def outcomes(self) -> Sequence[Outcome]:
        """Return how every delivery stands."""
        return [
            Outcome(
                group=row.group,
                state=row.state.value,
                due=row.due,
                started_at=row.started_at,
                fingerprints=self._fingerprints[row.key],
            )
            for row in await self._app.campaigns.deliveries(self._campaign)
        ]

    async def report(self) -> str:
        """Return the report on all days."""
        app = self._app
        rollups = rollups_of(app.database, lambda: app.settings, app.clock)
        reporting = Reporting(settings=app.settings, database=app.database, clock=app.clock, rollups=rollups)
        return card_text(await reporting.make(Wanted(campaign=self._campaign)))


class _NoWaker:
    """Nobody waits in a playback: it moves the clock itself."""

    async def wait(self, lane: str, until: datetime | None) -> None:
        """Return at once."""

    def poke(self, lane: str | None = None) -> None:
        """Nobody waits."""


async def _launch(app: App, scenery: Scenery) -> _Planned:
    sop = read_sop(scenery.sop, app.project.root)
    groups = [
        PlanGroup(name=group.name, tags=group.tags, squad=group.squad, known=scenery.is_known)
        for group in app.settings.groups
    ]
    made = plan(sop, groups=groups, start=scenery.first_day, event=scenery.event, variables=scenery.variables)
    request = Request(plan=made, groups=[group.name for group in groups], start=scenery.first_day, roles=scenery.roles)
    launched: Launched = await launch(request, campaigns=app.campaigns, directory=app.directory, now=app.clock.now())
    if not launched.ok:
        raise SopError(tuple(problem for problem in launched.problems if problem.level == "error"))
    return _Planned(launched.campaign, made)


def _settings(scenery: Scenery, folder: Path) -> Settings:
    return Settings.model_validate(
        {
            "database": {"url": f"sqlite:///{folder}/demo.db"},
            "accounts": [{"name": scenery.account, "adapter": "console"}],
            "groups": [
                {"name": name, "account": scenery.account, "id": name, "tags": ["camp"], "squad": f"squad-{number}"}
                for number, name in enumerate(scenery.groups, start=1)
            ],
            "recorder": {"window_ms": 0},
        }
    )


async def _one(event: AnyEvent) -> AsyncIterator[AnyEvent]:
    yield event
