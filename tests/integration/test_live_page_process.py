"""The page as a process: what a kill, a locked database, a taken port and a wrong config cost."""

from __future__ import annotations

import socket
import sqlite3
import threading
import time
from pathlib import Path
from typing import Self

import httpx
import pytest
import typer
from typer.testing import CliRunner

from groupbot.cli.web import add_web
from groupbot.web.visits import FLUSH_S
from tests.integration.live_project import Project, project, served

ENOUGH = 100
"""Visits that are answered before the window."""
SLACK_S = 1.0
"""Seconds beyond the stated window that a write may take on a machine that is busy with other tests."""


@pytest.fixture
def made(tmp_path: Path) -> Project:
    return project(tmp_path)


class Visitors:
    """Threads that visit a code again and again; `at`: when each answer came."""

    def __init__(self, url: str, threads: int = 4) -> None:
        self._url = url
        self._stop = threading.Event()
        self.at: list[float] = []
        self._threads = [threading.Thread(target=self._visit) for _ in range(threads)]

    def _visit(self) -> None:
        with httpx.Client(headers={"User-Agent": "MicroMessenger"}, timeout=5) as client:
            while not self._stop.is_set():
                try:
                    answer = client.get(self._url)
                except httpx.TransportError:
                    return
                if answer.status_code == 200:
                    self.at.append(time.monotonic())

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()


def test_a_kill_costs_the_stated_window_and_makes_nothing_up(made: Project) -> None:
    made.image("g1")
    code = made.add()
    with served(made) as process, Visitors(f"{made.url}/c/{code}") as visitors:
        until = time.monotonic() + 30
        while len(visitors.at) < ENOUGH and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(FLUSH_S + SLACK_S + 0.1)
        killed_at = time.monotonic()
        process.kill()
        process.wait()
    counted = made.visited()[code]
    answered = len([at for at in visitors.at if at < killed_at - FLUSH_S - SLACK_S])
    assert ENOUGH <= answered <= counted <= len(visitors.at)


def test_a_locked_database_keeps_nobody_waiting_and_loses_no_visit(made: Project) -> None:
    made.image("g1")
    code = made.add()
    with served(made) as process:
        assert httpx.get(f"{made.url}/c/{code}").status_code == 200
        locked = sqlite3.connect(made.folder / "groupbot.db", isolation_level=None)
        locked.execute("BEGIN IMMEDIATE")
        began, slowest, answered = time.monotonic(), 0.0, 1
        while time.monotonic() - began < 1.3:  # longer than its busy_timeout_s
            asked = time.monotonic()
            assert httpx.get(f"{made.url}/c/{code}", timeout=5).status_code == 200
            answered, slowest = answered + 1, max(slowest, time.monotonic() - asked)
        locked.execute("ROLLBACK")
        locked.close()
    assert slowest < 2.0
    assert process.returncode == 0
    assert made.visited() == {code: answered}


def test_a_taken_port_and_a_page_without_an_address_are_refused(made: Project) -> None:
    app = typer.Typer()
    add_web(app)
    config = made.folder / "config.toml"
    with socket.socket() as other:
        other.bind(("127.0.0.1", made.port))
        other.listen()
        done = CliRunner().invoke(app, ["--config", str(config)])
    assert done.exit_code == 1
    assert f"can't listen on 127.0.0.1:{made.port}" in done.stderr
    for listen in ("8080", "127.0.0.1:99999"):
        assert CliRunner().invoke(app, ["--config", str(config), "--listen", listen]).exit_code == 1
    config.write_text(config.read_text().replace("listen =", "#listen ="))
    done = CliRunner().invoke(app, ["--config", str(config)])
    assert done.exit_code == 1
    assert "[web] listen names no address" in done.stderr
