"""Who stops the loop: a thread asks the loop for a sign of life and looks at its stack when none comes.

While the loop stands nothing of the daemon moves, so the log line is written by the thread, at once; what is to be done
about it is done by the loop, once it moves again.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import time
import traceback
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Self

from loguru import logger

BEAT_S = 0.25
"""Seconds between signs of life: four wakes of the loop a second cost nothing that can be measured."""
SLOW_S = 0.5
"""Seconds without a sign after which the loop counts as stopped: an answer in chat may take 0.2."""

Stopper = Callable[[list[str]], str]
"""Name the plugin by the files of the loop's stack, innermost first; "" when none of them is a plugin's."""


class Watchdog:
    """Watch the running loop from a thread, as a context manager inside of it.

    `stalled(plugin, seconds)` is called on the loop when it moves again after a plugin had stopped it.
    """

    def __init__(
        self,
        stopper: Stopper,
        stalled: Callable[[str, float], None],
        *,
        beat_s: float = BEAT_S,
        slow_s: float = SLOW_S,
    ) -> None:
        self._stopper = stopper
        self._stalled = stalled
        self._beat_s = beat_s
        self._slow_s = slow_s
        self._ended = threading.Event()

    def __enter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._thread_id = threading.get_ident()
        threading.Thread(target=self._watch, name="plugin-watchdog", daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        self._ended.set()

    def _watch(self) -> None:
        while not self._ended.wait(self._beat_s):
            alive = threading.Event()
            asked = time.monotonic()
            try:
                self._loop.call_soon_threadsafe(alive.set)
            except RuntimeError:  # the loop is closed
                return
            if not alive.wait(self._slow_s):
                self._look(alive, asked)

    def _look(self, alive: threading.Event, asked: float) -> None:
        """Find out who stops the loop, and wait until it moves again."""
        frame = sys._current_frames().get(self._thread_id)  # noqa: SLF001 - the documented way to another thread's stack
        plugin = self._stopper(_files(frame))
        if plugin:
            where = "".join(traceback.format_stack(frame)[-3:])
            logger.bind(action="loop-stopped", plugin=plugin).error("the plugin stops everything, at\n{}", where)
        while not alive.wait(self._beat_s):
            if self._ended.is_set():
                return
        if plugin and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stalled, plugin, time.monotonic() - asked)


def _files(frame: FrameType | None) -> list[str]:
    found = []
    while frame is not None:
        found.append(frame.f_code.co_filename)
        frame = frame.f_back
    return found
