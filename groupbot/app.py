"""The composition root: the only place that knows everybody. `build` takes fakes for whatever touches the world."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from groupbot.chat.adapter import Adapter
from groupbot.chat.alerts import Alerts, LogAlerts, Severity
from groupbot.chat.channels import AlertDesk
from groupbot.chat.directory import Directory
from groupbot.connectors import channels, connectors
from groupbot.core.clock import Clock, SystemClock
from groupbot.core.ids import token
from groupbot.delivery.dispatcher import Dispatcher, Hooks, Paces
from groupbot.delivery.guards import Guards
from groupbot.delivery.lane import LaneRules
from groupbot.delivery.paces import pace
from groupbot.delivery.ports import Guard, Waker
from groupbot.desk.after_posts import after_posts
from groupbot.desk.ground import Ground
from groupbot.desk.guarding import guard
from groupbot.desk.opening import LazyDesk, LazyOffice
from groupbot.desk.plugins import plugin_host
from groupbot.desk.requests import requests
from groupbot.desk.staffing import staff
from groupbot.inbound.accounts import AccountStage
from groupbot.inbound.echoes import EchoStage
from groupbot.inbound.friends import FriendStage
from groupbot.inbound.invitations import InvitationStage
from groupbot.inbound.login_codes import LoginCodeStage
from groupbot.inbound.own_changes import OwnMovesStage, ProfileStage
from groupbot.inbound.pipeline import Pipeline, Stage
from groupbot.inbound.roster import RosterStage
from groupbot.paths import Project
from groupbot.plugin_host.host import Host
from groupbot.risk.expected import ExpectedAnswers
from groupbot.scheduling.waker import ApsWaker
from groupbot.settings import Settings
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.engine import Database
from groupbot.storage.facts import SqlFacts
from groupbot.storage.ledger import SqlLedger
from groupbot.storage.ownership import Ownerships
from groupbot.storage.presence import Presence
from groupbot.storage.profiles import SqlProfiles
from groupbot.storage.roster import SqlRoster
from groupbot.storage.tasks import SqlTasks
from groupbot.tracking.recorder import Limits, Recorder

if TYPE_CHECKING:
    from rich.console import Console

    from groupbot.admin.room import ControlRoom
    from groupbot.desk.office import Office


@dataclass(frozen=True, kw_only=True, slots=True)
class App:
    """Everything that runs, put together. `lifecycle` starts and stops it."""

    settings: Settings
    project: Project
    instance: str
    clock: Clock
    waker: Waker
    alerts: AlertDesk
    directory: Directory
    database: Database
    ledger: SqlLedger
    campaigns: SqlCampaigns
    tasks: SqlTasks
    facts: SqlFacts
    presence: Presence
    recorder: Recorder
    pipeline: Pipeline
    dispatcher: Dispatcher
    login_codes: LoginCodeStage
    friends: FriendStage
    invitations: InvitationStage
    staff: LazyOffice
    """The office, opened behind the first posts."""
    desk: LazyDesk
    plugins: Host
    own_ids: dict[str, str]
    """By which its platform knows each account itself; filled from the store and as accounts log in."""
    adapters: Mapping[str, Adapter] = field(default_factory=dict)

    @property
    def office(self) -> Office:
        """What serves people, put together at the latest now."""
        return self.staff.now()

    @property
    def room(self) -> ControlRoom:
        """What hears and answers operators."""
        return self.office.room

    def waker_context(self) -> AbstractAsyncContextManager[object]:
        """Return what starts and stops the waker: its scheduler, or nothing for one that a test moves by hand."""
        return self.waker if isinstance(self.waker, ApsWaker) else nullcontext()


@dataclass(frozen=True, kw_only=True, slots=True)
class Outside:
    """What touches the world, and what a test replaces."""

    clock: Clock
    waker: Waker
    alerts: AlertDesk
    adapters: Mapping[str, Adapter]
    rng: Random


def build(
    settings: Settings,
    *,
    adapters: Mapping[str, Adapter] | None = None,
    clock: Clock | None = None,
    waker: Waker | None = None,
    alerts: Alerts | None = None,
    guards: Sequence[Guard] = (),
    rng: Random | None = None,
    console: Console | None = None,
) -> App:
    """Put an app together from `settings`; nothing is opened, connected or started yet.

    `alerts` takes the log's place; the channels of [alerts] are told besides it.
    Raises ConfigError for a missing secret or an unusable setting.
    """
    clock = clock or SystemClock()
    outside = Outside(
        clock=clock,
        waker=waker or ApsWaker(clock, recheck_s=settings.delivery.recheck_s),
        alerts=_desk(settings, alerts or LogAlerts()),
        adapters=adapters if adapters is not None else connectors(settings, clock, console),
        rng=rng or Random(),  # noqa: S311 - jitter, no secret
    )
    directory = Directory.from_settings(settings.groups)
    database = Database(settings.database.url, busy_timeout_s=settings.database.busy_timeout_s)
    instance = token()
    own_ids: dict[str, str] = {}
    ours = own_ids.values()
    ground = Ground(
        settings=settings,
        database=database,
        directory=directory,
        adapters=outside.adapters,
        alerts=outside.alerts,
        clock=clock,
        ours=ours,
    )
    recorder = _recorder(ground)
    accounts = AccountStage(presence=Presence(database), clock=clock, alerts=outside.alerts, own_ids=own_ids)
    ledger = SqlLedger(database)
    rivals = Ownerships(database, ledger, instance=instance, clock=clock, alone=database.is_sqlite)
    chain = Guards(guards, timeout_s=settings.delivery.guard_timeout_s)
    desk = LazyDesk(settings=settings, database=database, clock=clock)
    plugins = plugin_host(
        settings,
        database=database,
        directory=directory,
        guards=chain,
        alerts=outside.alerts,
        clock=clock,
        poke=outside.waker.poke,
        ours=ours,
        now=lambda: desk.settings,
    )
    guard(chain, database, desk)
    asked = ExpectedAnswers(lambda: timedelta(seconds=desk.settings.risk.expected_s))
    hooks = Hooks(
        posted=after_posts(recorder, outside.alerts, plugins, asked), limited=accounts.limited, own_id=own_ids.get
    )
    dispatcher = _dispatcher(settings, outside, directory, ledger, hooks, chain, rivals, instance)
    accounts.poke = dispatcher.poke
    login_codes = _login_codes(settings, outside.alerts, console)
    pipeline = _pipeline(ground, recorder, accounts, dispatcher)
    friends, invitations = requests(settings, outside.adapters, outside.alerts, clock, database)
    own_moves = OwnMovesStage(own_ids=own_ids, directory=directory, alerts=outside.alerts)
    profiles = ProfileStage(profiles=SqlProfiles(database), alerts=outside.alerts)
    own: tuple[Stage, ...] = (login_codes, friends, invitations, own_moves, profiles)
    for stage in own:
        pipeline.add(stage)
    return App(
        settings=settings,
        project=Project(root=settings.folder),
        instance=instance,
        clock=clock,
        waker=outside.waker,
        alerts=outside.alerts,
        directory=directory,
        database=database,
        ledger=ledger,
        campaigns=SqlCampaigns(database),
        tasks=SqlTasks(database),
        facts=SqlFacts(database),
        presence=Presence(database),
        recorder=recorder,
        pipeline=pipeline,
        dispatcher=dispatcher,
        login_codes=login_codes,
        friends=friends,
        invitations=invitations,
        staff=staff(ground, pipeline, desk=desk, dispatcher=dispatcher, plugins=plugins, expected=asked),
        desk=desk,
        plugins=plugins,
        own_ids=own_ids,
        adapters=outside.adapters,
    )


def _dispatcher(
    settings: Settings,
    outside: Outside,
    directory: Directory,
    ledger: SqlLedger,
    hooks: Hooks,
    guards: Guards,
    ownerships: Ownerships,
    instance: str,
) -> Dispatcher:
    return Dispatcher(
        ledger=ledger,
        adapters=outside.adapters,
        directory=directory,
        clock=outside.clock,
        waker=outside.waker,
        alerts=outside.alerts,
        instance=instance,
        rng=outside.rng,
        guards=guards,
        paces=Paces(by_account={account.name: pace(settings, account.name) for account in settings.accounts}),
        rules=LaneRules(lock_gap=timedelta(seconds=settings.delivery.group_lock_gap_s)),
        hooks=hooks,
        ownerships=ownerships,
    )


def _desk(settings: Settings, log: Alerts) -> AlertDesk:
    return AlertDesk(
        log=log,
        channels=channels(settings),
        least=Severity(settings.alerts.least),
        repeat_after_s=settings.alerts.repeat_after_s,
    )


def _login_codes(settings: Settings, alerts: Alerts, console: Console | None) -> LoginCodeStage:
    def show(title: str, code: str) -> None:
        if console is not None:
            console.print(title, code, sep="\n", markup=False, style="bright_white on black", soft_wrap=True)

    return LoginCodeStage(
        folder=settings.folder,
        accounts=[account.name for account in settings.accounts],
        alerts=alerts,
        show=show if console is not None and console.is_terminal else None,
    )


def _recorder(ground: Ground) -> Recorder:
    rules = ground.settings.recorder
    return Recorder(
        store=SqlFacts(ground.database),
        directory=ground.directory,
        clock=ground.clock,
        alerts=ground.alerts,
        ours=ground.ours,
        limits=Limits(window_s=rules.window_ms / 1000, most=rules.max_batch),
    )


def _pipeline(ground: Ground, recorder: Recorder, accounts: AccountStage, dispatcher: Dispatcher) -> Pipeline:
    """Return the way in, its stages in their order."""
    pipeline = Pipeline(recorder=recorder, alerts=ground.alerts)
    rosters = RosterStage(
        roster=SqlRoster(ground.database),
        directory=ground.directory,
        emit=pipeline.emit,
        ours=ground.ours,
        has_stable_ids=ground.has_stable_ids,
    )
    for stage in (accounts, EchoStage(echoed=dispatcher.echoed), rosters):
        pipeline.add(stage)
    return pipeline
