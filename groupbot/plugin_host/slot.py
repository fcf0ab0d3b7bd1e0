"""The place of one plugin: what runs there, how a newer version takes over, and what stays when it goes."""

from __future__ import annotations

import asyncio
from pathlib import PurePath

from loguru import logger

from groupbot.core.events import Event
from groupbot.delivery.ports import Guard
from groupbot.errors import StoreError
from groupbot.i18n import _
from groupbot.plugin_host.errors import CallFailed, PluginError
from groupbot.plugin_host.feed import Feed
from groupbot.plugin_host.guarding import GuardMemory, MissingGuard, Overrides
from groupbot.plugin_host.loaded import Loaded
from groupbot.plugin_host.loading import Code, Source
from groupbot.plugin_host.ports import Services, Tables
from groupbot.plugin_host.setting_up import import_code, set_up, settings_from
from groupbot.plugin_host.troubles import Troubles
from groupbot.plugin_host.values import PluginView


class Slot:
    """One source of a plugin, and the version of it that is in force. `key` names the place."""

    def __init__(self, key: str, source: Source, services: Services, overrides: Overrides) -> None:
        self.key = key
        self.source = source
        self.loaded: Loaded | None = None
        self.is_off = False
        self._services = services
        self._overrides = overrides
        self._memory = GuardMemory(services.store)
        self._standing: list[Guard] = []
        self._code: Code | None = None
        self._coming: Code | None = None
        self._stamp: tuple[str, str] | None = None
        self._problem = ""
        self._stalls = 0
        self.troubles = Troubles(PurePath(key).stem.removeprefix("package "), services)
        self.feed = Feed(self._deliver, most=services.limits.waiting, left_out=self.troubles.behind)
        self._worker = asyncio.create_task(self.feed.run(), name=f"plugin-events-{self.name}")

    @property
    def name(self) -> str:
        """The plugin's name; the file's, as long as the plugin was never read."""
        return self.troubles.name

    def stamp(self, tables: Tables) -> tuple[str, str]:
        """Return what changes with the code and with its settings."""
        return self.source.digest(), repr(sorted(tables.get(self.name, {}).items()))

    def is_changed(self, tables: Tables) -> bool:
        """Tell whether code or settings differ from those that were taken up, or refused."""
        return self._stamp != self.stamp(tables)

    def holds(self, file: str) -> bool:
        """Tell whether `file` is the plugin's code."""
        return any(code is not None and code.holds(file) for code in (self._code, self._coming))

    async def take_up(self, tables: Tables, off: frozenset[str], slots: tuple[Slot, ...]) -> None:
        """Load what the source holds now; it takes over once it is set up. `slots`: all of them.

        What fails is told and leaves what ran before in force.
        """
        try:
            code = await import_code(self.source, self._services.limits.setup_s)
        except CallFailed as failure:
            self._stamp = self.stamp(tables)
            await self._refuse(failure.reason)
            return
        self.troubles.name, self._coming = code.plugin.name, code
        self._stamp = self.stamp(tables)
        try:
            await self._bring(code, tables, off, slots)
        except (CallFailed, PluginError) as error:
            code.forget()
            await self._refuse(error.reason if isinstance(error, CallFailed) else str(error))
        finally:
            self._coming = None

    async def _bring(self, code: Code, tables: Tables, off: frozenset[str], slots: tuple[Slot, ...]) -> None:
        for other in slots:
            if other is not self and other.name == self.name and (other.loaded or other.key < self.key):
                raise PluginError(_("{other} is called {name}, too.").format(other=other.key, name=self.name))
        settings = settings_from(code.plugin, tables.get(self.name, {}))
        if self.name in off or not settings.enabled:
            code.forget()
            await self.put_down()
            self.is_off = True
            self._problem = "" if settings.enabled else _("switched off by `enabled = false` in config.toml")
            return
        loaded = await set_up(code.plugin, settings, self._services, self._overrides, self.troubles)
        await self._swap(code, loaded)

    async def _swap(self, code: Code, loaded: Loaded) -> None:
        """Put `loaded` in force, then take the version before down: no event is lost and none is seen twice."""
        for guard, _scope in loaded.guards.values():
            self._services.guards.add(guard, guard.order)
        async with self.feed.turn:
            old, old_code = self.loaded, self._code
            self.loaded, self._code = loaded, code
        self.is_off, self._problem, self._stalls = False, "", 0
        self._end_standing()
        await self._remember()
        logger.bind(action="plugin-loaded", plugin=self.name, source=self.source.origin).info("plugin loaded")
        if old is not None:
            self._end_guards(old)
            await old.stack.aclose()
            if gone := tuple(name for name in old.guards if name not in loaded.guards):
                await self.troubles.guards_gone(gone)
            await self.troubles.reloaded()
        if old_code is not None:
            old_code.forget()

    async def put_down(self) -> None:
        """Unload what runs here. Its guards stay where anything of that went wrong."""
        async with self.feed.turn:
            loaded, code = self.loaded, self._code
            if loaded is None:
                self._end_standing()
                await self._remember()
                return
            self.loaded = None
        await loaded.stack.aclose()
        if loaded.guards and not loaded.is_clean:
            self._standing += [guard for guard, _scope in loaded.guards.values()]
            self._problem = _("not unloaded cleanly: its guards stay until it is disabled again")
            return
        self._end_guards(loaded)
        await self._remember()
        if code is not None:
            code.forget()
            self._code = None
        logger.bind(action="plugin-unloaded", plugin=self.name).info("plugin unloaded")

    async def close(self) -> None:
        """End with the daemon: unload, with the guards still remembered for the next start."""
        if self.loaded is not None:
            await self.loaded.stack.aclose()
            self.loaded = None
        if self._code is not None:
            self._code.forget()
        self._worker.cancel()
        await asyncio.wait({self._worker}, timeout=1.0)

    async def stalled(self, seconds: float) -> None:
        """Count that the plugin stopped the loop; at the limit all of its handlers rest."""
        self._stalls += 1
        rests = self._stalls >= self._services.limits.stalls
        if rests and self.loaded is not None:
            for handler in self.loaded.handlers:
                handler.rest()
        await self.troubles.stopped_everything(seconds, rests=rests)

    def wake(self) -> None:
        """Call resting handlers again."""
        self._stalls = 0
        for handler in self.loaded.handlers if self.loaded else ():
            handler.wake()

    def view(self) -> PluginView:
        """Return how the plugin stands."""
        loaded = self.loaded
        if loaded is None:
            state = "disabled" if self.is_off else "failed"
            held = tuple(guard.name for guard in self._standing)
            return PluginView(name=self.name, state=state, origin=self.source.origin, detail=self._problem, guards=held)
        return PluginView(
            name=self.name,
            state="quarantined" if loaded.resting else "running",
            summary=loaded.plugin.summary,
            origin=self.source.origin,
            detail=self._problem,
            guards=tuple(loaded.guards),
            commands=tuple(loaded.commands),
            resting=loaded.resting,
            tasks=loaded.tasks.running,
        )

    async def _deliver(self, event: Event) -> None:
        if self.loaded is None:
            return
        for kind, handler in self.loaded.events:
            if isinstance(event, kind) and not handler.is_resting:
                try:
                    await handler.call(event)
                except CallFailed:  # told already
                    continue

    async def _refuse(self, reason: str) -> None:
        """Tell why the newest version is not in force; where none is, hold what the plugin guarded before."""
        self._problem = reason
        if self.loaded is not None:
            await self.troubles.kept(reason)
            return
        self._end_standing()
        for name, scope in (await self._memory.of(self.key)).items():
            guard = MissingGuard(name, scope, self._overrides)
            self._standing.append(guard)
            self._services.guards.add(guard)
        await self.troubles.not_loaded(reason, tuple(guard.name for guard in self._standing))

    async def _remember(self) -> None:
        """Keep which guards are there, for a start at which they can't be loaded."""
        guards = {name: scope for name, (_guard, scope) in self.loaded.guards.items()} if self.loaded else {}
        try:
            await self._memory.keep(self.key, guards)
        except StoreError as error:
            logger.bind(action="plugin-guards", plugin=self.name).error("not remembered: {}", error)

    def _end_guards(self, loaded: Loaded) -> None:
        for guard, _scope in loaded.guards.values():
            self._services.guards.remove(guard)

    def _end_standing(self) -> None:
        for guard in self._standing:
            self._services.guards.remove(guard)
        self._standing.clear()
