"""The real daemon and the real commands as processes, and waiting for what they do."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

STOP_S = 15.0
COMMAND_S = 60.0


async def until(condition: Callable[[], bool], *, within_s: float, what: str, every_s: float = 0.02) -> float:
    """Wait for `condition`; return the seconds it took. Raises AssertionError after `within_s`."""
    begun = time.monotonic()
    while not condition():
        if time.monotonic() - begun > within_s:
            raise AssertionError(f"not within {within_s} s: {what}")
        await asyncio.sleep(every_s)
    return time.monotonic() - begun


async def until_true(
    condition: Callable[[], Awaitable[bool]], *, within_s: float, what: str, every_s: float = 0.1
) -> None:
    """Wait for a condition that has to be awaited. Raises AssertionError after `within_s`."""
    begun = time.monotonic()
    while not await condition():
        if time.monotonic() - begun > within_s:
            raise AssertionError(f"not within {within_s} s: {what}")
        await asyncio.sleep(every_s)


@dataclass(kw_only=True)
class DaemonProcess:
    """`groupbot run` on one config. Its output goes to files beside the config."""

    config: Path
    environ: Mapping[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = None
    _said: int = 0

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def words(self) -> str:
        """What it wrote to standard error, all starts together."""
        return self._errors.read_text("utf-8", errors="replace") if self._errors.exists() else ""

    @property
    def _errors(self) -> Path:
        return self.config.with_suffix(".stderr")

    def start(self) -> None:
        """Start it; it needs a second or two before it sends."""
        assert not self.running
        self._said = self._errors.stat().st_size if self._errors.exists() else 0
        with self._errors.open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "groupbot", "run", "--config", str(self.config)],
                env=_environment(self.environ),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
            )

    async def ready(self, within_s: float = 30.0) -> None:
        """Wait until this start has come to the point where it sends and listens to signals."""

        def said_so() -> bool:
            assert self.running, f"the daemon ended by itself\n{self.words[-3000:]}"
            return b"groupbot runs" in self._errors.read_bytes()[self._said :]

        await until(said_so, within_s=within_s, what="the daemon's start")

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(STOP_S)

    def terminate(self) -> None:
        """Ask it to stop, as a service manager does; do it twice to hurry."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)

    async def ended(self, within_s: float = STOP_S) -> int:
        """Wait for its end and return its exit status."""
        await until(lambda: not self.running, within_s=within_s, what=f"the daemon's end\n{self.words[-3000:]}")
        assert self._process is not None
        return int(self._process.returncode)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """What it said with --json."""
        assert self.status == 0, self.err
        return json.loads(self.out)


def command(*words: str) -> subprocess.Popen[str]:
    """Start `groupbot` with `words`."""
    return subprocess.Popen(
        [sys.executable, "-m", "groupbot", *words],
        env=_environment({}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


async def groupbot(*words: str) -> Answer:
    """Run `groupbot` with `words` to its end."""
    process = command(*words)
    out, err = await asyncio.to_thread(process.communicate, timeout=COMMAND_S)
    return Answer(status=process.returncode, out=out, err=err)


def _environment(extra: Mapping[str, str]) -> dict[str, str]:
    root = str(Path(__file__).parents[2])
    return os.environ | {"PYTHONPATH": root, "GROUPBOT_LOCALE": "en", "PYTHONUNBUFFERED": "1"} | dict(extra)
