"""Every task that a plugin's code starts has an owner, by whatever way it was started, and ends with it.

A context variable says whose code runs. `owning` makes the loop's tasks ask it, so that a task which a plugin starts by
`asyncio.create_task`, or a library for it, is known to its plugin, too; and a SystemExit in such a task ends the task
instead of the loop.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from groupbot.plugin_host.errors import CallFailed

T = TypeVar("T")
_owner: contextvars.ContextVar[Tasks | None] = contextvars.ContextVar("groupbot_plugin_tasks", default=None)


class Tasks:
    """The tasks of one loaded plugin."""

    def __init__(self, plugin: str) -> None:
        self.plugin = plugin
        self._calls: set[asyncio.Task[Any]] = set()
        self._others: set[asyncio.Task[Any]] = set()

    @property
    def running(self) -> tuple[str, ...]:
        """Names of the tasks that run beside calls."""
        return tuple(sorted(task.get_name() for task in self._others))

    async def call(self, function: Callable[..., Awaitable[T]], *args: object, name: str, limit_s: float) -> T:
        """Return what `function` gives within `limit_s` seconds.

        It runs in a task of its own, so that one which swallows its cancelling holds nobody up. Raises CallFailed for
        whatever else happens.
        """
        context = contextvars.copy_context()
        context.run(_owner.set, None)
        task = asyncio.get_running_loop().create_task(_inside(self, function, args, name), name=name, context=context)
        self._keep(task, self._calls)
        try:
            done, _pending = await asyncio.wait({task}, timeout=limit_s)
        finally:
            if not task.done():
                task.cancel()
        if not done:
            raise CallFailed(name, f"stopped after {limit_s:g} s")
        if task.cancelled():
            raise CallFailed(name, "cancelled")
        return task.result()

    def spawn(self, work: Coroutine[Any, Any, None], name: str, ended: Callable[[CallFailed], None]) -> None:
        """Run `work` until it ends or the plugin is unloaded; `ended` hears of a failure."""

        async def run() -> None:
            try:
                await _inside(self, lambda: work, (), name)
            except CallFailed as failure:
                ended(failure)

        context = contextvars.copy_context()
        context.run(_owner.set, None)
        task = asyncio.get_running_loop().create_task(run(), name=name, context=context)
        task.add_done_callback(lambda _task: work.close())  # one that was cancelled before its first step
        self._keep(task, self._others)

    def adopt(self, task: asyncio.Task[Any]) -> None:
        """Own `task`, which the plugin's code started by itself."""
        self._keep(task, self._others)

    async def settle(self, within_s: float) -> None:
        """Let calls that are under way end by themselves, for at most `within_s` seconds."""
        if calls := self._calls - {asyncio.current_task()}:
            await asyncio.wait(calls, timeout=within_s)

    async def end(self, within_s: float) -> tuple[str, ...]:
        """Cancel everything; return the names of what has not ended `within_s` seconds later, and was ended by force.

        What swallows its cancelling would keep the daemon's process from ending.
        """
        tasks = {task for task in self._calls | self._others if task is not asyncio.current_task()}
        for task in tasks:
            task.cancel()
        if not tasks:
            return ()
        _done, stubborn = await asyncio.wait(tasks, timeout=within_s)
        for task in stubborn:
            with suppress(BaseException):  # whatever it does about it
                task.get_coro().close()
            task.cancel()
        return tuple(sorted(task.get_name() for task in stubborn))

    def _keep(self, task: asyncio.Task[Any], tasks: set[asyncio.Task[Any]]) -> None:
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        task.add_done_callback(_look_at)


async def contained(function: Callable[..., Awaitable[T]], *args: object, name: str) -> T:
    """Return what `function` gives; whatever it raises, SystemExit included, comes out as CallFailed.

    Only being cancelled from outside passes. KeyboardInterrupt is contained, too: the daemon's signals come to its loop
    and never as exceptions, so here it was raised by the plugin.
    """
    try:
        return await function(*args)
    except asyncio.CancelledError as error:
        if is_being_cancelled():
            raise
        raise CallFailed(name, "a call inside it was cancelled") from error
    except GeneratorExit:
        raise
    except BaseException as error:
        raise CallFailed(name, f"{type(error).__name__}: {error}".removesuffix(": ")) from error


async def _inside(tasks: Tasks, function: Callable[..., Awaitable[T]], args: tuple[object, ...], name: str) -> T:
    """Run `function` as the plugin's own code."""
    _owner.set(tasks)
    return await contained(function, *args, name=name)


@contextmanager
def outside() -> Iterator[None]:
    """Run the block as the daemon's code although a plugin called it: what it starts does not end with the plugin."""
    token = _owner.set(None)
    try:
        yield
    finally:
        _owner.reset(token)


def owning(loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
    """Let `loop` tell plugins' tasks from others from now on; the function returned ends that."""
    before = loop.get_task_factory()

    def make(loop: asyncio.AbstractEventLoop, coro: Any, **more: Any) -> Any:
        context: contextvars.Context | None = more.get("context")
        owner = context.get(_owner) if context else _owner.get()
        work = coro if owner is None else _survived(coro, owner.plugin)
        task = before(loop, work, **more) if before else asyncio.Task(work, loop=loop, **more)
        if owner is not None:
            owner.adopt(task)  # type: ignore[arg-type]
        return task

    loop.set_task_factory(make)
    return lambda: loop.set_task_factory(before)


async def _survived(work: Coroutine[Any, Any, T], plugin: str) -> T:
    """Await `work` with its exceptions as they are, but for those that would end the loop."""
    try:
        return await work
    except (SystemExit, KeyboardInterrupt) as error:
        raise CallFailed(plugin, f"a task of it raised {type(error).__name__}") from error


def is_being_cancelled() -> bool:
    """Tell whether somebody outside cancels the present task."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _look_at(task: asyncio.Task[Any]) -> None:
    """Take an abandoned task's exception, which the loop would complain of otherwise."""
    if not task.cancelled():
        task.exception()
