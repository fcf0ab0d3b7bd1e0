"""Measure what a daemon costs that has nothing to do.

    python tests/benchmarks/bench_idle.py [--groups N] [--rows N] [--seconds N] [--settle N] [--runs N]
        [--small]

A real `groupbot run` with console accounts, `--groups` groups and `--rows` deliveries that wait for tomorrow. CPU is
measured for `--seconds` and told for an hour: a daemon at rest does the same things at the same intervals all day, but
for what happens once a day or every 30 seconds and more, which a short run may miss. `--settle` seconds pass before:
a start reads the rosters of every group.
"""

from __future__ import annotations

import argparse
import asyncio
from datetime import UTC, datetime

import psutil

from tests.benchmarks import daemon, plant, rig
from tests.benchmarks.ours import Size


async def idle(size: Size, settle: float, seconds: float) -> rig.Figures:
    """Run a daemon, wait for one post, which shows that it is up, and measure what it does then."""
    with rig.folder() as place:
        file = daemon.configure(place, size)
        plant.campaign(file, size)
        plant.waiting(file, size)
        now = datetime.now(UTC)
        plant.rows(file, size, [size.rows], lambda _n: now, lambda _n: "now")
        with daemon.running(place) as process:
            daemon.wait_for_posts(process, place, 1)
            await asyncio.sleep(settle)
            watched = psutil.Process(process.pid)
            before, switches = cpu_s(watched), watched.num_ctx_switches()
            await asyncio.sleep(seconds)
            used = cpu_s(watched) - before
            woken = watched.num_ctx_switches().voluntary - switches.voluntary
            return {
                "CPU": used / seconds * 3_600,
                "wake-ups": woken / seconds,
                "memory": watched.memory_info().rss / 2**20,
            }


def cpu_s(process: psutil.Process) -> float:
    """Return the CPU seconds of `process`, in the kernel included."""
    times = process.cpu_times()
    return float(times.user + times.system)


async def main(args: argparse.Namespace) -> None:
    """Measure and print."""
    size = Size(rows=args.rows, groups=args.groups, accounts=args.accounts)
    [figures] = await rig.interleaved(args.runs, lambda: idle(size, args.settle, args.seconds))
    for what, unit in (("CPU", "s per hour, extrapolated"), ("wake-ups", "per second"), ("memory", "MiB")):
        rig.show(
            rig.Measurement(
                bench="idle",
                what=what,
                unit=unit,
                values=figures[what],
                lower_is_better=True,
                conditions=size.conditions(seconds=args.seconds),
            )
        )


def parse(words: list[str] | None = None) -> argparse.Namespace:
    """Return the options."""
    parser = rig.options(__doc__ or "", rows=10_000, groups=1_000, accounts=8, settle=20, seconds=30)
    return rig.shrunk(parser.parse_args(words), rows=20, groups=10, accounts=2, settle=0, seconds=1)


if __name__ == "__main__":
    rig.start(main, parse())
