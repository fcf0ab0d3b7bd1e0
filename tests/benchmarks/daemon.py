"""A real daemon: `groupbot run` in a folder of its own, posting to console accounts."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.ours import Size

DEADLINE_S = 120.0
POSTS = "posts.jsonl"


def configure(folder: Path, size: Size) -> Path:
    """Write a config.toml with every account and group, unpaced, make the database and return its file."""
    accounts = "\n".join(
        f'[[accounts]]\nname = "{name}"\nadapter = "console"\nlog = "{POSTS}"\npacing = {{ enabled = false }}\n'
        for name in size.account_names
    )
    groups = "\n".join(
        f'[[groups]]\nname = "{size.group(n)}"\naccount = "{size.account(n)}"\nid = "{size.group(n)}@room"\n'
        for n in range(size.groups)
    )
    text = f'[database]\nurl = "sqlite:///groupbot.db"\n\n{accounts}\n{groups}'
    (folder / "config.toml").write_text(text, encoding="utf-8")
    subprocess.run([*COMMAND, "db", "upgrade"], cwd=folder, check=True, capture_output=True)
    return folder / "groupbot.db"


COMMAND = (sys.executable, "-m", "groupbot")


@contextmanager
def running(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run the daemon in `folder`; stop it in order at the end."""
    with (folder / "output.txt").open("wb") as output:
        process = subprocess.Popen([*COMMAND, "run"], cwd=folder, stdout=output, stderr=output, env=_installed())
        try:
            yield process
        finally:
            process.terminate()
            process.wait(DEADLINE_S)


def _installed() -> dict[str, str]:
    """Return the environment, but that bytecode is kept: what is installed is compiled once, not at every start."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def wait_for_posts(process: subprocess.Popen[bytes], folder: Path, posts: int) -> float:
    """Return the instant (monotonic) at which so many posts were on the disk."""
    file = folder / POSTS
    deadline = time.perf_counter() + DEADLINE_S
    while time.perf_counter() < deadline:
        if process.poll() is not None:
            raise RuntimeError((folder / "output.txt").read_text(encoding="utf-8")[-2_000:])
        if file.exists() and file.read_bytes().count(b"\n") >= posts:
            return time.perf_counter()
        time.sleep(0.002)
    raise TimeoutError
