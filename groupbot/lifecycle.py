"""Starting and stopping the daemon: one task group, signals, and a stop in stages that ends in bounded time.

A stop begins no further part, lets the parts under way finish, closes the connections, writes what was heard, and
gives the accounts back. Whatever is still under way when its stage ends is cancelled; the ledger then names it
`unknown`. A second signal goes through the stages without waiting.
"""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Awaitable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from loguru import logger

from groupbot.app import App
from groupbot.chat.directory import Directory
from groupbot.chores import Chores
from groupbot.delivery.pacing import Pace
from groupbot.errors import GroupbotError, StoreError
from groupbot.log import configure
from groupbot.settings import FriendSettings, InvitationSettings, LogSettings, RetentionSettings, Settings
from groupbot.storage import migrate
from groupbot.storage.engine import database_file
from groupbot.storage.only_daemon import only_daemon
from groupbot.storage.presence import HEARTBEAT

SENDS, CONNECTIONS, FACTS = 0.6, 0.75, 0.95
"""By which share of the stop's time sends, connections and the recorder must be done; the rest is for the accounts and
for the alerts that still wait."""

CARDS_S = 15.0
"""Seconds between looks for questions whose time is over: their defaults may be posts."""
CATCH_UP_S = 600.0
"""Seconds between looks for requests that were recorded and not answered: a rare thing, and people wait for days."""
TEACHING_S = 60.0
"""Seconds between looks for what other processes taught the scorers, and whether it is time to fit them anew."""
COUNTING_S = 10.0
"""Seconds between looks for facts that are in no report yet; a report reads what is new by itself. As long until the
first: what fell due while no daemon ran is posted before anything is counted."""
HALVES_S = 60.0
"""Seconds between looks for launches that died half-way; the daemon finishes one that it finds twice unchanged."""

HEAD_START_S = 1.0
"""Seconds that the first posts have before what serves people is imported beside them, unless they begin earlier."""
WATCH_AFTER_S = 1.0
"""Seconds after the start until edits are followed; one made meanwhile is found at the first look."""
REMINDERS_S = 20.0
"""Seconds between looks for tasks that have become due: people are not asked to the second."""


async def run(app: App, *, config: Path | None = None, stop: asyncio.Event | None = None) -> None:
    """Run the daemon until SIGTERM, SIGINT or `stop`; edits of the file `config` are followed.

    Raises LifecycleError when another daemon holds the database, StoreError when the database is not usable at start.
    """
    hurry = asyncio.Event()
    stop = stop or asyncio.Event()
    _on_signals(stop, hurry)  # first, so that a stop during start-up is a stop and no crash
    try:
        async with opened(app):
            await Daemon(app, config=config, stop=stop, hurry=hurry).run()
    except ExceptionGroup as failed:  # how a task group tells what broke the start-up
        if refused := _only_refusal(failed):
            raise refused from failed
        raise


def _only_refusal(failed: ExceptionGroup[Exception]) -> GroupbotError | None:
    """Return the first of what failed in the operator's words, None if anything in it is a fault of another kind."""
    refused, others = failed.split(GroupbotError)
    found: BaseException | None = None if others else refused
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return found if isinstance(found, GroupbotError) else None


@asynccontextmanager
async def opened(app: App) -> AsyncIterator[None]:
    """Hold the database for this process alone, bring it to the present schema and close it at the end."""
    async with AsyncExitStack() as stack:
        if (file := database_file(app.database)) is not None:
            stack.enter_context(only_daemon(file))
        stack.push_async_callback(app.database.close)
        stack.push_async_callback(app.ledger.close)
        await prepare(app)
        await app.campaigns.recover()
        app.own_ids.update(await app.presence.own_ids())
        yield


async def prepare(app: App) -> None:
    """Set a new database up; refuse one of another schema. Raises StoreError."""
    scripts = app.project.migrations()
    if await migrate.current(app.database) is None:
        await migrate.upgrade(app.database, scripts)
    await migrate.require_current(app.database)


def _on_signals(stop: asyncio.Event, hurry: asyncio.Event) -> None:
    def heard(name: str) -> None:
        logger.bind(action="stop", signal=name).info("stopping" if not stop.is_set() else "stopping at once")
        (hurry if stop.is_set() else stop).set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, heard, number.name)


class Daemon:
    """The tasks of a running daemon and the order in which they end."""

    def __init__(self, app: App, *, config: Path | None, stop: asyncio.Event, hurry: asyncio.Event) -> None:
        self._app = app
        self._config = config
        self._chores = Chores(app, stop)
        self._stop = stop
        self._hurry = hurry

    async def run(self) -> None:
        """Start everything, wait for the stop, end everything."""
        app, chores = self._app, self._chores
        async with app.waker_context(), asyncio.TaskGroup() as tasks:
            alerting = tasks.create_task(self._guarded(app.alerts.run()), name="alerts")
            app.login_codes.clear()
            await chores.beat()
            await app.presence.forget_others(app.instance, app.clock.now())
            recorder = tasks.create_task(app.recorder.run(), name="recorder")
            await app.dispatcher.open()
            await app.plugins.open()  # before the first post, which their guards judge
            sending = tasks.create_task(self._guarded(app.dispatcher.run()), name="dispatcher")
            opening = tasks.create_task(self._guarded(self._open()), name="office")
            inbound = [
                tasks.create_task(self._guarded(app.pipeline.consume(adapter.events())), name=f"inbound-{name}")
                for name, adapter in app.adapters.items()
            ]
            minding = [
                opening,
                tasks.create_task(self._every(HEARTBEAT.total_seconds(), chores.beat), name="heartbeat"),
                tasks.create_task(
                    self._every(app.settings.delivery.signal_poll_s, chores.look_for_signals), name="signals"
                ),
                tasks.create_task(self._every(REMINDERS_S, chores.remind), name="reminders"),
                tasks.create_task(self._every(HALVES_S, chores.finish_launches), name="launches"),
                tasks.create_task(self._every(86_400.0, chores.prune), name="retention"),
                tasks.create_task(self._every(CATCH_UP_S, chores.catch_up), name="catch-up"),
                tasks.create_task(self._every(CARDS_S, chores.tend), name="cards"),
                tasks.create_task(self._every(TEACHING_S, chores.learn), name="teaching"),
                tasks.create_task(self._every(COUNTING_S, chores.count, after_s=COUNTING_S), name="counting"),
            ]
            if app.settings.web.listen:
                minding.append(tasks.create_task(self._page(), name="web"))
            if self._config is not None:
                minding.append(tasks.create_task(self._watch(self._config), name="reload"))
            logger.bind(action="started", accounts=len(app.adapters)).info("groupbot runs")
            await self._stop.wait()
            until = await self._end(sending, inbound, recorder, minding)
            app.alerts.close()
            await self._finish([alerting], until - asyncio.get_running_loop().time())
            app.login_codes.clear()
        logger.bind(action="stopped").info("groupbot stopped")

    async def _open(self) -> None:
        """Open the office and then import what most commands need, behind the first posts."""
        await self._app.staff.open(after=self._posts_begun)
        await asyncio.sleep(WATCH_AFTER_S)
        await self._app.desk()
        gc.freeze()  # what is imported stays; looking through it again and again takes 0.1 s each time

    async def _posts_begun(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(HEAD_START_S):
                await self._app.dispatcher.begun.wait()

    async def _page(self) -> None:
        """Serve the page of live codes, whose libraries are imported behind the first posts."""
        app, office = self._app, await self._app.staff()
        page = await asyncio.to_thread(import_module, "groupbot.desk.live_page")
        await page.keep_up(
            office.room.services.live_codes,
            lambda: app.desk.settings,
            database=app.database,
            clock=app.clock,
            alerts=app.alerts,
        )

    async def _watch(self, config: Path) -> None:
        """Follow edits. The reader of SOPs takes as long to import as all the rest, so posts go out before it is."""
        await self._app.staff()
        await asyncio.sleep(WATCH_AFTER_S)
        watching = await asyncio.to_thread(_watching)
        app = self._app
        await watching.watch(config, app.settings, self, app.alerts, database=app.database, plugins=app.plugins)

    def set_pace(self, account: str, pace: Pace) -> None:
        """Post at another pace; one of `reload.Apply`."""
        self._app.dispatcher.set_pace(account, self._app.office.standins.slowed(account, pace))

    def set_requests(self, friends: FriendSettings, invitations: InvitationSettings) -> None:
        """Judge who may come in by other rules; one of `reload.Apply`."""
        self._app.friends.rule, self._app.invitations.rule = friends, invitations

    def set_directory(self, directory: Directory) -> None:
        """Look groups up in `directory`; one of `reload.Apply`."""
        self._app.directory.adopt(directory)
        self._app.dispatcher.poke()

    def set_people(self, settings: Settings) -> None:
        """Hear other people, in other chats; one of `reload.Apply`."""
        self._app.room.adopt(settings)

    def set_settings(self, settings: Settings) -> None:
        """Launch and edit by `settings`; one of `reload.Apply`."""
        self._app.desk.settings = settings
        self._app.room.services.risk.rules.adopt(settings.risk, settings.groups)

    def set_log(self, log: LogSettings, secrets: tuple[str, ...]) -> None:
        """Log as `log` says; one of `reload.Apply`."""
        configure(log, secrets)

    def set_retention(self, retention: RetentionSettings) -> None:
        """Keep facts as long as `retention` says; one of `reload.Apply`."""
        self._chores.retention = retention

    async def _end(
        self,
        sending: asyncio.Task[None],
        inbound: list[asyncio.Task[None]],
        recorder: asyncio.Task[None],
        minding: list[asyncio.Task[None]],
    ) -> float:
        """Go through the stages; return when, by the loop's clock, the whole stop must be over."""
        app = self._app
        loop = asyncio.get_running_loop()
        begun, total = loop.time(), app.settings.daemon.stop_timeout_s
        self._chores.state = "stopping"
        for task in minding:
            task.cancel()
        app.dispatcher.stop()
        await self._finish([sending], begun + total * SENDS - loop.time())
        closing = [asyncio.create_task(adapter.close(), name="close-adapter") for adapter in app.adapters.values()]
        closing.append(asyncio.create_task(app.plugins.close(), name="close-plugins"))
        await self._finish([*closing, *inbound], begun + total * CONNECTIONS - loop.time())
        if app.staff.made is not None:
            await app.staff.made.turns.close(begun + total * CONNECTIONS - loop.time())
        await app.recorder.close(max(begun + total * FACTS - loop.time(), 0.1))
        await self._finish([recorder], 0.2)
        await self._last(app.dispatcher.close())
        self._chores.state = "stopped"
        await self._last(self._chores.beat())
        return begun + total

    async def _finish(self, tasks: list[asyncio.Task[None]], within_s: float) -> None:
        """Wait for `tasks`, until their time is over or a second signal hurries; cancel what is left."""
        hurried = asyncio.create_task(self._hurry.wait(), name="hurry")
        waiting = asyncio.ensure_future(asyncio.wait(tasks)) if tasks else hurried
        await asyncio.wait({hurried, waiting}, timeout=max(within_s, 0), return_when=asyncio.FIRST_COMPLETED)
        hurried.cancel()
        for task in tasks:
            if not task.done():
                logger.bind(action="stop", task=task.get_name()).warning("cancelled: its time is over")
                task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=2.0)
        await asyncio.gather(hurried, return_exceptions=True)

    async def _last(self, work: Awaitable[None]) -> None:
        """Do a closing write; a database that fails now must not keep the process from ending."""
        try:
            async with asyncio.timeout(2.0):
                await work
        except (StoreError, TimeoutError) as error:
            logger.bind(action="stop").error("closing write failed: {error}", error=str(error))

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        """Run one of the daemon's main works; if it fails the daemon stops in order instead of in pieces."""
        try:
            await work
        except Exception:  # noqa: BLE001 - logged, and the whole daemon ends
            logger.exception("a part of the daemon failed; stopping")
            self._stop.set()

    async def _every(self, seconds: float, work: Any, after_s: float = 0.0) -> None:
        """Do `work` again and again; what goes wrong in it costs that one time, never the daemon's posts.

        `after_s`: head start of what must not wait for it.
        """
        await asyncio.sleep(after_s)
        while True:
            try:
                await work()
            except StoreError as error:
                logger.bind(action="minding").warning("{error}", error=str(error))
            except Exception:  # noqa: BLE001 - a fault of ours, told with its trace
                logger.bind(action="minding").exception("what is done now and then failed")
            await asyncio.sleep(seconds)


def _watching() -> ModuleType:
    from groupbot.reload import watching  # noqa: PLC0415 - imports the whole reader of SOPs, see `Daemon._watch`

    return watching
