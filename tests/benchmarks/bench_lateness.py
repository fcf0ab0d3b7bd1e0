"""Measure how late posts leave while a million others wait, beside a bare asyncio timer in the same run.

    python tests/benchmarks/bench_lateness.py [--rows N] [--seconds N] [--rates R …] [--runs N] [--small]

Each delivery is due at an instant of its own; its lateness is when the adapter was called, less when it was due. The
timer is `loop.call_at` for the same instants, alone in its loop: what the machine gives at best.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
from datetime import UTC, datetime, timedelta
from pathlib import Path

from groupbot.core.clock import SystemClock
from groupbot.core.content import Content, Text
from groupbot.scheduling.waker import ApsWaker
from tests.benchmarks import ours, plant, rig
from tests.benchmarks.ours import Size

LEAD_S = 2.0
PLANTED_A_SECOND = 2_500
"""The first is due so long after planting began that all are planted and the lanes wait."""
PATIENCE_S = 30.0
"""How long after the last due instant the last post is waited for."""


class Track:
    """Lateness in milliseconds of what has left; `done` once all has."""

    def __init__(self, expected: int) -> None:
        self.late_ms: list[float] = []
        self.done = asyncio.Event()
        self._expected = expected

    def note(self, due: datetime) -> None:
        self.late_ms.append((datetime.now(UTC) - due).total_seconds() * 1_000)
        if len(self.late_ms) == self._expected:
            self.done.set()

    def sent(self, content: Content) -> None:
        """Note a post, whose text is the instant at which it is due."""
        assert isinstance(content, Text)
        self.note(datetime.fromisoformat(content.text))

    async def figures(self, seconds: float) -> rig.Figures:
        """Return the percentiles, once everything has left."""
        async with asyncio.timeout(seconds + PATIENCE_S):
            await self.done.wait()
        cuts = statistics.quantiles(self.late_ms, n=100, method="inclusive")
        return {"p50": cuts[49], "p99": cuts[98]}


class Sides:
    """A ledger full of waiting rows, and a timer."""

    def __init__(self, file: Path, size: Size) -> None:
        self._file = file
        self._size = size
        self._next = size.rows

    async def ours(self, rate: int, seconds: int) -> rig.Figures:
        """Send `rate` deliveries a second and return how late they were."""
        posts = rate * seconds
        numbers = range(self._next, self._next + posts)
        self._next = numbers.stop
        lead_s = LEAD_S + posts / PLANTED_A_SECOND
        first = datetime.now(UTC) + timedelta(seconds=lead_s)

        def due(n: int) -> datetime:
            return first + timedelta(seconds=(n - numbers.start) / rate)

        plant.rows(self._file, self._size, numbers, due, lambda n: due(n).isoformat())
        async with ours.database(f"sqlite:///{self._file}") as opened, ApsWaker(SystemClock()) as waker:
            track = Track(posts)
            async with ours.dispatcher(opened, self._size, waker=waker, sent=track.sent) as (dispatcher, _adapters):
                running = asyncio.create_task(dispatcher.run())
                figures = await track.figures(lead_s + seconds)
                dispatcher.stop()
                await running
        return figures

    async def timer(self, rate: int, seconds: int) -> rig.Figures:
        """Call a function at as many instants and return how late it was called."""
        loop = asyncio.get_running_loop()
        track = Track(rate * seconds)
        start, first = loop.time() + LEAD_S, datetime.now(UTC) + timedelta(seconds=LEAD_S)
        for n in range(rate * seconds):
            loop.call_at(start + n / rate, track.note, first + timedelta(seconds=n / rate))
        return await track.figures(LEAD_S + seconds)


async def main(args: argparse.Namespace) -> None:
    """Measure each rate."""
    size = Size(rows=args.rows, groups=args.groups, accounts=args.accounts)
    with rig.folder() as place:
        file = place / "ledger.db"
        async with ours.database(f"sqlite:///{file}"):
            """Only make the tables."""
        plant.campaign(file, size)
        plant.waiting(file, size)
        sides = Sides(file, size)
        for rate in args.rates:
            await compare(sides, size, rate, args)


async def compare(sides: Sides, size: Size, rate: int, args: argparse.Namespace) -> None:
    """Measure one rate and print what came out."""
    mine, timer = await rig.interleaved(
        args.runs, lambda: sides.ours(rate, args.seconds), lambda: sides.timer(rate, args.seconds)
    )
    for what, values in mine.items():
        rig.show(
            rig.Measurement(
                bench="lateness",
                what=f"{what} at {rate}/s",
                unit="ms",
                values=values,
                peer="a bare asyncio timer",
                peer_values=timer[what],
                lower_is_better=True,
                aim="p99 <= 25 ms on a quiet machine" if what == "p99" else None,
                conditions=size.conditions(seconds=args.seconds),
            )
        )


def parse(words: list[str] | None = None) -> argparse.Namespace:
    """Return the options."""
    parser = rig.options(__doc__ or "", rows=1_000_000, groups=1_000, accounts=8, seconds=10)
    parser.add_argument("--rates", type=int, nargs="+", default=[50, 500], help="deliveries a second")
    args = parser.parse_args(words)
    return rig.shrunk(args, rows=100, groups=10, accounts=2, seconds=1, **({"rates": [20]} if args.small else {}))


if __name__ == "__main__":
    rig.start(main, parse())
