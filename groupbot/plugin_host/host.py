"""The plugin host: every plugin of the project, and what an operator does with them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from datetime import datetime
from typing import Any

from groupbot.core.events import AnyEvent, Event, MessageReceived
from groupbot.core.findings import Finding
from groupbot.errors import StoreError
from groupbot.i18n import _, joined
from groupbot.plugin_host.errors import CallFailed, PluginError
from groupbot.plugin_host.feed import without
from groupbot.plugin_host.guarding import HOST, GuardMemory, Overrides, scope_json
from groupbot.plugin_host.loading import Source, packages
from groupbot.plugin_host.ports import Services, Tables
from groupbot.plugin_host.slot import Slot
from groupbot.plugin_host.tasks import owning
from groupbot.plugin_host.troubles import Troubles
from groupbot.plugin_host.values import GuardScope, Override, PluginCommand, PluginView
from groupbot.plugin_host.watchdog import Watchdog

OFF = "off"
"""Key of the host's own store: names of the plugins that an operator disabled."""
ASKED = "asked/"
"""The same: plugins that another process wants reloaded."""


class Host:
    """Load, feed, reload and unload plugins. `find` gives the files to load from, as they are now.

    It is a stage of the way in (`handle`), and what is asked from the control room and the command line ends here.
    `tables` may be replaced: `look` takes them up. `during`: what is open as long as the host is.
    """

    name = "plugins"
    limit_s = 5.0

    def __init__(
        self,
        *,
        find: Callable[[], dict[str, Source]],
        services: Services,
        tables: Tables,
        during: Iterable[AbstractAsyncContextManager[object]] = (),
    ) -> None:
        self.tables = tables
        self._during = tuple(during)
        self._find = find
        self._services = services
        self._overrides = Overrides(services.store, services.clock)
        self._slots: dict[str, Slot] = {}
        self._off: frozenset[str] = frozenset()
        self._packages: dict[str, Source] = {}
        self._lock = asyncio.Lock()
        self._stack = AsyncExitStack()
        self._errands: set[asyncio.Task[None]] = set()
        self._told_unknown: frozenset[str] = frozenset()

    async def open(self, *, with_packages: bool = True) -> None:
        """Load every plugin; one that fails costs the others nothing. Raises StoreError."""
        for context in self._during:
            await self._stack.enter_async_context(context)
        self._off = frozenset(await self._services.store.get(HOST, OFF) or ())
        await self._overrides.load()
        self._packages = packages() if with_packages else {}
        self._stack.callback(owning(asyncio.get_running_loop()))
        self._stack.enter_context(Watchdog(self._plugin_in, self._stalled))
        await self.look()
        await self._tell_guards_gone()

    async def close(self) -> None:
        """Unload everything, each in bounded time."""
        async with self._lock:
            await asyncio.gather(*(slot.close() for slot in self._slots.values()))
            self._slots.clear()
        for errand in self._errands:
            errand.cancel()
        await self._stack.aclose()

    async def look(self) -> None:
        """Take up what changed: files, [plugins.NAME] tables, and reloads that another process asked for."""
        async with self._lock:
            asked = await self._asked()
            found = self._find() | self._packages
            for key in found.keys() - self._slots.keys():
                self._slots[key] = Slot(key, found[key], self._services, self._overrides)
            changed = [
                slot for slot in self._slots.values() if slot.name in asked or slot.is_changed(self.tables)
            ]  # fmt: skip
            await asyncio.gather(*(self._take_up(slot) for slot in changed if slot.key in found))
            for key in self._slots.keys() - found.keys():
                await self._file_gone(self._slots[key])
            await self._tell_unknown()

    def stamps(self) -> dict[str, str]:
        """Return what changes with the files."""
        return {key: source.digest() for key, source in self._find().items()}

    async def handle(self, event: AnyEvent) -> None:
        """Hand `event` to every plugin's queue; never waits for one."""
        if (heard := without(self._services.ours, event)) is not None:
            await self.offer(heard)

    async def offer(self, event: Event) -> None:
        """The same, for events that do not come from a platform."""
        for slot in tuple(self._slots.values()):
            if slot.loaded is not None:
                await slot.feed.offer(event)

    async def drained(self) -> None:
        """Return when every event that was offered is through."""
        await asyncio.gather(*(slot.feed.drained() for slot in self._slots.values()))

    async def findings(self, message: MessageReceived) -> tuple[Finding, ...]:
        """Return what plugins find in `message`; one that fails finds nothing."""
        found: list[Finding] = []
        for slot in tuple(self._slots.values()):
            for handler in slot.loaded.inspectors if slot.loaded else ():
                try:
                    given: Iterable[object] = await handler.call(message) or ()  # plugins are not type-checked
                    found += [one for one in given if isinstance(one, Finding)]
                except (CallFailed, TypeError):  # told already; or what came back is no list
                    continue
        return tuple(found)

    @property
    def views(self) -> tuple[PluginView, ...]:
        """How each plugin stands, by name."""
        return tuple(sorted((slot.view() for slot in self._slots.values()), key=lambda view: view.name))

    @property
    def commands(self) -> tuple[PluginCommand, ...]:
        """Every command of a plugin that is loaded now; of two with one name the first plugin's, by name."""
        found: dict[str, PluginCommand] = {}
        for slot in sorted(self._slots.values(), key=lambda slot: slot.name):
            for command in slot.loaded.commands.values() if slot.loaded else ():
                found.setdefault(command.name, command)
        return tuple(found.values())

    @property
    def overrides(self) -> tuple[Override, ...]:
        """The overrides of guards that are in force."""
        return self._overrides.in_force

    async def disable(self, name: str, by: str) -> PluginView:
        """Unload a plugin, guards and all, until it is enabled; return how it then stands.

        What does not unload cleanly keeps its guards until it is disabled once more. Raises PluginError, StoreError.
        """
        async with self._lock:
            slot = self._slot(name)
            await self._turn(self._off | {slot.name}, by, "plugin-disable", slot.name)
            await slot.put_down()
            slot.is_off = True
            return slot.view()

    async def enable(self, name: str, by: str) -> PluginView:
        """Bring back a plugin that was disabled, or handlers that rest; return how it then stands.

        Raises PluginError, StoreError.
        """
        async with self._lock:
            slot = self._slot(name)
            await self._turn(self._off - {slot.name}, by, "plugin-enable", slot.name)
            slot.wake()
            if slot.loaded is None:
                await self._take_up(slot)
            return slot.view()

    async def reload(self, name: str, by: str) -> PluginView:
        """Load a plugin anew, changed or not; return how it then stands. Raises PluginError, StoreError."""
        async with self._lock:
            slot = self._slot(name)
            await self._services.audit.note(by=by, action="plugin-reload", detail=slot.name)
            await self._take_up(slot)
            return slot.view()

    async def override(self, guard: str, scope: GuardScope, by: str, until: datetime) -> None:
        """Let what `scope` covers pass `guard` until `until`. Raises PluginError for an unknown guard, StoreError."""
        known = [name for view in self.views for name in view.guards]
        if guard not in known:
            raise PluginError(
                _("There is no guard {guard}.").format(guard=guard),
                hint=_("Guards: {guards}.").format(guards=joined(known) or "—"),
            )
        covered = " ".join(f"{key}={','.join(names)}" for key, names in scope_json(scope).items() if names)
        detail = " ".join(filter(None, (guard, covered, f"until {until.isoformat(timespec='minutes')}")))
        await self._services.audit.note(by=by, action="guard-override", detail=detail)
        await self._overrides.give(Override(guard=guard, scope=scope, by=by, until=until))

    async def end_override(self, guard: str, by: str) -> int:
        """Ask `guard` about everything again; return how many overrides ended. Raises StoreError."""
        await self._services.audit.note(by=by, action="guard-override-end", detail=guard)
        return await self._overrides.end(guard)

    async def _take_up(self, slot: Slot) -> None:
        try:
            await slot.take_up(self.tables, self._off, tuple(self._slots.values()))
        except StoreError as error:
            await slot.troubles.not_loaded(str(error), ())

    async def _turn(self, off: frozenset[str], by: str, action: str, name: str) -> None:
        await self._services.audit.note(by=by, action=action, detail=name)
        await self._services.store.set(HOST, OFF, sorted(off))
        self._off = off

    def _slot(self, name: str) -> Slot:
        found = next((slot for slot in self._slots.values() if name in {slot.name, slot.key}), None)
        if found is None:
            names = joined(sorted(slot.name for slot in self._slots.values()))
            raise PluginError(
                _("There is no plugin {name}.").format(name=name),
                hint=_("Plugins: {names}.").format(names=names or "—"),
            )
        return found

    async def _asked(self) -> frozenset[str]:
        """Return whom another process wants reloaded, once."""
        keys = await self._services.store.keys(HOST, ASKED)
        for key in keys:
            await self._services.store.delete(HOST, key)
        return frozenset(key.removeprefix(ASKED) for key in keys)

    async def _file_gone(self, slot: Slot) -> None:
        """Unload a plugin whose file was deleted, unless it guards: no guard goes without a person's word."""
        if slot.loaded is not None and slot.loaded.guards:
            await slot.troubles.file_gone()
            return
        await slot.put_down()
        await slot.close()
        del self._slots[slot.key]

    async def _tell_guards_gone(self) -> None:
        """Tell of plugins that had guards at the last start and whose files are gone."""
        memory = GuardMemory(self._services.store)
        for key in await memory.plugins():
            if key not in self._slots:
                await Troubles(key, self._services).guards_gone(tuple(await memory.of(key)))
                await memory.keep(key, {})

    async def _tell_unknown(self) -> None:
        """Tell of tables in config.toml that no plugin reads."""
        known = {slot.name.replace("_", "-") for slot in self._slots.values()}  # one never read goes by its file's name
        unknown = frozenset(name for name in self.tables if name.replace("_", "-") not in known)
        for name in sorted(unknown - self._told_unknown):
            text = _("config.toml has a table [plugins.{name}], and no plugin is called so.").format(name=name)
            await Troubles(name, self._services).say("plugin-unknown", text)
        self._told_unknown = unknown

    def _plugin_in(self, files: Iterable[str]) -> str:
        return next((slot.name for file in files for slot in tuple(self._slots.values()) if slot.holds(file)), "")

    def _stalled(self, plugin: str, seconds: float) -> None:
        slot = next((slot for slot in self._slots.values() if slot.name == plugin), None)
        if slot is not None:
            self._errand(slot.stalled(seconds))

    def _errand(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work, name="plugin-errand")
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)
