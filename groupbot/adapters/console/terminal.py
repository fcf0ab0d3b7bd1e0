"""Lines from a terminal without holding up the event loop."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from contextlib import suppress


class TypedLines:
    """Call `heard` with each line typed on `fd` (the standard input when None) between `start` and `stop`.

    Does nothing where there is no terminal, or where the event loop can't watch one (Windows).
    """

    def __init__(self, heard: Callable[[str], None], fd: int | None = None) -> None:
        self._heard = heard
        self._wanted = fd
        self._fd: int | None = None
        self._rest = b""

    def start(self) -> bool:
        """Begin to listen; returns whether there is anything to listen to."""
        if self._fd is not None:
            return True
        fd = _standard_input() if self._wanted is None else self._wanted
        if fd is None or not os.isatty(fd):
            return False
        try:
            asyncio.get_running_loop().add_reader(fd, self._read, fd)
        except (NotImplementedError, OSError):
            return False
        self._fd = fd
        return True

    def stop(self) -> None:
        """Stop listening at once; idempotent. The terminal itself stays open."""
        if self._fd is not None:
            asyncio.get_running_loop().remove_reader(self._fd)
            self._fd = None

    def _read(self, fd: int) -> None:
        if _in_background(fd):
            return
        data = b""
        with suppress(OSError):  # the terminal went away: as good as its end
            data = os.read(fd, 4096)
        if not data:
            self.stop()
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._heard(line.decode(errors="replace"))


def _in_background(fd: int) -> bool:
    """Tell whether the terminal belongs to another job of the shell: reading it would stop this process."""
    try:
        return os.tcgetpgrp(fd) != os.getpgrp()
    except OSError:  # not the terminal that controls this process, so no job control
        return False


def _standard_input() -> int | None:
    try:
        return sys.stdin.fileno()
    except (AttributeError, OSError, ValueError):  # no stdin, or a closed one
        return None
