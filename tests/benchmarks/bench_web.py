"""Compare the page of live codes, counted on SQLite, with a bare handler of the same server.

    python tests/benchmarks/bench_web.py [--visits N] [--codes N] [--runs N] [--small]

Each server is a process of its own, held to one core where the system can; its visitors are on the others. A second
measurement divides by the CPU time of the server, which a busy machine does not change. Every run sees to it that the
visits on the disk are as many as the answers.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.benchmarks import ours, rig
from tests.integration.live_project import Project, project

VISITORS = 16
"""Connections at once; each asks again when it was answered."""
START_S = 60.0


@contextmanager
def served(kind: str, made: Project) -> Iterator[psutil.Process]:
    """Run a server until the block ends."""
    command = [sys.executable, "-m", "tests.benchmarks.web_process", kind, str(made.folder), str(made.port)]
    with subprocess.Popen(command, cwd=Path(__file__).parents[2], stderr=subprocess.DEVNULL) as process:
        try:
            yield psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait(30)


async def connected(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Return a connection as soon as the server takes it."""
    async with asyncio.timeout(START_S):
        while True:
            try:
                return await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)


async def visit(port: int, codes: list[str], visits: int) -> None:
    """Visit one code after the other over one connection."""
    reader, writer = await connected(port)
    for n in range(visits):
        code = codes[n % len(codes)]
        writer.write(f"GET /c/{code} HTTP/1.1\r\nHost: join\r\nUser-Agent: MicroMessenger/8.0\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        length = head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]
        await reader.readexactly(int(length))
    writer.close()
    await writer.wait_closed()


async def rush(kind: str, made: Project, codes: list[str], visits: int) -> rig.Figures:
    """Return visits per second, by the clock and by the server's CPU time."""
    with served(kind, made) as server:
        _hold(server)
        _reader, first = await connected(made.port)
        first.close()
        await visit(made.port, codes, len(codes))  # what is read once is read
        before, began = server.cpu_times(), time.perf_counter()
        each = max(1, visits // VISITORS)
        await asyncio.gather(*(visit(made.port, codes, each) for _visitor in range(VISITORS)))
        took, after = time.perf_counter() - began, server.cpu_times()
    busy = (after.user + after.system) - (before.user + before.system)
    return {"rate": each * VISITORS / took, "per_cpu": each * VISITORS / max(busy, 0.01)}


def _hold(server: psutil.Process) -> None:
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    if len(cores) > 1:
        server.cpu_affinity(cores[-1:])


async def main(args: argparse.Namespace) -> None:
    """Run both in turn; print by the clock, then by CPU time."""
    with rig.folder() as place:
        made = project(place, per_minute=1_000_000)
        await asyncio.to_thread(made.image, "g1")
        codes = [await asyncio.to_thread(made.add) for _code in range(args.codes)]

        async def page() -> rig.Figures:
            before = sum((await asyncio.to_thread(made.visited)).values())
            figures = await rush("page", made, codes, args.visits)
            counted = sum((await asyncio.to_thread(made.visited)).values()) - before
            expected = max(1, args.visits // VISITORS) * VISITORS + len(codes)
            assert counted == expected, f"{counted} of {expected} counted"
            return figures

        async def bare() -> rig.Figures:
            return await rush("bare", made, codes, args.visits)

        side, peer = await rig.interleaved(args.runs, page, bare)
    for name, unit in (("rate", "visits/s"), ("per_cpu", "visits per CPU second")):
        rig.show(
            rig.Measurement(
                bench="web",
                what="live code page, every visit counted on the disk",
                unit=unit,
                values=side[name],
                peer="a bare handler of the same server",
                peer_values=peer[name],
                aim=">= 1000 and a ratio >= 0.5",
                conditions=ours.Size(rows=args.visits, groups=1, accounts=1).conditions(
                    codes=args.codes, visitors=VISITORS
                ),
            )
        )


def parse(words: list[str] | None = None) -> argparse.Namespace:
    """Return the options."""
    parser = rig.options(__doc__ or "", visits=16_000, codes=50)
    return rig.shrunk(parser.parse_args(words), visits=32, codes=2)


if __name__ == "__main__":
    rig.start(main, parse())
