"""Set a plugin up, and take it down: both whole, whatever happens half-way."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from loguru import logger
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from groupbot.i18n import _, joined
from groupbot.plugin_host.errors import CallFailed, PluginError
from groupbot.plugin_host.guarding import Overrides
from groupbot.plugin_host.handlers import Handler
from groupbot.plugin_host.loaded import Context, Loaded
from groupbot.plugin_host.loading import Code, Source, in_thread
from groupbot.plugin_host.ports import Limits, Services
from groupbot.plugin_host.tasks import Tasks
from groupbot.plugin_host.troubles import Troubles
from groupbot.plugin_host.values import Plugin, PluginSettings


async def import_code(source: Source, limit_s: float) -> Code:
    """Return the code of `source`, imported in a thread of its own; raises CallFailed, also when it takes too long."""
    loop = asyncio.get_running_loop()
    arrived: asyncio.Future[Code] = loop.create_future()

    def settle(code: Code | None, error: BaseException | None) -> None:
        if arrived.done():  # too late: nobody waits any more
            if code is not None:
                code.forget()
        elif code is not None:
            arrived.set_result(code)
        else:
            reason = str(error) if isinstance(error, PluginError) else f"{type(error).__name__}: {error}"
            failure = CallFailed(source.origin, reason)
            failure.__cause__ = error
            arrived.set_exception(failure)

    def arrive(code: Code | None, error: BaseException | None) -> None:
        with suppress(RuntimeError):  # the loop is closed: the daemon ended meanwhile
            loop.call_soon_threadsafe(settle, code, error)

    in_thread(source.load, arrive, name=f"import {source.origin}")
    done, _pending = await asyncio.wait({arrived}, timeout=limit_s)
    if not done:
        arrived.cancel()
        raise CallFailed(source.origin, f"its import takes longer than {limit_s:g} s")
    return arrived.result()


def settings_from(plugin: Plugin, table: Mapping[str, Any]) -> PluginSettings:
    """Return the checked table of `plugin`; raises PluginError that names every key that does not fit."""
    try:
        return plugin.settings.model_validate(dict(table))
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, one['loc'])) or '-'}: {_words(one)}" for one in error.errors(include_url=False)]
    except Exception as error:  # a check of the plugin's own
        raise PluginError(f"[plugins.{plugin.name}] {type(error).__name__}: {error}") from error
    raise PluginError(  # outside the handler: pydantic's own words would print the values
        _("[plugins.{name}] {problems}").format(name=plugin.name, problems="; ".join(wrong)),
        hint=_("Its keys: {keys}.").format(keys=joined(sorted(plugin.settings.model_fields))),
    )


def _words(problem: ErrorDetails) -> str:
    """Return what is wrong with a key, in the operator's language where there are words of ours."""
    words = {"extra_forbidden": _("there is no such key"), "missing": _("this key is missing and has no default")}
    return words.get(problem["type"], problem["msg"])


async def set_up(
    plugin: Plugin, settings: PluginSettings, services: Services, overrides: Overrides, troubles: Troubles
) -> Loaded:
    """Return `plugin` set up, its jobs under way and its guards not yet asked.

    Raises CallFailed or PluginError when any of it fails; everything that was done is undone then.
    """
    loaded = Loaded(plugin=plugin, tasks=Tasks(plugin.name))
    context = Context(loaded, settings, services, overrides, troubles)
    limits, stack = services.limits, loaded.stack
    stack.push_async_callback(_end, loaded, troubles, limits)
    try:
        await loaded.tasks.call(plugin.setup, context, name=f"{plugin.name}: setup", limit_s=limits.setup_s)
        loaded.is_open = False
        stack.push_async_callback(_settle, loaded, troubles, limits)
        for schedule, handler in loaded.jobs:
            stack.callback(services.jobs.add(handler.name, schedule, quietly(handler)))
    except BaseException:
        loaded.is_open = False
        await stack.aclose()
        raise
    return loaded


def quietly(handler: Handler[None]) -> Any:
    """Return `handler` as a job: its failures are told already."""

    async def run() -> None:
        if handler.is_resting:
            return
        try:
            await handler.call()
        except CallFailed:
            return

    return run


async def _settle(loaded: Loaded, troubles: Troubles, limits: Limits) -> None:
    """Let calls under way end, then cancel what still runs."""
    await loaded.tasks.settle(limits.settle_s)
    if running := loaded.tasks.running:
        logger.bind(action="plugin-unload", plugin=loaded.plugin.name, tasks=running).info("tasks are cancelled")
    await _end(loaded, troubles, limits)


async def _end(loaded: Loaded, troubles: Troubles, limits: Limits) -> None:
    """Cancel every task, and tell of those that did not end by themselves."""
    if stubborn := await loaded.tasks.end(limits.cleanup_s):
        loaded.is_clean = False
        await troubles.unclean(_("tasks that did not end: {tasks}").format(tasks=joined(stubborn)))
