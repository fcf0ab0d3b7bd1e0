"""What all benchmarks share: options, interleaved runs, medians, and one JSON line per measurement."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import platform
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from loguru import logger

Figures = Mapping[str, float]
"""What one run of one side measured, by name."""
Side = Callable[[], Awaitable[Figures]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Measurement:
    """One figure beside its peer's. `ratio` is how many times better we are; below 1 the peer is."""

    bench: str
    what: str
    unit: str
    values: Sequence[float]
    peer: str | None = None
    peer_values: Sequence[float] = ()
    lower_is_better: bool = False
    aim: str | None = None
    conditions: Mapping[str, Any] = field(default_factory=dict)

    @property
    def value(self) -> float:
        return statistics.median(self.values)

    @property
    def peer_value(self) -> float | None:
        return statistics.median(self.peer_values) if self.peer_values else None

    @property
    def ratio(self) -> float | None:
        if not self.peer_value or not self.value:
            return None
        return self.peer_value / self.value if self.lower_is_better else self.value / self.peer_value

    def line(self) -> str:
        """Return the measurement as one line of JSON."""
        return json.dumps(
            {
                "bench": self.bench,
                "what": self.what,
                "value": _short(self.value),
                "unit": self.unit,
                "peer": self.peer,
                "peer_value": _short(self.peer_value),
                "ratio": _short(self.ratio),
                "aim": self.aim,
                "values": [_short(value) for value in self.values],
                "peer_values": [_short(value) for value in self.peer_values],
                "conditions": {**machine(), **self.conditions, "runs": len(self.values)},
            },
            ensure_ascii=False,
        )


def show(measurement: Measurement) -> None:
    """Print `measurement` at once, so that a run that is stopped half-way has said what it knew."""
    sys.stdout.write(measurement.line() + "\n")
    sys.stdout.flush()


def machine() -> dict[str, Any]:
    """Return what a figure depends on besides the code."""
    return {
        "pacing": "off",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "cores": os.cpu_count(),
        "load": [round(value, 2) for value in os.getloadavg()],
    }


def options(about: str, **defaults: int) -> argparse.ArgumentParser:
    """Return a parser with `--runs`, `--small` and one option for each size."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--runs", type=int, default=5, help="interleaved runs of each side; the median counts")
    parser.add_argument(
        "--small", action="store_true", help="tiny sizes, one run: shows that it works, measures nothing"
    )
    for name, value in defaults.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=value)
    return parser


def shrunk(args: argparse.Namespace, **sizes: int) -> argparse.Namespace:
    """Return `args`, with `sizes` and a single run when `--small` is given."""
    return argparse.Namespace(**(vars(args) | {"runs": 1} | sizes)) if args.small else args


async def interleaved(runs: int, *sides: Side) -> list[dict[str, list[float]]]:
    """Run ours, peer, ours, peer …; return the figures of each side by name."""
    gathered: list[dict[str, list[float]]] = [{} for _side in sides]
    for _run in range(runs):
        for figures, side in zip(gathered, sides, strict=True):
            for name, value in (await side()).items():
                figures.setdefault(name, []).append(value)
    return gathered


@contextmanager
def folder() -> Iterator[Path]:
    """Give a folder on disk that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="groupbot-bench-") as name:
        yield Path(name)


def start(main: Callable[[argparse.Namespace], Coroutine[Any, Any, None]], args: argparse.Namespace) -> None:
    """Run `main` with logs off: what they cost is the operator's choice and differs by sink."""
    logger.remove()
    logging.disable(logging.CRITICAL)
    asyncio.run(main(args))


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")
