"""The composition root: the only place that knows everybody. `build` takes fakes for whatever touches the world."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from groupbot.chat.adapter import Adapter
from groupbot.chat.alerts import Alerts, LogAlerts
from groupbot.chat.directory import Directory
from groupbot.core.clock import Clock, SystemClock
from groupbot.core.ids import token
from groupbot.delivery.dispatcher import Dispatcher, Hooks, Paces
from groupbot.delivery.guards import Guards
from groupbot.delivery.lane import LaneRules
from groupbot.delivery.pacing import UNPACED, Pace
from groupbot.delivery.ports import Guard, Waker
from groupbot.inbound.accounts import AccountStage
from groupbot.inbound.echoes import EchoStage, OwnPosts
from groupbot.inbound.pipeline import Pipeline
from groupbot.inbound.roster import RosterStage
from groupbot.paths import Project
from groupbot.scheduling.waker import ApsWaker
from groupbot.settings import AccountSettings, ConsoleAccount, Settings, WechatyAccount
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.engine import Database
from groupbot.storage.facts import SqlFacts
from groupbot.storage.ledger import SqlLedger
from groupbot.storage.ownership import Ownerships
from groupbot.storage.presence import Presence
from groupbot.storage.roster import SqlRoster
from groupbot.storage.tasks import SqlTasks
from groupbot.tracking.recorder import Limits, Recorder

if TYPE_CHECKING:
    from rich.console import Console


@dataclass(frozen=True, kw_only=True, slots=True)
class App:
    """Everything that runs, put together. `lifecycle` starts and stops it."""

    settings: Settings
    project: Project
    instance: str
    clock: Clock
    waker: Waker
    alerts: Alerts
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
    adapters: Mapping[str, Adapter] = field(default_factory=dict)

    def waker_context(self) -> AbstractAsyncContextManager[object]:
        """Return what starts and stops the waker: its scheduler, or nothing for one that a test moves by hand."""
        return self.waker if isinstance(self.waker, ApsWaker) else nullcontext()


@dataclass(frozen=True, kw_only=True, slots=True)
class Outside:
    """What touches the world, and what a test replaces."""

    clock: Clock
    waker: Waker
    alerts: Alerts
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

    Raises ConfigError for a missing secret or an unusable setting.
    """
    clock = clock or SystemClock()
    outside = Outside(
        clock=clock,
        waker=waker or ApsWaker(clock, recheck_s=settings.delivery.recheck_s),
        alerts=alerts or LogAlerts(),
        adapters=adapters if adapters is not None else connectors(settings, clock, console),
        rng=rng or Random(),  # noqa: S311 - jitter, no secret
    )
    directory = Directory.from_settings(settings.groups)
    database = Database(settings.database.url, busy_timeout_s=settings.database.busy_timeout_s)
    instance = token()
    ours: set[str] = set()
    recorder = _recorder(settings, outside, directory, database, ours)
    accounts = AccountStage(presence=Presence(database), clock=clock, alerts=outside.alerts, ours=ours)
    ledger = SqlLedger(database)
    dispatcher = Dispatcher(
        ledger=ledger,
        adapters=outside.adapters,
        directory=directory,
        clock=clock,
        waker=outside.waker,
        alerts=outside.alerts,
        instance=instance,
        rng=outside.rng,
        guards=Guards(guards, timeout_s=settings.delivery.guard_timeout_s),
        paces=Paces(by_account={account.name: pace(settings, account.name) for account in settings.accounts}),
        rules=LaneRules(lock_gap=timedelta(seconds=settings.delivery.group_lock_gap_s)),
        hooks=Hooks(posted=OwnPosts(recorder).posted, limited=accounts.limited),
        ownerships=Ownerships(database, ledger, instance=instance, clock=clock, alone=database.is_sqlite),
    )
    accounts.poke = dispatcher.poke
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
        pipeline=_pipeline(recorder, accounts, dispatcher, outside, directory, database, ours),
        dispatcher=dispatcher,
        adapters=outside.adapters,
    )


def _recorder(
    settings: Settings, outside: Outside, directory: Directory, database: Database, ours: Container[str]
) -> Recorder:
    return Recorder(
        store=SqlFacts(database),
        directory=directory,
        clock=outside.clock,
        alerts=outside.alerts,
        ours=ours,
        limits=Limits(window_s=settings.recorder.window_ms / 1000, most=settings.recorder.max_batch),
    )


def _pipeline(
    recorder: Recorder,
    accounts: AccountStage,
    dispatcher: Dispatcher,
    outside: Outside,
    directory: Directory,
    database: Database,
    ours: Container[str],
) -> Pipeline:
    """Return the way in, its stages in their order."""
    pipeline = Pipeline(recorder=recorder)
    rosters = RosterStage(
        roster=SqlRoster(database),
        directory=directory,
        emit=pipeline.emit,
        ours=ours,
        has_stable_ids=lambda account: outside.adapters[account].capabilities.stable_ids,
    )
    for stage in (accounts, EchoStage(echoed=dispatcher.echoed), rosters):
        pipeline.add(stage)
    return pipeline


def connectors(settings: Settings, clock: Clock, console: Console | None) -> dict[str, Adapter]:
    """Return an adapter for each account; raises ConfigError when one's secret is not set."""
    return {account.name: _connector(settings, account, clock, console) for account in settings.accounts}


def _connector(settings: Settings, account: AccountSettings, clock: Clock, console: Console | None) -> Adapter:
    match account:
        case ConsoleAccount():
            from groupbot.adapters.console.adapter import ConsoleAdapter  # noqa: PLC0415 - only what is configured

            groups = {group.ids()[account.name]: group.name for group in settings.groups if account.name in group.ids()}
            return ConsoleAdapter(
                account=account.name,
                groups=groups,
                clock=clock,
                console=console,
                log=str(account.log) if account.log else None,
                interactive=account.interactive,
                zone=ZoneInfo(settings.timezone),
            )
        case WechatyAccount():
            from groupbot.adapters.wechaty.adapter import WechatyAdapter  # noqa: PLC0415 - only what is configured

            return WechatyAdapter(
                account=account.name,
                endpoint=account.endpoint,
                token=settings.secret(account.token_env),
                plaintext=account.plaintext,
                deadline_s=account.deadline_s,
                stable_ids=account.stable_ids,
                limit_notices=account.limit_notices,
                clock=clock,
            )


def pace(settings: Settings, account: str) -> Pace:
    """Return the pace of `account`: its own keys over those of [pacing]."""
    chosen = settings.pacing_for(account)
    if not chosen.enabled:
        return UNPACED
    return Pace(
        account_interval_s=chosen.account_interval_s,
        group_interval_s=chosen.group_interval_s,
        jitter=chosen.jitter,
        account_daily_cap=chosen.account_daily_cap,
        group_daily_cap=chosen.group_daily_cap,
        timezone=settings.timezone,
    )


def database_file(database: Database) -> Path | None:
    """Return the file of a SQLite database, None for a server or memory."""
    name = database.url.database
    return Path(name) if database.is_sqlite and name and name != ":memory:" else None
